"""Guests answer while web, worker and database are killed: what was accepted is there, once. Run by `make faults`.

And one client posts ten thousand times: few of them are taken, those are marked, and others still get in.
"""

import http.client
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from urllib.parse import urlencode

import psycopg
import pytest

from tests.faults.installation import Installation
from wayloop.surveys.respondent import CROWD, POSTS

pytestmark = pytest.mark.faults
KILLS, GUESTS_AT_ONCE = 30, 4
FLOOD, FLOODERS = 10_000, 8
ONE_CLIENT = "127.99.0.1"
# The way of somebody who liked it.
VALUES = {"q1": "4", "q3": "o2", "q4": "glad", "q5": "9", "q6": "good coffee"}
BUILD = """
import django
django.setup()
from wayloop.accounts.testing import CAFE, create_owner
from wayloop.surveys import api as surveys
create_owner(name="Olena", email="olena@example.com", password="long-canary-word", language="en", business=CAFE)
surveys.publish_ready(key="visit", languages=("en",))
"""


@pytest.fixture(scope="module")
def installation(installation: Installation) -> Installation:
    environment = installation.environment() | {
        "DATABASE_URL": installation.address,
        "DJANGO_SETTINGS_MODULE": "wayloop.config.settings",
        "WAYLOOP_PROCESS": "command",
    }
    subprocess.run([sys.executable, "-c", BUILD], env=environment, check=True)
    return installation


class Guests:
    """People who answer until they are told to stop; each tries again until its answer is accepted."""

    def __init__(self, installation: Installation, link: str) -> None:
        self.accepted: list[tuple[str, str]] = []
        self.tries = 0
        self._installation, self._link = installation, link
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._answer_on, args=(place,)) for place in range(GUESTS_AT_ONCE)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Lets each end the question it is at."""
        self._over.set()
        for thread in self._threads:
            thread.join()

    def have_more_than(self, count: int) -> bool:
        """Whether more answers than these were accepted."""
        return len(self.accepted) > count

    def _answer_on(self, place: int) -> None:
        rng = random.Random(f"guest {place}")
        while not self._over.is_set():
            secret, waiting, counter = f"{place}{rng.getrandbits(80):021x}"[:22], list(VALUES), 0
            address = f"127.{place + 1}.{rng.randrange(256)}.{rng.randrange(1, 255)}"
            while waiting and not self._over.is_set():
                counter += 1
                if self._post(secret, waiting[0], counter, address):
                    self.accepted.append((secret, waiting.pop(0)))

    def _post(self, secret: str, question: str, counter: int, address: str) -> bool:
        """Whether the server took it. Where nobody knows, the same is sent again, as the page does.

        Each guest has an address of their own, so that nobody posts too fast.
        """
        self.tries += 1
        sent = {"secret": secret, "question": question, "a": VALUES[question], "counter": counter, "lang": "en"}
        port = self._installation.port
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30, source_address=(address, 0))
        try:
            headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Survey-Script": "1"}
            connection.request("POST", f"/s/{self._link}/", urlencode(sent), headers)
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                time.sleep(0.3)
            return answer.status == 200
        except (OSError, http.client.HTTPException):
            time.sleep(0.1)
            return False
        finally:
            connection.close()


def test_no_accepted_answer_is_lost_whatever_is_killed(installation: Installation) -> None:
    with psycopg.connect(installation.address) as connection:
        ((link,),) = connection.execute("SELECT link FROM surveys_survey").fetchall()
    guests = Guests(installation, link)
    killed = {"web": 0, "worker": 0, "database": 0}
    try:
        rng = random.Random("kills")
        for number in range(KILLS):
            name = tuple(killed)[number % 3]
            time.sleep(rng.uniform(0.2, 1.5))
            former = installation.kill(name)
            killed[name] += 1
            installation.seconds_until(partial(installation.came_back, name, former))
            installation.seconds_until(partial(guests.have_more_than, len(guests.accepted)))
    finally:
        guests.stop()
    with psycopg.connect(installation.address) as connection:
        rows = connection.execute(
            "SELECT r.token::text, a.question, count(*) FROM surveys_answer a JOIN surveys_response r "
            "ON r.id = a.response_id GROUP BY 1, 2"
        ).fetchall()
        responses = connection.execute("SELECT count(*), count(DISTINCT token) FROM surveys_response").fetchone()
    stored = sum(1 for _token, _question, count in rows if count == 1)
    print(
        f"\n  {sum(killed.values())} kills {killed}: {guests.tries} posts, {len(guests.accepted)} accepted, "
        f"{stored} answers stored, {responses[0] if responses else 0} responses, "
        f"{len(guests.accepted) - len(set(guests.accepted))} told twice",
        end="",
    )
    assert len(rows) == stored
    # An answer may be stored whose confirmation was lost with the process: of each guest the last one at most.
    assert len(set(guests.accepted)) <= stored <= len(set(guests.accepted)) + GUESTS_AT_ONCE
    assert responses is not None
    assert responses[0] == responses[1]
    assert len(guests.accepted) > KILLS


def test_ten_thousand_posts_from_one_client_are_limited_and_marked(installation: Installation) -> None:
    with psycopg.connect(installation.address) as connection:
        ((link, before),) = connection.execute(
            "SELECT link, (SELECT coalesce(max(id), 0) FROM surveys_response) FROM surveys_survey"
        ).fetchall()
    answers: Counter[int] = Counter()
    begun = time.monotonic()
    with ThreadPoolExecutor(FLOODERS) as pool:
        parts = [pool.submit(flood, installation.port, link, place) for place in range(FLOODERS)]
        # Somebody else who comes meanwhile.
        others = Guests(installation, link)
        for part in parts:
            answers += part.result()
        others.stop()
    minutes = (time.monotonic() - begun) / 60
    with psycopg.connect(installation.address) as connection:
        ((taken, marked),) = connection.execute(
            "SELECT count(*), count(*) FILTER (WHERE flags ? 'crowd') FROM surveys_response r WHERE id > %s "
            "AND NOT EXISTS (SELECT FROM surveys_answer a WHERE a.response_id = r.id AND a.sent <> %s)",
            [before, FLOOD],
        ).fetchall()
    print(
        f"\n  {FLOOD} posts of one client in {60 * minutes:.0f} s: {answers[200]} taken, {answers[429]} refused with "
        f"429, {FLOOD - answers[200] - answers[429]} answered otherwise; {taken} responses stored, {marked} of them "
        f"marked as a crowd; {len(others.accepted)} answers of {GUESTS_AT_ONCE} others taken meanwhile",
        end="",
    )
    assert (answers[200] + answers[429], taken) == (FLOOD, answers[200])
    assert POSTS.most <= answers[200] <= POSTS.most * (1 + minutes) + 1
    assert answers[200] - marked <= CROWD.most * (1 + minutes) + 1
    assert len(others.accepted) > GUESTS_AT_ONCE


def flood(port: int, link: str, place: int) -> Counter[int]:
    """One of those who post for one client, each time as if for another guest; how often each status came."""
    told: Counter[int] = Counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60, source_address=(ONE_CLIENT, 0))
    for number in range(place, FLOOD, FLOODERS):
        sent = {"secret": f"{number:022}", "question": "q1", "a": "1", "counter": FLOOD, "lang": "en"}
        headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Survey-Script": "1"}
        connection.request("POST", f"/s/{link}/", urlencode(sent), headers)
        answer = connection.getresponse()
        answer.read()
        told[answer.status] += 1
    connection.close()
    return told
