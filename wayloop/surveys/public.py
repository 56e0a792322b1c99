"""The respondent's page: one question after another, with script or without, resumed by its address.

GET and HEAD change nothing: a response begins with its first answer. There is no session and no cookie, so a forged
post could do no more than anybody with the link; the link and the page's secret are what lets somebody in.
"""

from dataclasses import replace
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from wayloop.kernel.signing import random_secret
from wayloop.surveys.document.shape import Document
from wayloop.surveys.doors import SITE, Door, NoDoor, open_door
from wayloop.surveys.popin import let_frame, loader_text
from wayloop.surveys.respondent import (
    SECRET,
    and_more,
    closed,
    note_chosen,
    note_looked,
    nothing_here,
    receive,
    show,
    ways_on,
)
from wayloop.surveys.standing import standing_of
from wayloop.surveys.themes import sheet


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
def page(request: HttpRequest, token: str, secret: str = "") -> HttpResponse:
    """The next question of a survey, or an earlier one (`back`); a post answers one, or tells that somebody looks."""
    if secret and not SECRET.fullmatch(secret):
        raise Http404
    try:
        door = open_door(token)
        if "frame" in request.GET and door.channel == "link":
            door = replace(door, channel=SITE)
    except NoDoor as shut:
        return closed(request, Document(), is_late=True) if shut.is_over else nothing_here(request)
    secret = request.POST.get("secret", "") if request.method == "POST" and not secret else secret
    answer = _answered(request, door, token, secret)
    if door.channel == SITE:
        let_frame(answer)
    return answer


def _answered(request: HttpRequest, door: Door, token: str, secret: str) -> HttpResponse:
    if request.method == "POST" and "chosen" in request.POST:
        return note_chosen(request, door)
    if request.method == "POST" and "seen" in request.POST:
        return note_looked(request, door)
    if request.method == "POST":
        return receive(request, door, token, secret)
    standing = standing_of(door, secret)
    if standing.response is None and (secret or not door.is_open):
        # A resumed page nobody began leads to the beginning; a survey that takes nobody says so.
        if not door.is_open:
            return closed(request, standing.document, is_late=door.is_late)
        begin, _resumed = ways_on(door, token, secret)
        language = request.GET.get("lang", "")
        return HttpResponseRedirect(f"{and_more(begin)}{urlencode({'lang': language})}" if language else begin)
    return show(request, door, token, secret or random_secret(), standing)


@require_safe
@login_not_required
@cache_control(public=True, max_age=31_536_000, immutable=True)
def theme(request: HttpRequest, spec: str) -> HttpResponse:
    """The style sheet of a theme; its address says all that is in it."""
    text = sheet(spec)
    if text is None:
        raise Http404
    return HttpResponse(text, content_type="text/css; charset=utf-8")


@require_safe
@login_not_required
@cache_control(public=True, max_age=3600)
def loader(request: HttpRequest) -> HttpResponse:
    """The script that shows a survey on somebody else's page; its address keeps its meaning for ever."""
    # All other things of ours are for our own pages only; browsers would keep this one from other people's, too.
    headers = {"Cross-Origin-Resource-Policy": "cross-origin"}
    return HttpResponse(loader_text(), content_type="text/javascript; charset=utf-8", headers=headers)
