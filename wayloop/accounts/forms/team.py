"""What is said about a member of the team: who, what for, and what they see."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from wayloop.accounts.enums import ALWAYS_LIMITED, Role
from wayloop.accounts.forms.own import PASSWORD_RULES, EmailField, PasswordField
from wayloop.accounts.models import Member
from wayloop.accounts.services.members import MemberRefused, Rights, check_password
from wayloop.business import api as business

DAYS = [("1", _("1 day")), ("7", _("7 days")), ("30", _("30 days"))]
ALL, SOME = "all", "some"


class RightsForm(forms.Form):
    """A role, and what of the business its holder sees."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, widget=forms.RadioSelect, initial=Role.AGENT)
    sees = forms.ChoiceField(
        label=_("Sees"),
        choices=[(ALL, _("The whole business")), (SOME, _("Only chosen places"))],
        widget=forms.RadioSelect,
        initial=ALL,
    )

    def __init__(self, data: Any = None, *, rights: Rights | None = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        chosen = rights or Rights(Role.AGENT)
        self.fields["locations"] = _places(
            _("Locations"), [(str(one.id), str(one.name)) for one in business.locations()], chosen.location_ids
        )
        self.fields["brands"] = _places(
            _("Brands"), [(str(one.id), str(one.name)) for one in business.brands()], chosen.brand_ids
        )
        if rights:
            self.initial["role"] = rights.role.value
            self.initial["sees"] = ALL if _sees_all(rights) else SOME

    @property
    def roles(self) -> list[tuple[str, str, str, bool]]:
        """Each role: its value, name, what it is for, whether it is chosen."""
        chosen = self["role"].value()
        return [(one.value, str(one.label), one.meaning, one.value == chosen) for one in Role]

    @property
    def rights(self) -> Rights:
        """What was chosen; a limit of one kind alone leaves the other kind open."""
        data = self.cleaned_data
        if data["sees"] == ALL:
            return Rights(Role(data["role"]))
        locations, brands = (tuple(int(one) for one in data[part]) for part in ("locations", "brands"))
        return Rights(Role(data["role"]), locations or None, brands or None)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("role") == Role.OWNER:
            data["sees"] = ALL
        elif data.get("sees") == SOME and not data.get("locations") and not data.get("brands"):
            self.add_error("sees", _("Choose at least one location or brand."))
        elif data.get("sees") == ALL and data.get("role") in ALWAYS_LIMITED:
            self.add_error("sees", _("Somebody from outside sees chosen places only."))
        return data


class InvitationForm(RightsForm):
    """Whom to invite, and how long the link is good for."""

    email = EmailField(autocomplete="off")
    days = forms.ChoiceField(label=_("The link works for"), choices=DAYS, initial="7")
    field_order = ("email", "role", "sees", "days")


class JoinForm(forms.Form):
    """What the invited person says of themselves."""

    name = forms.CharField(label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password = PasswordField(label=_("Password"), autocomplete="new-password", help_text=PASSWORD_RULES)

    def __init__(self, data: Any = None, *, email: str) -> None:
        super().__init__(data)
        self.email = email

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("password"):
            _check(self, Member(name=data.get("name", ""), email=self.email), data["password"])
        return data


class NewPasswordForm(forms.Form):
    """A new password by a link."""

    password = PasswordField(label=_("New password"), autocomplete="new-password", help_text=PASSWORD_RULES)

    def __init__(self, data: Any = None, *, member: Member) -> None:
        super().__init__(data)
        self.member = member

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("password"):
            _check(self, self.member, data["password"])
        return data


def _places(label: Any, choices: list[tuple[str, str]], chosen: tuple[int, ...] | None) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label,
        choices=choices,
        required=False,
        initial=[str(one) for one in chosen or ()],
        widget=forms.CheckboxSelectMultiple,
    )


def _sees_all(rights: Rights) -> bool:
    return rights.location_ids is None and rights.brand_ids is None


def _check(form: forms.Form, member: Member, password: str) -> None:
    try:
        check_password(member=member, password=password)
    except MemberRefused as refusal:
        form.add_error("password", refusal.reasons)
