"""Sessions of members: noted, listed, ended."""

import time
from collections.abc import Sequence
from typing import Any

from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef

from wayloop.accounts import acts
from wayloop.accounts.models import Member, MemberSession
from wayloop.accounts.services.audit import audit
from wayloop.kernel import clock

NOTED_SECONDS = 60
MOST_NOTED = 10_000
# Session → when this process noted it last. A page costs no write as long as the minute runs.
_noted: dict[str, float] = {}
NOTE = """
INSERT INTO accounts_membersession AS s (member_id, key, agent, address, began_at, seen_at)
VALUES (%(member)s, %(key)s, %(agent)s, %(address)s, %(now)s, %(now)s)
ON CONFLICT (key) DO UPDATE SET
    member_id = excluded.member_id, agent = excluded.agent, address = excluded.address, seen_at = excluded.seen_at
"""


def note_session(*, member: Member, key: str, agent: str, address: str) -> None:
    """Notes that the session is in use: at most once a minute, and at its first request."""
    now = time.monotonic()
    if now - _noted.get(key, float("-inf")) < NOTED_SECONDS:
        return
    if len(_noted) >= MOST_NOTED:
        _noted.clear()
    is_new = key not in _noted
    _noted[key] = now
    values: dict[str, Any] = {
        "member": member.pk,
        "key": key,
        "agent": agent[:300],
        "address": address,
        "now": clock.now(),
    }
    if is_new:
        alive = Session.objects.filter(session_key=OuterRef("key"), expire_date__gt=clock.now())
        MemberSession.objects.filter(~Exists(alive), member=member).delete()
    with connection.cursor() as cursor:
        cursor.execute(NOTE, values)


def take_as_noted(*, key: str) -> None:
    """Lets the session of this key cost nothing for the next minute. For tests that count what a page asks for."""
    _noted[key] = time.monotonic()


@transaction.atomic
def end_sessions(*, member: Member, keep: str = "", tell: bool = True) -> None:
    """Ends all sessions of the member; `keep`: the key of the one that goes on, whose seal the caller renews.

    Raises the round, so that sessions nobody has noted end too.
    """
    Member.objects.filter(pk=member.pk).update(session_round=F("session_round") + 1)
    member.refresh_from_db(fields=["session_round"])
    _drop(list(MemberSession.objects.filter(member=member).exclude(key=keep).values_list("key", flat=True)))
    if tell:
        audit(act=acts.SESSIONS_ENDED, kind="member", subject=member.pk)


@transaction.atomic
def end_session(*, member: Member, number: int) -> bool:
    """Ends one session of the member; False when there is none of that number."""
    key = MemberSession.objects.filter(member=member, pk=number).values_list("key", flat=True).first()
    if key is None:
        return False
    _drop([key])
    audit(act=acts.SESSION_ENDED, kind="member", subject=member.pk)
    return True


def _drop(keys: Sequence[str]) -> None:
    Session.objects.filter(session_key__in=keys).delete()
    MemberSession.objects.filter(key__in=keys).delete()
    for key in keys:
        _noted.pop(key, None)
