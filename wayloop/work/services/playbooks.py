"""How the business works on cases: playbooks, stages and root causes, made, changed, put in order and away."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TypeVar

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wayloop.kernel import clock
from wayloop.kernel.localised import Localised
from wayloop.work.enums import CaseKind, OwnerRule, Severity, State
from wayloop.work.models import Case, Cause, Playbook, Stage
from wayloop.work.rules import (
    LARGEST_AMOUNT,
    LONGEST_NOTE,
    LONGEST_PROMISE,
    LONGEST_TITLE,
    MOST_CAUSES,
    MOST_PLAYBOOKS,
    MOST_STAGES,
    MOST_STEPS,
    WorkRefused,
)

Row = TypeVar("Row", Playbook, Stage, Cause)


class PlaybookChanged(Exception):
    """Somebody has written the playbook anew since it was shown."""


@dataclass(frozen=True)
class PlaybookDetails:
    """What a playbook says; see `models.Playbook`. `limit` in minor units of the business's currency."""

    name: Localised
    kind: str = CaseKind.COMPLAINT
    severity: str = Severity.NORMAL
    owner_rule: str = OwnerRule.NOBODY
    owner_id: int | None = None
    owner_role: str = ""
    deadline_minutes: int | None = None
    script: str = ""
    steps: Sequence[str] = ()
    limit: int | None = None
    recovery_survey: int | None = None
    cause_ids: Sequence[int] = ()


@transaction.atomic
def add_playbook(*, details: PlaybookDetails) -> Playbook:
    """Makes a playbook, behind the others. Raises `WorkRefused`."""
    if Playbook.objects.filter(archived_at=None).count() >= MOST_PLAYBOOKS:
        raise WorkRefused(_("There are 60 playbooks already. Put one away first."))
    return Playbook.objects.create(**_columns(details), position=_behind(Playbook))


@transaction.atomic
def change_playbook(*, playbook_id: int, details: PlaybookDetails, seen: int) -> Playbook:
    """Writes a playbook anew; cases that are open keep what they began with, but show its script as it is now.

    Raises `PlaybookChanged` when there is a newer version than `seen`, `WorkRefused`, `Playbook.DoesNotExist`.
    """
    playbook = Playbook.objects.select_for_update().get(pk=playbook_id)
    wanted = _columns(details)
    if all(getattr(playbook, name) == value for name, value in wanted.items()):
        return playbook
    if playbook.version != seen:
        raise PlaybookChanged
    for name, value in wanted.items():
        setattr(playbook, name, value)
    playbook.version += 1
    playbook.save()
    return playbook


@transaction.atomic
def add_stage(*, name: Localised, state: str) -> Stage:
    """Adds a stage behind the last one of its state. Raises `WorkRefused`."""
    stages = list(Stage.objects.select_for_update().order_by("position", "pk"))
    if sum(one.archived_at is None for one in stages) >= MOST_STAGES:
        raise WorkRefused(_("There are 20 stages already: nobody reads a wider board."))
    order = list(State.values)
    place = max((n for n, one in enumerate(stages, 1) if order.index(one.state) <= order.index(state)), default=0)
    stage = Stage(name=name, state=State(state).value, position=0)
    stages.insert(place, stage)
    for number, one in enumerate(stages, 1):
        one.position = number
        one.save()
    return stage


@transaction.atomic
def rename_stage(*, stage_id: int, name: Localised) -> Stage:
    """Gives a stage another name, also in what is told of cases that were in it."""
    stage = Stage.objects.select_for_update().get(pk=stage_id)
    stage.name = name
    stage.save(update_fields=["name"])
    return stage


@transaction.atomic
def archive_stage(*, stage_id: int) -> Stage:
    """Puts a stage away; cases that were closed in it keep it.

    Raises `WorkRefused` while open cases stand in it, and for the last one of what every case needs: a stage to begin
    in, one that means solved and one that means closed without a solution.
    """
    stages = list(Stage.objects.select_for_update().order_by("position", "pk"))
    stage = next((one for one in stages if one.pk == stage_id), None)
    if stage is None:
        raise Stage.DoesNotExist
    if stage.archived_at is not None:
        return stage
    standing = Case.objects.filter(stage=stage, closed_at=None, removed_at=None).count()
    if standing:
        raise WorkRefused(
            ngettext(
                "%(number)s case stands in “%(stage)s”. Move it to another stage first.",
                "%(number)s cases stand in “%(stage)s”. Move them to another stage first.",
                standing,
            )
            % {"number": standing, "stage": stage.name}
        )
    others = {one.state for one in stages if one.pk != stage_id and one.archived_at is None}
    if {State.NEW, State.SOLVED, State.UNSOLVED} - others:
        raise WorkRefused(_("Cases need a stage to begin in, one for solved and one for closed without a solution."))
    stage.archived_at = clock.now()
    stage.save(update_fields=["archived_at"])
    return stage


@transaction.atomic
def add_cause(*, name: Localised) -> Cause:
    """Adds a root cause behind the others. Raises `WorkRefused`."""
    if Cause.objects.filter(archived_at=None).count() >= MOST_CAUSES:
        raise WorkRefused(_("There are 60 root causes already: nobody finds the right one among more."))
    return Cause.objects.create(name=name, position=_behind(Cause))


@transaction.atomic
def rename_cause(*, cause_id: int, name: Localised) -> Cause:
    """Gives a root cause another name, also where it was named before."""
    cause = Cause.objects.select_for_update().get(pk=cause_id)
    cause.name = name
    cause.save(update_fields=["name"])
    return cause


@transaction.atomic
def put_away(*, kind: type[Row], row_id: int, is_away: bool = True) -> Row:
    """Puts a playbook or a root cause away, or takes a playbook, a root cause or a stage back into use.

    Raises the `DoesNotExist` of the kind.
    """
    row = kind.objects.select_for_update().get(pk=row_id)
    row.archived_at = (row.archived_at or clock.now()) if is_away else None
    row.save(update_fields=["archived_at"])
    return row


@transaction.atomic
def move_row(*, kind: type[Row], row_id: int, is_up: bool) -> None:
    """Swaps a playbook, stage or root cause with its neighbour in use; at the end of the list nothing happens."""
    rows = list(kind.objects.select_for_update().filter(archived_at=None).order_by("position", "pk"))
    place = next((place for place, row in enumerate(rows) if row.pk == row_id), None)
    other = None if place is None else place + (-1 if is_up else 1)
    if place is None or other is None or not 0 <= other < len(rows):
        return
    rows[place].position, rows[other].position = rows[other].position, rows[place].position
    for row in (rows[place], rows[other]):
        row.save(update_fields=["position"])


def _columns(details: PlaybookDetails) -> dict[str, object]:
    found = asdict(details)
    found["name"] = details.name
    steps = [" ".join(one.split())[:LONGEST_TITLE] for one in details.steps if one.strip()]
    if not any(details.name.texts.values()):
        raise WorkRefused(_("Give the playbook a name."))
    if "\0" in details.script or any("\0" in one for one in steps):
        raise WorkRefused(_("There is a character in it that cannot be kept."))
    if len(steps) > MOST_STEPS:
        raise WorkRefused(_("A checklist has 20 points at most: nobody goes through more."))
    if details.owner_rule == OwnerRule.MEMBER and details.owner_id is None:
        raise WorkRefused(_("Choose the member who gets these cases."))
    if details.deadline_minutes is not None and not 0 < details.deadline_minutes <= LONGEST_PROMISE:
        raise WorkRefused(_("A deadline lies between a minute and a year of business hours."))
    if details.limit is not None and not 0 < details.limit < LARGEST_AMOUNT:
        raise WorkRefused(_("Write how much may be given, or nothing."))
    found |= {
        "kind": CaseKind(details.kind).value,
        "severity": Severity(details.severity).value,
        "owner_rule": OwnerRule(details.owner_rule).value,
        "owner_id": details.owner_id if details.owner_rule == OwnerRule.MEMBER else None,
        "owner_role": details.owner_role if details.owner_rule == OwnerRule.TURNS else "",
        "script": details.script.replace("\r\n", "\n").strip()[:LONGEST_NOTE],
        "steps": steps,
        "cause_ids": sorted(set(details.cause_ids)),
    }
    return found


def _behind(kind: type[Row]) -> int:
    return int(kind.objects.aggregate(last=Max("position"))["last"] or 0) + 1
