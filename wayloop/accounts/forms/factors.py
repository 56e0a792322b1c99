"""Codes, passkeys and the password, as they are typed or come from the device."""

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import validate_totp_code
from allauth.mfa.webauthn.forms import AuthenticateWebAuthnForm
from allauth.mfa.webauthn.internal import auth as webauthn
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wayloop.accounts.forms.own import PasswordField
from wayloop.accounts.models import Member
from wayloop.accounts.services.factors import is_used_up, take_code

CODE = forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autocapitalize": "off"})


class CodeForm(AuthenticateForm):  # type: ignore[misc]
    """A code of the app, or a recovery code."""

    code = forms.CharField(label=gettext_lazy("Code"), max_length=20, widget=CODE)

    def clean_code(self) -> str:
        """Each code counts once, however long its half minute is believed. Raises `ValidationError`."""
        if is_used_up(member=self.user, code=self.cleaned_data["code"]):
            # Refused, and counted, as any wrong one.
            self.cleaned_data["code"] = ""
        code = str(super().clean_code())
        is_of_app = self.authenticator.type == Authenticator.Type.TOTP
        if is_of_app and not take_code(member=self.user, code=code):
            raise get_adapter().validation_error("incorrect_code")
        return code


class PasskeyForm(AuthenticateWebAuthnForm):  # type: ignore[misc]
    """The answer of a passkey."""

    credential = forms.JSONField(widget=forms.HiddenInput)


class AppForm(forms.Form):
    """The first code of an app that was just set up."""

    code = forms.CharField(
        label=gettext_lazy("The code the app shows now"), max_length=20, widget=forms.TextInput(attrs=CODE.attrs)
    )

    def __init__(self, data: Any = None, *, secret: str) -> None:
        super().__init__(data)
        self.secret = secret

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"])
        if not validate_totp_code(self.secret, code):
            raise ValidationError(_("This code does not fit. Wait for the next one and try again."))
        return code


class NewPasskeyForm(forms.Form):
    """A passkey the device has just made, and what its owner calls it."""

    name = forms.CharField(
        label=gettext_lazy("Name of the passkey"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("Where it lies: this laptop, my phone, the blue key."),
    )
    credential = forms.JSONField(widget=forms.HiddenInput)

    def clean_credential(self) -> dict[str, Any]:
        credential: dict[str, Any] = self.cleaned_data["credential"]
        webauthn.parse_registration_response(credential)
        webauthn.complete_registration(credential)
        return credential


class ConfirmForm(forms.Form):
    """The password, once more."""

    password = PasswordField(label=gettext_lazy("Password"), autocomplete="current-password")

    def __init__(self, data: Any = None, *, member: Member) -> None:
        super().__init__(data)
        self.member = member

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        if not self.member.check_password(password):
            raise ValidationError(_("This is not your current password."))
        return password
