"""Pages that signed links open: joining the team, choosing a new password."""

from http import HTTPStatus

from allauth.core import ratelimit
from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from wayloop.accounts.forms.team import JoinForm, NewPasswordForm
from wayloop.accounts.middleware import go
from wayloop.accounts.queries.invitations import invitation_of, reset_of
from wayloop.accounts.services import invitations
from wayloop.accounts.services.invitations import LinkOver
from wayloop.accounts.services.members import MemberRefused
from wayloop.business import api as business
from wayloop.ui.requests import unlogged
from wayloop.ui.toasts import notify

REFUSED = HTTPStatus.UNPROCESSABLE_ENTITY
BACKEND = settings.AUTHENTICATION_BACKENDS[0]
WAIT_SECONDS = "60"


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """The page of an invitation: name and password, then in. A link that is over says so and nothing else."""
    if refusal := _too_many(request):
        return refusal
    invitation = invitation_of(token)
    if invitation is None:
        return _over(request)
    form = JoinForm(request.POST if request.method == "POST" else None, email=invitation.email)
    if request.method == "POST" and form.is_valid():
        language = str(request.member_preferences.language)  # type: ignore[attr-defined]
        try:
            member = invitations.join(
                invitation=invitation,
                name=form.cleaned_data["name"],
                password=form.cleaned_data["password"],
                language=language,
            )
        except LinkOver:
            return _over(request)
        except MemberRefused as refused:
            form.add_error(None if refused.part == "email" else refused.part, refused.reasons)
        else:
            login(request, member, backend=BACKEND)
            return go(request, settings.LOGIN_REDIRECT_URL)
    context = {"form": form, "invitation": invitation, "business": business.profile()}
    return _page(request, "accounts/join.html", context, is_refused=form.is_bound)


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def new_password(request: HttpRequest, token: str) -> HttpResponse:
    """The page of a link for a new password. Afterwards the member signs in with it."""
    if refusal := _too_many(request):
        return refusal
    found = reset_of(token)
    if found is None:
        return _over(request)
    member, seal = found
    form = NewPasswordForm(request.POST if request.method == "POST" else None, member=member)
    if request.method == "POST" and form.is_valid():
        try:
            invitations.reset_password(member=member, seal=seal, password=form.cleaned_data["password"])
        except LinkOver:
            return _over(request)
        notify(request, _("The new password works. Sign in with it."))
        return redirect("account_login")
    return _page(request, "accounts/new_password.html", {"form": form, "person": member}, is_refused=form.is_bound)


def _too_many(request: HttpRequest) -> HttpResponse | None:
    if ratelimit.consume(request, action="signup"):
        return None
    return HttpResponse(status=HTTPStatus.TOO_MANY_REQUESTS, headers={"Retry-After": WAIT_SECONDS})


def _over(request: HttpRequest) -> HttpResponse:
    return unlogged(render(request, "accounts/link_over.html", status=HTTPStatus.GONE))


def _page(request: HttpRequest, template: str, context: dict[str, object], *, is_refused: bool) -> HttpResponse:
    return unlogged(render(request, template, context, status=REFUSED if is_refused else HTTPStatus.OK))
