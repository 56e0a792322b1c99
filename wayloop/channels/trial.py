"""A letter to oneself, to see that mail leaves."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from wayloop.business import api as business
from wayloop.channels.mail_way import MailWay
from wayloop.contracts.channels import Handed, Parcel
from wayloop.kernel.ids import uuid7


def send_trial(*, to: str, brand: int | None = None) -> Handed:
    """Sends a short letter to a member at once, past all queues; answers what the server said."""
    name = business.profile().name
    text = _("This letter shows that %(name)s can write to its customers. Nobody else got it.") % {"name": name}
    parcel = Parcel(
        key=uuid7().hex,
        to=to,
        subject=_("Mail of %(name)s works") % {"name": name},
        text=text + "\n",
        html="",
        language=get_language() or "en",
        brand_id=brand,
    )
    with MailWay().session() as session:
        return session.hand_over(parcel, lambda: True)
