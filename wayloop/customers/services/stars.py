"""Stars: the customers a member keeps at hand."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from wayloop.kernel import clock

ADD = """
INSERT INTO customers_star (member_id, person, handle, starred_at)
SELECT %(member)s, c.person, c.person, %(now)s FROM customers_card c
WHERE c.person = ANY (%(people)s) AND NOT EXISTS (
    SELECT FROM customers_star s WHERE s.member_id = %(member)s AND s.person = c.person
) ORDER BY c.person ON CONFLICT DO NOTHING RETURNING person
"""
REMOVE = """
DELETE FROM customers_star WHERE member_id = %(member)s AND person = ANY (%(people)s) RETURNING handle, starred_at
"""


@transaction.atomic
def add_stars(*, member: int, people: Sequence[int], moment: datetime | None = None) -> list[int]:
    """Stars these people for the member; answers those who were not. `moment`: when it was asked for; None is now."""
    with connection.cursor() as cursor:
        cursor.execute(ADD, {"member": member, "people": list(people), "now": moment or clock.now()})
        return [person for (person,) in cursor.fetchall()]


@transaction.atomic
def remove_stars(*, member: int, people: Sequence[int]) -> list[tuple[int, str]]:
    """Takes the member's stars from these people; answers what was there: handle, and when as ISO text."""
    with connection.cursor() as cursor:
        cursor.execute(REMOVE, {"member": member, "people": list(people)})
        return [(handle, starred.isoformat()) for handle, starred in cursor.fetchall()]
