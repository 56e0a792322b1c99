"""What stands behind the counters of an import: the things themselves, some at a time."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from wayloop.contracts.imports import ImportedThing, ThingTeller
from wayloop.contracts.scope import Scope
from wayloop.imports.models import BroughtThings
from wayloop.kernel import registry

AT_ONCE = 50
SLICES = """
SELECT b.kind, b.ids[w.first:w.last] FROM unnest(%s::bigint[], %s::int[], %s::int[]) w (id, first, last)
JOIN imports_broughtthings b USING (id) ORDER BY b.id
"""


@dataclass(frozen=True)
class Brought:
    """Some things of one group; None stands for one that is gone or hidden. `after`: how many lie before them."""

    things: Sequence[ImportedThing | None]
    after: int
    total: int

    @property
    def following(self) -> int | None:
        """Where the next ones begin, None at the end."""
        end = self.after + len(self.things)
        return end if end < self.total else None


def things_of(*, import_id: int, table: int, group: str, after: int, scope: Scope) -> Brought:
    """The next things behind a counter of a table. Reads only the steps in which they lie, however many there are."""
    steps = BroughtThings.objects.filter(table__run=import_id, table__position=table, group=group).order_by("id")
    wanted: list[tuple[int, int, int]] = []
    before, end = 0, after + AT_ONCE
    for step, size in steps.values_list("id", "size"):
        if before < end and before + size > after:
            wanted.append((step, max(after - before, 0) + 1, min(end - before, size)))
        before += size
    found: list[tuple[str, int]] = []
    if wanted:
        with connection.cursor() as cursor:
            cursor.execute(SLICES, [list(column) for column in zip(*wanted, strict=True)])
            found = [(kind, one) for kind, ids in cursor.fetchall() for one in ids]
    told = {
        (kind, one): thing
        for kind in {kind for kind, _one in found}
        for one, thing in _teller(kind)
        .things(kind, [one for other, one in found if other == kind], scope=scope)
        .items()
    }
    return Brought([told.get(one) for one in found], after, before)


def permission_for(*, import_id: int, table: int, group: str) -> str | None:
    """What somebody must be allowed to see these things; None where there are none."""
    steps = BroughtThings.objects.filter(table__run=import_id, table__position=table, group=group)
    kind = steps.values_list("kind", flat=True).first()
    return _teller(kind).permission if kind else None


def _teller(kind: str) -> ThingTeller:
    return next(one for one in registry.offers(ThingTeller) if kind in one.kinds)  # type: ignore[type-abstract]
