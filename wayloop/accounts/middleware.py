"""What happens to every request before its view: first run, language and look, sign-in."""

from collections.abc import Callable

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from wayloop.accounts.models import Member
from wayloop.accounts.origin import address_of, request_of
from wayloop.accounts.preferences import preferences_of
from wayloop.accounts.queries.members import has_owner
from wayloop.accounts.rules import own_path_of
from wayloop.accounts.services.sessions import note_session
from wayloop.business import api as business

# What must answer before there is an owner: the page itself with its switches, its files, the sign of life.
OPEN_BEFORE_FIRST_RUN = ("/start/", "/me/language/", "/me/theme/", "/me/density/", "/static/", "/healthz")
GetResponse = Callable[[HttpRequest], HttpResponse]


def go(request: HttpRequest, path: str) -> HttpResponse:
    """Sends the browser to `path`; a request by script is told to load a whole new page."""
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": path})
    return HttpResponseRedirect(path)


class FirstRunMiddleware:
    """Leads everything to the first-run page until an owner exists.

    An owner never goes away, so each process asks the database only until the answer is yes.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.is_over = False

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not self.is_over and not request.path.startswith(OPEN_BEFORE_FIRST_RUN):
            self.is_over = has_owner()
            if not self.is_over:
                return go(request, reverse("account_start"))
        return self.get_response(request)


# Open to a member who owes a second factor: setting it up, proving who they are, looks, going.
OPEN_BEFORE_FACTOR = frozenset(
    {
        "account_factors",
        "account_factor_app",
        "account_factor_passkey",
        "account_factor_codes",
        "account_confirm",
        "account_logout",
        "account_language",
        "account_theme",
        "account_density",
    }
)


class OriginMiddleware:
    """Knows during the request whose doing everything is; notes that the session is in use."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with request_of(request):
            if isinstance(request.user, Member) and request.session.session_key:
                note_session(
                    member=request.user,
                    key=request.session.session_key,
                    agent=request.headers.get("User-Agent", ""),
                    address=address_of(request),
                )
            return self.get_response(request)


class SecondFactorMiddleware:
    """Leads a member who owes a second factor to setting it up, whatever they came for."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: object, kwargs: object
    ) -> HttpResponse | None:
        if not isinstance(request.user, Member) or not request.user.owes_second_factor:
            return None
        if request.resolver_match and request.resolver_match.view_name in OPEN_BEFORE_FACTOR:
            return None
        return go(request, reverse("account_factors"))


class PreferencesMiddleware:
    """Speaks the reader's language, in the business's time; later code finds `request.member_preferences`."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        preferences = preferences_of(request)
        request.member_preferences = preferences  # type: ignore[attr-defined]
        translation.activate(preferences.language)
        timezone.activate(business.profile().zone_info)
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", preferences.language)
        if isinstance(request.user, Member):
            response.headers.setdefault("Cache-Control", "no-store")
        else:
            patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Lets strangers only see views marked with Django's `login_not_required`; others lead to sign-in and back."""

    def handle_no_permission(  # type: ignore[override]  # a request by script gets no redirect
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponse:
        return to_sign_in(request)


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """The answer to a stranger: the sign-in page, which leads back to the page the stranger was on."""
    script = request.headers.get("HX-Request")
    if request.method in ("GET", "HEAD") and not script:
        page = request.get_full_path()
    else:
        # The address of a form's action or of a fragment is no page; the one it was sent from is.
        told = request.headers.get("HX-Current-URL" if script else "Referer", "")
        page = own_path_of(told, request.get_host())
    query = QueryDict(mutable=True)
    if page not in ("", "/"):
        query["next"] = page
    return go(request, resolve_url("account_login") + (f"?{query.urlencode(safe='/')}" if query else ""))
