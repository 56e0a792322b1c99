"""Requests nobody thought of, made from the published document: no fault of ours, no answer that is not documented.

The short run is part of `make test`; `make faults` runs 20,000 cases in parts and prints what was answered. A part can
be run alone, and parts side by side: `pytest tests/flows/test_rest_cases.py -m faults -s -k part3`.
"""

import logging
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from wayloop.accounts.testing import KeyBrowser
from wayloop.commerce.testing import Deal, Order, Product, buy
from wayloop.customers.testing import Card
from wayloop.kernel.limits import Limit
from wayloop.kernel.rest import routes

CASES, PARTS, SEED = 20_000, 8, 20_260_101
CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@dataclass
class Tally:
    """What came of the cases of one operation. `faults`: the kind of fault → the first request that met it."""

    name: str
    answers: Counter[int] = field(default_factory=Counter)
    faults: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0

    def __str__(self) -> str:
        told = " ".join(f"{status}:{number}" for status, number in sorted(self.answers.items()))
        number = self.answers.total()
        return f"  {self.name:<68} {number:>5} cases {1000 * self.seconds / max(number, 1):>5.0f} ms  {told}"


@pytest.fixture
def real_ids(near_location: int) -> dict[str, str]:
    """What the parameters of addresses can be, so that requests get past the door."""
    buy(Deal("A-1", "7", location=near_location, name="Ada", status="placed", paid_by=""), Deal("A-2", "8"))
    return {
        "customer": str(Card.objects.all()[0].uuid),
        "order": str(Order.objects.get(number="A-1").uuid),
        "product": str(Product.objects.all()[0].uuid),
        "trait": "town",
        "name": "net_revenue",
    }


@pytest.fixture
def unhurried() -> Iterator[None]:
    """Without limits."""
    with mock.patch.object(routes, "BY_KEY", Limit("key", 1_000_000)):
        yield


@contextmanager
def one_connection() -> Iterator[None]:
    """All requests on the connection of the test, whose transaction never ends."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    # Thousands of refusals, each a line of the log.
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@contextmanager
def taken_back() -> Iterator[None]:
    """What is written inside is gone afterwards: rows that are counted on and on in one transaction grow slow."""
    point = transaction.savepoint()
    yield
    transaction.savepoint_rollback(point)


def operations(key: KeyBrowser) -> list[Any]:
    """Every operation of the published document."""
    schema = schemathesis.openapi.from_dict(key.get("openapi.json").json())
    schema.app = WSGIHandler()
    return [found.ok() for found in schema.get_all_operations()]


def run_cases(
    some: Sequence[Any], key: KeyBrowser, real_ids: dict[str, str], wanted: int, each: int = 50
) -> list[Tally]:
    """So many cases of these operations, good ones and bad ones: round by round, each with a seed of its own.

    Of some operations there are few different requests; the others make up for them.
    """
    tallies = {operation.label: Tally(operation.label) for operation in some}
    left = [(operation, mode) for operation in some for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)]
    number = 0
    with one_connection():
        while left and sum(one.answers.total() for one in tallies.values()) < wanted:
            rich = []
            for operation, mode in left:
                with taken_back():
                    done = _run(operation, mode, key, real_ids, each, SEED + number, tallies[operation.label])
                if done == each:
                    rich.append((operation, mode))
            left = rich
            number += 1
    return list(tallies.values())


def _run(
    operation: Any, mode: Any, key: KeyBrowser, real_ids: dict[str, str], each: int, begin: int, tally: Tally
) -> int:
    """Answers how many different cases were made; one whose address names something is sent with a real name too."""
    made, begun = 0, time.perf_counter()

    @seed(begin)
    @settings(
        max_examples=each,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def one(case: Any) -> None:
        nonlocal made
        made += 1
        _send(case, key, tally)
        named = case.path_parameters or {}
        if real_ids.keys() & named.keys():
            case.path_parameters = named | {name: real_ids[name] for name in real_ids.keys() & named.keys()}
            _send(case, key, tally)

    # Of some operations there are no bad requests: whatever is sent, they do not look at it.
    with suppress(Unsatisfiable):
        one()
    tally.seconds += time.perf_counter() - begun
    return made


def _send(case: Any, key: KeyBrowser, tally: Tally) -> None:
    response = case.call(headers={"Authorization": f"Bearer {key.key}"})
    tally.answers[response.status_code] += 1
    try:
        case.validate_response(response, checks=CHECKS)
    except FailureGroup as found:
        # All faults of a run are told, not the first one only.
        for fault in found.exceptions:
            tally.faults.setdefault(f"{response.status_code} {fault.title}", f"{fault}\n{case.as_curl_command()}")


def told(tallies: Sequence[Tally]) -> str:
    """The faults that were found, one after the other; empty when there are none."""
    return "\n\n".join(
        f"{tally.name}: {kind}\n{example}" for tally in tallies for kind, example in tally.faults.items()
    )


@pytest.mark.usefixtures("unhurried")
def test_no_request_finds_a_fault_or_an_undocumented_answer(owner_key: KeyBrowser, real_ids: dict[str, str]) -> None:
    tallies = run_cases(operations(owner_key)[::5], owner_key, real_ids, wanted=1, each=2)
    answers = sum((tally.answers for tally in tallies), Counter[int]())
    assert told(tallies) == ""
    assert (answers[200] > 0, answers[422] > 0) == (True, True)


@pytest.mark.faults
@pytest.mark.usefixtures("unhurried")
@pytest.mark.parametrize("part", range(PARTS), ids="part{}".format)
def test_twenty_thousand_requests_find_none_either(part: int, owner_key: KeyBrowser, real_ids: dict[str, str]) -> None:
    known = operations(owner_key)
    begun = time.monotonic()
    tallies = run_cases(known[part::PARTS], owner_key, real_ids, wanted=CASES // PARTS)
    answers = sum((tally.answers for tally in tallies), Counter[int]())
    print(
        f"\nrest: part {part + 1} of {PARTS}, seed {SEED}: {answers.total()} cases of {len(tallies)} of {len(known)} "
        f"operations in {time.monotonic() - begun:.0f} s, {dict(sorted(answers.items()))}",
        *tallies,
        sep="\n",
    )
    assert (told(tallies), answers.total() >= CASES // PARTS) == ("", True)
