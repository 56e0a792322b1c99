"""Requests nobody thought of, made from the published document: no fault of ours, no answer that is not documented.

The short run is part of `make test`; `make faults` runs 20,000 cases and prints what was answered.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from typing import Any
from unittest import mock

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from wayloop.accounts.testing import KeyBrowser
from wayloop.commerce.testing import Deal, Order, Product, buy
from wayloop.customers.testing import Card
from wayloop.kernel.rest import routes
from wayloop.kernel.rest.limits import Limit

CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


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
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def run_cases(key: KeyBrowser, real_ids: dict[str, str], each: int, step: int = 1) -> Counter[int]:
    """So many cases of each operation, good ones and bad ones; answers how many of each status came.

    `step`: only each so-manieth operation.
    """
    schema = schemathesis.openapi.from_dict(key.get("openapi.json").json())
    schema.app = WSGIHandler()
    answers: Counter[int] = Counter()
    with one_connection():
        for found in islice(schema.get_all_operations(), 0, None, step):
            operation = found.ok()
            for mode in MODES:
                # Of some operations there are no bad requests: whatever is sent, they do not look at it.
                with suppress(Unsatisfiable):
                    _run(operation.as_strategy(generation_mode=mode), key, real_ids, each, answers)
    return answers


def _run(cases: Any, key: KeyBrowser, real_ids: dict[str, str], each: int, answers: Counter[int]) -> None:
    @settings(
        max_examples=each,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases, is_real=st.booleans())
    def one(case: Any, is_real: bool) -> None:
        if is_real:
            case.path_parameters = {
                name: real_ids.get(name, value) for name, value in (case.path_parameters or {}).items()
            }
        response = case.call(headers={"Authorization": f"Bearer {key.key}"})
        answers[response.status_code] += 1
        case.validate_response(response, checks=CHECKS)

    one()


@pytest.mark.usefixtures("unhurried")
def test_no_request_finds_a_fault_or_an_undocumented_answer(owner_key: KeyBrowser, real_ids: dict[str, str]) -> None:
    answers = run_cases(owner_key, real_ids, each=2, step=5)
    assert {status for status in answers if status >= 500} == set()
    assert answers[200] > 0
    assert answers[422] > 0


@pytest.mark.faults
@pytest.mark.usefixtures("unhurried")
def test_twenty_thousand_requests_find_none_either(owner_key: KeyBrowser, real_ids: dict[str, str]) -> None:
    operations = sum(len(methods) for methods in owner_key.get("openapi.json").json()["paths"].values())
    answers = run_cases(owner_key, real_ids, each=20_000 // (2 * operations) + 1)
    print(f"rest: {answers.total()} requests to {operations} operations, {dict(sorted(answers.items()))}")
    assert {status for status in answers if status >= 500} == set()
