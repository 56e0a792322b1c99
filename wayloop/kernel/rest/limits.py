"""How often somebody may ask: one row for each caller, one statement for each request.

The generic cell rate algorithm: a row holds the time until which everything allowed is used up; each request moves it
on by its share of the window.
"""

import math
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection

from wayloop.kernel import clock
from wayloop.kernel.ids import digest_key

FORGOTTEN_AT_ONCE = 20
TAKE = """
INSERT INTO kernel_limit (key, used_until) VALUES (%(key)s, %(now)s + %(share)s)
ON CONFLICT (key) DO UPDATE SET used_until = greatest(kernel_limit.used_until, %(now)s) + %(share)s
WHERE greatest(kernel_limit.used_until, %(now)s) + %(share)s <= %(now)s + %(window)s
RETURNING used_until, xmax = 0
"""
FORGET = """
DELETE FROM kernel_limit WHERE key IN (
    SELECT key FROM kernel_limit WHERE used_until < %s LIMIT %s FOR UPDATE SKIP LOCKED)
"""


@dataclass(frozen=True)
class Limit:
    """So many in a window; a burst may use it up at once."""

    name: str
    most: int
    window: timedelta = timedelta(minutes=1)


@dataclass(frozen=True)
class Allowance:
    """What is left. `retry_after`: seconds until the next one is allowed, 0 when this one was."""

    limit: Limit
    remaining: int
    reset: int
    retry_after: int = 0

    @property
    def headers(self) -> dict[str, str]:
        """What the answer tells of it."""
        told = {
            "RateLimit-Limit": str(self.limit.most),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset),
        }
        return told | ({"Retry-After": str(self.retry_after)} if self.retry_after else {})


def take(limit: Limit, who: str) -> Allowance:
    """Counts one request of `who` and answers what is left. The name is kept as a hash only."""
    now = clock.now()
    share = limit.window / limit.most
    bound: dict[str, Any] = {
        "key": digest_key("limit", limit.name, who),
        "now": now,
        "share": share,
        "window": limit.window,
    }
    with connection.cursor() as cursor:
        cursor.execute(TAKE, bound)
        row = cursor.fetchone()
        if row is None:
            cursor.execute("SELECT used_until FROM kernel_limit WHERE key = %(key)s", bound)
            (until,) = cursor.fetchone() or (now,)
            wait = max(math.ceil((until + share - now - limit.window).total_seconds()), 1)
            return Allowance(limit, 0, max(math.ceil((until - now).total_seconds()), 1), wait)
        until, is_new = row
        if is_new:
            # Those who came once are forgotten by those who come first.
            cursor.execute(FORGET, [now, FORGOTTEN_AT_ONCE])
    left = int((now + limit.window - until) / share)
    return Allowance(limit, left, max(math.ceil((until - now).total_seconds()), 0))
