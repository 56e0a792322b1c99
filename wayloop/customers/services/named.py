"""Whom the items of a batch are about, named by address or by what they are known by."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from wayloop.contracts.scope import Scope
from wayloop.customers.queries.cards import people_by_uuid
from wayloop.identity import api as identity
from wayloop.identity.api import IdentifierKind


class NamedCustomers:
    """The customers of a batch, a place for each item: looked up for all items at once, whatever their number.

    `uuids`: the address of the card, or None. `known_by`: kind and value of an identifier, or None.
    """

    def __init__(
        self, *, uuids: Sequence[UUID | None], known_by: Sequence[tuple[str, str] | None], scope: Scope
    ) -> None:
        self._uuids, self._known_by = uuids, known_by
        self._people = people_by_uuid([one for one in uuids if one is not None], scope)
        values = {kind: [told[1] for told in known_by if told and told[0] == kind] for kind in self._kinds()}
        self._unreadable = {
            (kind, value)
            for kind, mine in values.items()
            for value, form in zip(mine, identity.normal_forms(IdentifierKind(kind), mine), strict=True)
            if form is None
        }

    def check(self, place: int) -> None:
        """Raises `ValueError` with a line for people when the item names nobody who can be meant."""
        uuid, told = self._uuids[place], self._known_by[place]
        if uuid is not None and told is not None:
            raise ValueError(_("Name the customer either by id or by what they are known by."))
        if uuid is not None and uuid not in self._people:
            raise ValueError(_("There is no such customer."))
        if told in self._unreadable:
            raise ValueError(_("This is no phone, e-mail or number that could be found again."))

    def handles(self, *, places: Iterable[int], source: str) -> dict[int, int]:
        """Place → handle, without those who name nobody. Who is known by something new is minted, by kind in one go."""
        found: dict[int, int] = {}
        wanted: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for place in places:
            if uuid := self._uuids[place]:
                found[place] = self._people[uuid][0]
            elif told := self._known_by[place]:
                wanted[told[0]].append((place, told[1]))
        for kind, rows in wanted.items():
            handles = identity.resolve_handles(
                kind=IdentifierKind(kind),
                namespace=source if kind == IdentifierKind.EXTERNAL else "",
                values=[value for _place, value in rows],
            )
            found |= {place: handle for (place, _value), handle in zip(rows, handles, strict=True)}
        return found

    def _kinds(self) -> set[str]:
        return {told[0] for told in self._known_by if told}
