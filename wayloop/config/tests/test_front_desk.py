"""Every address of the program, asked by the front desk: open are the counter, and cases and tasks given to it."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from wayloop.accounts.api import Permission

VALUES = {"int": 1, "str": "x", "slug": "x", "uuid": "01890000-0000-7000-8000-000000000001", "path": "x"}
VALUES["uuidstr"] = VALUES["uuid"]
# Everybody's own: sign-in, profile, language and look; home leads to the counter; the sign of life tells no figures.
EVERYBODYS = {
    "account_login", "account_logout", "account_start", "account_profile", "account_password", "account_end_sessions",
    "account_language", "account_theme", "account_density", "home", "join", "new_password",
    "mfa_authenticate", "account_end_session", "account_end_others", "account_confirm", "account_factors",
    "account_factor_app", "account_factor_passkey", "account_factor_codes", "account_factor_remove",
    "privacy:preferences", "privacy:unsubscribe", "privacy:confirm", "survey:loader", "voice:page",
    # Finds cases that were given to them and nothing else: tests of the work look at the rows.
    "search",
}  # fmt: skip
# Cases and tasks that were given to them, and no others: tests of the work look at the rows.
GIVEN = {Permission.WORK_OWN, Permission.WORK_CHANGE}
# Keys, never sessions, open the API. This one is asked by machines of this computer: settled by address or token.
MACHINES = {"metrics"}


def addresses(patterns: Sequence[Any] | None = None, space: str = "") -> Iterator[tuple[str, str, Any]]:
    """Name, address and view of every pattern."""
    for one in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(one, URLResolver):
            yield from addresses(one.url_patterns, f"{space}{one.namespace}:" if one.namespace else space)
        elif isinstance(one, URLPattern):
            converters = one.pattern.converters
            values = {name: VALUES[type(kind).__name__.removesuffix("Converter").lower().replace("string", "str")]
                      for name, kind in converters.items()}  # fmt: skip
            assert one.name, f"{one.pattern} has no name"
            yield f"{space}{one.name}", reverse(f"{space}{one.name}", kwargs=values | one.default_args), one.callback


def test_the_front_desk_sees_the_counter_and_nothing_else(front_desk: Client) -> None:
    opened, counter, seen = [], [], 0
    for name, address, view in addresses():
        seen += 1
        if getattr(view, "permission", None) == Permission.COUNTER_USE:
            counter.append(name)
            continue
        if getattr(view, "permission", None) in GIVEN:
            continue
        if name in EVERYBODYS | MACHINES or name.startswith("rest:"):
            continue
        answer = front_desk.get(address)
        if answer.status_code == 405:
            answer = front_desk.post(address)
        if answer.status_code not in (403, 404):
            opened.append((name, answer.status_code))
    assert opened == []
    assert counter == [
        "counter", "counter_new", "counter_till", "counter_undo", "counter_guest", "counter_visit", "counter_purchase",
    ]  # fmt: skip
    # Else the walk has lost its way.
    assert seen > 60


def test_the_owner_is_let_in_where_the_front_desk_is_not(owner: Client, front_desk: Client) -> None:
    plain = [
        address for name, address, _view in addresses() if name in ("customers:list", "commerce:orders", "settings")
    ]
    assert [[who.get(path).status_code for path in plain] for who in (owner, front_desk)] == [[200] * 3, [403] * 3]
