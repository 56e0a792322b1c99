"""The dictionary of words that names are made of: it grows with the cards, and is counted now and then."""

from collections.abc import Iterable, Sequence

from django.db import connection, transaction

from wayloop.customers.models import Card
from wayloop.customers.rules.closeness import traces_of
from wayloop.customers.rules.sounds import readings
from wayloop.customers.rules.words import search_words
from wayloop.kernel.bulk import stage_rows

BATCH = 5_000
LONGEST_KEY = 400
# Latin words that may be read in several ways; more readings than these are far-fetched.
MOST_READINGS = 4
KNOWN = "SELECT word FROM customers_word WHERE word = ANY (%s)"
# In the order of the words, so that two who learn the same ones do not wait for each other in a circle.
LEARN = """
INSERT INTO customers_word (word, key, people, traces)
SELECT word, key, 1, traces FROM customers_learnt ORDER BY word, key
ON CONFLICT (word, key) DO NOTHING
"""
# When the rules have changed, former readings go.
UNLEARN = "DELETE FROM customers_word WHERE word = ANY (%s)"
IN_USE = "SELECT word, ndoc FROM ts_stat('SELECT search FROM customers_card')"
KEPT = "SELECT DISTINCT ON (word) word, people FROM customers_word ORDER BY word"
# A word nobody had at two counts in a row goes; one that a card has taken up meanwhile was counted again.
FORGET = "DELETE FROM customers_word WHERE word = ANY (%s) AND people = 0"
SET_COUNTS = """
UPDATE customers_word w SET people = n.people
FROM (SELECT unnest(%s::text[]) AS word, unnest(%s::int[]) AS people) n WHERE w.word = n.word
"""
SET_SEARCH = """
UPDATE customers_card c SET search = array_to_tsvector(r.words) FROM customers_reread r
WHERE c.person = r.person AND c.search <> array_to_tsvector(r.words)
"""


@transaction.atomic
def learn_words(*, words: Sequence[str]) -> None:
    """Adds those words to the dictionary that are not in it. Belongs into the transaction that puts them on a card."""
    distinct = set(words)
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, [list(distinct)])
        missing = distinct - {word for (word,) in cursor.fetchall()}
    if missing:
        _write_words(missing)


def count_words() -> None:
    """Counts how many cards have each word, forgets words that nobody has, and learns those that were missed.

    Works in short transactions. Counts are approximate between two runs; they order candidates, no more.
    """
    with connection.cursor() as cursor:
        cursor.execute(IN_USE)
        used: dict[str, int] = dict(cursor.fetchall())
        cursor.execute(KEPT)
        kept: dict[str, int] = dict(cursor.fetchall())
    gone = [word for word, people in kept.items() if word not in used and people == 0]
    changed = {word: used.get(word, 0) for word, people in kept.items() if _differs(people, used.get(word, 0))}
    for batch in _batches(gone):
        with connection.cursor() as cursor:
            cursor.execute(FORGET, [batch])
    for batch in _batches(list(changed)):
        with connection.cursor() as cursor:
            cursor.execute(SET_COUNTS, [batch, [changed[word] for word in batch]])
    for batch in _batches([word for word in used if word not in kept]):
        learn_words(words=batch)


def rebuild_search() -> int:
    """Reads the names of all cards anew: for homes from before the dictionary, and when the rules of reading changed.

    Answers how many cards it looked at. Works in batches, each in a transaction of its own; may run again.
    """
    looked_at, last = 0, 0
    while rows := list(Card.objects.filter(person__gt=last).order_by("person").values_list("person", "name")[:BATCH]):
        last = rows[-1][0]
        looked_at += len(rows)
        words = {person: search_words(name) for person, name in rows}
        with transaction.atomic():
            stage_rows("customers_reread", "person bigint, words text[]", words.items())
            distinct = sorted({word for mine in words.values() for word in mine})
            with connection.cursor() as cursor:
                cursor.execute(UNLEARN, [distinct])
                cursor.execute(SET_SEARCH)
            _write_words(distinct)
    count_words()
    return looked_at


def _write_words(words: Iterable[str]) -> None:
    keys = [(word, key[:LONGEST_KEY]) for word in words for key in readings(word)[:MOST_READINGS]]
    stage_rows(
        "customers_learnt",
        "word text, key text, traces int[]",
        ((word, key, sorted(traces_of(key))) for word, key in keys),
    )
    with connection.cursor() as cursor:
        cursor.execute(LEARN)


def _differs(people: int, counted: int) -> bool:
    """Whether a count is worth a write: a tenth off, or gone, or here again."""
    return abs(people - counted) * 10 > people or (people == 0) != (counted == 0)


def _batches(words: list[str]) -> list[list[str]]:
    return [words[start : start + BATCH] for start in range(0, len(words), BATCH)]
