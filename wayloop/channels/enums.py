"""How a mail server is reached."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Security(TextChoices):
    """How the connection is protected."""

    STARTTLS = "starttls", _("STARTTLS (usual at port 587)")
    TLS = "tls", _("TLS from the first byte (usual at port 465)")
    NONE = "none", _("None: only for a server in this house")
