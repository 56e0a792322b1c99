"""How often somebody may ask.

The generic cell rate algorithm: of each caller the time is kept until which everything allowed is used up; each request
moves it on by its share of the window. `take` keeps it in the database, for all processes: one statement for each
request. `Crowd` keeps it in the memory of the process, for pages, which are asked for too often for that.
"""

import math
import threading
import time
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from django.db import connection
from django.http import HttpRequest

from wayloop.kernel import clock
from wayloop.kernel.ids import digest_key

FORGOTTEN_AT_ONCE = 20
MOST_KEPT = 50_000
SLACK = 1e-6  # seconds that sums of parts may differ by
# What one customer of a provider gets of IPv6: whoever is limited by address has all of these.
HOUSEHOLD = 64
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


class Crowd:
    """One limit for everybody who comes to this process. What is known is forgotten when the process ends."""

    def __init__(self, limit: Limit, most_kept: int = MOST_KEPT) -> None:
        self._window = limit.window.total_seconds()
        self._share, self._most_kept = self._window / limit.most, most_kept
        # Seconds of a clock that nobody sets.
        self._used_until: dict[str, float] = {}
        self._lock = threading.Lock()

    def wait(self, who: str) -> int:
        """Counts one request of `who`; answers the seconds until the next one is allowed, 0 when this one was."""
        now = time.monotonic()
        with self._lock:
            until = max(self._used_until.get(who, now), now) + self._share
            excess = until - now - self._window
            if excess > SLACK:
                return max(math.ceil(excess), 1)
            # Those who came last stand last.
            self._used_until.pop(who, None)
            self._used_until[who] = until
            if len(self._used_until) > self._most_kept:
                del self._used_until[next(iter(self._used_until))]
        return 0


class Crowds:
    """The limits of single views, each a `Crowd`; the middleware hands them to each request as `request.crowds`."""

    def __init__(self) -> None:
        self._known: dict[Limit, Crowd] = {}

    def of(self, limit: Limit) -> Crowd:
        """The one that counts for this limit."""
        return self._known.setdefault(limit, Crowd(limit))


def wait_of(request: HttpRequest, limit: Limit, who: str) -> int:
    """Counts one request of `who` in the memory of the process: the seconds until the next is allowed, 0: this one is.

    A request that came by no middleware is not counted.
    """
    crowds = getattr(request, "crowds", None)
    return crowds.of(limit).wait(who) if isinstance(crowds, Crowds) else 0


def household_of(address: str) -> str:
    """Whom an address is counted for: of IPv6 the network that one household or one machine has."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return address
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ip_network((int(found) >> HOUSEHOLD << HOUSEHOLD, HOUSEHOLD)))
