"""Places that rules keep: whoever is meant by one that comes first is not used up by lesser contacts before it asks."""

from collections.abc import Sequence
from datetime import datetime

from wayloop.kernel import clock
from wayloop.privacy import api as privacy
from wayloop.surveys.enums import AskState
from wayloop.surveys.models import Ask, AskRule

SUBJECT = "survey"
AT_ONCE = 10_000


def keep_places(*, rule: AskRule, handles: Sequence[int], until: datetime) -> None:
    """Keeps a place for each of these people until it is used or time is over, if the rule is one that comes first."""
    if rule.comes_first and handles and until > clock.now():
        privacy.reserve_contacts(
            purpose=privacy.Purpose.SURVEY,
            subject_kind=SUBJECT,
            subject_id=rule.survey_id,
            handles=handles,
            until=until,
        )


def keep_waiting_places(*, rule: AskRule) -> None:
    """The same for everybody who waits to be asked by the rule."""
    if not rule.comes_first:
        return
    waiting = Ask.objects.filter(rule=rule, state=AskState.WAITING).values_list("handle", "until").order_by("pk")
    rows: list[tuple[int, datetime]] = []
    for row in waiting.iterator(chunk_size=AT_ONCE):
        rows.append(row)
        if len(rows) == AT_ONCE:
            _keep(rule, rows)
            rows = []
    _keep(rule, rows)


def give_places_up(*, survey_id: int, handles: Sequence[int]) -> None:
    """These people are not asked after all; whoever waits for another rule of the survey keeps the place."""
    if not handles:
        return
    others = Ask.objects.filter(
        rule__survey_id=survey_id, rule__comes_first=True, state=AskState.WAITING, handle__in=handles
    )
    gone = set(handles) - set(others.values_list("handle", flat=True))
    privacy.give_reservations_up(subject_kind=SUBJECT, subject_id=survey_id, handles=sorted(gone))


def give_all_places_up(*, rule: AskRule) -> None:
    """The rule needs no places any more. While another one of its survey does, they end by their time."""
    others = AskRule.objects.filter(
        survey_id=rule.survey_id, comes_first=True, started_at__isnull=False, stopped_at=None, removed_at=None
    )
    if not others.exclude(pk=rule.pk).exists():
        privacy.give_reservations_up(subject_kind=SUBJECT, subject_id=rule.survey_id)


def _keep(rule: AskRule, rows: Sequence[tuple[int, datetime]]) -> None:
    if rows:
        keep_places(rule=rule, handles=[handle for handle, _until in rows], until=max(until for _handle, until in rows))
