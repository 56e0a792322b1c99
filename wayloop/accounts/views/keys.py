"""API keys: one's own, and for owners everybody's."""

from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wayloop.accounts.enums import Permission
from wayloop.accounts.forms.keys import KeyForm
from wayloop.accounts.fresh import fresh_required
from wayloop.accounts.guard import permission_required
from wayloop.accounts.models import Member
from wayloop.accounts.queries.members import keys_of
from wayloop.accounts.services.keys import make_key, revoke_key
from wayloop.accounts.services.members import MemberRefused
from wayloop.kernel import clock
from wayloop.ui.toasts import notify

REFUSED = HTTPStatus.UNPROCESSABLE_ENTITY


@require_safe
@permission_required(Permission.KEYS_MAKE)
def key_list(request: HttpRequest) -> HttpResponse:
    """The keys of the member; an owner sees everybody's."""
    member = _member(request)
    sees_all = member.has_permission(Permission.TEAM_CHANGE)
    context = {"keys": keys_of(None if sees_all else member), "sees_all": sees_all, "now": clock.now()}
    return render(request, "accounts/keys.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.KEYS_MAKE)
@fresh_required
def new_key(request: HttpRequest) -> HttpResponse:
    """A form for a key; POST makes it and shows it, this once."""
    member = _member(request)
    form = KeyForm(request.POST if request.method == "POST" else None, member=member)
    if request.method == "POST" and form.is_valid():
        try:
            key, text = make_key(
                member=member,
                name=form.cleaned_data["name"],
                permissions=[Permission(one) for one in form.cleaned_data["permissions"]],
                location_ids=form.location_ids,
                expires_at=form.expires_at,
            )
        except MemberRefused as refusal:
            form.add_error(refusal.part if refusal.part in form.fields else None, refusal.reasons)
        else:
            return render(request, "accounts/key_made.html", {"key": key, "text": text})
    status = REFUSED if form.is_bound else HTTPStatus.OK
    return render(request, "accounts/key_new.html", {"form": form}, status=status)


@require_POST
@permission_required(Permission.KEYS_MAKE)
def revoke(request: HttpRequest, number: int) -> HttpResponse:
    """Ends a key for good: one's own, for an owner anybody's."""
    member = _member(request)
    mine = None if member.has_permission(Permission.TEAM_CHANGE) else member
    if not revoke_key(number=number, member=mine):
        raise Http404
    notify(request, _("The key opens nothing any more"))
    return redirect("account_keys")


def _member(request: HttpRequest) -> Member:
    if not isinstance(request.user, Member):
        raise Http404
    return request.user
