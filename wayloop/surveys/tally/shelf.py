"""All sets of one survey: those of its blocks, kept in memory while they do not change, and those of the rest."""

import json
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock

from django.db import connection

from wayloop.surveys.tally.bits import Sliced, sliced
from wayloop.surveys.tally.marks import marks
from wayloop.surveys.tally.packing import gather, join, unpack
from wayloop.surveys.tally.reading import unfolded

# How many surveys a process remembers; one of a million answers takes about 10 MB.
MOST_KEPT = 6
HEADS = "SELECT number, revision, gone FROM surveys_tallyblock WHERE survey_id = %s ORDER BY number"
BLOCKS = "SELECT number, names, bits FROM surveys_tallyblock WHERE survey_id = %s AND number = ANY (%s)"
STALE = "SELECT place FROM surveys_response WHERE id = ANY (%s) AND place IS NOT NULL"
IDS = "SELECT place, id FROM surveys_response WHERE survey_id = %s AND place = ANY (%s)"


@dataclass(frozen=True)
class _Kept:
    """What a process remembers of a survey: the revision of each block, its sets, and the sets over all of them."""

    revisions: dict[int, int]
    blocks: dict[int, dict[str, bytes]]
    size: int
    sets: dict[str, int]


_kept: OrderedDict[int, _Kept] = OrderedDict()
_lock = Lock()


@dataclass
class Shelf:
    """The sets of a survey as they are now. `alive`: everybody; `base`: where those begin that are in no block."""

    survey: int
    alive: int
    base: int
    beside: Sequence[int]
    folded: dict[str, int]
    rest: dict[str, int]
    _found: dict[str, int] = field(default_factory=dict)
    _numbers: dict[str, Sliced] = field(default_factory=dict)

    def of(self, name: str) -> int:
        """The set of a name; a name nobody has is an empty one."""
        found = self._found.get(name)
        if found is None:
            found = self.folded.get(name, 0) | (self.rest.get(name, 0) << self.base)
            self._found[name] = found
        return found

    def number(self, name: str) -> Sliced:
        """A number that responses hold."""
        if name not in self._numbers:
            self._numbers[name] = sliced(self.of, name)
        return self._numbers[name]

    def names(self, start: str) -> list[str]:
        """The names of sets that begin so."""
        return sorted({name for sets in (self.folded, self.rest) for name in sets if name.startswith(start)})

    def ids(self, places: Sequence[int]) -> dict[int, int]:
        """Place → id of the response."""
        found = {place: self.beside[place - self.base] for place in places if place >= self.base}
        folded = [place for place in places if place < self.base]
        if folded:
            with connection.cursor() as cursor:
                cursor.execute(IDS, [self.survey, folded])
                found |= dict(cursor.fetchall())
        return found


def take_down(survey_id: int) -> Shelf:
    """The sets of a survey. Each response is in them once, as it was at one moment of this call."""
    # First those beside: what is folded meanwhile stands in both, and is told by its place.
    rest = unfolded(survey_id)
    with connection.cursor() as cursor:
        cursor.execute(HEADS, [survey_id])
        heads = cursor.fetchall()
        kept = _remembered(survey_id, {number: revision for number, revision, _gone in heads})
        stale = [place for _number, _revision, gone in heads for place in gone]
        if rest and heads:
            cursor.execute(STALE, [[row.id for row in rest]])
            stale += [place for (place,) in cursor.fetchall()]
    everybody = 0
    for name, bits in kept.sets.items():
        if name.startswith("v|"):
            everybody |= bits
    for place in stale:
        everybody &= ~(1 << place)
    sets = gather(((place, marks(row.whole)) for place, row in enumerate(rest)), max(len(rest), 1))
    return Shelf(
        survey_id,
        everybody | (((1 << len(rest)) - 1) << kept.size),
        kept.size,
        [row.id for row in rest],
        kept.sets,
        {name: int.from_bytes(bits, "little") for name, bits in sets.items()},
    )


def _remembered(survey_id: int, revisions: dict[int, int]) -> _Kept:
    with _lock:
        kept = _kept.get(survey_id)
        if kept is not None and kept.revisions == revisions:
            _kept.move_to_end(survey_id)
            return kept
    known = kept.blocks if kept else {}
    changed = [number for number in revisions if not kept or kept.revisions.get(number) != revisions[number]]
    blocks = {number: sets for number, sets in known.items() if number in revisions and number not in changed}
    read = dict(revisions)
    with connection.cursor() as cursor:
        cursor.execute(BLOCKS, [survey_id, changed])
        for number, names, bits in cursor.fetchall():
            # Plain cursors give JSON as text.
            blocks[number] = unpack(json.loads(names) if isinstance(names, str) else names, bytes(bits))
    size, sets = join(blocks)
    made = _Kept(read, blocks, size, sets)
    with _lock:
        _kept[survey_id] = made
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return made
