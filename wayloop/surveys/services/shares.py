"""Results are shown to somebody outside by a link, which ends by itself or is taken back."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.urls import reverse

from wayloop.accounts.api import audit
from wayloop.contracts.scope import Scope
from wayloop.kernel import clock, signing
from wayloop.kernel.ids import uuid7
from wayloop.surveys.acts import SHARE_REVOKED, SHARED
from wayloop.surveys.models import ResultShare

DAYS = (7, 30, 90)
LINK = signing.purpose("surveys.results", timedelta(days=max(DAYS)))


@transaction.atomic
def share_results(*, survey_id: int, query: str, scope: Scope, by: int, days: int, name: str = "") -> ResultShare:
    """Makes a link that shows the numbers of this filter for so many days, and no more than its maker sees.

    `name`: for whom it is.
    """
    now = clock.now()
    share = ResultShare.objects.create(
        uuid=uuid7(),
        survey_id=survey_id,
        name=name.strip()[:80],
        query=query[:2000],
        location_ids=None if scope.locations is None else sorted(scope.locations),
        made_by=by,
        made_at=now,
        expires_at=now + timedelta(days=days),
    )
    audit(act=SHARED, kind="survey", subject=survey_id, details={"days": days})
    return share


@transaction.atomic
def revoke_share(*, survey_id: int, share_id: int, back: bool = False) -> bool:
    """Takes a link back, or gives it again; answers whether there is such a link."""
    found = ResultShare.objects.filter(pk=share_id, survey_id=survey_id)
    if not found.update(revoked_at=None if back else clock.now()):
        return False
    audit(act=SHARED if back else SHARE_REVOKED, kind="survey", subject=survey_id)
    return True


@transaction.atomic
def note_opening(*, share_id: int) -> None:
    """Counts that somebody had the page of a link before them."""
    ResultShare.objects.filter(pk=share_id).update(seen_count=F("seen_count") + 1, seen_at=clock.now())


def link_of(*, share: ResultShare) -> str:
    """The absolute address; it says nothing but which share it is, and is good as long as that."""
    token = signing.sign(LINK, str(share.pk), expires=share.expires_at)
    return f"{settings.ENVIRONMENT.url}{reverse('survey:shared', args=[token])}"
