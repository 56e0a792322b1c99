"""Reviews of quarters go out by mail: to those who set goals when a quarter is over, and to whoever asks."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from wayloop.accounts.api import MemberInfo, Permission, members_who_may
from wayloop.business import api as business
from wayloop.channels import api as channels
from wayloop.contracts.channels import Handed, Outcome, Parcel
from wayloop.kernel import clock, jobs
from wayloop.kernel.ids import uuid7
from wayloop.metrics import review_text
from wayloop.metrics.enums import SEND_REVIEW
from wayloop.metrics.models import ReviewLetter
from wayloop.metrics.queries.review import first_of, latest_quarter, quarter_of, review_of

EMAIL = "email"
# A quarter that has been over for longer is no news: mail that is set up later begins with the next one.
FRESH = timedelta(days=14)


class NotNow(Exception):
    """The server did not take the letter this time."""


@transaction.atomic
def ask_for_review(*, quarter: str, member: int) -> ReviewLetter:
    """Has the review sent to a member (id), also when it was sent before. `quarter`: its key."""
    letter, _is_new = ReviewLetter.objects.update_or_create(
        quarter=quarter,
        member_id=member,
        defaults={"key": uuid7(), "asked_at": clock.now(), "taken_at": None, "said": ""},
    )
    jobs.enqueue(SEND_REVIEW, letter=letter.pk)
    return letter


@transaction.atomic
def ask_for_reviews() -> int:
    """Asks for the letters of the last quarter, once for each member who sets goals for the whole business; answers how
    many were new. Does nothing while no mail leaves, or when nothing was counted in the quarter."""
    quarter = latest_quarter()
    over = first_of(quarter) + timedelta(days=quarter.days or 0)
    today = business.report_clock().day_of(clock.now())
    if today - over > FRESH or channels.way_out(EMAIL) is None:
        return 0
    members = [one for one in members_who_may(Permission.GOALS_CHANGE) if one.scope.sees_everything]
    have = set(ReviewLetter.objects.filter(quarter=quarter.key).values_list("member_id", flat=True))
    missing = [one for one in members if one.id not in have]
    if not missing or not any(line.figure.reading.n for line in review_of(quarter, missing[0].scope).lines.values()):
        return 0
    for one in missing:
        ask_for_review(quarter=quarter.key, member=one.id)
    return len(missing)


def send_review(*, number: int) -> None:
    """Hands one letter over, unless it was taken already. Raises `NotNow` when the server wants to be asked again.

    A process that is killed between the server's word and our note sends it once more, with the same Message-ID.
    """
    letter = ReviewLetter.objects.filter(pk=number, taken_at=None).first()
    way = channels.way_out(EMAIL)
    if letter is None or way is None:
        return
    member = next((one for one in members_who_may(Permission.METRICS_VIEW) if one.id == letter.member_id), None)
    if member is None:
        # Somebody who sees no numbers any more.
        return
    parcel = _parcel(letter, member)
    with way.session() as session:
        handed: Handed = session.hand_over(parcel, lambda: True)
    is_taken = handed.outcome in (Outcome.TAKEN, Outcome.UNSURE)
    # Of an older letter nothing is noted: somebody asked anew meanwhile.
    ReviewLetter.objects.filter(pk=letter.pk, key=letter.key).update(
        taken_at=clock.now() if is_taken else None, said="" if is_taken else handed.detail
    )
    if handed.outcome in (Outcome.LATER, Outcome.AWAY):
        raise NotNow(handed.outcome)


def _parcel(letter: ReviewLetter, member: MemberInfo) -> Parcel:
    quarter = quarter_of(letter.quarter)
    if quarter is None:
        raise ValueError(f"{letter.quarter} is no quarter that has begun")
    language = member.language or business.profile().content_languages[0]
    with translation.override(language):
        # Anew in this language: its label is one too.
        named = quarter_of(letter.quarter) or quarter
        address = settings.ENVIRONMENT.url + reverse("metrics:review", args=[named.key])
        return Parcel(
            key=letter.key.hex,
            to=member.email,
            subject=_("%(business)s: %(quarter)s") % {"business": business.profile().name, "quarter": named.label},
            text=review_text.as_text(review_of(named, member.scope), address),
            html="",
            language=language,
        )
