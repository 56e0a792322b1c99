"""What the program answers to: every address with the methods its view takes."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from wayloop.config.rest.urls import document

API = "/api/"
PART = re.compile(r"<(?:(\w+):)?(\w+)>")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


class Unguarded(Exception):
    """A view that says nowhere which methods it takes."""


def doors() -> dict[tuple[str, str], Any]:
    """Method and address → the view. HEAD goes with GET, OPTIONS belongs to nobody."""
    found: dict[tuple[str, str], Any] = {}
    for address, view in addresses():
        for method in methods_of(address, view):
            found[method, address] = view
    return found


def addresses() -> Iterator[tuple[str, Any]]:
    """Every address as it is written, with its view."""

    def walk(patterns: list[URLPattern | URLResolver], before: str) -> Iterator[tuple[str, Any]]:
        for one in patterns:
            here = f"{before}{one.pattern}"
            if isinstance(one, URLResolver):
                yield from walk(one.url_patterns, here)
            else:
                yield f"/{here}", one.callback

    yield from walk(get_resolver().url_patterns, "")


def methods_of(address: str, view: Any) -> list[str]:
    """The methods a view takes, as it says itself: by decorator, by class, or in the document of the API."""
    if address.startswith(API) and not address.endswith("openapi.json"):
        told = document()["paths"][PART.sub(r"{\2}", address)]
        return [one for one in METHODS if one.lower() in told]
    taken = _told_by_decorator(view)
    if taken is None and hasattr(view, "view_class"):
        of_class = view.view_class
        taken = [one.upper() for one in of_class.http_method_names if hasattr(of_class, one)]
    if taken is None:
        raise Unguarded(f"{address}: the view takes any method; put require_safe or require_POST on it")
    return [one for one in METHODS if one in taken]


def _told_by_decorator(view: Callable[..., Any]) -> list[str] | None:
    while view is not None:
        code, cells = getattr(view, "__code__", None), getattr(view, "__closure__", None) or ()
        names = dict(zip(code.co_freevars, cells, strict=True)) if code else {}
        if "request_method_list" in names:
            return list(names["request_method_list"].cell_contents)
        view = getattr(view, "__wrapped__", None)  # type: ignore[assignment]
    return None
