"""Who is behind what happens now: the request of this thread of work, so that no service has to hand it on."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.http import HttpRequest

from wayloop.accounts.models import ApiKey, Member


@dataclass(frozen=True)
class Origin:
    """Who asked and from where; all empty for what the program does by itself."""

    member: int | None = None
    key: int | None = None
    address: str = ""


_request: ContextVar[HttpRequest | None] = ContextVar("wayloop_request", default=None)
NOBODY = Origin()


@contextmanager
def request_of(request: HttpRequest) -> Iterator[None]:
    """Inside the block, what happens is the doing of whoever sent the request."""
    token = _request.set(request)
    try:
        yield
    finally:
        _request.reset(token)


def origin() -> Origin:
    """Who asks at the moment. A member who came in during this request counts already."""
    request = _request.get()
    if request is None:
        return NOBODY
    key: ApiKey | None = getattr(request, "api_key", None)
    user = getattr(request, "user", None) if key is None else key.member
    return Origin(
        member=user.pk if isinstance(user, Member) else None,
        key=None if key is None else key.pk,
        address=address_of(request),
    )


def address_of(request: HttpRequest) -> str:
    """The address the request came from, as the server saw it; what a client says of itself does not count."""
    return str(request.META.get("REMOTE_ADDR") or "")[:45]
