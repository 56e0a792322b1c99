"""Value types of the customers, and what other contexts add to their pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from wayloop.contracts.scope import Scope


@dataclass(frozen=True)
class CustomerColumns:
    """Many sightings of customers, as columns of equal length.

    `names` may hold empty texts: an empty name never replaces a known one. `known_as`: the number or address they were
    seen by. `traits`: trait name → column of values (empty: nothing known). `location_ids`: None where there is
    no place. `seen_at`: None where somebody only tells of them, which is no contact. `told_at`: since when name and
    traits are so; without it, since they were seen. `batch` names the import that tells all this, so that it can be
    taken back; empty for what happens live. `are_companies`: all of them are.
    """

    handles: Sequence[int]
    known_as: Sequence[str]
    seen_at: Sequence[datetime | None]
    source: str
    names: Sequence[str] = ()
    traits: Mapping[str, Sequence[str]] = field(default_factory=dict)
    location_ids: Sequence[int | None] = ()
    told_at: Sequence[datetime] = ()
    batch: str = ""
    are_companies: bool = False


@dataclass(frozen=True)
class Cell:
    """One value another context shows beside a customer.

    `kind` decides how it is written: a number, money in minor units of `currency`, an instant, or a text.
    """

    kind: Literal["number", "money", "moment", "text"]
    value: Any
    currency: str = ""


class CustomerColumn(Protocol):
    """A column of the list of customers that another context fills.

    `trait`: the computed trait that says the same over all locations (empty: none). Who sees all of them can sort and
    filter lists by that one, which has an index.
    """

    key: str
    label: Any
    trait: str

    def cells(self, people: Sequence[int], scope: Scope) -> Mapping[int, Cell]:
        """One set-based read for the people of a page."""
        ...


class CardPanel(Protocol):
    """A panel of the 360 card. An attribute `covers` may name computed traits that it tells in more detail."""

    label: Any
    order: int

    def facts(self, person: int, scope: Scope) -> Sequence[tuple[Any, Cell, str]]:
        """Label, value and the address that opens the rows behind it (empty: none)."""
        ...


class EventNarrator(Protocol):
    """Tells one kind of event in a sentence for the timeline."""

    kinds: Sequence[str]

    def narrate(self, events: Sequence[Any]) -> Mapping[int, tuple[str, str, str]]:
        """Event id → title, detail, address that opens the subject (empty: none). One set-based read for a page."""
        ...


class TraitSource(Protocol):
    """Computes traits from rows of its own context. Their definitions are marked as computed and bear these keys.

    `kinds`: the kinds of events after which a customer's values may be others.
    """

    keys: Sequence[str]
    kinds: Sequence[str]

    def values(self, people: Sequence[int]) -> Mapping[int, Mapping[str, Any]]:
        """Person → key → value as the card stores it; what is left out is not known.

        A few set-based reads for a batch of some hundred people, over all locations.
        """
        ...

    def words(self, codes: Mapping[str, Sequence[str]]) -> Mapping[str, Mapping[str, str]]:
        """Key → code → what it is called in the reader's language, for codes that are in no list of the trait."""
        ...


@dataclass(frozen=True)
class Sign:
    """What one look at a customer says: `word` (a pill), a sentence with the figures behind it, the page of the rows.

    `about` decides which sign is told when several are alike: an open matter before a score, a score before the rhythm
    of their own purchases, that before the mere last contact.
    """

    about: Literal["matter", "score", "rhythm", "contact"]
    tone: Literal["bad", "warn", "good"]
    word: str
    sentence: str
    url: str = ""
    action: str = ""


class HealthSign(Protocol):
    """Looks at one customer for the line of health on the card."""

    def look(self, person: int, scope: Scope) -> Sign | None:
        """One bounded read; None when there is nothing to say."""
        ...


@dataclass(frozen=True)
class Badge:
    """A few words at the top of a card, with a tone and the page behind them (empty: none)."""

    text: str
    tone: Literal["", "good", "warn", "bad", "info", "brand"] = ""
    icon: str = ""
    url: str = ""


class CardBadges(Protocol):
    """Puts a word beside the name on the card: how they may be written to, which tier they have."""

    order: int

    def badges(self, person: int, scope: Scope) -> Sequence[Badge]:
        """One bounded read."""
        ...


@dataclass(frozen=True)
class Wish:
    """That somebody was meant to be contacted about something: what about, why they, and what came of it.

    `tone`: that of the pill around `state`; `reasons`: what stood against it; `later`: when it is tried again; `url`:
    the page of what decided it (empty: none), for those who have the `permission`.
    """

    at: datetime
    about: str
    why: str
    state: str
    tone: Literal["", "good", "warn", "bad", "info"] = ""
    reasons: Sequence[str] = ()
    later: datetime | None = None
    url: str = ""
    permission: str = ""


class WishTeller(Protocol):
    """Tells why a customer was asked for something, or was not, for the page about how we contact them."""

    def wishes(self, person: int, scope: Scope) -> Sequence[Wish]:
        """The latest, in any order; a few bounded reads."""
        ...


@dataclass(frozen=True)
class CardAction:
    """Something to do for the customer of a card: a page that takes the card's UUID as its one argument.

    The first by `order` that the member may use is the primary verb of the card; one that `is_aside` never is, it
    stands in the menu.
    """

    label: Any
    icon: str
    url_name: str
    permission: str
    order: int = 100
    is_aside: bool = False
