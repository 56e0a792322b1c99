"""What people type about themselves and, at the first run, about their business."""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from allauth.account.forms import LoginForm
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from wayloop.accounts.enums import Density, Theme
from wayloop.accounts.models import Member
from wayloop.accounts.services.members import MemberRefused, check_password
from wayloop.business import api as business
from wayloop.business.api import Trade
from wayloop.ui.fields import SEARCHABLE

PASSWORD_LENGTH = 256
PASSWORD_RULES = _("At least 10 characters. A few words in a row are strong and easy to remember.")


class SignInForm(LoginForm):  # type: ignore[misc]
    """E-mail and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = EmailField(autocomplete="username")
        self.fields["password"] = PasswordField(label=_("Password"), autocomplete="current-password")
        self.order_fields(["login", "password"])


class EmailField(forms.EmailField):
    """An address, kept in small letters."""

    def __init__(self, autocomplete: str) -> None:
        super().__init__(
            label=_("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": autocomplete})
        )

    def clean(self, value: Any) -> str:
        return str(super().clean(value)).lower()


class PasswordField(forms.CharField):
    """A password, taken as it was typed; paste and password managers are welcome."""

    def __init__(self, label: Any, autocomplete: str, help_text: Any = "") -> None:
        super().__init__(
            label=label,
            help_text=help_text,
            max_length=PASSWORD_LENGTH,
            strip=False,
            widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
        )


def _in_language_of_reader(choices: Callable[[str], Iterable[tuple[str, str]]]) -> Callable[[], list[tuple[str, str]]]:
    return lambda: list(choices(get_language() or settings.LANGUAGE_CODE))


class ZoneSelect(forms.Select):
    """Zones by city; each tells the page's script its currency and the names it had before."""

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(*args, **kwargs)
        zone = _zones_by_name(get_language() or settings.LANGUAGE_CODE).get(str(option["value"]))
        if zone:
            words = {"data-words": " ".join(zone.former_names), "data-currency": zone.currency}
            option["attrs"] |= {name: value for name, value in words.items() if value}
        return option


@cache
def _zones_by_name(language: str) -> dict[str, business.Zone]:
    return {zone.name: zone for zone in business.zones(language)}


class FirstRunForm(forms.Form):
    """Who runs this place and what it is."""

    name = forms.CharField(label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = EmailField(autocomplete="username")
    password = PasswordField(label=_("Password"), autocomplete="new-password", help_text=PASSWORD_RULES)
    business_name = forms.CharField(
        label=_("Name of the business"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "organization"})
    )
    trade = forms.ChoiceField(label=_("Trade"), choices=[("", _("Choose…")), *Trade.choices])
    content_languages = forms.MultipleChoiceField(
        label=_("You write to customers in"),
        widget=forms.CheckboxSelectMultiple(attrs={"class": "check"}),
        choices=_in_language_of_reader(business.content_language_choices),
    )
    location_name = forms.CharField(
        label=_("Name of the location"),
        max_length=120,
    )
    town = forms.CharField(
        label=_("Town"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "address-level2"}),
    )
    zone = forms.ChoiceField(
        label=_("Time zone"),
        widget=ZoneSelect(attrs=SEARCHABLE | {"data-zone": "keep"}),
        choices=_in_language_of_reader(lambda language: ((zone.name, zone.label) for zone in business.zones(language))),
        help_text=_("Reports follow this clock."),
    )
    currency = forms.ChoiceField(
        label=_("Currency"),
        widget=forms.Select(attrs=SEARCHABLE | {"data-zone-currency": True}),
        choices=_in_language_of_reader(
            lambda language: ((one.code, one.label) for one in business.currencies(language))
        ),
        help_text=_("All totals are in it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            self.fields["zone"].widget.attrs["data-zone"] = "guess"

    @property
    def has_further_languages(self) -> bool:
        """Whether a language is chosen that the page keeps folded away."""
        return business.names_further(self["content_languages"].value() or [])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("password"):
            _check(self, "password", Member(name=data.get("name", ""), email=data.get("email", "")), data["password"])
        return data


class ProfileForm(forms.Form):
    """The member's name and how pages look to them."""

    name = forms.CharField(label=_("Name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    theme = forms.ChoiceField(label=_("Theme"), choices=Theme.choices, widget=forms.RadioSelect)
    density = forms.ChoiceField(label=_("Density"), choices=Density.choices, widget=forms.RadioSelect)
    single_keys = forms.BooleanField(
        label=_("Shortcuts of one key"),
        required=False,
        help_text=_("Letters act while no field is focused. Switch off if you speak to your computer."),
    )


class PasswordForm(forms.Form):
    """The old password and a new one."""

    current_password = PasswordField(label=_("Current password"), autocomplete="current-password")
    new_password = PasswordField(label=_("New password"), autocomplete="new-password", help_text=PASSWORD_RULES)

    def __init__(self, member: Member, data: Any = None) -> None:
        super().__init__(data)
        self.member = member

    def clean_current_password(self) -> str:
        password = str(self.cleaned_data["current_password"])
        if not self.member.check_password(password):
            raise ValidationError(_("This is not your current password."))
        return password

    def clean_new_password(self) -> str:
        password = str(self.cleaned_data["new_password"])
        _check(self, "new_password", self.member, password)
        return password


def _check(form: forms.Form, field: str, member: Member, password: str) -> None:
    try:
        check_password(member=member, password=password)
    except MemberRefused as refusal:
        form.add_error(field, refusal.reasons)
