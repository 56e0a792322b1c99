"""How names become words that search finds."""

import re
import unicodedata

_WORD = re.compile(r"\w+")
# A lexeme of PostgreSQL holds 2046 bytes; nobody types a word this long.
_LONGEST = 200
# Apostrophes are written in many ways or left out; NUL cannot be in a text of the database.
_SKIPPED = str.maketrans("", "", "’ʼ'`\0")
# ё is often typed as е; in search they are one letter.
_FOLDED = str.maketrans({"ё": "е"})


def search_words(name: str) -> list[str]:
    """The distinct words of a name in the form that is compared: small letters, no apostrophes, ё as е.

    "Anna-Maria" is two, whoever writes it. A name of signs only is one word as it stands.
    """
    folded = fold(name)
    found = _WORD.findall(folded) or ([folded] if folded and " " not in folded else [])
    return list(dict.fromkeys(word[:_LONGEST] for word in found))


def fold(text: str) -> str:
    """The text in the form that is compared."""
    return unicodedata.normalize("NFKC", text).casefold().translate(_SKIPPED).translate(_FOLDED).strip()


def fitting(text: str, longest: int) -> str:
    """The text as the column can hold it: no NUL, no outer spaces, not too long."""
    return text.replace("\0", "").strip()[:longest]
