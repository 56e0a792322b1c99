"""What files seem to be: the mapping that fits them best, proposed from headings and values for a person to correct."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils import translation

from wayloop.contracts.imports import ImportableEntity, ImportField
from wayloop.imports.rules import entities

# How sure a column is what it is taken for.
SURE, LIKELY, GUESS = "sure", "likely", "guess"
_WEIGHT = {SURE: 6, LIKELY: 3, GUESS: 1}
# A missing needed field weighs more than one that fits by chance; one that a constant can give less.
_MISSING, _MISSING_CHOICE = 7, 1
_NAMED = 4
# What a heading weighs more that only one kind of thing goes by: everything has a phone and a comment, only an answer
# to a question has the number of an answer.
_TELLING = 3
# The share of values that must look like a type.
SOME, MOST = 0.5, 0.9
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE = re.compile(r"\+?[\d\s().-]{9,20}")
_DATE = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}([T ,].*)?|\d{8}|\d{1,2} \w+\.? \d{4}.*|\w+ \d{1,2}, \d{4}.*")
_NUMBER = re.compile(r"[(+\-–−]?\s*\D{0,4}?\d[\d\s.,'ʼ’\u00a0\u202f]*\)?\s*\D{0,5}")
_BY_VALUE = {"email": _EMAIL, "phone": _PHONE}
_SIGNS = re.compile(r"[\W_]+")
# Behind a heading that stands there several times.
_COPY = re.compile(r" \(\d+\)$")
_APOSTROPHES = re.compile(r"['ʼ’`´]")
_TOKEN = re.compile(r"[^\W_]+(?:-[^\W_]+)*\.?")
_CYRILLIC = re.compile(r"[а-яёіїєґ]")
# Short words that are not cut off with a point.
_SHORT = {
    "amt": "amount", "qty": "quantity", "desc": "description", "no": "number", "num": "number", "cust": "customer",
    "addr": "address", "tel": "phone", "telephone": "phone", "mob": "mobile", "inv": "invoice", "prod": "product",
    "cat": "category", "pmt": "payment", "txn": "transaction", "dt": "date", "тел": "телефон", "моб": "мобильный",
}  # fmt: skip
# What an amount is told in says nothing of what it is.
_UNITS = frozenset(["руб", "рублей", "грн", "гривень", "uah", "rub", "usd", "eur", "gbp", "kzt", "шт", "pcs"])
# Alone they say nothing: everything has a number and a date of its own.
_VAGUE = frozenset(
    "number|name|id|code|номер|код|имя|імя|назва|название|status|статус|type|тип|text|user".split("|")  # noqa: SIM905
)
# Columns about those who work there: their phone must not become the customer's.
_STAFF = re.compile(
    r"\b(менедж|ответственн|відповідальн|курьер|курєр|кассир|касир|сотрудник|співробітник|продавец|продавц|оператор"
    r"|постав|manager|owner|cashier|agent|assignee|courier|employee|operator|seller|salesperson|supplier)"
)
# Fields that tell things apart by a number, and those that hold what people are called.
_NUMBERS = frozenset(("number", "customer", "order", "of_order", "code", "product_code", "tracking", "company_number"))
_PEOPLE = frozenset(("customer_name", "first_name", "last_name", "patronymic"))
_DAY = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}([T ,].*)?")
_HAS_DIGIT = re.compile(r".*\d.*", re.DOTALL)


@dataclass(frozen=True)
class Head:
    """The beginning of a file: its headings, its first rows as texts, and how it was understood.

    `rows_total`: about how many rows when `is_about`. `told`: how it was understood, as in `models.ImportTable`.
    """

    name: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    rows_total: int = 0
    is_about: bool = False
    told: Mapping[str, Any] = field(default_factory=dict)

    def values(self, column: int) -> list[str]:
        """What stands in a column, without the empty cells."""
        return [row[column].strip() for row in self.rows if column < len(row) and row[column].strip()]


def propose_table(head: Head, wanted: str = "") -> tuple[dict[str, Any], dict[str, str]]:
    """The table of a mapping that fits this file best, and how sure each field is.

    `wanted`: the entity a person chose; without it the one that fits best is taken.
    """
    offered = [entity for entity in entities() if not wanted or entity.name == wanted] or entities()
    shared = Counter(name for entity in entities() for name in _all_names(entity))
    found = [(entity, *_match(head, entity, shared)) for entity in offered]
    # Of two that fit alike the one a heading is called after, or the one that has more to be told about: a plain list
    # of names and phones is a list of people before it is one of companies.
    entity, matched, _score = max(
        found, key=lambda one: (one[2], any(_is_called(each, one[0]) for each in head.headings), len(one[0].fields))
    )
    table: dict[str, Any] = {
        "entity": entity.name,
        "fields": {each.name: head.headings[matched[each.name][0]] for each in entity.fields if each.name in matched},
    }
    if constants := _constants(head, entity, matched):
        table["constants"] = constants
    if words := _words(head, entity, matched):
        table["words"] = words
    return table, {name: sure for name, (_column, sure) in matched.items()}


def fits(content: Mapping[str, Any], heads: Sequence[Head]) -> bool:
    """Whether all columns a mapping of one file asks for stand in the only file given.

    Mappings of several files are told by the names of the files, which the reader of files does.
    """
    if len(heads) != 1 or (content.get("tables") and len(content.get("files", {})) > 1):
        return False
    known = {_plain(heading) for heading in heads[0].headings}
    tables = content.get("tables") or [content]
    asked = [_plain(column) for table in tables for column in columns_asked(table)]
    return bool(asked) and set(asked) <= known


def columns_asked(table: Mapping[str, Any]) -> list[str]:
    """The columns a table of a mapping cannot do without."""
    optional = set(table.get("optional", ()))
    return [
        column for name, cell in table.get("fields", {}).items() if name not in optional for column in columns_in(cell)
    ]


def columns_in(cell: Any) -> list[str]:
    """The columns that one field is made of."""
    if isinstance(cell, Mapping):
        cell = cell.get("first", [])
    return [cell] if isinstance(cell, str) else [str(column) for column in cell]


def files_named(heads: Sequence[Head], files: Mapping[str, str], key: str) -> list[Head]:
    """The files that go by the name `key` in a mapping; `files`: its patterns."""
    found = [head for head in heads if fnmatchcase(head.name.casefold(), files[key].casefold())]
    # As in the run itself: the only file needs no particular name when only one is wanted.
    return list(heads) if not found and len(heads) == 1 and len(files) == 1 else found


def likeness(heading: str, values: Sequence[str], each: ImportField) -> str:
    """How sure a column of this heading and these values is this field: `SURE`, `LIKELY`, `GUESS`, or empty."""
    return _likeness(heading, values, each, _names(each))[0]


def _likeness(heading: str, values: Sequence[str], each: ImportField, names: frozenset[str]) -> tuple[str, int, int]:
    """The same of a field of these names, and what tells two apart that are as sure: words too many, and how far from
    the main word."""
    if "%" in heading and each.type == "decimal":
        # A share of something is no amount.
        return "", 0, 0
    plain, apart = _plain(heading), (0, 0)
    bare = " ".join(word for word in plain.split() if word not in _UNITS)
    if plain in names or bare in names:
        # What other systems call it tells more than what we do.
        found, apart = SURE, (0, int(bare not in map(_plain, each.names)))
    elif _STAFF.search(plain):
        return "", 0, 0
    elif places := [held for name in names if (held := _held(heading, name))]:
        found, apart = LIKELY, min(places)
    elif each.name in _BY_VALUE and values and _share(values, _BY_VALUE[each.name]) > MOST:
        found = GUESS
    elif each.required and each.type in ("instant", "date") and values and _share(values, _DATE) > MOST:
        # Most files have one column of dates, whatever it is called.
        found = GUESS
    else:
        return "", 0, 0
    if _can_be(values, each):
        return found, *apart
    return (GUESS, 0, 0) if found == SURE else ("", 0, 0)


def _match(head: Head, entity: ImportableEntity, shared: Mapping[str, int]) -> tuple[dict[str, tuple[int, str]], int]:
    """Field → column and how sure; and how well the whole fits. `shared`: how many kinds have a field of a name."""
    candidates = []
    fields = [(each, _names(each)) for each in entity.fields]
    for column, heading in enumerate(head.headings):
        values = head.values(column)
        for order, (each, names) in enumerate(fields):
            sure, extra, distance = _likeness(heading, values, each, names)
            if sure:
                candidates.append((-_WEIGHT[sure], extra, distance, order, column, each.name, sure))
    matched: dict[str, tuple[int, str]] = {}
    taken: set[int] = set()
    for _weight, _extra, _distance, _order, column, name, sure in sorted(candidates):
        if name not in matched and column not in taken:
            matched[name] = (column, sure)
            taken.add(column)
    score = sum(_WEIGHT[sure] for _column, sure in matched.values())
    score += _TELLING * sum(
        sure == SURE and shared[_plain(head.headings[column])] == 1 for column, sure in matched.values()
    )
    for each, _its_names in fields:
        if each.required and each.name not in matched:
            score -= _MISSING_CHOICE if each.choices else _MISSING
    return matched, score + (_NAMED if _is_called(head.name.rsplit(".", 1)[0], entity) else 0)


def _can_be(values: Sequence[str], each: ImportField) -> bool:
    """Whether the values do not contradict the type of the field; an empty column contradicts nothing."""
    if not values:
        return True
    if each.type in ("instant", "date"):
        return _share(values, _DATE) > SOME
    if each.type == "decimal":
        return _share(values, _NUMBER) > SOME
    if each.name in _NUMBERS:
        return _share(values, _HAS_DIGIT) > SOME and _share(values, _DAY) < MOST
    return each.name not in _PEOPLE or _share(values, _HAS_DIGIT) < SOME


def _share(values: Sequence[str], pattern: re.Pattern[str]) -> float:
    return sum(1 for value in values if pattern.fullmatch(value)) / len(values)


def _names(each: ImportField) -> frozenset[str]:
    return _named_in_all(each.name, tuple(each.names), _Label(each.label))


class _Label:
    """A lazy label that can be a key of a cache: it is the same when it says the same in English."""

    def __init__(self, label: Any) -> None:
        self.label = label
        with translation.override("en"):
            self._text = str(label)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Label) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    def in_languages(self) -> Iterable[str]:
        for language, _name in settings.LANGUAGES:
            with translation.override(language):
                yield str(self.label)


@lru_cache(maxsize=4096)
def _named_in_all(name: str, names: tuple[str, ...], label: _Label) -> frozenset[str]:
    return frozenset(_plain(each) for each in (name, *names, *label.in_languages()))


def _plain(heading: str) -> str:
    """Small letters and single spaces: “Customer_ID ” → “customer id”, “ТелефонМоб” → “телефон моб”."""
    return _SIGNS.sub(" ", _prepared(heading)).strip()


def _prepared(heading: str) -> str:
    """The same with its signs."""
    text = (
        _APOSTROPHES.sub("", _COPY.sub("", heading.replace("\ufeff", "")))
        .replace("№", " номер ")
        .replace("#", " number ")
    )
    text = re.sub(r"(?<=[a-zа-яёіїєґ])(?=[A-ZА-ЯЁІЇЄҐ])", " ", text)
    return text.casefold().replace("ё", "е")


def _held(heading: str, name: str) -> tuple[int, int] | None:
    """Where the heading has all the words of the name, also cut short or in another case: how many others it has, and
    how far the first of them stands from its main word, which is the first one, in English the last."""
    tokens, wanted = _tokens(heading), name.split()
    extra = len(tokens) - len(wanted)
    if len(name) < 3 or not 0 <= extra <= 2 or (extra and len(wanted) == 1 and name in _VAGUE):
        return None
    left = dict(enumerate(tokens))
    places = []
    for word in wanted:
        place = next((place for place, token in left.items() if _is_word(token, word)), None)
        if place is None:
            return None
        del left[place]
        places.append(place)
    return extra, min(places) if _CYRILLIC.search(tokens[0]) else len(tokens) - 1 - max(places)


@lru_cache(maxsize=1024)
def _tokens(heading: str) -> tuple[str, ...]:
    """The words of a heading; one that is cut short keeps its point or hyphen: “Кол-во”, “тел.”."""
    found: list[str] = []
    for token in _TOKEN.findall(_prepared(heading)):
        parts = token.rstrip(".").split("-")
        found += [token] if len(parts) == 1 or (len(parts) == 2 and len(parts[0]) < 4) else parts
    return tuple(token for token in found if token.rstrip(".") not in _UNITS)


@lru_cache(maxsize=65_536)
def _is_word(token: str, word: str) -> bool:
    text = token.rstrip(".")
    if word == text or text in _SHORT:
        return word in (text, _SHORT.get(text))
    if "-" in text:
        start, _hyphen, end = text.partition("-")
        return word.startswith(start) and word.endswith(end) and len(word) > len(start) + len(end)
    if token.endswith(".") and len(text) > 1 and word.startswith(text):
        return True
    # Cases, and the plural.
    if not _CYRILLIC.search(word):
        return f"{word}s" == text
    least, alike = min(len(text), len(word)), 0
    while alike < least and text[alike] == word[alike]:
        alike += 1
    return least > 3 and alike >= max(4, least - 2) and abs(len(text) - len(word)) < 4


def _all_names(entity: ImportableEntity) -> frozenset[str]:
    return frozenset(name for each in entity.fields for name in _names(each))


def _is_called(text: str, entity: ImportableEntity) -> bool:
    """Whether a file or a column is called after what the entity brings: “clients_2024”, “Заказы”."""
    words = {word[:5] for word in _plain(text).split() if len(word) > 3}
    told = _Label(entity.label).in_languages()
    own = {word[:5] for text in (entity.name, *told) for word in _plain(text.split(",")[0]).split() if len(word) > 3}
    return bool(words & own)


def _constants(head: Head, entity: ImportableEntity, matched: Mapping[str, Any]) -> dict[str, str]:
    """Needed choices that no column tells but the name of the file or a heading does: “nps_2024.csv”."""
    said = set(_plain(" ".join([head.name, *head.headings])).split())
    found = {}
    for each in entity.fields:
        if each.required and each.choices and each.name not in matched:
            named = [choice for choice in each.choices if choice.casefold() in said]
            if len(named) == 1:
                found[each.name] = named[0]
    return found


def _words(head: Head, entity: ImportableEntity, matched: Mapping[str, tuple[int, str]]) -> dict[str, dict[str, str]]:
    """Words of the file that say what a choice is called in one of our languages."""
    words: dict[str, dict[str, str]] = {}
    for each in entity.fields:
        if not each.choices or each.name not in matched:
            continue
        known = {
            _plain(text): choice
            for choice, label in each.choices.items()
            for text in (choice, *_Label(label).in_languages())
        }
        for value in dict.fromkeys(head.values(matched[each.name][0])):
            if (choice := known.get(_plain(value))) and value.casefold() != choice.casefold():
                words.setdefault(each.name, {})[value] = choice
    return words
