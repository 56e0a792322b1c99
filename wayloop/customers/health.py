"""The one line of health on the card: the first thing that is not well, else that all is.

The rule is told in docs/explanation/customer-health.md.
"""

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from wayloop.contracts.customers import HealthSign, Sign
from wayloop.contracts.scope import Scope
from wayloop.kernel import clock, registry
from wayloop.ui import formats

# Somebody not seen for this many days is called "away for long", as long as their own rhythm is not known.
LONG_AGO_DAYS = 180
TONES = ("bad", "warn", "good")
ABOUT = ("matter", "score", "rhythm", "contact")


def look_at(person: int, seen_at: datetime, scope: Scope) -> Sign:
    """Asks everybody who knows a sign, and picks the one to tell."""
    looked = [sign.look(person, scope) for sign in registry.offers(HealthSign)]  # type: ignore[type-abstract]
    return pick([sign for sign in [*looked, contact_sign(seen_at, clock.now())] if sign is not None])


def pick(signs: Iterable[Sign]) -> Sign:
    """The worst sign; of equal ones an open matter comes before a score, that before the rhythm of purchases.

    The mere last contact counts only when the customer's own rhythm is not known.
    """
    known = list(signs)
    has_rhythm = any(sign.about == "rhythm" for sign in known)
    told = [sign for sign in known if sign.about != "contact" or not has_rhythm]
    return min(told, key=lambda sign: (TONES.index(sign.tone), ABOUT.index(sign.about)))


def contact_sign(seen_at: datetime, now: datetime) -> Sign:
    """What the last contact alone says."""
    last, today = timezone.localtime(seen_at).date(), timezone.localtime(now).date()
    sentence = _("Last contact %(day)s") % {"day": formats.calendar_day(last, today)}
    if (now - seen_at).days > LONG_AGO_DAYS:
        return Sign("contact", "warn", _("Away for long"), sentence)
    return Sign("contact", "good", _("In touch"), sentence)
