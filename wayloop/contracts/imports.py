"""What a context says of something that can be imported."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal, Protocol

# An entity refuses a value it cannot take with this code, a colon and the name of the field.
UNREADABLE = "unreadable"


@dataclass(frozen=True)
class ImportField:
    """One field of an importable entity.

    `above`: the value must be greater; `below`: its size must be less; `longest`: characters of a text. A row whose
    required field is empty, or whose value cannot be read as `type` or is too large or long, goes to the error file.
    """

    name: str
    label: Any
    type: Literal["text", "decimal", "instant"]
    required: bool = False
    above: Decimal | None = None
    below: Decimal | None = None
    longest: int | None = None


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
    """What came of some rows: counters by name, and rows that were refused with a reason code."""

    counts: Mapping[str, int]
    refused: Mapping[int, str] = field(default_factory=dict)


class ImportableEntity(Protocol):
    """Something files can bring, offered by the context that owns it."""

    name: str
    label: Any
    fields: Sequence[ImportField]
    group_by: str

    def reason(self, code: str) -> str:
        """A refusal in plain words, in the active language."""
        ...

    def prepare(self, *, context: ImportContext, columns: Mapping[str, Sequence[Any]]) -> None:
        """Runs before `write`, outside its transaction, for what must not be locked for long."""
        ...

    def write(
        self, *, context: ImportContext, rows: Sequence[int], columns: Mapping[str, Sequence[Any]]
    ) -> ImportOutcome:
        """Writes whole groups in the caller's transaction. Writing the same rows again changes nothing."""
        ...
