"""How long refusals are kept."""

from datetime import timedelta

from django.db import transaction

from wayloop.kernel import clock
from wayloop.privacy.models import Refusal

# A year and a little: longer than any limit looks back, so that "why was I not asked" can be answered for all of it.
KEEP = timedelta(days=400)
AT_ONCE = 5_000


@transaction.atomic
def forget_refusals() -> int:
    """Removes refusals that were last given over 400 days ago, at most 5,000; answers how many."""
    old = Refusal.objects.filter(at__lt=clock.now() - KEEP).order_by("at").values("pk")[:AT_ONCE]
    deleted, _by_model = Refusal.objects.filter(pk__in=old).delete()
    return deleted
