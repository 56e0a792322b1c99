"""Customers that are added and changed by hand."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from wayloop.business import api as business
from wayloop.contracts.scope import Scope
from wayloop.customers.enums import CustomerKind
from wayloop.customers.services.sightings import LONGEST_NAME
from wayloop.identity import api as identity
from wayloop.identity.api import IdentifierKind

LONGEST_IDENTIFIER = 254
BAD_PHONE = _("This is no phone number. Write it with the country code, for example +380 44 123 45 67.")
BAD_EMAIL = _("This is no e-mail address. Write it like name@example.com.")


class NameForm(forms.Form):
    """What a customer is called."""

    name = forms.CharField(label=_("Name"), max_length=LONGEST_NAME, required=False, strip=True)


class ContactForm(forms.Form):
    """A phone or an address."""

    kind = forms.ChoiceField(
        label=_("What it is"),
        choices=[(kind.value, kind.label) for kind in (IdentifierKind.PHONE, IdentifierKind.EMAIL)],
    )
    value = forms.CharField(label=_("Phone or e-mail"), max_length=LONGEST_IDENTIFIER)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if "value" in given and "kind" in given and not _has_form(given["kind"], given["value"]):
            self.add_error("value", BAD_PHONE if given["kind"] == IdentifierKind.PHONE else BAD_EMAIL)
        return given


class NewCustomerForm(forms.Form):
    """A person or company as the member knows them; at least a name or one way to reach them."""

    kind = forms.ChoiceField(label=_("Who"), choices=CustomerKind.choices, widget=forms.RadioSelect)
    name = forms.CharField(label=_("Name"), max_length=LONGEST_NAME, required=False)
    phone = forms.CharField(
        label=_("Phone"),
        max_length=LONGEST_IDENTIFIER,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    email = forms.CharField(
        label=_("E-mail"),
        max_length=LONGEST_IDENTIFIER,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "email", "autocomplete": "off"}),
    )
    location = forms.ChoiceField(label=_("Location"), required=False)

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = [
            (str(place.id), str(place.name))
            for place in business.locations()
            if scope.locations is None or place.id in scope.locations
        ]
        anywhere = [] if scope.locations is not None else [("", _("No particular one"))]
        location = self.fields["location"]
        assert isinstance(location, forms.ChoiceField)  # noqa: S101 - for the type checker
        location.choices = [*anywhere, *places]
        if len(places) < 2 and scope.locations is None:
            del self.fields["location"]

    def clean_phone(self) -> str:
        phone = str(self.cleaned_data["phone"])
        if phone and not _has_form(IdentifierKind.PHONE, phone):
            raise forms.ValidationError(BAD_PHONE)
        return phone

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"])
        if email and not _has_form(IdentifierKind.EMAIL, email):
            raise forms.ValidationError(BAD_EMAIL)
        return email

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if not self.errors and not any(given.get(name) for name in ("name", "phone", "email")):
            self.add_error("name", _("Write a name, a phone or an e-mail."))
        return given


def _has_form(kind: str, value: str) -> bool:
    return identity.normal_forms(IdentifierKind(kind), [value]) != [None]
