"""The stored sort key: both Cyrillic alphabets and Latin in one order, in any database, without ICU.

The Unicode collation table (pyuca) puts almost everything where readers of Russian and Ukrainian look for it. Two
letters of Ukrainian are tailored: ї is a letter of its own after і, ґ one after г (the table treats both as accents).
ё stays an accented е, as in Russian dictionaries: еж, ёж, езда. Apostrophes are skipped: пʼять stands at пять.
"""

import unicodedata
from functools import cache

from pyuca import Collator

_APOSTROPHES = str.maketrans("", "", "'’ʼ‘`")
_SMALL, _CAPITAL = 2, 8
_PLAIN_SECONDARY = 0x20
# Below this code point letters never combine with their neighbours, so each can be looked up once.
_SIMPLE = 0x0530
_AFTER = {"ї": "і", "ґ": "г"}


@cache
def _collator() -> Collator:
    collator = Collator()
    for letter, before in _AFTER.items():
        weight = collator.collation_elements(before)[0][0] + 1
        for form, case in ((letter, _SMALL), (letter.upper(), _CAPITAL)):
            points = [ord(sign) for sign in unicodedata.normalize("NFD", form)]
            collator.table.add(points, [[weight, _PLAIN_SECONDARY, case]])
    return collator


Weights = tuple[bytes, tuple[int, ...], tuple[int, ...]]


@cache
def _weights_of(letter: str) -> Weights:
    return _weights(letter)


def _weights(text: str) -> Weights:
    elements = _collator().collation_elements(unicodedata.normalize("NFD", text))
    return (
        b"".join(element[0].to_bytes(2, "big") for element in elements if element[0]),
        tuple(element[1] for element in elements if element[1]),
        tuple(element[2] for element in elements if element[2]),
    )


def sort_key(text: str) -> bytes:
    """Bytes whose plain order is the order people expect of `text`.

    First differences between letters count, then accents, then capitals (small before capital). Leading and doubled
    spaces do not count. The key is 2 bytes a letter plus one or two; store it in a binary column and order by that.
    """
    text = unicodedata.normalize("NFC", " ".join(text.split()).translate(_APOSTROPHES))
    parts = list(map(_weights_of, text)) if not text or ord(max(text)) < _SIMPLE else [_weights(text)]
    primary = b"".join([part[0] for part in parts])
    secondary = _trimmed([weight for part in parts for weight in part[1]], _PLAIN_SECONDARY)
    tertiary = _trimmed([weight for part in parts for weight in part[2]], _SMALL)
    key = primary
    if secondary or tertiary:
        key += b"\0\0" + b"".join(weight.to_bytes(2, "big") for weight in secondary)
    if tertiary:
        key += b"\0\0" + bytes(tertiary)
    return key


def _trimmed(weights: list[int], plain: int) -> list[int]:
    """Drops the plain weights at the end: nothing is smaller, so the order stays and most keys end there."""
    end = len(weights)
    while end and weights[end - 1] == plain:
        end -= 1
    return weights[:end]
