"""States and kinds of the business."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Trade(TextChoices):
    """What the business does; chooses the first metrics, map, surveys and flows later."""

    CAFE = "cafe", _("Café or restaurant")
    SHOP = "shop", _("Shop")
    WEB_SHOP = "web_shop", _("Web shop")
    BEAUTY = "beauty", _("Beauty salon")
    CLINIC = "clinic", _("Clinic")
    SCHOOL = "school", _("School or courses")
    REPAIR = "repair", _("Repair service")
    SERVICES = "services", _("Services for companies")
    OTHER = "other", _("Something else")
