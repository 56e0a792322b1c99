"""Error pages: what happened and what to do, in the reader's language, without the database."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext

from wayloop.web.context import preferences_of


@dataclass(frozen=True)
class Trouble:
    """The words of one status; `can_retry` when asking again may help."""

    title: str
    text: str
    can_retry: bool = False


def _troubles() -> dict[int, Trouble]:
    return {
        400: Trouble(
            gettext("We cannot read this request"),
            gettext("Go back and try once more. If it comes again, the link is broken."),
        ),
        403: Trouble(
            gettext("This page is not open to you"),
            gettext("Your role does not include it. An owner can change that."),
        ),
        404: Trouble(
            gettext("Nothing here"),
            gettext("The page was moved or removed, or the address has a typo."),
        ),
        405: Trouble(
            gettext("This address has no page"),
            gettext("It only takes what a form sends. Go back and use the button there."),
        ),
        413: Trouble(
            gettext("Too much at once"),
            gettext("What you sent is larger than we take. Send a smaller part."),
        ),
        429: Trouble(
            gettext("Too many tries"),
            gettext("Wait a few minutes, then try again."),
            can_retry=True,
        ),
        500: Trouble(
            gettext("Something broke on our side"),
            gettext("It is written down. Try again; what you saved before is safe."),
            can_retry=True,
        ),
        503: Trouble(
            gettext("Back in a moment"),
            gettext("The program is starting or being updated. Try again in a minute."),
            can_retry=True,
        ),
    }


STALE_FORM = "stale form"


def error_page(request: HttpRequest, status: int, *, reason: str = "") -> HttpResponse:
    """The page of one status; for a request by script only a short note that fits into a part of a page.

    It reads no database and runs no context processors, so it works when those are what failed.
    """
    preferences = preferences_of(request)
    with translation.override(preferences.language):
        trouble = _troubles()[status]
        if reason == STALE_FORM:
            trouble = Trouble(
                gettext("This page was open for too long"),
                gettext("Load it again, then send the form once more."),
            )
        can_retry = trouble.can_retry and request.method == "GET"
        if status == 503 and request.method == "POST":
            trouble = Trouble(
                trouble.title,
                gettext("What you sent was not taken. Go back in a minute and send it again."),
            )
        context = {
            "code": status,
            "title": trouble.title,
            "text": trouble.text,
            "retry": request.get_full_path() if can_retry else "",
            "preferences": preferences,
            "shell": {},
        }
        template = "ui/_error.html" if request.headers.get("HX-Request") else "ui/error.html"
        return HttpResponse(render_to_string(template, context), status=status)


def last_resort(status: int) -> HttpResponse:
    """Plain words for when even the page of the error cannot be made."""
    return HttpResponse(
        gettext("Something broke on our side. Try again in a minute."),
        content_type="text/plain; charset=utf-8",
        status=status,
    )
