"""The second factor: asked at sign-in, set up, shown, removed."""

from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from allauth.account.stages import LoginStageController
from allauth.core import ratelimit
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.totp.internal.auth import clear_totp_secret, get_totp_secret
from allauth.mfa.webauthn.internal import auth as webauthn
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wayloop.accounts import acts
from wayloop.accounts.adapter import SEAL, TOO_MANY
from wayloop.accounts.forms.factors import AppForm, CodeForm, ConfirmForm, NewPasskeyForm, PasskeyForm
from wayloop.accounts.fresh import fresh_required, mark_fresh
from wayloop.accounts.middleware import go
from wayloop.accounts.models import Member
from wayloop.accounts.queries.members import factors_of
from wayloop.accounts.rules import is_own_path
from wayloop.accounts.services import factors as services
from wayloop.accounts.services.audit import audit
from wayloop.ui.toasts import notify

REFUSED = HTTPStatus.UNPROCESSABLE_ENTITY
WAIT_SECONDS = "300"


class SecondFactorView(AuthenticateView):  # type: ignore[misc]
    """After the password: a code or a passkey. Five wrong ones, and the account waits."""

    form_class = CodeForm
    webauthn_form_class = PasskeyForm
    template_name = "accounts/second_factor.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        stage = LoginStageController.enter(request, AuthenticateStage.key)
        if stage is None or request.session.get(SEAL) != _seal(stage.login.user):
            # The password that was given is the password no more, or all sessions were ended meanwhile.
            if stage is not None:
                stage.abort()
            return go(request, reverse("account_login"))
        response = super().dispatch(request, *args, **kwargs)
        place = response.headers.get("Location")
        return go(request, place) if place else response

    def form_invalid(self, form: Any) -> HttpResponse:
        errors = [error for part in form.errors.as_data().values() for error in part]
        must_wait = any(error.code == TOO_MANY for error in errors)
        audit(act=acts.CODE_REFUSED, by=self.stage.login.user.pk, kind="member", subject=self.stage.login.user.pk)
        status = HTTPStatus.TOO_MANY_REQUESTS if must_wait else REFUSED
        response: HttpResponse = self.render_to_response(
            self.get_context_data(problem=str(errors[0].messages[0]) if errors else "", must_wait=must_wait),
            status=status,
        )
        if must_wait:
            response.headers["Retry-After"] = WAIT_SECONDS
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        has = factors_of(self.stage.login.user)
        return context | {"has_app": "totp" in has, "has_passkey": "webauthn" in has, **kwargs}


second_factor = require_http_methods(["GET", "HEAD", "POST"])(
    never_cache(login_not_required(SecondFactorView.as_view()))
)


@require_safe
def factors(request: HttpRequest) -> HttpResponse:
    """What protects this member's sign-in."""
    member = _member(request)
    has = factors_of(member)
    codes = has.get("recovery_codes")
    context = {
        "member": member,
        "app": (has.get("totp") or [None])[0],
        "passkeys": [(one, one.wrap().name or _("Passkey")) for one in has.get("webauthn", [])],
        "codes_left": len(codes[0].wrap().get_unused_codes()) if codes else None,
        "passkeys_work": _passkeys_work(request),
        "address": settings.CSRF_TRUSTED_ORIGINS[0],
    }
    return render(request, "accounts/factors.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@fresh_required
def app(request: HttpRequest) -> HttpResponse:
    """Sets up an authenticator app: a picture to scan, then its first code."""
    member = _member(request)
    is_post = request.method == "POST"
    secret = get_totp_secret(regenerate=not is_post)
    form = AppForm(request.POST if is_post else None, secret=secret)
    if is_post and form.is_valid():
        has_new_codes = services.add_app(member=member, secret=secret, code=form.cleaned_data["code"])
        clear_totp_secret(request)
        return _added(request, has_new_codes=has_new_codes)
    adapter = get_adapter()
    link = adapter.build_totp_url(member, secret)
    context = {
        "form": form,
        "picture": adapter.build_totp_svg(link),
        "link": link,
        "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
    }
    return render(request, "accounts/factor_app.html", context, status=REFUSED if is_post else HTTPStatus.OK)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@fresh_required
def passkey(request: HttpRequest) -> HttpResponse:
    """Adds a passkey: the browser asks the device, the form brings its answer."""
    member = _member(request)
    if not _passkeys_work(request):
        return redirect("account_factors")
    is_post = request.method == "POST"
    form = NewPasskeyForm(request.POST if is_post else None)
    if is_post and form.is_valid():
        name = form.cleaned_data["name"].strip() or _("Passkey")
        has_new_codes = services.add_passkey(member=member, name=name, credential=form.cleaned_data["credential"])
        return _added(request, has_new_codes=has_new_codes)
    context = {"form": form, "options": webauthn.begin_registration(member, False)}
    return render(request, "accounts/factor_passkey.html", context, status=REFUSED if is_post else HTTPStatus.OK)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@fresh_required
def codes(request: HttpRequest) -> HttpResponse:
    """The recovery codes that were not used yet; POST makes new ones."""
    member = _member(request)
    found = factors_of(member).get("recovery_codes")
    if not found:
        raise Http404
    if request.method == "POST":
        services.make_recovery_codes(member=member)
        notify(request, _("These are new. The former codes open nothing any more."))
        return redirect("account_factor_codes")
    return render(request, "accounts/factor_codes.html", {"codes": found[0].wrap().get_unused_codes()})


@require_POST
@fresh_required
def remove(request: HttpRequest, number: int) -> HttpResponse:
    """Removes one factor of the member's own."""
    if not services.remove_factor(member=_member(request), number=number):
        raise Http404
    notify(request, _("Removed"), kind="info")
    return redirect("account_factors")


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """Asks for the password once more, then leads on to `next`."""
    member = _member(request)
    told = request.POST.get("next") or request.GET.get("next", "")
    place = told if is_own_path(told) else reverse("account_factors")
    form = ConfirmForm(request.POST if request.method == "POST" else None, member=member)
    status = HTTPStatus.OK
    if request.method == "POST":
        status = REFUSED
        if not ratelimit.consume(request, action="change_password", user=member):
            form.add_error(None, _("Too many attempts. Wait a minute, then try again."))
            status = HTTPStatus.TOO_MANY_REQUESTS
        elif form.is_valid():
            mark_fresh(request)
            return go(request, place)
    response = render(request, "accounts/confirm.html", {"form": form, "next": place, "member": member}, status=status)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        response.headers["Retry-After"] = "60"
    return response


def _added(request: HttpRequest, *, has_new_codes: bool) -> HttpResponse:
    notify(request, _("From the next sign-in on you need both, password and second factor."))
    return redirect("account_factor_codes" if has_new_codes else "account_factors")


def _passkeys_work(request: HttpRequest) -> bool:
    """Browsers make passkeys on the one address only, and only by HTTPS or on this computer."""
    parts = urlsplit(settings.CSRF_TRUSTED_ORIGINS[0])
    is_secure = parts.scheme == "https" or parts.hostname == "localhost"
    return is_secure and request.get_host().partition(":")[0] == parts.hostname


def _seal(member: Member | None) -> str:
    return member.get_session_auth_hash() if member is not None and member.is_active else ""


def _member(request: HttpRequest) -> Member:
    if not isinstance(request.user, Member):
        raise Http404
    return request.user
