"""Who was asked by an invitation, and how far they came. They lie in a context above, which offers its relation."""

from dataclasses import dataclass
from typing import Any

from django.db import connection

from wayloop.contracts.metrics import InvitationSource
from wayloop.kernel import registry
from wayloop.metrics.dimensions import Question, Sql, conditions, joins, part_of

INVITED = """
SELECT {part} AS part, count(*) FILTER (WHERE d.is_delivered), count(*) FILTER (WHERE d.is_seen),
    count(*) FILTER (WHERE d.is_begun), count(*) FILTER (WHERE d.is_answered),
    count(*) FILTER (WHERE NOT d.is_delivered)
FROM {relation} d {joins} WHERE {where} GROUP BY 1
"""


@dataclass(frozen=True)
class Invited:
    """Invitations that were delivered; how many of them were seen, begun and answered to the end; and those that were
    not delivered."""

    delivered: int = 0
    seen: int = 0
    begun: int = 0
    answered: int = 0
    lost: int = 0


def invited(question: Question) -> dict[Any, Invited]:
    """Part of the cut → how far those came who were invited. Empty when nobody invites."""
    sources = registry.offers(InvitationSource)
    if not sources:
        return {}
    sql = Sql()
    statement = INVITED.format(
        relation=sources[0].relation,
        part=part_of(question, sql),
        joins=joins(question),
        where=conditions(question, sql),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, sql.values)
        return {part: Invited(*counts) for part, *counts in cursor.fetchall()}
