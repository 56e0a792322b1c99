"""How close a word of a name is to a word that somebody typed."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from zlib import crc32

from wayloop.customers.rules.namesakes import namesakes
from wayloop.customers.rules.sounds import readings, skeleton

# Errors are looked for in the beginning of a key: there is where people notice and where most words differ.
LOOKED_AT = 7
SHORTEST_SOUND_BEGINNING = 3
SHORTEST_TYPO = 3
SHORTEST_TYPO_BEGINNING = 5
# From this length on two errors are forgiven.
LONG = 8
MOST_READINGS_WITH_TYPOS = 3


class Closeness(IntEnum):
    """In which way a word matches; the smaller, the better."""

    WHOLE = 0
    BEGINNING = 1
    SOUND = 2  # the same name in another spelling or alphabet
    NAMESAKE = 3  # Саша for Олександр
    SOUND_BEGINNING = 4
    TYPO = 5


@dataclass(frozen=True)
class Typed:
    """One word as it was typed, in the form that is compared (`words.fold`)."""

    word: str

    @cached_property
    def is_number(self) -> bool:
        """Numbers are compared as they are."""
        return not any(letter.isalpha() for letter in self.word)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """As what it may be read."""
        return () if self.is_number else readings(self.word)

    @cached_property
    def sound_beginnings(self) -> tuple[str, ...]:
        """What the key of a word begins with that is being typed; the last letter may be half of a sound."""
        half = readings(self.word[:-1])[:1] if self.keys and self.word[-1] in "cksztpgyj" else ()
        return tuple(key for key in dict.fromkeys((*self.keys, *half)) if len(key) >= SHORTEST_SOUND_BEGINNING)

    @cached_property
    def likely_keys(self) -> list[str]:
        """All keys of words that are this one in another spelling, or a namesake."""
        return list(dict.fromkeys((*self.keys, *(namesakes(self.word) if self.keys else ()))))

    @cached_property
    def traces(self) -> set[int]:
        """What this word and those that differ by an error or two have in common, see `traces_of`."""
        found: set[int] = set()
        if len(self.word) >= SHORTEST_TYPO:
            for key in self.keys[:MOST_READINGS_WITH_TYPOS]:
                found |= traces_of(key, errors=2 if len(key) >= LOOKED_AT - 1 else 1)
        return found

    def closeness(self, word: str, key: str, *, with_errors: bool = True) -> tuple[Closeness, float] | None:
        """How close a word with this key is, and how far inside that kind (0 is closest); None when it is another."""
        if word == self.word:
            return Closeness.WHOLE, 0
        if word.startswith(self.word):
            return Closeness.BEGINNING, 1 - len(self.word) / len(word)
        if key in self.keys:
            return Closeness.SOUND, 0 if readings(word) == self.keys else 0.5
        if self.keys and key in namesakes(self.word):
            return Closeness.NAMESAKE, namesakes(self.word)[key]
        if any(key.startswith(beginning) for beginning in self.sound_beginnings):
            return Closeness.SOUND_BEGINNING, 1 - len(self.word) / max(len(word), len(self.word) + 1)
        far = self._errors(word, key) if with_errors else None
        return None if far is None else (Closeness.TYPO, far)

    def _errors(self, word: str, key: str) -> float | None:
        if len(self.word) < SHORTEST_TYPO or not self.keys:
            return None
        most = 2 if len(self.word) >= LONG else 1
        pairs = [(self.word, word), *((mine, key) for mine in self.keys[:MOST_READINGS_WITH_TYPOS])]
        found: list[float] = [far for mine, other in pairs if (far := distance(mine, other, most)) <= most]
        if not found and len(self.word) >= SHORTEST_TYPO_BEGINNING and len(key) > len(self.keys[0]):
            # A word that is being typed, with an error in what is there.
            found = [
                far + 0.5
                for mine in self.keys[:1]
                for end in (len(mine), len(mine) + 1)
                if (far := distance(mine, key[:end], most)) <= most
            ]
        return min(found, default=None)


def traces_of(key: str, errors: int = 1) -> set[int]:
    """Hashes of what is left of a key after so many letters are gone from its beginning, and of its consonants alike.

    Two keys with an error between them (a letter more, less, another, or two in the other order) share a hash: it is
    how words with typing errors are found by an index.
    """
    whole, bones = key[:LOOKED_AT], skeleton(key)[: LOOKED_AT - 1]
    left = _shortened({whole}, errors if len(whole) > 2 else 0)
    if len(bones) > 2:
        left |= {f"~{it}" for it in _shortened({bones}, 1 if len(bones) > 3 else 0)}
    return {crc32(it.encode()) - (1 << 31) for it in left}


def distance(one: str, other: str, most: int) -> int:
    """How many errors lie between two texts: letters more, less, others, two neighbours in the other order.

    More than `most` is told as `most + 1`. Counts all places of a letter at once, as bits of one number (Hyyrö 2003),
    since hundreds of words are compared for one that was typed.
    """
    if abs(len(one) - len(other)) > most or len(set(one) ^ set(other)) > 2 * most:
        return most + 1
    if not one or not other:
        return len(one) + len(other)
    places: dict[str, int] = {}
    for place, letter in enumerate(one):
        places[letter] = places.get(letter, 0) | 1 << place
    every = (1 << len(one)) - 1
    end = 1 << (len(one) - 1)
    up, down, same, before, far = every, 0, 0, 0, len(one)
    for letter in other:
        here = places.get(letter, 0)
        swapped = ((~same & here) << 1) & before
        same = (((here & up) + up) ^ up) | here | down | swapped
        right, left = down | ~(same | up), same & up
        far += bool(right & end) - bool(left & end)
        right = right << 1 | 1
        up, down = (left << 1 | ~(same | right)) & every, right & same & every
        before = here
    return min(far, most + 1)


def _shortened(texts: Iterable[str], letters: int) -> set[str]:
    found = newest = set(texts)
    for _time in range(letters):
        newest = {text[:place] + text[place + 1 :] for text in newest for place in range(len(text))}
        found = found | newest
    return found - {""}
