"""Pages of lists by signed cursors, and the link to the next one."""

from datetime import timedelta
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from pydantic import Field

from wayloop.kernel.ids import digest_key
from wayloop.kernel.rest.problems import Fault, Problem
from wayloop.kernel.rest.schemas import Given
from wayloop.kernel.signing import BadToken, purpose, sign, unsign

# A cursor leads on in the list it was given for, for a week.
CURSOR = purpose("rest.cursor", timedelta(days=7))
LARGEST = 200
PLACES = ("cursor", "limit", "fields", "total")


class PageGiven(Given):
    """Where in a list, and how much of it."""

    limit: Annotated[int, Field(ge=1, le=LARGEST, description="How many at most.")] = 50
    cursor: Annotated[str | None, Field(max_length=3000, description="From `next` of the page before.")] = None
    fields: Annotated[
        str | None, Field(max_length=500, description="Only these fields of each row, with commas between.")
    ] = None
    total: Annotated[bool, Field(description="Also tell how many there are.")] = False


def key_in(request: HttpRequest, cursor: str | None) -> str | None:
    """The key of `kernel.paging` that a cursor of this very list carries. Raises `Problem` for any other text."""
    if cursor is None:
        return None
    try:
        place, _sign, key = unsign(CURSOR, cursor).partition(":")
    except (BadToken, ValueError):
        place, key = "", ""
    if place != _list_of(request):
        detail = _("This cursor does not belong to this list. Begin with the first page.")
        raise Problem("invalid", faults=[Fault(detail, parameter="cursor")])
    return key


def next_link(request: HttpRequest, key: str | None) -> str | None:
    """The address of the next page; None behind the last one."""
    if key is None:
        return None
    query = request.GET.copy()
    query["cursor"] = sign(CURSOR, f"{_list_of(request)}:{key}")
    return f"{request.path}?{query.urlencode()}"


def cursor_for(request: HttpRequest, key: str | None) -> str | None:
    """The cursor of the next page, for lists that are asked for by a body."""
    return None if key is None else sign(CURSOR, f"{_list_of(request)}:{key}")


def _list_of(request: HttpRequest) -> str:
    """Which list this is: another filter is another list."""
    asked: list[Any] = sorted((name, values) for name, values in request.GET.lists() if name not in PLACES)
    return digest_key(request.path, repr(asked)).hex
