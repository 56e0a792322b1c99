"""Every number on the page of an import opens what it counts."""

import re
from collections.abc import Sequence
from typing import Any

import pytest
from django.test import Client

from wayloop.contracts.scope import EVERYTHING, Scope
from wayloop.imports import brought, services, undoing
from wayloop.imports.brought import things_of
from wayloop.imports.models import BroughtThings, ImportTable
from wayloop.imports.progress import counts_of
from wayloop.imports.queries import import_by_id
from wayloop.imports.testing import ROWS, Import, as_csv, bring_in
from wayloop.imports.tests.test_reading import bring as bring_as


def titles(run: Import, group: str, after: int = 0, scope: Scope = EVERYTHING) -> list[str]:
    shown = things_of(import_id=run.pk, table=0, group=group, after=after, scope=scope)
    return [one.title if one else "–" for one in shown.things]


def counted(run: Import) -> dict[str, int]:
    """Group → how many the page says there are."""
    found = import_by_id(run.pk)
    assert found
    return {
        one.group: int(re.sub(r"\D", "", one.sentence.split(" ")[0]))
        for table in found.tables
        for one in counts_of(table)
    }


def behind(run: Import) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in BroughtThings.objects.filter(table__run=run):
        assert one.size == len(one.ids)
        found[one.group] = found.get(one.group, 0) + one.size
    return found


def test_each_number_opens_as_many_as_it_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    first = bring_in(as_csv())
    assert (counted(first), behind(first)) == ({"new": 2, "returns": 1},) * 2
    assert (titles(first, "new"), titles(first, "returns")) == (
        ["Order 536365", "Order 536366"],
        ["Return C536379"],
    )
    again = bring_in(as_csv())
    assert (counted(again), behind(again)) == ({"known": 3},) * 2
    assert titles(again, "known") == ["Order 536365", "Order 536366", "Return C536379"]


def test_rows_of_many_steps_are_shown_some_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "STEPS", (2, 2))
    monkeypatch.setattr(brought, "AT_ONCE", 3)
    run = bring_in(as_csv([(str(number), *ROWS[0][1:]) for number in range(1, 9)]))
    assert BroughtThings.objects.count() > 1
    pages: list[Sequence[str]] = []
    after: int | None = 0
    while after is not None:
        shown = things_of(import_id=run.pk, table=0, group="new", after=after, scope=EVERYTHING)
        pages.append([one.title.removeprefix("Order ") for one in shown.things if one])
        after = shown.following
    assert (pages, shown.total) == ([["1", "2", "3"], ["4", "5", "6"], ["7", "8"]], 8)


def test_a_page_asks_the_same_number_of_questions_however_many_rows_it_shows(
    owner: Client, django_assert_max_num_queries: Any
) -> None:
    run = bring_in(as_csv([(str(number), *ROWS[0][1:]) for number in range(1, 40)]))
    with django_assert_max_num_queries(14):
        page = owner.get(f"/imports/{run.pk}/things/0/new/")
    assert page.content.decode().count("Order ") >= 39


def test_who_may_see_what_came_in(
    owner: Client, reader: Client, front_desk: Client, far_manager: Client, stranger: Client
) -> None:
    run = bring_in(as_csv())
    found = {path: [who.get(f"/imports/{run.pk}/{path}").status_code for who in (
        owner, reader, far_manager, front_desk, stranger)] for path in (
        "things/0/new/", "things/0/new/?after=x", "things/0/known/", "things/1/new/", "things/0/nothing/",
    )}  # fmt: skip
    assert found == {
        "things/0/new/": [200, 200, 403, 403, 302],
        "things/0/new/?after=x": [404, 404, 403, 403, 302],
        "things/0/known/": [404, 404, 403, 403, 302],
        "things/1/new/": [404, 404, 403, 403, 302],
        "things/0/nothing/": [404, 404, 403, 403, 302],
    }
    page = reader.get(f"/imports/{run.pk}/").content.decode()
    assert re.findall(rf'href="(/imports/{run.pk}/things/[^"]+)">([^<]+)<', page) == [
        (f"/imports/{run.pk}/things/0/new/", "2 new orders"),
        (f"/imports/{run.pk}/things/0/returns/", "1 new return"),
    ]
    assert owner.post(f"/imports/{run.pk}/things/0/new/").status_code == 405


def test_what_is_gone_or_hidden_is_not_named(owner: Client) -> None:
    run = bring_in(as_csv())
    row = BroughtThings.objects.get(group="returns")
    BroughtThings.objects.filter(pk=row.pk).update(ids=[10**9])
    assert titles(run, "returns") == ["–"]
    assert "It is not here any more" in owner.get(f"/imports/{run.pk}/things/0/returns/").content.decode()


def test_nothing_is_left_of_what_was_tried_or_taken_back(owner: Client) -> None:
    trial = bring_in(as_csv(), is_trial=True)
    assert (BroughtThings.objects.count(), "/things/" in owner.get(f"/imports/{trial.pk}/").content.decode()) == (
        0,
        False,
    )
    run = bring_in(as_csv())
    undoing.undo_import(import_id=run.pk, in_worker=False)
    assert undoing.run_undo(import_id=run.pk).state == "undone"
    assert (BroughtThings.objects.count(), owner.get(f"/imports/{run.pk}/things/0/new/").status_code) == (0, 404)


@pytest.mark.parametrize(
    ("entity", "fields", "head", "row", "told"),
    [
        ("customers", {"number": "n", "name": "a"}, "n,a", "1,Anna", ["Anna"]),
        ("companies", {"number": "n", "name": "a"}, "n,a", "1,Anna", ["Anna"]),
        ("products", {"code": "n", "name": "a"}, "n,a", "1,Tea", ["Tea"]),
        ("agreements", {"number": "n", "customer": "c", "starts_on": "a"}, "n,c,a", "1,9,2024-01-02", ["Contract"]),
        ("scores", {"number": "n", "customer": "c", "score": "s", "happened_at": "a", "metric": "m"}, "n,c,s,a,m",
         "1,9,4,2024-01-02 10:00,csat", ["Satisfaction (CSAT): 4 of 5"]),
        ("deliveries", {"order": "n", "delivered_at": "a"}, "n,a", "536365,2010-12-04 10:00", ["Order 536365"]),
        ("payments", {"order": "n", "amount": "s"}, "n,s", "536365,2", ["Order 536365"]),
    ],
)  # fmt: skip
def test_things_of_every_kind_are_named_when_new_and_when_known(
    entity: str, fields: dict[str, str], head: str, row: str, told: list[str]
) -> None:
    bring_in(as_csv())
    content = {
        "entity": entity,
        "source": "online-retail",
        "zone": "Europe/London",
        "currency": "GBP",
        "language": "en",
        "channel": "web",
        "fields": fields,
    }
    for group in ("new", "known"):
        run = bring_as(f"{head}\n{row}\n", **content)
        table = ImportTable.objects.get(run=run)
        assert (table.rows_refused, counted(run), behind(run)) == (0, {group: 1}, {group: 1}), table.told
        assert titles(run, group) == told
