"""The loop is closed: bad answers become cases, and who had one is asked afterwards whether all is well again."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max
from django.utils import translation
from django.utils.translation import gettext as _

from wayloop.business import api as business
from wayloop.contracts.work import CaseChange, CaseColumns, CaseMoved
from wayloop.kernel import clock
from wayloop.kernel.bulk import stage_rows
from wayloop.kernel.ids import digest_key, uuid7
from wayloop.surveys.enums import AskState, Feel, ScoreMetric, Trigger
from wayloop.surveys.models import Ask, AskRule, CaseRule, Response, Score, Survey
from wayloop.surveys.origins import ANSWER, OWN, about_of
from wayloop.surveys.rules import SurveyRefused, fits
from wayloop.work import api as work

SOURCE = "survey"
MOST_RULES = 60
LONGEST_TITLE = 90
# A case is closed; so much later its customer is asked, and tried for so long when the contact rules stand against it.
AFTER, PATIENCE_DAYS = timedelta(hours=2), 7
STAGED = "key uuid, handle bigint, location_id bigint, case_id bigint"
ADD = """
INSERT INTO surveys_ask (key, rule_id, handle, location_id, case_id, due_at, until, state, reasons)
SELECT key, %(rule)s, handle, location_id, case_id, %(due)s, %(until)s, 'waiting', '[]'
FROM surveys_afterwards ORDER BY handle
ON CONFLICT (key) DO NOTHING
"""


@transaction.atomic
def save_case_rule(*, rule_id: int | None = None, by: int | None = None, **wanted: Any) -> CaseRule:
    """Makes a rule behind all others, which is on at once, or writes one anew. Cases that are open stay as they are.

    Raises `SurveyRefused` when there are sixty, `CaseRule.DoesNotExist`.
    """
    if rule_id is not None:
        rule = CaseRule.objects.select_for_update().get(pk=rule_id, removed_at=None)
        for name, value in wanted.items():
            setattr(rule, name, value)
        rule.save()
        return rule
    rows = CaseRule.objects.filter(removed_at=None)
    if rows.count() >= MOST_RULES:
        raise SurveyRefused(_("There are 60 rules already. Remove some first."))
    last = CaseRule.objects.aggregate(last=Max("position"))["last"] or 0
    return CaseRule.objects.create(uuid=uuid7(), position=last + 1, created_at=clock.now(), created_by=by, **wanted)


@transaction.atomic
def switch_case_rule(*, rule_id: int, is_on: bool) -> None:
    """Lets a rule open cases, or no more. What was answered while it was off stays without a case."""
    CaseRule.objects.filter(pk=rule_id).update(stopped_at=None if is_on else clock.now())


@transaction.atomic
def remove_case_rule(*, rule_id: int, is_removed: bool = True) -> None:
    """Takes a rule away, or brings it back."""
    CaseRule.objects.filter(pk=rule_id).update(removed_at=clock.now() if is_removed else None)


@transaction.atomic
def raise_case_rule(*, rule_id: int) -> None:
    """Lets a rule be asked before the one that stands above it."""
    rows = list(CaseRule.objects.select_for_update().filter(removed_at=None).order_by("position", "pk"))
    place = next((place for place, row in enumerate(rows) if row.pk == rule_id), 0)
    if place:
        above, own = rows[place - 1], rows[place]
        above.position, own.position = own.position, above.position
        CaseRule.objects.bulk_update([above, own], ["position"])


@transaction.atomic
def open_cases_for(*, scores: Sequence[int]) -> int:
    """Opens the cases that rules mean for these scores; answers how many. A response is one case, however many marks.

    What a recovery survey brings opens none: its case is opened anew instead (`note_afterwards`).
    """
    rules = list(CaseRule.objects.filter(stopped_at=None, removed_at=None).order_by("position", "pk"))
    found = list(Score.objects.filter(pk__in=scores, batch="").order_by("pk")) if rules else []
    asked_after = _asked_after(found)
    left = {about_of(one): one for one in reversed(found) if about_of(one) not in asked_after}
    told = {about: [one for one in found if about_of(one) == about] for about in left}
    number = 0
    for rule in rules:
        chosen = {
            about: next(one for one in mine if fits(rule, one))
            for about, mine in told.items()
            if any(fits(rule, one) for one in mine)
        }
        for about in chosen:
            del told[about]
        number += len(_open(chosen, rule.playbook).new) if chosen else 0
    return number


@transaction.atomic
def open_case_for(*, score_id: int, by: int | None) -> int:
    """Opens a case for one score by hand, by the playbook of the first rule that fits, or the first one for bad scores.

    Answers the case; the one that is here already when there is one. Raises `Score.DoesNotExist`.
    """
    score = Score.objects.get(pk=score_id)
    rules = CaseRule.objects.filter(stopped_at=None, removed_at=None).order_by("position", "pk")
    playbook = next((rule.playbook for rule in rules if fits(rule, score)), None)
    if playbook is None:
        books = sorted(work.playbooks_in_use(), key=lambda one: one.kind != work.CaseKind.SCORE)
        playbook = next((one.id for one in books), None)
    return int(_open({about_of(score): score}, playbook, by).ids[0])


@transaction.atomic
def ask_afterwards(*, moves: Sequence[CaseMoved]) -> None:
    """Writes down who is asked after a solved case by the survey of its playbook; opened anew, they are not asked."""
    again = [one.case for one in moves if one.change in (CaseChange.REOPENED, CaseChange.TAKEN_BACK)]
    Ask.objects.filter(case_id__in=again, state=AskState.WAITING).update(state=AskState.UNDONE, decided_at=clock.now())
    solved = [one.case for one in moves if one.change == CaseChange.SOLVED and one.is_news]
    by_survey: dict[int, list[work.CaseInfo]] = {}
    for case in work.cases_by_id(solved).values():
        if case.recovery_survey is not None and case.handle is not None and not case.is_open:
            by_survey.setdefault(case.recovery_survey, []).append(case)
    surveys = Survey.objects.filter(pk__in=by_survey, closed_at=None, archived_at=None).exclude(current=None)
    for survey in surveys:
        rule = _rule_of(survey)
        rows = [
            (
                digest_key("survey ask", str(rule.uuid), str(case.id), str(case.closed_at)),
                case.handle,
                case.location_id,
                case.id,
            )
            for case in by_survey[survey.pk]
        ]
        due = clock.now() + AFTER
        stage_rows("surveys_afterwards", STAGED, rows)
        with connection.cursor() as cursor:
            cursor.execute(ADD, {"rule": rule.pk, "due": due, "until": due + timedelta(days=PATIENCE_DAYS)})


@transaction.atomic
def note_afterwards(*, responses: Sequence[int]) -> None:
    """Tells the cases what their customers said afterwards; whoever is still badly served has the case opened anew."""
    rows = Response.objects.filter(pk__in=responses, invitation__ask__case_id__isnull=False)
    cases = {row.pk: row for row in rows.select_related("invitation__ask")}
    if not cases:
        return
    feels: dict[int, list[int]] = {number: [] for number in cases}
    by_uuid = {str(row.uuid): row.pk for row in cases.values()}
    scores = Score.objects.filter(handle__in={row.handle for row in cases.values()}, source=OWN)
    for number, feel in scores.values_list("number", "feel"):
        if (response := by_uuid.get(number.partition(".")[0])) is not None:
            feels[response].append(feel)
    said = {_case_of(cases[number]): (number, _verdict(found)) for number, found in feels.items() if found}
    work.note_recovery(
        case_ids=list(said),
        responses=[response for response, _word in said.values()],
        are_recovered=[word for _response, word in said.values()],
    )
    bad = [_case_of(cases[number]) for number, found in feels.items() if Feel.BAD in found]
    begin = next((one.id for one in work.stages() if one.state == work.State.WORKING and not one.is_archived), None)
    for case in work.cases_by_id(bad).values():
        if not case.is_open and begin is not None:
            work.move_case(case_id=case.id, stage_id=begin, seen_stage_id=case.stage_id)


def _open(chosen: dict[str, Score], playbook: int | None, by: int | None = None) -> Any:
    with translation.override(_language()):
        return work.open_cases(
            columns=CaseColumns(
                source=SOURCE,
                abouts=list(chosen),
                handles=[one.handle for one in chosen.values()],
                titles=[_title(one) for one in chosen.values()],
                said=[one.comment for one in chosen.values()],
                location_ids=[one.location_id for one in chosen.values()],
            ),
            playbook_id=playbook,
            by=by,
        )


def _title(score: Score) -> str:
    figure = _("%(metric)s: %(value)s of %(high)s") % {
        "metric": ScoreMetric(score.metric).label,
        "value": f"{score.value.normalize():f}",
        "high": score.scale_high,
    }
    words = " ".join(score.comment.split())
    if not words:
        return figure
    return words if len(words) <= LONGEST_TITLE else words[:LONGEST_TITLE].rsplit(" ", 1)[0] + "…"


def _language() -> str:
    """Cases are written once for all members, in the language of the business."""
    return next(iter(business.profile().content_languages), "en")


def _asked_after(scores: Sequence[Score]) -> set[str]:
    """What of these was said in a recovery survey."""
    numbers = {one.number.partition(".")[0] for one in scores if about_of(one).startswith(ANSWER)}
    rows = Response.objects.filter(uuid__in=list(_uuids(numbers)), invitation__ask__case_id__isnull=False)
    return {f"{ANSWER}:{uuid}" for uuid in rows.values_list("uuid", flat=True)}


def _uuids(texts: set[str]) -> Iterator[UUID]:
    for text in texts:
        try:
            yield UUID(text)
        except ValueError:
            continue


def _rule_of(survey: Survey) -> AskRule:
    """The rule by which this survey asks after cases; made when it is needed for the first time."""
    Survey.objects.select_for_update().get(pk=survey.pk)
    found = AskRule.objects.filter(survey=survey, trigger=Trigger.RECOVERY, removed_at=None).first()
    if found is not None:
        return found
    with translation.override(_language()):
        name = _("After a solved case")
    now = clock.now()
    return AskRule.objects.create(
        uuid=uuid7(), survey=survey, name=name, trigger=Trigger.RECOVERY, patience_days=PATIENCE_DAYS,
        created_at=now, started_at=now,
    )  # fmt: skip


def _case_of(response: Response) -> int:
    invitation = response.invitation
    if invitation is None or invitation.ask is None or invitation.ask.case_id is None:
        raise AssertionError("only those that were asked after a case come here")
    return invitation.ask.case_id


def _verdict(feels: Sequence[int]) -> bool:
    return all(feel == Feel.GOOD for feel in feels)
