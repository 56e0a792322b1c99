"""Mappings: which column of a file is which field of an entity."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from wayloop.contracts.imports import ImportableEntity, ImportContext
from wayloop.kernel import registry


class ImportRefused(Exception):
    """The import cannot be; the text tells a person why and what to do, in the active language."""


@dataclass(frozen=True)
class FileMapping:
    """One mapping: entity, column of each field, and what all rows share."""

    name: str
    entity: str
    source: str
    zone: str
    currency: str
    language: str
    channel: str
    fields: Mapping[str, str]
    options: Mapping[str, str]

    def context(self, batch: str) -> ImportContext:
        """What the entity needs to know of this import."""
        return ImportContext(
            source=self.source,
            batch=batch,
            zone=self.zone,
            currency=self.currency,
            language=self.language,
            channel=self.channel,
            options=self.options,
        )


def mapping_names() -> list[str]:
    """The mappings that ship with the program."""
    return sorted(
        entry.name.removesuffix(".toml")
        for entry in files("wayloop.imports").joinpath("mappings").iterdir()
        if entry.name.endswith(".toml")
    )


def read_mapping(name: str) -> FileMapping:
    """The mapping of this name.

    Raises `KeyError` when there is none.
    """
    if name not in mapping_names():
        raise KeyError(name)
    parsed = tomllib.loads(files("wayloop.imports").joinpath("mappings", f"{name}.toml").read_text(encoding="utf-8"))
    return FileMapping(
        name=name,
        entity=parsed["entity"],
        source=parsed["source"],
        zone=parsed["zone"],
        currency=parsed["currency"],
        language=parsed["language"],
        channel=parsed["channel"],
        fields=parsed["fields"],
        options=parsed.get("options", {}),
    )


def entity_of(mapping: FileMapping) -> ImportableEntity:
    """The entity a mapping brings, as its context offers it."""
    for entity in registry.offers(ImportableEntity):  # type: ignore[type-abstract]
        if entity.name == mapping.entity:
            return entity
    raise KeyError(mapping.entity)
