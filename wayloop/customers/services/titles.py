"""Names on the cards, and what follows from a name: its place in the alphabet and the words it is found by."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from wayloop.customers.rules.words import search_words
from wayloop.customers.services.words import learn_words
from wayloop.kernel.bulk import stage_rows
from wayloop.ui.sorting import sort_key

SET_TITLES = """
UPDATE customers_card c SET name = t.name, named_at = t.named_at, sort_key = t.sort_key,
    search = array_to_tsvector(t.words) FROM customers_title t WHERE c.person = t.person
"""


@transaction.atomic
def write_titles(*, titles: Sequence[tuple[int, str, datetime | None, str]]) -> None:
    """Sets the names of existing cards: person, name, when it was told, and what stands for a missing name.

    The one place that writes names: the words of a name go into the dictionary in the same transaction, or nobody
    would find it.
    """
    if not titles:
        return
    words = [search_words(name) for _, name, _, _ in titles]
    stage_rows(
        "customers_title",
        "person bigint, name text, named_at timestamptz, sort_key bytea, words text[]",
        (
            (person, name, named_at, sort_key(name or known_as), mine)
            for (person, name, named_at, known_as), mine in zip(titles, words, strict=True)
        ),
    )
    learn_words(words=[word for mine in words for word in mine])
    with connection.cursor() as cursor:
        cursor.execute(SET_TITLES)
