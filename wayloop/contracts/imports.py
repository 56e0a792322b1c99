"""What a context says of something that can be imported."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, Protocol

from wayloop.contracts.scope import Scope

if TYPE_CHECKING:
    import pyarrow as pa

# An entity refuses a value it cannot take with this code, a colon and the name of the field.
UNREADABLE = "unreadable"


@dataclass(frozen=True)
class ImportField:
    """One field of an importable entity.

    `above`: the value must be greater; `below`: its size must be less; `longest`: characters of a text; `choices`: the
    values a text may have, with their labels – the mapping says which words of a file mean which. A row whose required
    field is empty, or whose value cannot be read as `type` or is too large or long, goes to the error file.
    `names`: what other systems call such a column, small letters and single spaces, in any language: for the proposal.

    An instant arrives naive, local to the zone of the import; a date as a date; yes or no as a bool.
    """

    name: str
    label: Any
    type: Literal["text", "decimal", "instant", "date", "yes_no"]
    required: bool = False
    above: Decimal | None = None
    below: Decimal | None = None
    longest: int | None = None
    names: Sequence[str] = ()
    choices: Mapping[str, Any] = field(default_factory=dict)


class ImportColumns(Mapping[str, Sequence[Any]]):
    """The columns of some rows: as values, made when somebody asks for them, and as the Arrow `table` they lie in.

    Who brings many rows works on the table: values cost more than all the rest of an import.
    """

    def __init__(self, table: "pa.Table") -> None:
        self.table = table
        self._made: dict[str, Sequence[Any]] = {}

    def __getitem__(self, name: str) -> Sequence[Any]:
        if name not in self._made:
            self._made[name] = self.table.column(name).to_pylist()
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.table.column_names)

    def __len__(self) -> int:
        return len(self.table.column_names)


@dataclass(frozen=True)
class ImportContext:
    """What all rows of one import share: its system, zone, currency, language, channel and batch name."""

    source: str
    batch: str
    zone: str
    currency: str
    language: str
    channel: str
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ImportOutcome:
    """What came of some rows: counters by name, and rows that were refused with a reason code.

    `things`: what is behind the counters, as (group, kind of thing) → ids; a group is one of `CountTold`, and has as
    many ids as it counts.
    """

    counts: Mapping[str, int]
    refused: Mapping[int, str] = field(default_factory=dict)
    things: Mapping[tuple[str, str], Sequence[int]] = field(default_factory=dict)


@dataclass(frozen=True)
class CountTold:
    """A counter as a short sentence, and the group of things it opens."""

    sentence: str
    group: str


@dataclass(frozen=True)
class ImportedThing:
    """Something a file brought or told of, as a row of a list."""

    title: str
    url: str
    detail: str = ""
    at: datetime | None = None


class ImportableEntity(Protocol):
    """Something files can bring, offered by the context that owns it.

    `rank`: of several in one import the lower comes in first, so that what others point to is there. `group_by`: the
    field whose equal values make one thing, never cut between two calls of `write`; empty when each row is one.
    """

    name: str
    label: Any
    rank: int
    group_by: str

    @property
    def fields(self) -> Sequence[ImportField]:
        """Its fields, in the order a person would name them; may depend on what the business defined."""
        ...

    def reason(self, code: str) -> str:
        """A refusal in plain words, in the active language."""
        ...

    def told(self, counts: Mapping[str, int]) -> Sequence[CountTold]:
        """Its counters as short sentences in the active language: what is new, what was here already."""
        ...

    def prepare(self, *, context: ImportContext, columns: Mapping[str, Sequence[Any]]) -> None:
        """Runs before `write`, outside its transaction, for what must not be locked for long."""
        ...

    def write(
        self, *, context: ImportContext, rows: Sequence[int], columns: Mapping[str, Sequence[Any]]
    ) -> ImportOutcome:
        """Writes whole groups in the caller's transaction. Writing the same rows again changes nothing.

        `columns` is an `ImportColumns` where they come from a file.
        """
        ...


class BatchUndo(Protocol):
    """What a context takes back of an import; offered by each that keeps rows an import brought.

    `rank`: the lower goes first; what hangs on other rows before those it hangs on.
    """

    rank: int

    def undo_step(self, *, batch: str, limit: int) -> int:
        """Takes back up to about `limit` rows in the caller's transaction; answers how many, 0 when nothing is left.

        Afterwards the same file can come in again. What people did since to something the batch brought stays, and
        what it stands on with it.
        """
        ...


class KeptTeller(Protocol):
    """Says what of an import stayed when it was taken back, and why; offered by each context that keeps such rows."""

    def kept_in_words(self, *, batch: str) -> Sequence[str]:
        """Short sentences in the active language."""
        ...


class ThingTeller(Protocol):
    """Names things of some kinds for lists of what files brought; offered by the context that keeps them."""

    kinds: Sequence[str]
    permission: str

    def things(self, kind: str, ids: Sequence[int], *, scope: Scope) -> Mapping[int, ImportedThing]:
        """Id → the thing, without those that are gone or that the scope hides. A few set-based reads."""
        ...
