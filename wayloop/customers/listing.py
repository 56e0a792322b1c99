"""What a list of customers is asked for, and what its columns show."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

from wayloop.business import api as business
from wayloop.contracts.conditions import AllOf, Where
from wayloop.contracts.customers import Cell, CustomerColumn
from wayloop.contracts.scope import Scope
from wayloop.customers.enums import CustomerKind
from wayloop.customers.fields.address import Filters, Problem, read_filters, write_filters
from wayloop.customers.fields.base import Eyes
from wayloop.customers.fields.eyes import Looker, eyes_of
from wayloop.customers.fields.known import Fields, known_fields
from wayloop.customers.fields.orders import STANDARD, Sort, known_sorts, read_sort
from wayloop.customers.fields.traits import PREFIX, seen_traits
from wayloop.customers.models import SavedView, TraitDefinition
from wayloop.customers.queries.conditions import ConditionRefused, as_json, from_json
from wayloop.customers.queries.lists import CardRow
from wayloop.customers.queries.tags import tags_of
from wayloop.customers.rules.values import value_in_words
from wayloop.kernel import registry
from wayloop.ui import formats

# An address that began at a saved list and says everything itself, also that a filter is no longer there.
EDITED = "edited"
# What leads through the pages of a list and is no part of what is asked for.
PLACES = ("after", "before", "exact")
MOST_COLUMNS = 12
STANDARD_COLUMNS = ("where", "tags", "orders", "spent", "seen")
Filled = Mapping[int, Cell]


@dataclass(frozen=True)
class Column:
    """One column: `fill` answers the cells of a page in one read for all; `sort` is the order it offers."""

    key: str
    label: Any
    fill: Callable[[Sequence[CardRow]], Filled]
    is_figure: bool = False
    sort: str = ""


@dataclass(frozen=True)
class Desk:
    """What one reader can ask of lists: fields, orders and columns, read once for a request."""

    eyes: Eyes
    traits: Sequence[TraitDefinition]
    fields: Fields
    sorts: Mapping[str, Sort]
    columns: Mapping[str, Column] = field(default_factory=dict)

    @property
    def standard_columns(self) -> list[str]:
        """What stands on a list nobody has chosen columns for."""
        return [key for key in STANDARD_COLUMNS if key in self.columns]


@dataclass(frozen=True)
class Asked:
    """What an address asks for. `view`: the saved list it began at; `is_changed`: no longer the same."""

    filters: Filters
    sort: Sort
    columns: tuple[str, ...]
    view: SavedView | None = None
    is_changed: bool = False


def desk_of(member: Looker) -> Desk:
    """The member's."""
    eyes = eyes_of(member)
    traits = seen_traits(eyes)
    desk = Desk(eyes, traits, known_fields(eyes, traits), known_sorts(traits))
    columns = {column.key: column for column in _columns(desk)}
    return Desk(eyes, traits, desk.fields, desk.sorts, columns)


def read_asked(request: HttpRequest, desk: Desk, view: SavedView | None) -> Asked:
    """What the address asks for. Of a saved list the address is written out, so that links lead on from it."""
    if view is None:
        return _read(request.GET, desk)
    own = _of_view(view, desk)
    if EDITED not in request.GET:
        request.GET = _written(own, desk, view, request.GET)  # type: ignore[assignment]
        return own
    asked = _read(request.GET, desk)
    return Asked(asked.filters, asked.sort, asked.columns, view, is_changed=_state(asked, desk) != _state(own, desk))


def read_query(text: str, desk: Desk) -> Asked:
    """The same of an address's parameters in a form."""
    return _read(QueryDict(text), desk)


def stored_view(asked: Asked) -> dict[str, Any]:
    """How a saved list keeps what was asked."""
    return {
        "condition": as_json(asked.filters.condition),
        "sort": asked.sort.param,
        "columns": list(asked.columns),
    }


def _read(query: QueryDict, desk: Desk) -> Asked:
    chosen = [key for key in ",".join(query.getlist("columns")).split(",") if key in desk.columns]
    return Asked(
        read_filters(query, desk.eyes, desk.fields),
        read_sort(query.get("sort", ""), dict(desk.sorts)),
        tuple(dict.fromkeys(chosen[:MOST_COLUMNS])) or tuple(desk.standard_columns),
    )


def _of_view(view: SavedView, desk: Desk) -> Asked:
    try:
        condition = from_json(view.condition, desk.fields) if view.condition else AllOf()
        sentences = condition.parts if isinstance(condition, AllOf) else (condition,)
        filters = Filters(tuple(one for one in sentences if isinstance(one, Where)))
    except ConditionRefused as refused:
        filters = Filters(problems=(Problem("view", str(refused)),))
    columns = tuple(key for key in view.columns if key in desk.columns)
    sort = read_sort(view.sort, dict(desk.sorts))
    return Asked(filters, sort, columns or tuple(desk.standard_columns), view)


def _written(asked: Asked, desk: Desk, view: SavedView, given: QueryDict) -> QueryDict:
    query = QueryDict(mutable=True)
    for name, values in write_filters(asked.filters.sentences, desk.eyes, desk.fields).items():
        query.setlist(name, values)
    if asked.sort.param != STANDARD:
        query["sort"] = asked.sort.param
    if list(asked.columns) != desk.standard_columns:
        query["columns"] = ",".join(asked.columns)
    query["view"], query[EDITED] = str(view.pk), "1"
    for name in PLACES:
        if name in given:
            query.setlist(name, given.getlist(name))
    return query


def _state(asked: Asked, desk: Desk) -> Any:
    return (set(asked.filters.sentences), asked.filters.problems, asked.sort.param, asked.columns)


def _columns(desk: Desk) -> Sequence[Column]:
    scope, traits = desk.eyes.scope, {trait.key: trait for trait in desk.traits}
    offered = registry.offers(CustomerColumn)  # type: ignore[type-abstract]
    # What another context shows as of this moment needs no second column of what was computed of it.
    twins = {one.trait for one in offered}
    own = [
        Column("kind", _("Kind"), _kinds),
        Column("tags", _("Tags"), _tags),
        Column("locations", _("Locations"), lambda rows: _locations(rows, scope)),
        Column(
            "first",
            _("Seen first"),
            lambda rows: {row.person: Cell("moment", row.first_seen_at) for row in rows},
            True,
            "first",
        ),
        Column(
            "seen", _("Seen last"), lambda rows: {row.person: Cell("moment", row.seen_at) for row in rows}, True, "seen"
        ),
    ]
    if "town" in traits or "country" in traits:
        town = f"{PREFIX}town" if f"{PREFIX}town" in desk.sorts else ""
        own.insert(0, Column("where", _("Where from"), lambda rows: _where(rows, traits), sort=town))
    told = [_trait_column(trait, desk) for trait in desk.traits if trait.key not in twins]
    return [*own, *(_offered_column(one, desk) for one in offered), *told]


def _trait_column(trait: TraitDefinition, desk: Desk) -> Column:
    def fill(rows: Sequence[CardRow]) -> Filled:
        values = {row.person: (row.computed if trait.is_computed else row.traits).get(trait.key) for row in rows}
        return {
            person: Cell("text", value_in_words(trait, value)) for person, value in values.items() if value is not None
        }

    key = f"{PREFIX}{trait.key}"
    is_figure = trait.type in ("number", "money", "date")
    return Column(key, trait.title, fill, is_figure, key if key in desk.sorts else "")


def _offered_column(one: CustomerColumn, desk: Desk) -> Column:
    def fill(rows: Sequence[CardRow]) -> Filled:
        return one.cells([row.person for row in rows], desk.eyes.scope)

    twin = f"{PREFIX}{one.trait}"
    return Column(one.key, one.label, fill, True, twin if twin in desk.sorts else "")


def _kinds(rows: Sequence[CardRow]) -> Filled:
    return {row.person: Cell("text", CustomerKind(row.kind).label) for row in rows}


def _tags(rows: Sequence[CardRow]) -> Filled:
    return {person: Cell("text", tags) for person, tags in tags_of([row.person for row in rows]).items()}


def _locations(rows: Sequence[CardRow], scope: Scope) -> Filled:
    names = {
        place.id: str(place.name)
        for place in business.locations()
        if scope.locations is None or place.id in scope.locations
    }
    told = {row.person: ", ".join(names[one] for one in row.location_ids if one in names) for row in rows}
    return {person: Cell("text", text) for person, text in told.items() if text}


def _where(rows: Sequence[CardRow], traits: Mapping[str, TraitDefinition]) -> Filled:
    told = {}
    for row in rows:
        town, country = (row.traits.get(key) if key in traits else None for key in ("town", "country"))
        if town or country:
            told[row.person] = Cell("text", str(town or formats.territory(str(country))))
    return told
