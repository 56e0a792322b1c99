"""What may only be done by whom has just shown who they are: second factors, recovery codes, keys."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.urls import reverse

from wayloop.accounts.middleware import go

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
MARK = "confirmed_at"
FRESH_SECONDS = 15 * 60


def mark_fresh(request: HttpRequest) -> None:
    """Notes that the password was given just now."""
    request.session[MARK] = int(time.time())


def is_fresh(request: HttpRequest) -> bool:
    """Whether the password was given in this session within the last quarter of an hour."""
    return time.time() - float(request.session.get(MARK, 0)) < FRESH_SECONDS


def fresh_required(view: View[P]) -> View[P]:
    """Asks for the password once more when it was given long ago, then leads back."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if is_fresh(request):
            return view(request, *args, **kwargs)
        query = QueryDict(mutable=True)
        # What a form would have done is lost: it is asked again on the page of its kind.
        query["next"] = request.get_full_path() if request.method in ("GET", "HEAD") else reverse("account_factors")
        return go(request, f"{reverse('account_confirm')}?{query.urlencode(safe='/')}")

    return guarded
