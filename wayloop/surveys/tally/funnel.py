"""How far those came who were asked: delivered, seen, begun, answered; and who was not asked, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from wayloop.contracts.metrics import Interval
from wayloop.contracts.scope import Scope
from wayloop.metrics import api as metrics
from wayloop.surveys.services.invitations import ABOUT
from wayloop.surveys.tally.wanted import NONE, Wanted

INVITED = """
SELECT count(*), count(*) FILTER (WHERE m.sent IS NOT FALSE),
    count(*) FILTER (WHERE m.sent IS NOT FALSE AND (i.seen_at IS NOT NULL OR r.id IS NOT NULL)),
    count(r.id) FILTER (WHERE m.sent IS NOT FALSE),
    count(*) FILTER (WHERE m.sent IS NOT FALSE AND r.completed_at IS NOT NULL)
FROM surveys_invitation i
LEFT JOIN (SELECT about_id, bool_or(state = 'sent') AS sent FROM api_messaging_messages
    WHERE subject_kind = 'survey' AND subject_id = %(survey)s AND about_kind = %(about)s GROUP BY about_id) m
    ON m.about_id = i.id
LEFT JOIN surveys_response r ON r.invitation_id = i.id
WHERE i.survey_id = %(survey)s AND {where}
"""
NOT_ASKED = """
SELECT a.state, count(*) FROM surveys_ask a JOIN surveys_askrule u ON u.id = a.rule_id
WHERE u.survey_id = %(survey)s AND a.state IN ('refused', 'unreachable', 'outside') AND {where} GROUP BY 1
"""


@dataclass(frozen=True)
class Funnel:
    """Of those who were invited in the time: to how many it was delivered, who of them saw it, began, answered.

    Links and codes that anybody may follow have no funnel: nobody knows who passed by. `refused`: whom the contact
    rules held back, `unreachable`: who has no address.
    """

    invited: int = 0
    delivered: int = 0
    seen: int = 0
    begun: int = 0
    answered: int = 0
    refused: int = 0
    unreachable: int = 0

    @property
    def rate(self) -> Interval | None:
        """The interval of the response rate: answered of delivered."""
        return metrics.share_interval(self.answered, self.delivered)

    @property
    def share(self) -> float:
        """The response rate."""
        return self.answered / self.delivered if self.delivered else 0.0

    @property
    def steps(self) -> Sequence[tuple[str, int, float]]:
        """Each step with how many took it, and their share of those it was delivered to."""
        return [
            (name, count, count / self.delivered if self.delivered else 0.0)
            for name, count in (
                ("delivered", self.delivered), ("seen", self.seen), ("begun", self.begun), ("answered", self.answered),
            )
        ]  # fmt: skip


def funnel_of(survey_id: int, wanted: Wanted, scope: Scope) -> Funnel:
    """The funnel, as far as the filter can be known of somebody who has not answered: time, place, way, language."""
    values: dict[str, Any] = {"survey": survey_id, "about": ABOUT}
    where, asks = ["true"], ["true"]
    if scope.locations is not None:
        where.append("(i.location_id IS NULL OR i.location_id = ANY (%(places)s))")
        asks.append("(a.location_id IS NULL OR a.location_id = ANY (%(places)s))")
        values["places"] = list(scope.locations)
    if wanted.location:
        number = None if wanted.location == NONE else int(wanted.location)
        where.append("i.location_id IS NOT DISTINCT FROM %(place)s::bigint")
        asks.append("a.location_id IS NOT DISTINCT FROM %(place)s::bigint")
        values["place"] = number
    for name, value in (("channel", wanted.channel), ("language", wanted.language)):
        if value:
            where.append(f"i.{name} = %({name})s")
            values[name] = "" if value == NONE else value
    for name, sign, moment in (("start", ">=", wanted.start), ("end", "<", wanted.end)):
        if moment:
            where.append(f"i.created_at {sign} %({name})s")
            asks.append(f"a.decided_at {sign} %({name})s")
            values[name] = moment
    with connection.cursor() as cursor:
        cursor.execute(INVITED.format(where=" AND ".join(where)), values)
        invited, delivered, seen, begun, answered = cursor.fetchone() or (0, 0, 0, 0, 0)
        cursor.execute(NOT_ASKED.format(where=" AND ".join(asks)), values)
        kept = dict(cursor.fetchall())
    return Funnel(invited, delivered, seen, begun, answered, kept.get("refused", 0), kept.get("unreachable", 0))
