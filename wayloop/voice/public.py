"""The page of somebody who was thanked: may we show your words, and a code for friends. Looking changes nothing."""

from http import HTTPStatus
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from wayloop.business import api as business
from wayloop.kernel.signing import BadToken
from wayloop.privacy import api as privacy
from wayloop.ui.requests import unlogged
from wayloop.voice.links import thanks_of
from wayloop.voice.models import Thanks
from wayloop.voice.rules import LONGEST_NAME, LONGEST_QUOTE, VoiceRefused
from wayloop.voice.services import thanks as services


@login_not_required
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, token: str) -> HttpResponse:
    """The signed link stands for the sign-in, so a forged post could do no more than whoever holds it."""
    try:
        row = Thanks.objects.filter(pk=thanks_of(token)).first()
    except (BadToken, ValueError):
        row = None
    if row is None:
        return unlogged(render(request, "voice/over.html", status=HTTPStatus.GONE))
    language, error = get_language() or "en", ""
    if request.method == "POST":
        if request.POST.get("do") == "withdraw":
            row = services.withdraw_words(thanks_id=row.pk, language=language)
        elif request.POST.get("agree") == "1":
            try:
                row = services.allow_words(
                    thanks_id=row.pk,
                    quote=request.POST.get("quote", ""),
                    name=request.POST.get("name", ""),
                    language=language,
                )
            except VoiceRefused as refusal:
                error = str(refusal)
        else:
            error = _("Tick the sentence first, if you agree.")
    how, profile = services.thanking(), business.profile()
    context: dict[str, Any] = {
        "row": row,
        "business": profile,
        "asks_words": how.asks_words,
        "invites": how.invites_friends,
        "reward": how.reward.in_language(language).strip(),
        "link": services.link_of(how=how, code=row.code),
        "is_shown": row.allowed_at is not None and row.withdrawn_at is None,
        "is_withdrawn": row.withdrawn_at is not None,
        "quote": row.quote or services.said_with(rows=[row]).get(row.pk, ""),
        "consent": privacy.wording(privacy.Purpose.TESTIMONIAL, language, profile.name)[0],
        "error": error,
        "longest": LONGEST_QUOTE,
        "longest_name": LONGEST_NAME,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK
    return unlogged(render(request, "voice/page.html", context, status=status))
