"""Pages of sign-in, first run and the member's own settings."""

from http import HTTPStatus
from typing import Any

from allauth.account.views import LoginView, LogoutView
from allauth.core import ratelimit
from django.conf import settings
from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from wayloop.accounts import acts
from wayloop.accounts.adapter import TOO_MANY
from wayloop.accounts.forms.own import FirstRunForm, PasswordForm, ProfileForm, SignInForm
from wayloop.accounts.middleware import go
from wayloop.accounts.models import Member
from wayloop.accounts.preferences import CHOICES, browser_languages, remember
from wayloop.accounts.queries.members import factors_of, has_owner
from wayloop.accounts.queries.sessions import sessions_of
from wayloop.accounts.rules import is_own_path, own_path_of
from wayloop.accounts.sample import SAMPLE_MEMBERS, SAMPLE_PASSWORD
from wayloop.accounts.services import members as services
from wayloop.accounts.services.audit import audit
from wayloop.accounts.services.members import FirstRunOver, NewBusiness
from wayloop.accounts.services.sessions import end_session, end_sessions
from wayloop.business import api as business
from wayloop.business.api import BusinessRefused, NewLocation
from wayloop.kernel.localised import Localised
from wayloop.ui.toasts import notify

BACKEND = settings.AUTHENTICATION_BACKENDS[0]
REFUSED = HTTPStatus.UNPROCESSABLE_ENTITY


class SignInView(LoginView):  # type: ignore[misc]
    """Asks for e-mail and password; the sample business offers its members by name."""

    form_class = SignInForm
    template_name = "accounts/sign_in.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        if response.status_code == HTTPStatus.TOO_MANY_REQUESTS and "Retry-After" not in response.headers:
            # The limit of the client's address, refused before the form was looked at: the shell has the page for it.
            return HttpResponse(status=HTTPStatus.TOO_MANY_REQUESTS, headers={"Retry-After": "60"})
        place = response.headers.get("Location")
        return go(request, place) if place else response

    # as_view copies what marks a view from `dispatch`; the override above would lose it.
    dispatch = login_not_required(dispatch)

    def form_invalid(self, form: SignInForm) -> HttpResponse:
        too_many = next((error for error in form.non_field_errors().as_data() if error.code == TOO_MANY), None)
        status = HTTPStatus.TOO_MANY_REQUESTS if too_many else REFUSED
        response: HttpResponse = self.render_to_response(
            self.get_context_data(form=form, must_wait=bool(too_many)), status=status
        )
        if too_many:
            response.headers["Retry-After"] = str(too_many.params["seconds"])
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        profile = business.profile()
        sample = {"members": SAMPLE_MEMBERS, "password": SAMPLE_PASSWORD} if profile.is_sample else None
        next_page = self.get_next_url() or ""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"business": profile, "sample": sample, "next": next_page}


@method_decorator(login_not_required, name="dispatch")
class SignOutView(LogoutView):  # type: ignore[misc]
    """Ends this session."""

    def get_redirect_url(self) -> str:
        return reverse("account_login")

    def post(self, request: HttpRequest) -> HttpResponse:
        if isinstance(request.user, Member):
            audit(act=acts.SIGNED_OUT)
        return go(request, super().post(request).headers["Location"])


# The library's views would take PUT as well, and lead whoever is signed in away before they look at the method.
sign_in = require_http_methods(["GET", "HEAD", "POST"])(SignInView.as_view())
sign_out = require_POST(SignOutView.as_view())


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """The first run: makes the business and its owner, once. Afterwards this page does not exist."""
    if has_owner():
        raise Http404
    if request.method == "POST":
        form = FirstRunForm(request.POST)
        response = _finish_first_run(request, form) if form.is_valid() else None
        return response or _first_run_page(request, form, REFUSED)
    zone, currency = business.guess_zone_and_currency(browser_languages(request))
    language = _language(request)
    form = FirstRunForm(initial={"zone": zone, "currency": currency, "content_languages": [language]})
    return _first_run_page(request, form, HTTPStatus.OK)


def _first_run_page(request: HttpRequest, form: FirstRunForm, status: HTTPStatus) -> HttpResponse:
    return render(request, "accounts/start.html", {"form": form}, status=status)


def _finish_first_run(request: HttpRequest, form: FirstRunForm) -> HttpResponse | None:
    answers = form.cleaned_data
    languages = answers["content_languages"]
    spoken = _language(request) if _language(request) in languages else languages[0]
    try:
        owner = services.create_owner(
            name=answers["name"],
            email=answers["email"],
            password=answers["password"],
            language=_language(request),
            business=NewBusiness(
                name=answers["business_name"],
                trade=answers["trade"],
                zone=answers["zone"],
                currency=answers["currency"],
                content_languages=tuple(languages),
                location=NewLocation(name=Localised.of(answers["location_name"], spoken), town=answers["town"]),
            ),
        )
    except FirstRunOver:
        # Somebody else, or the same person's second click, was a moment faster.
        return go(request, reverse("account_login"))
    except services.MemberRefused as refusal:
        form.add_error(refusal.part, refusal.reasons)
        return None
    except BusinessRefused as refusal:
        form.add_error({"name": "business_name"}.get(refusal.part, refusal.part), str(refusal))
        return None
    login(request, owner, backend=BACKEND)
    return go(request, settings.LOGIN_REDIRECT_URL)


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """The member's name and how pages look to them."""
    member = _member(request)
    if request.method != "POST":
        return _profile_page(request, HTTPStatus.OK)
    form = ProfileForm(request.POST)
    if not form.is_valid():
        return _profile_page(request, REFUSED, form=form)
    services.save_profile(member=member, **form.cleaned_data)
    response = _saved(request)
    for preference in CHOICES:
        remember(response, preference, form.cleaned_data[preference])
    return response


@sensitive_post_parameters("current_password", "new_password")
@require_POST
def password(request: HttpRequest) -> HttpResponse:
    """Changes the member's password; every other session of theirs ends."""
    member = _member(request)
    form = PasswordForm(member, request.POST)
    if not ratelimit.consume(request, action="change_password", user=member):
        form.add_error(None, _("Too many attempts. Wait a minute, then try again."))
        return _profile_page(request, HTTPStatus.TOO_MANY_REQUESTS, password_form=form)
    if not form.is_valid():
        return _profile_page(request, REFUSED, password_form=form)
    services.change_password(
        member=member, password=form.cleaned_data["new_password"], keep=str(request.session.session_key)
    )
    update_session_auth_hash(request, member)
    return _saved(request)


@require_POST
def end_one_session(request: HttpRequest, number: int) -> HttpResponse:
    """Ends one session of the member's; the one it is asked from is ended by signing out."""
    if not end_session(member=_member(request), number=number):
        raise Http404
    notify(request, _("The session is ended"))
    return go(request, f"{reverse('account_profile')}#sessions")


@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """Ends all sessions of the member but this one."""
    member = _member(request)
    end_sessions(member=member, keep=str(request.session.session_key))
    update_session_auth_hash(request, member)
    notify(request, _("Only this session is left"))
    return go(request, f"{reverse('account_profile')}#sessions")


@require_POST
def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    """Ends all sessions of the member, this one too."""
    end_sessions(member=_member(request))
    logout(request)
    return go(request, reverse("account_login"))


@login_not_required
@require_POST
def choose(request: HttpRequest, preference: str) -> HttpResponse:
    """Switches language, theme or density and leads back to the page the switch stood on."""
    value = request.POST.get(preference, "")
    if value not in CHOICES[preference]:
        raise BadRequest("not one of the choices")
    if isinstance(request.user, Member):
        services.save_preference(member=request.user, preference=preference, value=value)
    response = go(request, _page_of_switch(request))
    remember(response, preference, value)
    return response


def _page_of_switch(request: HttpRequest) -> str:
    told = request.POST.get("next", "")
    if is_own_path(told):
        return told
    return own_path_of(request.headers.get("Referer", ""), request.get_host()) or "/"


def _profile_page(request: HttpRequest, status: HTTPStatus, **forms: Any) -> HttpResponse:
    member = _member(request)
    preferences = request.member_preferences  # type: ignore[attr-defined]
    form = ProfileForm(
        initial={
            "name": member.name,
            "language": preferences.language,
            "theme": preferences.theme,
            "density": preferences.density,
            "single_keys": member.single_keys,
        }
    )
    return render(
        request,
        "accounts/profile.html",
        {
            "member": member,
            "form": form,
            "password_form": PasswordForm(member),
            "sessions": sessions_of(member, here=str(request.session.session_key)),
            "has_factor": any(kind in factors_of(member) for kind in ("totp", "webauthn")),
            **forms,
        },
        status=status,
    )


def _saved(request: HttpRequest) -> HttpResponse:
    notify(request, _("Saved"))
    return go(request, reverse("account_profile"))


def _member(request: HttpRequest) -> Member:
    assert isinstance(request.user, Member)  # noqa: S101 – the middleware lets nobody else through
    return request.user


def _language(request: HttpRequest) -> str:
    return str(request.member_preferences.language)  # type: ignore[attr-defined]
