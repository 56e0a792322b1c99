"""What code and files call a trait, or a value of a list, that a business has named."""

import re
import unicodedata
from collections.abc import Container

_LETTERS = {
    "а": "a", "б": "b", "в": "v", "г": "h", "ґ": "g", "д": "d", "е": "e", "ё": "io", "є": "ie", "ж": "zh", "з": "z",
    "и": "y", "і": "i", "ї": "i", "й": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r",
    "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "",
    "ы": "y", "ь": "", "э": "e", "ю": "iu", "я": "ia",
}  # fmt: skip
# Traits that will ship some day cannot meet one of a business under this beginning.
OWN = "own_"
LONGEST_KEY = 34


def trait_key(label: str, taken: Container[str]) -> str:
    """A new key made of the label: small Latin letters, digits and underscores."""
    return _free(OWN + (_slug(label) or "trait")[:LONGEST_KEY], taken)


def option_code(label: str, taken: Container[str]) -> str:
    """A new code for a value of a list."""
    return _free((_slug(label) or "value")[:LONGEST_KEY], taken)


def _slug(text: str) -> str:
    plain = "".join(_LETTERS.get(letter, letter) for letter in unicodedata.normalize("NFC", text).casefold())
    ascii_only = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", ascii_only).strip("_")


def _free(key: str, taken: Container[str]) -> str:
    number, found = 2, key
    while found in taken:
        found, number = f"{key}_{number}", number + 1
    return found
