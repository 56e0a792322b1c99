"""Texts of the business in several languages: one value type, one column type.

Stored as JSON: {"source": "ru", "texts": {"ru": "Кофе", "en": "Coffee"}}. Shown in the reader's language, else in the
source language, else in the first that exists.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import get_language, override


@dataclass(frozen=True)
class Localised:
    """One text: language code → text, and the language it was first written in."""

    texts: Mapping[str, str] = field(default_factory=dict)
    source: str = "en"

    def in_language(self, language: str) -> str:
        """The text for a reader of `language`, by the fallback chain; empty when there is no text at all."""
        for code in (language, self.source, *self.texts):
            if self.texts.get(code):
                return self.texts[code]
        return ""

    def __str__(self) -> str:
        return self.in_language((get_language() or self.source).split("-")[0])

    def missing_in(self, languages: Iterable[str]) -> tuple[str, ...]:
        """The languages out of these that have no text of their own: what the completeness check counts."""
        return tuple(code for code in languages if not self.texts.get(code))

    def to_json(self) -> dict[str, Any]:
        """The stored form."""
        return {"source": self.source, "texts": dict(self.texts)}

    @classmethod
    def from_json(cls, value: Mapping[str, Any] | None) -> "Localised":
        """From the stored form; nothing stored is an empty text."""
        return cls(texts=dict(value["texts"]), source=str(value["source"])) if value else cls()

    @classmethod
    def of(cls, text: str, language: str) -> "Localised":
        """A text that exists in one language so far."""
        return cls(texts={language: text}, source=language)


def in_our_words(lazy: Any, source: str = "en", languages: Sequence[str] | None = None) -> Localised:
    """A text of the program as one of the business: in those of the languages that we speak (None: in all of ours).

    It is written in `source`; where we do not speak that, English stands among the others.
    """
    spoken = [code for code, _name in settings.LANGUAGES]
    wanted = ["en", *spoken] if languages is None else [code for code in languages if code in spoken]
    if source not in wanted:
        wanted.append("en")
    texts = {}
    for code in dict.fromkeys(wanted):
        with override(code):
            texts[code] = str(lazy)
    return Localised(texts=texts, source=source if source in texts else wanted[0])


class LocalisedField(models.JSONField):
    """A JSONB column that gives and takes `Localised`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", Localised)
        super().__init__(*args, **kwargs)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Localised:
        return Localised.from_json(super().from_db_value(value, expression, connection))

    def get_prep_value(self, value: Any) -> Any:
        return super().get_prep_value(value.to_json() if isinstance(value, Localised) else value)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return super().get_db_prep_value(
            value.to_json() if isinstance(value, Localised) else value, connection, prepared
        )

    def value_to_string(self, obj: Any) -> Any:
        return self.value_from_object(obj).to_json()

    def to_python(self, value: Any) -> Localised:
        return value if isinstance(value, Localised) else Localised.from_json(value)
