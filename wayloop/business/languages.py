"""Languages a business may write to its customers in."""

from collections.abc import Iterable

from babel.core import Locale
from django.conf import settings

from wayloop.ui.sorting import sort_key

# Languages a business in our part of the world most often writes to its customers in, after the three of the interface.
FURTHER_LANGUAGES = (
    *("ar", "az", "be", "bg", "cs", "da", "de", "el", "es", "et", "fi", "fr", "he", "hu", "hy", "it", "ja", "ka", "kk"),
    *("ko", "ky", "lt", "lv", "nl", "no", "pl", "pt", "ro", "sk", "sr", "sv", "tg", "tr", "uz", "zh"),
)


def names_further(codes: Iterable[str]) -> bool:
    """Whether one of these languages is none of the interface's: pages keep those folded away."""
    return not set(FURTHER_LANGUAGES).isdisjoint(codes)


def content_language_choices(reader: str) -> list[tuple[str, str]]:
    """Code and name of each: ours first, in their own words, then others, in the reader's."""
    names = Locale.parse(reader).languages
    further = [(code, names[code][:1].upper() + names[code][1:]) for code in FURTHER_LANGUAGES]
    return [
        *((code, str(name)) for code, name in settings.LANGUAGES),
        *sorted(further, key=lambda pair: sort_key(pair[1])),
    ]
