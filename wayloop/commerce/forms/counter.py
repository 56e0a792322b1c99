"""Forms of the counter: a guest who is new, a point of the greeting."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wayloop.business import api as business
from wayloop.commerce.models import GreetingPoint
from wayloop.identity import api as identity
from wayloop.identity.api import IdentifierKind
from wayloop.ui.localised import LocalisedTextField

LONGEST_NAME, LONGEST_PHONE = 200, 40
EVERYWHERE = ""


class NewGuestForm(forms.Form):
    """Somebody at the counter whom nobody knows yet: a phone, a name, best both."""

    phone = forms.CharField(
        label=gettext_lazy("Phone"),
        max_length=LONGEST_PHONE,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=LONGEST_NAME,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_phone(self) -> str:
        phone = str(self.cleaned_data["phone"])
        if phone and identity.normal_forms(IdentifierKind.PHONE, [phone]) == [None]:
            message = _("This is no phone number. Write it with the country code, for example +380 44 123 45 67.")
            raise forms.ValidationError(message)
        return phone

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if not self.errors and not given.get("phone") and not given.get("name"):
            self.add_error("phone", _("Write the phone, or at least the name."))
        return given


class GreetingPointForm(forms.Form):
    """A sentence in the languages of the staff, and where it is asked."""

    def __init__(self, data: Any = None, *, point: GreetingPoint | None = None) -> None:
        super().__init__(data)
        content = business.profile().content_languages
        staff = [code for code, _name in settings.LANGUAGES]
        self.fields["text"] = LocalisedTextField(
            label=_("What to do"),
            languages=sorted(staff, key=lambda code: content.index(code) if code in content else len(content)),
            before=point.text if point else None,
            longest=120,
            help_text=_("One short sentence, for example “Said the guest's name”."),
        )
        places = _places(point)
        if len(places) > 1:
            self.fields["place"] = forms.ChoiceField(label=_("Where"), required=False, choices=places)
            self.fields["place"].initial = _place_of(point) if point else EVERYWHERE

    @property
    def location_id(self) -> int | None:
        """The one location it is for."""
        return self._chosen("location")

    @property
    def brand_id(self) -> int | None:
        """The one brand it is for."""
        return self._chosen("brand")

    def _chosen(self, what: str) -> int | None:
        kind, _sign, number = self.cleaned_data.get("place", "").partition(":")
        return int(number) if kind == what else None


def _places(point: GreetingPoint | None) -> list[tuple[str, str]]:
    """Everywhere, each brand, each location; one that was put away only while it is chosen."""
    chosen = _place_of(point) if point else EVERYWHERE
    brands = [(f"brand:{one.id}", str(one.name), one.is_archived) for one in business.brands(with_archived=True)]
    shops = [(f"location:{one.id}", str(one.name), one.is_archived) for one in business.locations(with_archived=True)]
    # With one location there is nothing to choose.
    offered = [*brands, *(shops if len(shops) > 1 else [])]
    return [
        (EVERYWHERE, _("Everywhere")),
        *((key, name) for key, name, is_archived in offered if not is_archived or key == chosen),
    ]


def _place_of(point: GreetingPoint) -> str:
    if point.location_id is not None:
        return f"location:{point.location_id}"
    return f"brand:{point.brand_id}" if point.brand_id is not None else EVERYWHERE
