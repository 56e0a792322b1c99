"""Which given names are the same name: Саша, Олександр and Alex.

The lists beside this file have one line for a name, with what its bearers are called; the first word of a line joins
the languages. A name is looked up as it is written and as it sounds, so that "Katya" is found where "Катя" stands.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from wayloop.customers.rules.sounds import readings
from wayloop.customers.rules.words import fold

LANGUAGES = ("ru", "uk", "en")
MOST_READINGS = 2
# Shorter keys sound like too much.
SHORTEST_BY_SOUND = 3


@dataclass(frozen=True)
class _Lists:
    """What a form is a form of, as written and by its key; the keys of full forms and of what people are called."""

    by_word: Mapping[str, set[str]]
    by_key: Mapping[str, set[str]]
    full: Mapping[str, set[str]]
    called: Mapping[str, set[str]]


@lru_cache(maxsize=1024)
def namesakes(word: str) -> Mapping[str, int]:
    """Keys (see `sounds`) of what somebody called `word` (in small letters) may be called: 0 for full names, else 1."""
    lists = _lists()
    names = set(lists.by_word.get(word, ()))
    for key in readings(word):
        if len(key) >= SHORTEST_BY_SOUND:
            names |= lists.by_key.get(key, set())
    found = {key: 1 for name in names for key in lists.called[name]}
    return found | {key: 0 for name in names for key in lists.full[name]}


def given_names(language: str) -> Iterator[tuple[str, list[str], list[str]]]:
    """The lines of one list: what joins the languages, full forms, what people are called."""
    for line in files(__package__).joinpath("given_names", f"{language}.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            name, _, forms = line.partition(":")
            full, _, called = forms.partition("|")
            yield name, full.split(), called.split()


@cache
def _lists() -> _Lists:
    by_word, by_key = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
    full, called = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
    for language in LANGUAGES:
        for name, full_forms, other_forms in given_names(language):
            for forms, keys in ((full_forms, full), (other_forms, called)):
                for form in map(fold, forms):
                    by_word[form].add(name)
                    for key in readings(form)[:MOST_READINGS]:
                        by_key[key].add(name)
                        keys[name].add(key)
    return _Lists(by_word, by_key, full, called)
