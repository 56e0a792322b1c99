"""Which views are open to whom, and what of their doing stands in the trail."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from wayloop.accounts import acts
from wayloop.accounts.enums import Permission
from wayloop.accounts.middleware import to_sign_in
from wayloop.accounts.models import Member
from wayloop.accounts.services.audit import audit

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
# What is done by these permissions is told by the trail whatever the view: which page, which number.
TOLD = frozenset({Permission.SETTINGS_CHANGE})


def permission_required(permission: Permission) -> Callable[[View[P]], View[P]]:
    """Opens a view only to members whose role includes `permission`.

    Others get the page of status 403, strangers the sign-in page. The view carries the permission as `permission`.
    Changes of settings stand in the audit trail, in one transaction with what the view writes.
    """

    def guard(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not isinstance(request.user, Member):
                return to_sign_in(request)
            if not request.user.has_permission(permission):
                raise PermissionDenied
            if permission in TOLD and request.method == "POST":
                return _told(request, lambda: view(request, *args, **kwargs), kwargs)
            return view(request, *args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded

    return guard


def _told(request: HttpRequest, act: Callable[[], HttpResponseBase], numbers: dict[str, Any]) -> HttpResponseBase:
    with transaction.atomic():
        response = act()
        # What was done leads on; a page that comes back was refused, or only shows the form in another way.
        if "Location" in response.headers or "HX-Redirect" in response.headers:
            subject = next((value for value in numbers.values()), "")
            audit(
                act=acts.SETTINGS_CHANGED,
                kind="settings",
                subject=str(subject)[:64],
                details={"path": request.path[:120]},
            )
    return response
