"""The rules of contact pressure, for members."""

from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from wayloop.accounts.api import Permission, member_of, permission_required
from wayloop.business import api as business
from wayloop.privacy.enums import Channel, Purpose
from wayloop.privacy.forms import LimitForm, PaceForm, TextForm
from wayloop.privacy.models import Limit
from wayloop.privacy.queries.pressure import pace_rules
from wayloop.privacy.queries.wordings import wordings
from wayloop.privacy.services import pacing
from wayloop.privacy.services.consents import write_text
from wayloop.ui.toasts import notify

REFUSED = HTTPStatus.UNPROCESSABLE_ENTITY


@require_http_methods(["GET", "HEAD"])
@permission_required(Permission.SETTINGS_VIEW)
def rules(request: HttpRequest) -> HttpResponse:
    """How often customers hear from us, and when never."""
    return _page(request)


@require_POST
@permission_required(Permission.SETTINGS_CHANGE)
def pace(request: HttpRequest) -> HttpResponse:
    """Changes gap, quiet hours and what needs a consent."""
    form = PaceForm(request.POST)
    if not form.is_valid():
        return _page(request, pace_form=form)
    pacing.change_pace(**form.cleaned_data)
    notify(request, _("Saved. It counts from the next contact on."))
    return redirect("privacy:rules")


@require_POST
@permission_required(Permission.SETTINGS_CHANGE)
def limit(request: HttpRequest) -> HttpResponse:
    """Adds a limit; one that was removed comes back by its address."""
    form = LimitForm(request.POST if "most" in request.POST else request.GET)
    if form.is_valid():
        try:
            pacing.add_limit(**form.cleaned_data)
        except pacing.RuleRefused:
            form.add_error("days", _("There is a limit for this already. Remove it first."))
        else:
            return redirect("privacy:rules")
    return _page(request, limit_form=form)


@require_POST
@permission_required(Permission.SETTINGS_CHANGE)
def remove(request: HttpRequest, number: int) -> HttpResponse:
    """Removes a limit, with a way back."""
    gone = pacing.remove_limit(number=number)
    if gone is not None:
        told = {"purpose": gone.purpose, "channel": gone.channel, "most": gone.most, "days": gone.days}
        notify(request, _("The limit is removed."), undo_url=f"{reverse('privacy:limit')}?{urlencode(told)}")
    return redirect("privacy:rules")


@require_http_methods(["GET", "HEAD"])
@permission_required(Permission.SETTINGS_VIEW)
def texts(request: HttpRequest) -> HttpResponse:
    """What people read when they agree, in all languages of the business."""
    return _texts(request)


@require_POST
@permission_required(Permission.SETTINGS_CHANGE)
def text(request: HttpRequest, purpose: str, language: str) -> HttpResponse:
    """Writes a new version; whoever agreed before has agreed to the words of then."""
    offered = {(one.purpose.value, one.language): one for one in wordings(business.profile().content_languages)}
    before = offered.get((purpose, language))
    if before is None:
        raise Http404
    form = TextForm(request.POST if "body" in request.POST else request.GET)
    if not form.is_valid():
        return _texts(request, refused=(purpose, language, form))
    write_text(purpose=before.purpose, language=language, body=form.cleaned_data["body"], member=member_of(request).id)
    back = reverse("privacy:text", args=[purpose, language])
    notify(
        request,
        _("Saved as a new version. Consents given before keep the words they were given to."),
        undo_url=f"{back}?{urlencode({'body': before.body})}",
    )
    return redirect("privacy:texts")


def _texts(request: HttpRequest, *, refused: tuple[str, str, TextForm] | None = None) -> HttpResponse:
    names = dict(business.content_language_choices(get_language() or "en"))
    parts: dict[Purpose, list[Any]] = {}
    for one in wordings(business.profile().content_languages):
        is_refused = refused is not None and refused[:2] == (one.purpose, one.language)
        form = refused[2] if refused and is_refused else TextForm(initial={"body": one.body})
        parts.setdefault(one.purpose, []).append((one, names.get(one.language, one.language), form))
    context = {
        "parts": list(parts.items()),
        "may_change": member_of(request).may(Permission.SETTINGS_CHANGE),
    }
    return render(request, "privacy/texts.html", context, status=REFUSED if refused else HTTPStatus.OK)


def _page(
    request: HttpRequest, *, pace_form: PaceForm | None = None, limit_form: LimitForm | None = None
) -> HttpResponse:
    found = pace_rules()
    context = {
        "limits": [
            (
                one.pk,
                Purpose(one.purpose).label if one.purpose else _("Everything but service messages"),
                Channel(one.channel).label if one.channel else "",
                one.most,
                one.days,
            )
            for one in Limit.objects.order_by("id")
        ],
        "rules": found,
        "needed": [purpose.label for purpose in Purpose if purpose in found.consent_needed],
        "gap_hours": int(found.gap.total_seconds() // 3600),
        "may_change": member_of(request).may(Permission.SETTINGS_CHANGE),
        "pace_form": pace_form
        or PaceForm(
            initial={
                "gap_hours": int(found.gap.total_seconds() // 3600),
                "quiet_from": f"{found.quiet_from:%H:%M}",
                "quiet_to": f"{found.quiet_to:%H:%M}",
                "consent_needed": sorted(found.consent_needed),
            }
        ),
        "limit_form": limit_form or LimitForm(),
    }
    return render(request, "privacy/rules.html", context, status=REFUSED if pace_form or limit_form else HTTPStatus.OK)
