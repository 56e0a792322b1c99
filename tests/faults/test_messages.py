"""kill -9 while letters leave: nobody gets one twice, nobody is left out, and of whom nobody knows is named.

The truth is kept outside of the product: a mail server of somebody else's making writes down what it took, before it
answers. `test_who_withdraws…` is the run F16: whoever leaves while letters go gets none that was handed over later.
"""

import asyncio
import http.client
import json
import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from aiosmtpd.controller import Controller

from tests.faults.installation import PATIENCE, Installation, free_port
from wayloop.operations.processes import wait_until

pytestmark = pytest.mark.faults
LETTERS = int(os.environ.get("MESSAGE_LETTERS", "600"))
KILLS = int(os.environ.get("MESSAGE_KILLS", "5"))  # of each process
LEAVERS = int(os.environ.get("MESSAGE_LEAVERS", "120"))
SETUP = """
import json, sys, django
django.setup()
from datetime import time
from wayloop.accounts import api as accounts
from wayloop.channels.testing import set_mail_up
from wayloop.identity import api as identity
from wayloop.messaging import api as messaging
from wayloop.messaging.testing import wishes
from wayloop.privacy import api as privacy
from wayloop.privacy.services.pacing import change_pace
from wayloop.accounts.testing import CAFE, create_owner
if not accounts.has_owner():
    create_owner(name="Olena", email="olena@example.com", password="long-canary-word", language="en", business=CAFE)
port, count, subject = map(int, sys.argv[1:])
set_mail_up(port)
change_pace(gap_hours=0, quiet_from=time(0), quiet_to=time(0), consent_needed=[])
values = [f"guest{subject}x{number}@example.com" for number in range(count)]
handles = identity.resolve_handles(kind=identity.IdentifierKind.EMAIL, values=values)
points = identity.contact_points(kind=identity.IdentifierKind.EMAIL, values=values)
run = messaging.open_run(title="drill", subject_kind="survey", subject_id=subject)
people = list(zip(handles, points))
answers = messaging.send_messages(columns=wishes(people, subject=subject, run=run))
assert all(answer.is_accepted for answer in answers), answers[:3]
leave = [privacy.unsubscribe_link(point=point, handle=handle, purpose=privacy.Purpose.SURVEY,
    channel=privacy.Channel.EMAIL) for handle, point in people]
print(json.dumps({"run": run, "leave": dict(zip(values, leave))}))
"""


class Sink:
    """Takes every letter, slowly, and writes down to whom and when before it answers."""

    def __init__(self, pause: float) -> None:
        self.pause = pause
        self.taken: list[tuple[str, str, datetime]] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        head = envelope.content.split(b"\r\n\r\n")[0].decode()
        key = next(line for line in head.split("\r\n") if line.lower().startswith("message-id:"))
        await asyncio.sleep(self.pause)
        self.taken.append((envelope.rcpt_tos[0], key, datetime.now(UTC)))
        return "250 2.0.0 taken"


@pytest.fixture
def sink() -> Iterator[tuple[Sink, int]]:
    made, port = Sink(pause=0.02), free_port()
    controller = Controller(made, hostname="127.0.0.1", port=port)
    controller.start()
    yield made, port
    controller.stop()


def prepare(installation: Installation, port: int, count: int, subject: int) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-c", SETUP, str(port), str(count), str(subject)],
        env=installation.environment()
        | {"DATABASE_URL": installation.address, "DJANGO_SETTINGS_MODULE": "wayloop.config.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def states(installation: Installation, run: int) -> Counter[str]:
    try:
        with psycopg.connect(installation.address, connect_timeout=5) as connection:
            rows = connection.execute(
                "SELECT state, count(*) FROM messaging_message WHERE run_id = %s GROUP BY state", [run]
            ).fetchall()
    except psycopg.OperationalError:
        return Counter({"waiting": 1})
    return Counter(dict(rows))


def has_ended(installation: Installation, run: int) -> bool:
    counts = states(installation, run)
    return not counts["waiting"] + counts["claimed"] + counts["leaving"]


def test_killed_again_and_again_nobody_gets_two_letters_and_nobody_is_left_out(
    installation: Installation, sink: tuple[Sink, int]
) -> None:
    server, port = sink
    dice = random.Random(7)
    told = prepare(installation, port, LETTERS, 1)
    names = ["worker", "database", "web"] * KILLS
    dice.shuffle(names)
    kills: Counter[str] = Counter()
    for name in names:
        before = len(server.taken)
        # A kill counts while letters leave.
        wait_until(lambda before=before: len(server.taken) > before + dice.randrange(1, 12), seconds=PATIENCE)  # type: ignore[misc]
        if has_ended(installation, told["run"]):
            break
        time.sleep(dice.random() / 4)
        former = installation.kill(name)
        kills[name] += 1
        assert wait_until(lambda name=name, former=former: installation.came_back(name, former), seconds=PATIENCE)  # type: ignore[misc]
    assert wait_until(lambda: has_ended(installation, told["run"]), seconds=PATIENCE), states(installation, told["run"])
    counts = states(installation, told["run"])
    got = Counter(to for to, _key, _at in server.taken)
    with psycopg.connect(installation.address) as connection:
        sent = {value for (value,) in connection.execute(SENT, [told["run"]]).fetchall()}
        doubtful = {value for (value,) in connection.execute(DOUBTFUL, [told["run"]]).fetchall()}
    print(
        f"\n  {LETTERS} letters, kills: {dict(kills)}; taken by the server {len(server.taken)}, twice "
        f"{sum(count > 1 for count in got.values())}; sent {counts['sent']}, doubtful {counts['doubtful']} "
        f"(of them arrived: {len(doubtful & set(got))}); left out without a word: {LETTERS - len(sent | doubtful)}."
    )
    assert [to for to, count in got.items() if count > 1] == []
    assert sent - set(got) == set()
    assert sent | doubtful == set(told["leave"])
    assert set(got) - sent - doubtful == set()
    assert len(doubtful) <= 2 * sum(kills.values())


SENT = """
SELECT i.value FROM messaging_message m JOIN api_identity_identifiers i ON i.contact_point = m.point
WHERE m.run_id = %s AND m.state = 'sent'
"""
DOUBTFUL = SENT.replace("'sent'", "'doubtful'")


def test_who_withdraws_while_letters_leave_gets_none_that_left_later(
    installation: Installation, sink: tuple[Sink, int]
) -> None:
    server, port = sink
    dice = random.Random(16)
    told = prepare(installation, port, LETTERS, 2)
    leavers = dict(dice.sample(sorted(told["leave"].items()), LEAVERS))
    answered: dict[str, datetime] = {}

    def leave(some: list[tuple[str, str]]) -> None:
        for to, path in some:
            connection = http.client.HTTPConnection("127.0.0.1", installation.port, timeout=30)
            body = "List-Unsubscribe=One-Click"
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            connection.request("POST", path, body, headers)
            assert connection.getresponse().status == 200
            answered[to] = datetime.now(UTC)
            connection.close()

    thread = threading.Thread(target=leave, args=(list(leavers.items()),))
    assert wait_until(lambda: len(server.taken) > 5, seconds=PATIENCE)
    thread.start()
    thread.join()
    assert wait_until(lambda: has_ended(installation, told["run"]), seconds=PATIENCE)
    late = [at - answered[to] for to, _key, at in server.taken if to in answered and at > answered[to]]
    before = sum(to in answered and at <= answered[to] for to, _key, at in server.taken)
    counts = states(installation, told["run"])
    print(
        f"\n  {LEAVERS} of {LETTERS} withdrew while letters left: {before} had theirs already, {len(late)} got one "
        f"after the answer, the latest {max(late, default=timedelta()).total_seconds():.2f} s after it; "
        f"refused {counts['refused']}, sent {counts['sent']}."
    )
    assert [one for one in late if one > timedelta(seconds=5)] == []
    assert counts["refused"] == LEAVERS - before - len(late)
    assert counts["sent"] + counts["refused"] == LETTERS
    assert counts["refused"] > 0
