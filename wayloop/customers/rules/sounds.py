"""How a name sounds, whatever alphabet and system it was written in: one key for Шевченко, Shevchenko and Ševčenko.

The key is a coarse Latin spelling. Letters that transliterations mix up are one letter in it (г, ґ, х, g, h, kh; и, і,
ы, й, y, j), signs that are left out as often as written are gone (ь, ъ, apostrophes, second of two same letters). It
finds candidates; what is right among them is decided by comparing more closely.

A word in Cyrillic has one key. A Latin one may be meant in several ways (c for к or ц, j for й or ж, w for в or у):
`readings` gives them, the likeliest first.
"""

import re
import unicodedata
from functools import lru_cache
from itertools import islice, product

MOST_READINGS = 8
# ш and щ are x, ч is q, ж is w, ц is c: letters that Latin spellings do not need.
_CYRILLIC = {
    **dict(zip("абвгґдеєёжзиіїйклмнопрстуфхцчшщыэ", "abvhhdeeewziiiiklmnoprstufhcqxxie", strict=True)),
    "ю": "iu",
    "я": "ia",
    "ь": "",
    "ъ": "",
    "ў": "v",
    # Letters of neighbours: Kazakh, Kyrgyz, Tatar.
    **dict(zip("әғқңөұүһҗ", "ahknouuhw", strict=True)),
}
# Longest first. Where a spelling is ambiguous, the likeliest sound comes first.
_LATIN: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("shch", ("x",)),
    ("tsch", ("q",)),
    ("sch", ("x",)),
    ("dzh", ("dw",)),
    ("tch", ("q",)),
    ("ohn", ("on",)),
    ("igh", ("ih", "ai")),
    ("sh", ("x",)),
    ("sz", ("x", "s")),
    ("rz", ("rz", "w")),
    ("wr", ("r",)),
    ("kn", ("kn", "n")),
    ("ow", ("ov", "au")),
    ("ue", ("ue", "iu")),
    ("oe", ("oe", "e")),
    ("ch", ("q", "h", "k")),
    ("cz", ("q", "c")),
    ("zh", ("w",)),
    ("kh", ("h",)),
    ("gh", ("h",)),
    ("ph", ("f",)),
    ("th", ("t",)),
    ("ck", ("k",)),
    ("tz", ("c",)),
    ("dj", ("dw", "di")),
    ("qu", ("kv",)),
    ("oo", ("u", "o")),
    ("ee", ("i", "e")),
    ("ce", ("se", "ce")),
    ("ci", ("si", "ci")),
    ("cy", ("si", "ci")),
    ("c", ("k", "c")),
    ("x", ("ks", "h")),
    ("j", ("i", "w", "dw")),
    ("g", ("h",)),
    ("q", ("k",)),
    ("w", ("v", "u")),
    ("ü", ("u", "iu")),
    ("ö", ("o", "e")),
    ("ä", ("a", "e")),
    ("y", ("i",)),
    # Everyday spellings of ч and ш.
    ("4", ("q", "4")),
    ("6", ("x", "6")),
)
_LATIN_SOUNDS = dict(_LATIN)
_LATIN_PART = re.compile("|".join(re.escape(spelling) for spelling, _ in _LATIN) + "|.", re.DOTALL)
# Letters with marks that do not come apart into a letter and a mark.
_MARKED = str.maketrans({"ł": "l", "đ": "d", "ø": "o", "ı": "i", "æ": "e", "œ": "e", "ß": "s", "þ": "t", "ð": "d"})
# The háček says what the letter under it is.
_HACEK = {"č": "ch", "š": "sh", "ž": "zh", "ŝ": "shch", "ć": "ch", "ś": "sh", "ź": "zh", "ż": "zh", "ř": "rzh"}
_CLOSING = (
    (re.compile(r"(.)\1+"), r"\1"),
    # ё is io, yo or e; є and the э of foreign names ie, ye or e.
    (re.compile("i[eo]"), "e"),
    (re.compile("t[sc]"), "c"),
    # -ая and -а of adjectives.
    (re.compile("aia$"), "a"),
    (re.compile(r"(.)\1+"), r"\1"),
)
# Sarah is Сара; Smirnoff is Смирнов.
_ENDINGS = ((re.compile("(?<=[aeou])h$"), ""), (re.compile("(?<=[oe])ff$"), "v"))
_VOWELS = frozenset("aeiou")


@lru_cache(maxsize=4096)
def readings(word: str) -> tuple[str, ...]:
    """The keys a word in small letters may have, the likeliest first, at most eight.

    The word itself when it holds no letter we know.
    """
    if not any(letter.isalpha() for letter in word):
        return (word,)
    composed = unicodedata.normalize("NFC", word)
    plain = "".join(_HACEK.get(letter, letter) for letter in composed)
    plain = "".join(
        letter if letter in _CYRILLIC or letter in _LATIN_SOUNDS else _without_marks(letter) for letter in plain
    ).translate(_MARKED)
    for pattern, instead in _ENDINGS:
        plain = pattern.sub(instead, plain)
    parts = [_LATIN_SOUNDS.get(part) or (_CYRILLIC.get(part, part),) for part in _LATIN_PART.findall(plain)]
    found = (_closed("".join(sounds)) for sounds in islice(product(*parts), MOST_READINGS))
    return tuple(dict.fromkeys(key or word for key in found))


def skeleton(key: str) -> str:
    """The consonants of a key."""
    return "".join(letter for letter in key if letter not in _VOWELS)


def _without_marks(letter: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFD", letter) if not unicodedata.combining(sign))


def _closed(sounds: str) -> str:
    for pattern, instead in _CLOSING:
        sounds = pattern.sub(instead, sounds)
    return sounds
