"""How django-allauth's second factor behaves in this house: secrets sealed, our own address only, our words."""

from typing import Any
from urllib.parse import urlsplit

import segno
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wayloop.accounts.models import KeptSecret
from wayloop.business import api as business

KEPT = "kept:"


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """See the module."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": gettext_lazy("This code does not fit. Wait for the next one and try again."),
    }

    def encrypt(self, text: str) -> str:
        """Keeps the secret sealed in a row of its own; what lies beside the factor is only that row's number."""
        return f"{KEPT}{KeptSecret.keep(text).pk}"

    def decrypt(self, encrypted_text: str) -> str:
        """The secret of a kept number."""
        return KeptSecret.objects.get(pk=int(encrypted_text.removeprefix(KEPT))).open()

    def get_totp_issuer(self) -> str:
        """What the authenticator app shows as the place."""
        return business.profile().name or "Wayloop"

    def build_totp_svg(self, url: str) -> str:
        """The QR code of a set-up link, as SVG in the colour of its surroundings."""
        return str(
            segno.make(url, error="m", micro=False).svg_inline(
                border=2, dark="#000", light="#fff", omitsize=True, svgclass="qr", lineclass=None
            )
        )

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Any) -> str:  # noqa: A002 – its name there
        """A passkey without a name."""
        return _("Passkey")

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Passkeys are bound to the one address, never to the name a request came under."""
        return {
            "id": urlsplit(settings.CSRF_TRUSTED_ORIGINS[0]).hostname or "localhost",
            "name": self.get_totp_issuer(),
        }
