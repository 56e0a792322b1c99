"""All fields that the reader may use."""

from collections.abc import Iterator, Mapping, Sequence

from wayloop.contracts.conditions import Value
from wayloop.customers.fields.base import Eyes, Field
from wayloop.customers.fields.measures import measure_fields
from wayloop.customers.fields.own import OWN
from wayloop.customers.fields.traits import seen_traits, trait_fields
from wayloop.customers.fields.words import TEXT
from wayloop.customers.models import TraitDefinition


class Fields(Mapping[str, Field]):
    """The fields by key, in the order they are shown; what their choices are is read once."""

    def __init__(self, eyes: Eyes, fields: Sequence[Field]) -> None:
        self._eyes = eyes
        self._fields = {one.key: one for one in fields}
        self._options: dict[str, Sequence[tuple[Value, str]]] = {}

    def __getitem__(self, key: str) -> Field:
        return self._fields[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def options(self, key: str) -> Sequence[tuple[Value, str]]:
        """The values of a choice with their names."""
        if key not in self._options:
            read = self._fields[key].options
            self._options[key] = read(self._eyes) if read else ()
        return self._options[key]


def known_fields(eyes: Eyes, traits: Sequence[TraitDefinition] | None = None) -> Fields:
    """What these eyes can filter customers by. `traits`: what `seen_traits` said, for who has asked already."""
    seen = seen_traits(eyes) if traits is None else traits
    return Fields(eyes, (TEXT, *OWN, *trait_fields(seen), *measure_fields(eyes)))
