"""The mail server and the senders, as an owner types them."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from wayloop.channels.enums import Security
from wayloop.channels.mail.writing import AddressRefused, address_of
from wayloop.channels.models import MailServer, Sender
from wayloop.channels.services.setup import ServerChoice

FIELDS = ("host", "port", "security", "username", "may_be_local", "per_minute")


class ServerForm(forms.Form):
    """Where mail is handed over."""

    host = forms.CharField(label=_("Server"), max_length=253)
    port = forms.IntegerField(label=_("Port"), min_value=1, max_value=65535, initial=587)
    security = forms.ChoiceField(label=_("Protection"), choices=Security.choices)
    username = forms.CharField(
        label=_("User name"), max_length=254, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=400,
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    per_minute = forms.IntegerField(
        label=_("Letters in a minute"),
        min_value=0,
        max_value=100_000,
        initial=60,
        help_text=_("What your provider allows. 0: as many as go."),
    )
    may_be_local = forms.BooleanField(
        label=_("The server stands in our own house"),
        required=False,
        help_text=_("Only then may it have a private address, any port, and no protection."),
    )

    def __init__(self, *args: Any, server: MailServer | None, **kwargs: Any) -> None:
        if server is not None:
            kwargs["initial"] = {name: getattr(server, name) for name in FIELDS}
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        if told.get("security") == Security.NONE and not told.get("may_be_local"):
            self.add_error("security", _("Without protection everybody on the way can read the letters. Choose TLS."))
        return told

    def choice(self) -> ServerChoice:
        """What was typed. Only after `is_valid`."""
        told = self.cleaned_data
        return ServerChoice(**told | {"host": told["host"].strip(), "security": Security(told["security"])})


class SenderForm(forms.Form):
    """Who writes, in the name of the business or of one brand."""

    name = forms.CharField(label=_("Name"), max_length=120)
    address = forms.CharField(
        label=_("E-mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    reply_to = forms.CharField(
        label=_("Answers go to"),
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text=_("Only when it is another address."),
    )
    postal = forms.CharField(
        label=_("Name and postal address under each letter"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Many countries ask for it: the legal name and where you can be found."),
    )

    def __init__(self, *args: Any, sender: Sender | None = None, **kwargs: Any) -> None:
        if sender is not None:
            names = ("name", "address", "reply_to", "postal")
            kwargs["initial"] = {name: getattr(sender, name) for name in names}
        super().__init__(*args, **kwargs)

    def clean_address(self) -> str:
        return _address(self.cleaned_data["address"])

    def clean_reply_to(self) -> str:
        return _address(self.cleaned_data["reply_to"]) if self.cleaned_data["reply_to"] else ""


def _address(text: str) -> str:
    try:
        address_of(text.strip())
    except AddressRefused as error:
        raise ValidationError(_("This is not an e-mail address. It should look like hello@example.com.")) from error
    return text.strip()
