"""Who is meant by what somebody typed: a name in any spelling, a phone, an e-mail, a number.

What is typed is first compared with the dictionary of words, which is small, then people are taken by an index. It goes
step by step, the likeliest first: an identifier, the words as they are, beginnings, other spellings and alphabets, what
people are called, another keyboard, typing errors, one word too many. Each step is a condition on cards; those who only
want the best stop as soon as they have enough.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection

from wayloop.contracts.scope import Scope
from wayloop.customers.rules.closeness import Closeness, Typed
from wayloop.customers.rules.layouts import other_layouts
from wayloop.customers.rules.sounds import readings
from wayloop.customers.rules.words import search_words
from wayloop.identity import api as identity
from wayloop.kernel.patience import Row, fetch_within, is_large

Bind = Callable[[Any], str]
MOST_WORDS = 8
MOST_BY_IDENTIFIER = 500
# So many people of one step are looked at closely, those seen last first.
LOOKED_AT = 100
# How long the database may look for them among all people, before it takes those who are meant.
WALK_MILLISECONDS = 60
# One or two letters begin too many words: of these the commonest are meant.
SHORT = 2
COMMONEST, MOST_SHORT = 5_000, 50
MOST_BY_SOUND, MOST_BY_KEY, MOST_BY_TRACE = 200, 1_000, 600
SHORTEST_NUMBER = 3
# So many people are handed on one by one, so that a list need not look for their words again.
REMEMBERED = 1_000
STRICT = (
    Closeness.WHOLE,
    Closeness.BEGINNING,
    Closeness.SOUND,
    Closeness.NAMESAKE,
    Closeness.SOUND_BEGINNING,
)
_FARTHEST = (Closeness.TYPO, 100.0)
_LOOKS_LIKE_ADDRESS = re.compile(r"\S*[\d@._]\S*|[\d\s()+./·–-]+")
BY_KEY = "(SELECT word, key FROM customers_word WHERE key = ANY (%s) LIMIT %s)"
BY_SOUND = "(SELECT word, key FROM customers_word WHERE key LIKE %s ORDER BY people DESC, word LIMIT %s)"
# OFFSET 0: the words of these traces first. Going through all by their people would take seconds among 400,000 words.
BY_TRACE = """
(SELECT word, key FROM (SELECT word, key, people FROM customers_word WHERE traces && %s::int[] OFFSET 0) near
 ORDER BY people DESC, word LIMIT %s)
"""
BY_LETTER = """
(SELECT word, key FROM (SELECT word, key, people FROM customers_word ORDER BY people DESC LIMIT %s) commonest
 WHERE word LIKE %s ORDER BY people DESC, word LIMIT %s)
"""
Tokens = Mapping[str, tuple[Closeness, float]]


@dataclass(frozen=True)
class Step:
    """People who are meant with much the same likelihood, as a condition on the card `c`.

    `narrower`: parts of the step, the likelier first, for when it holds more people than can be compared one by one.
    `is_strict`: what was typed is taken at its word; where a strict step finds somebody, a list shows nobody else.
    `is_last_resort`: not even to be tried where anybody was found.
    """

    people: Sequence[int] | None = None
    query: str = ""
    words: tuple[tuple[Typed, Tokens], ...] = ()
    narrower: tuple["Step", ...] = ()
    is_strict: bool = True
    is_last_resort: bool = False

    def condition(self, bind: Bind) -> str:
        """The condition in SQL."""
        parts = []
        if self.query:
            parts.append(f"c.search @@ {bind(self.query)}::tsquery")
        if self.people is not None:
            parts.append(f"c.person = ANY ({bind(list(self.people))}::bigint[])")
        return " AND ".join(parts)

    def distance(self, name: str) -> float:
        """How far a name is from what was typed: the sum over its words, a little more for words nobody typed."""
        theirs = search_words(name)
        far = sum(
            min((_cost(typed, tokens, word) for word in theirs), default=len(Closeness)) for typed, tokens in self.words
        )
        return far + max(0, len(theirs) - len(self.words)) / 100


def find_people(text: str, scope: Scope, limit: int) -> list[int]:
    """At most so many people who are meant by a text and have a card the scope lets see, the likeliest first."""
    found: list[int] = []
    for step in Search(text).steps():
        if not (step.is_last_resort and found):
            found += _people_of(step, scope, found, limit - len(found))
        if len(found) >= limit:
            break
    return found[:limit]


def found_by_text(text: str, scope: Scope, bind: Bind) -> str:
    """A condition on the card `c`: who is meant by a text. For lists, which show all of them.

    Those who match what was typed, in any spelling; when there is nobody in the scope, those of the next step that
    finds somebody. A word that nobody has leaves a list empty, unless two others are enough.
    """
    strict: list[Step] = []
    for step in Search(text).steps():
        if step.is_strict:
            strict.append(step)
            continue
        if strict:
            strict = _held(strict, scope)
            if strict:
                break
        if not step.is_last_resort and (strict := _held([step], scope)):
            break
    return _any_of(strict, bind)


class Search:
    """One text that was typed, and the steps of looking for it."""

    def __init__(self, text: str) -> None:
        self._text = text.strip()
        self._dictionary: set[tuple[str, str]] = set()

    def steps(self) -> Iterator[Step]:
        """The steps in their order. Later ones cost a look at the dictionary each; take no more than needed."""
        matches = identity.match_people(self._text, MOST_BY_IDENTIFIER)
        whole = [person for person, match in matches if match == identity.Match.WHOLE]
        begun = [person for person, match in matches if match != identity.Match.WHOLE]
        is_address = _LOOKS_LIKE_ADDRESS.fullmatch(self._text) is not None
        for people in (whole, begun if is_address else []):
            if people:
                yield Step(people)
        words, among = self._read_words()
        if words:
            self._look_up(words)
            yield from _Reading(words, among, self._dictionary).steps(*STRICT)
        if begun and not is_address:
            yield Step(begun)
        if all(word.is_number for word in words):
            return
        others = self._on_other_keyboards()
        self._look_up([word for on_one in others for word in on_one], with_errors=words)
        for on_one in others:
            yield from _Reading(on_one, None, self._dictionary).steps(Closeness.SOUND_BEGINNING, is_strict=False)
        reading = _Reading(words, among, self._dictionary, with_errors=True)
        yield from reading.steps(Closeness.TYPO, is_strict=False)
        yield from reading.without_one()

    def _read_words(self) -> tuple[list[Typed], list[int] | None]:
        """The words of names, and whom the numbers among them leave: "Anna 4567" is an Anna whose phone ends so."""
        if "@" in self._text:
            return [], None
        words = [Typed(word) for word in search_words(self._text)[:MOST_WORDS]]
        if all(word.is_number for word in words):
            return words, None
        people: set[int] | None = None
        for word in [word for word in words if word.is_number and len(word.word) >= SHORTEST_NUMBER]:
            if found := set(identity.find_people(word.word, MOST_BY_IDENTIFIER)):
                people = found if people is None else people & found
                words.remove(word)
        return words, None if people is None else sorted(people)

    def _on_other_keyboards(self) -> list[list[Typed]]:
        """What the same keys say on other keyboards."""
        texts = [search_words(meant)[:MOST_WORDS] for meant in other_layouts(self._text)]
        return [[Typed(word) for word in words] for words in texts if words]

    def _look_up(self, words: Sequence[Typed], with_errors: Sequence[Typed] = ()) -> None:
        """Reads what the dictionary has for these words; for some also what looks like them with an error."""
        branches: list[tuple[str, list[Any]]] = []
        if keys := [key for word in words for key in word.likely_keys]:
            branches.append((BY_KEY, [keys, MOST_BY_KEY]))
        for word in words:
            branches += [(BY_SOUND, [like_beginning(key), MOST_BY_SOUND]) for key in word.sound_beginnings]
            if len(word.word) <= SHORT and not word.is_number:
                branches.append((BY_LETTER, [COMMONEST, like_beginning(word.word), MOST_SHORT]))
        branches += [(BY_TRACE, [sorted(word.traces), MOST_BY_TRACE]) for word in with_errors if word.traces]
        if not branches:
            return
        with connection.cursor() as cursor:
            statement = " UNION ALL ".join(branch for branch, _ in branches)
            cursor.execute(statement, [value for _, values in branches for value in values])
            self._dictionary |= set(cursor.fetchall())


class _Reading:
    """One way to understand a text: its words, and which words of the dictionary each may be."""

    def __init__(
        self,
        words: Sequence[Typed],
        people: Sequence[int] | None,
        dictionary: Iterable[tuple[str, str]],
        *,
        with_errors: bool = False,
    ) -> None:
        self._people = people
        self._words = tuple((typed, _near(typed, dictionary, with_errors=with_errors)) for typed in words)

    def steps(self, *kinds: Closeness, is_strict: bool = True) -> Iterator[Step]:
        """The step in which every word is at least as close as the last of these kinds says; none when it is empty."""
        queries = dict.fromkeys(query for kind in kinds if (query := _query(self._words, kind)))
        found = [Step(self._people, query, self._words, is_strict=is_strict) for query in queries]
        if found:
            yield replace(found[-1], narrower=tuple(found[:-1]))

    def without_one(self) -> Iterator[Step]:
        """For people of whom one of the words is not known: a step without each of them, the rarest word first."""
        if len(self._words) < 2:
            return
        for left_out in sorted(range(len(self._words)), key=lambda place: len(self._words[place][1])):
            words = tuple(pair for place, pair in enumerate(self._words) if place != left_out)
            if query := _query(words, Closeness.TYPO):
                yield Step(self._people, query, words, is_strict=False, is_last_resort=len(words) < 2)


def _near(typed: Typed, dictionary: Iterable[tuple[str, str]], *, with_errors: bool) -> Tokens:
    """The words that may be meant, each in its closest reading."""
    found: dict[str, tuple[Closeness, float]] = {}
    for word, key in dictionary:
        close = typed.closeness(word, key, with_errors=with_errors)
        if close and close < found.get(word, _FARTHEST):
            found[word] = close
    return found


def _query(words: Sequence[tuple[Typed, Tokens]], kind: Closeness) -> str:
    """The words as a tsquery; "" when one of them is no word we know."""
    parts = []
    for typed, tokens in words:
        if kind > Closeness.BEGINNING and not tokens and not typed.is_number:
            return ""
        meant = {f"{_quoted(typed.word)}": None}
        if kind >= Closeness.BEGINNING and len(typed.word) > SHORT:
            meant = {f"{_quoted(typed.word)}:*": None}
        meant |= {_quoted(word): None for word, (close, _) in tokens.items() if close <= kind}
        parts.append(f"({' | '.join(meant)})")
    return " & ".join(parts)


def _people_of(step: Step, scope: Scope, without: Sequence[int], wanted: int) -> list[int]:
    values: dict[str, Any] = {"without": list(without), "most": LOOKED_AT}
    where = _visible([step], scope, values)
    where += " AND NOT c.person = ANY (%(without)s::bigint[])"
    rows = _latest(where, values)
    if not step.words:
        order = {person: place for place, person in enumerate(step.people or ())}
        return sorted((person for person, _ in rows), key=order.__getitem__)
    found: list[int] = []
    if len(rows) == LOOKED_AT:
        # Too many to compare: the likelier ones first, or they might be among those that were not looked at.
        for part in step.narrower:
            if len(found) < wanted:
                found += _people_of(part, scope, [*without, *found], wanted - len(found))
    # Sorting keeps those seen last first among equals.
    nearest = sorted(rows, key=lambda row: step.distance(row[1]))
    return [*found, *(person for person, _ in nearest if person not in found)]


def _latest(where: str, values: Mapping[str, Any]) -> list[Row]:
    """Person and name of those seen last.

    Going through people by the time they were seen is quick where many are meant and endless where few are; of the few
    all are taken first. How many are meant nobody knows before: words of one name go together.
    """
    order = "ORDER BY seen_at DESC, person DESC LIMIT %(most)s"
    found = f"SELECT c.person, c.name, c.seen_at FROM customers_card c WHERE {where}"  # noqa: S608
    statement = f"SELECT person, name FROM ({found}) f {order}"  # noqa: S608
    if is_large("customers_card"):
        soon = fetch_within(WALK_MILLISECONDS, statement, values)
        if soon is not None:
            return soon
        statement = f"WITH f AS MATERIALIZED ({found}) SELECT person, name FROM f {order}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows: list[Row] = cursor.fetchall()
    return rows


def _held(steps: list[Step], scope: Scope) -> list[Step]:
    """The steps when anybody is meant by them, else none; few people take the place of what led to them."""
    values: dict[str, Any] = {"most": REMEMBERED + 1}
    # Planned as if all of them were wanted, and stopped where they are too many: with the limit inside, PostgreSQL
    # hopes to meet somebody soon and walks two million cards when nobody is meant.
    visible = _visible(steps, scope, values)
    statement = f"""WITH found AS MATERIALIZED (SELECT c.person FROM customers_card c WHERE {visible})
        SELECT person FROM found LIMIT %(most)s"""  # noqa: S608 – names and numbers of this module only; values are bound
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        people = [person for (person,) in cursor.fetchall()]
    if len(people) > REMEMBERED:
        return steps
    return [Step(people)] if people else []


def _visible(steps: Sequence[Step], scope: Scope, values: dict[str, Any]) -> str:
    def bind(value: Any) -> str:
        name = f"found_{len(values)}"
        values[name] = value
        return f"%({name})s"

    where = _any_of(steps, bind)
    if scope.locations is None:
        return where
    places = bind(list(scope.locations))
    return f"({where}) AND (c.location_ids = '{{}}' OR c.location_ids && {places}::bigint[])"


def _any_of(steps: Sequence[Step], bind: Bind) -> str:
    """People of any of these steps. Of the steps with words each includes those before it, so the last is enough."""
    widest = next((step for step in reversed(steps) if step.query), None)
    wanted = [step for step in steps if not step.query or step is widest]
    return " OR ".join(f"({step.condition(bind)})" for step in wanted) or "false"


def like_beginning(text: str) -> str:
    """The pattern of LIKE for texts that begin so."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"


def _cost(typed: Typed, tokens: Tokens, word: str) -> float:
    close = tokens.get(word) or min(filter(None, (typed.closeness(word, key) for key in readings(word))), default=None)
    return len(Closeness) if close is None else close[0] + min(close[1], 3) * 0.3


def _quoted(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"
