"""Links to results: made, listed and taken back by the team; opened by whoever has one, numbers only."""

from http import HTTPStatus
from urllib.parse import urlsplit
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from wayloop.accounts.api import Permission, audit, member_of, names_of, permission_required
from wayloop.contracts.scope import Scope
from wayloop.kernel import clock, signing
from wayloop.surveys.acts import SHARE_OPENED
from wayloop.surveys.models import ResultShare
from wayloop.surveys.services.shares import DAYS, LINK, link_of, note_opening, revoke_share, share_results
from wayloop.surveys.standing import promise_of, published
from wayloop.surveys.tally.page import results
from wayloop.surveys.views.asked import asked_of
from wayloop.surveys.views.results import ALL, document_for, filter_told, headline_of, open_survey_for, plain_block
from wayloop.ui.toasts import notify


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.SURVEYS_CHANGE)
def share_list(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The links to results of a survey; a POST makes one for the filter in the address (`days`)."""
    member = member_of(request)
    survey = open_survey_for(request, uuid)
    document = document_for(request, survey)
    asked = asked_of(request.GET, document, ALL)
    if request.method == "POST":
        days = request.POST.get("days", "")
        share_results(
            survey_id=survey.pk,
            query=asked.address()[1:],
            scope=member.scope,
            by=member.id,
            days=int(days) if days in map(str, DAYS) else DAYS[1],
            name=request.POST.get("name", "").replace("\0", ""),
        )
        notify(request, _("The link is made."))
        return redirect(reverse("survey_desk:shares", args=[uuid]) + asked.address())
    now = clock.now()
    rows = ResultShare.objects.filter(survey=survey, expires_at__gt=now, revoked_at=None).order_by("-pk")
    if member.scope.locations is not None:
        # A link shows what its maker sees: others' may show more.
        rows = rows.filter(made_by=member.id)
    found = list(rows[:100])
    names = names_of([one.made_by for one in found])
    context = {
        "survey": survey,
        "rows": [
            {
                "share": one,
                "link": (link := link_of(share=one)),
                "path": urlsplit(link).path,
                "by": names.get(one.made_by, ""),
                "told": filter_told(asked_of(QueryDict(one.query), document, ALL), document),
            }
            for one in found
        ],
        "days": [(one, ngettext("%(n)s day", "%(n)s days", one) % {"n": one}) for one in DAYS],
        "usual": DAYS[1],
        "told": filter_told(asked, document),
        "back": reverse("survey_desk:results", args=[uuid]) + asked.address(),
        "action": reverse("survey_desk:shares", args=[uuid]) + asked.address(),
    }
    return render(request, "surveys/shares.html", context)


@require_POST
@permission_required(Permission.SURVEYS_CHANGE)
def share_revoke(request: HttpRequest, uuid: UUID, number: int) -> HttpResponse:
    """Takes a link back (`back` gives it again)."""
    survey = open_survey_for(request, uuid)
    member = member_of(request)
    mine = ResultShare.objects.filter(pk=number, survey=survey).first()
    if mine is None or (member.scope.locations is not None and mine.made_by != member.id):
        raise Http404
    back = "back" in request.GET
    revoke_share(survey_id=survey.pk, share_id=number, back=back)
    if not back:
        notify(request, _("The link opens nothing any more."), undo_url=f"{request.path}?back=1")
    return redirect("survey_desk:shares", uuid)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
def shared(request: HttpRequest, token: str) -> HttpResponse:
    """The numbers of a link: no words, no names, no single answers; each opening is a line of the audit trail.

    A POST comes from the page when somebody has it before them, and counts.
    """
    try:
        number = int(signing.unsign(LINK, token))
    except signing.Expired:
        return _over(request)
    except signing.BadToken:
        raise Http404 from None
    share = ResultShare.objects.select_related("survey").filter(pk=number).first()
    if share is None or share.revoked_at is not None or promise_of(share.survey_id):
        return _over(request)
    is_outside = not request.user.is_authenticated
    if request.method == "POST":
        if is_outside:
            note_opening(share_id=share.pk)
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    survey = share.survey
    document = published(survey.pk, survey.current)
    asked = asked_of(QueryDict(share.query), document, ALL)
    scope = Scope(None if share.location_ids is None else tuple(share.location_ids))
    found = results(survey_id=survey.pk, document=document, wanted=asked.wanted, before=asked.before, scope=scope)
    if request.method == "GET":
        audit(act=SHARE_OPENED, kind="survey", subject=survey.pk, details={"share": str(share.uuid)})
    context = {
        "survey": survey,
        "found": found,
        "headline": headline_of(found.headline, asked) if found.headline else None,
        "blocks": [plain_block(one) for one in found.questions],
        "told": filter_told(asked, document),
        "expires": share.expires_at,
        "is_counted": is_outside,
    }
    return render(request, "surveys/shared.html", context)


def _over(request: HttpRequest) -> HttpResponse:
    return render(request, "surveys/shared_over.html", status=HTTPStatus.GONE)
