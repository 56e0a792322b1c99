"""What the doctor asks privacy: whether what stands is what was said, and whether anybody was written to against it."""

from datetime import timedelta

from django.db import connection
from django.utils.translation import gettext as _

from wayloop.contracts.doctor import Finding, broken, good
from wayloop.kernel import clock
from wayloop.privacy.enums import ConsentAct, Purpose
from wayloop.privacy.queries.pressure import pace_rules

SAMPLE, LATELY = 5_000, timedelta(days=7)
TIMEOUT = "SELECT set_config('statement_timeout', '4s', true)"
UNFOUNDED = """
WITH newest AS (SELECT * FROM privacy_standing ORDER BY consent_id DESC LIMIT %(sample)s)
SELECT count(*), count(*) FILTER (WHERE NOT EXISTS (
        SELECT FROM privacy_consent c WHERE c.id = n.consent_id AND c.act = n.act AND c.point = n.point)
    OR EXISTS (SELECT FROM privacy_consent c WHERE c.point = n.point AND c.purpose = n.purpose
        AND c.channel = n.channel AND (c.said_at, c.id) > (n.said_at, n.consent_id)))
FROM newest n
"""
# What was known at the moment of the contact counts, not what was told of that moment later.
AGAINST = """
WITH lately AS (
    SELECT * FROM privacy_contact WHERE at > %(since)s AND taken_back_at IS NULL AND purpose <> %(service)s
    ORDER BY at DESC, id DESC LIMIT %(sample)s
)
SELECT count(*), count(*) FILTER (WHERE word.act = %(withdrawn)s
    OR l.purpose = ANY (%(needed)s) AND word.act IS DISTINCT FROM %(given)s)
FROM lately l LEFT JOIN LATERAL (
    SELECT c.act FROM privacy_consent c WHERE c.point = l.point AND c.purpose IN ('', l.purpose)
        AND c.channel IN ('', l.channel) AND c.recorded_at <= l.at
    ORDER BY c.said_at DESC, c.id DESC LIMIT 1) word ON true
"""


def contacts_agreed_to() -> Finding:
    """Of the last week's contacts none was against what somebody had said, and what stands was said."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('privacy_standing') IS NOT NULL")
        if cursor.fetchone() != (True,):
            return good(_("none yet"))
        cursor.execute(TIMEOUT)
        cursor.execute(UNFOUNDED, {"sample": SAMPLE})
        words, unfounded = cursor.fetchone()
        cursor.execute(
            AGAINST,
            {
                "sample": SAMPLE,
                "since": clock.now() - LATELY,
                "service": Purpose.SERVICE.value,
                "withdrawn": ConsentAct.WITHDRAWN.value,
                "given": ConsentAct.GIVEN.value,
                "needed": sorted(pace_rules().consent_needed),
            },
        )
        contacts, against = cursor.fetchone()
    problems = [
        text % {"n": count}
        for count, text in (
            (unfounded, _("consents that nobody gave: %(n)s")),
            (against, _("contacts against somebody's word: %(n)s")),
        )
        if count
    ]
    if problems:
        return broken("; ".join(problems))
    told = {"words": words, "contacts": contacts}
    return good(_("%(contacts)s contacts and %(words)s consents looked at") % told)
