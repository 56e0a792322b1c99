"""Asking everybody everything, and the table of what was answered."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from unittest.mock import patch

from django.db import connection, transaction
from django.http import HttpResponse
from django.urls import get_resolver

from tests.flows.access.program import API, doors
from tests.flows.access.sent import Sent, requests_for
from tests.flows.access.world import ACTORS, FAR, NEAR, World

FILE = Path(__file__).with_name("matrix.txt")
WRITE = re.compile(
    r"(?<!FOR )(?<!DO )\b(?:INSERT INTO|UPDATE(?! OF\b)|DELETE FROM)\s+(?:ONLY\s+)?\"?([a-z_]+)", re.IGNORECASE
)
SAVEPOINT = re.compile(r"(ROLLBACK TO SAVEPOINT|RELEASE SAVEPOINT|SAVEPOINT)")
# Who asked and how often is written of every request, whatever its answer.
ASIDE = ("accounts_auditentry", "accounts_membersession", "django_session", "kernel_limit", "kernel_cache")
HEAD = """\
# Who gets which answer: every address, every method it takes, eight who ask. Made by `python -m scripts.access`; read
# each line that is new or other before you keep it.
#
# agent, manager, partner and key see the far location only; front stands at the near one; owner and reader see both.
# Of the pages, key is a program that comes with a key; of the API, each comes with a key of their own, the last with a
# key of the owner that sees the far location only.
# An address without a note is about a thing of the near location.
#
# 404    the status          +   it wrote         n, f   the answer holds something of the near, of the far location
# in     leads to sign-in
"""


@dataclass(frozen=True)
class Line:
    """One request and what each of them was answered."""

    method: str
    address: str
    note: str
    answers: tuple[str, ...]

    @property
    def key(self) -> str:
        """What the line is about."""
        return f"{self.method} {self.address}" + (f" | {self.note}" if self.note else "")

    def __str__(self) -> str:
        return f"{self.key:<92} " + " ".join(f"{one:<7}" for one in self.answers).rstrip()


@contextmanager
def plain_refusals() -> Iterator[None]:
    """Refusals without their page, which is the same for all of them and is looked at by itself."""
    resolver = get_resolver()
    real = resolver.resolve_error_handler

    def plain(status: int) -> Any:
        if status not in (403, 404):
            return real(status)
        return lambda request, exception: HttpResponse(f"refused {exception}", status=status)

    with patch.object(resolver, "resolve_error_handler", plain):
        yield


def ask_all(world: World) -> Iterator[Line]:
    """Every line, in the order of the addresses. Nothing of what is asked stays."""
    with plain_refusals():
        yield from _ask_all(world)


def _ask_all(world: World) -> Iterator[Line]:
    for method, address in sorted(doors(), key=lambda door: (door[1].startswith(API), door[1], door[0])):
        for sent in requests_for(method, address):
            yield Line(method, address, sent.note, tuple(_answer(world, who, method, address, sent) for who in ACTORS))


def read_table() -> dict[str, tuple[str, ...]]:
    """The table that is kept: what a line is about → the answers."""
    lines = FILE.read_text(encoding="utf-8").splitlines() if FILE.exists() else []
    told = [line for line in lines if line and not line.startswith("#") and not line.startswith(" ")]
    return {line[:92].rstrip(): tuple(line[92:].split()) for line in told}


def write_table(lines: list[Line]) -> None:
    """Keeps these lines."""
    head = f"{'':<92} " + " ".join(f"{one:<7}" for one in ACTORS).rstrip()
    FILE.write_text(HEAD + "\n" + head + "\n" + "".join(f"{line}\n" for line in lines), encoding="utf-8")


class Writes:
    """Tables that got, lost or changed rows; what a refusal rolled back does not count."""

    def __init__(self) -> None:
        self._open: list[set[str]] = [set()]

    @property
    def kept(self) -> set[str]:
        """All that was not rolled back."""
        return set().union(*self._open)

    def __call__(self, execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        done = execute(sql, params, many, context)
        text = str(sql)
        if found := SAVEPOINT.match(text):
            if found[1] == "SAVEPOINT":
                self._open.append(set())
            elif found[1] == "RELEASE SAVEPOINT":
                inner = self._open.pop() if len(self._open) > 1 else set()
                self._open[-1] |= inner
            else:
                self._open[-1].clear()
        elif context["cursor"].rowcount:
            self._open[-1] |= {one.lower() for one in WRITE.findall(text)}
        return done


def _answer(world: World, who: str, method: str, address: str, sent: Sent) -> str:
    client = (world.programs if address.startswith(API) else world.pages)[who]
    before = {name: morsel.value for name, morsel in client.cookies.items()}
    writes = Writes()
    path = sent.path(world, address)
    data, kind = sent.body(world)
    if sent.before is not None:
        sent.before()
    given = {} if kind is None else {"content_type": kind}
    with transaction.atomic(), connection.execute_wrapper(writes):
        ask = getattr(client, method.lower())
        response = ask(path, data if method != "GET" else None, headers=dict(sent.headers), **given)
        content = response.getvalue() if response.streaming else response.content
        transaction.set_rollback(True)
    client.cookies = SimpleCookie(before)
    return _cell(response, content.decode(errors="replace"), writes.kept)


def _cell(response: Any, content: str, written: set[str]) -> str:
    place = response.headers.get("Location") or response.headers.get("HX-Redirect", "")
    status = "in" if place.partition("?")[0] == "/sign-in/" else str(response.status_code)
    told = f"{content} {response.headers}".lower()
    marks = "".join(sign for sign, mark in (("n", NEAR), ("f", FAR)) if mark.lower() in told)
    wrote = "+" if any(not table.startswith(ASIDE) for table in written) else ""
    return f"{status}{wrote}{marks}"
