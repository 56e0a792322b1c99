"""Surveys on sites of the business: which sites may frame them, and the script that does."""

import json
import re
from functools import cache
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from wayloop.surveys.models import Site, Survey
from wayloop.surveys.rules import SurveyRefused

SOURCE = "frontend/popin/main.ts"
_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"(?=.{{1,253}}$){_LABEL}(\.{_LABEL})*")


def read_origin(text: str) -> str:
    """The origin in what somebody typed: "shop.example" is https. Raises `SurveyRefused` with what to write."""
    refusal = SurveyRefused(_("Write the address of the site, for example https://shop.example."))
    text = text.strip()
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except (ValueError, UnicodeError):
        raise refusal from None
    if parts.scheme not in ("https", "http") or not _HOST.fullmatch(host) or parts.username:
        raise refusal
    return f"{parts.scheme}://{host}{f':{port}' if port else ''}"


def let_frame(answer: HttpResponse) -> None:
    """Lets the sites of the business show this page in a frame; nobody else may."""
    origins = list(Site.objects.order_by("pk").values_list("origin", flat=True))
    if origins:
        answer._csp_replace = {"frame-ancestors": origins}  # type: ignore[attr-defined]
        answer.xframe_options_exempt = True


def snippet_for(survey: Survey) -> str:
    """What the business puts into its page."""
    address = settings.ENVIRONMENT.url + reverse("survey:loader")
    return f'<script src="{address}" data-survey="{survey.link}" async></script>'


@cache
def loader_text() -> bytes:
    """The script as it was built, with its few words; no part of it comes from anybody."""
    built = settings.STATIC_ROOT / "build"
    manifest = json.loads((built / "manifest.json").read_text(encoding="utf-8"))
    content: bytes = (built / manifest[SOURCE]["file"]).read_bytes()
    words = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            words[code] = [_("A few questions"), _("Close")]
    return content.replace(b"__WORDS__", json.dumps(words, ensure_ascii=False).replace('"', '\\"').encode())
