"""Audiences: sets of customers that somebody can choose to ask or write to.

Whoever keeps such sets (saved lists now, segments later) offers an `AudienceSource`; whoever sends iterates the offers
and joins what they answer, whatever it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from wayloop.contracts.scope import Scope


class Chooser(Protocol):
    """The member who chooses."""

    @property
    def id(self) -> int: ...
    @property
    def role(self) -> str: ...
    @property
    def scope(self) -> Scope: ...


@dataclass(frozen=True)
class PeopleSql:
    """A set of people for SQL: a statement with one column of person ids, and the values beside it.

    It is one piece of other statements: all of its values are named `prefix` and a number.
    """

    text: str
    values: Mapping[str, Any] = field(default_factory=dict)


class AudienceSource(Protocol):
    """Sets of one sort. `name` is stored with what was chosen; `label` is a lazy text above the choices."""

    @property
    def name(self) -> str: ...
    @property
    def label(self) -> Any: ...

    def choices(self, member: Chooser) -> Sequence[tuple[str, str]]:
        """Key and name of each set that the member may choose."""
        ...

    def title(self, key: str) -> str | None:
        """What a set is called; None when it is gone."""
        ...

    def people(self, key: str, prefix: str) -> PeopleSql | None:
        """Who is in it now; None when it is gone, or cannot be read any more."""
        ...
