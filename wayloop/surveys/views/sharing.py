"""How a survey reaches people: its link, links for one person, QR codes for a place, kiosks."""

import io
from uuid import UUID

import segno
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from wayloop.accounts.api import MemberInfo, Permission, member_of, permission_required
from wayloop.business import api as business
from wayloop.surveys.document.holes import fill
from wayloop.surveys.doors import link_for_invitation, link_for_place, link_to
from wayloop.surveys.forms import KioskForm
from wayloop.surveys.kiosk import kiosk_address
from wayloop.surveys.models import Kiosk, Site, Survey
from wayloop.surveys.popin import snippet_for
from wayloop.surveys.rules import SurveyRefused
from wayloop.surveys.services.invitations import invite
from wayloop.surveys.services.kiosks import add_kiosk as add
from wayloop.surveys.services.kiosks import remove_kiosk as remove
from wayloop.surveys.services.kiosks import restore_kiosk
from wayloop.surveys.services.sites import add_site, remove_site
from wayloop.surveys.standing import published
from wayloop.surveys.views.listing import survey_for
from wayloop.ui.downloads import saved
from wayloop.ui.toasts import notify


@require_safe
@permission_required(Permission.SURVEYS_CHANGE)
def share(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """All ways to hand a survey out; `at` chooses the place of the QR code."""
    return _page(request, survey_for(request, uuid), KioskForm())


@require_POST
@permission_required(Permission.SURVEYS_CHANGE)
def make_link(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """A link for one person and one answer, shown on the page."""
    survey = survey_for(request, uuid)
    try:
        invitation = invite(survey_id=survey.pk, channel="link", first_name=request.POST.get("first_name", "").strip())
    except SurveyRefused as refusal:
        notify(request, str(refusal), kind="warn")
        return redirect("survey_desk:share", uuid)
    return _page(request, survey, KioskForm(), link=link_for_invitation(invitation))


@require_safe
@permission_required(Permission.SURVEYS_CHANGE)
def table_card(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """A card to print and to stand on a table: the question, the code, the address in words."""
    survey = survey_for(request, uuid)
    place = _place(request, member_of(request))
    link = link_for_place(survey, place)
    document = published(survey.pk, survey.current)
    context = {
        "business": business.profile().name,
        "picture": _svg(link),
        "texts": [
            (code, fill(document.questions[0].text.in_language(code), {}))
            for code in document.languages
            if document.questions
        ],
    }
    return render(request, "surveys/table_card.html", context)


@require_safe
@permission_required(Permission.SURVEYS_CHANGE)
def qr_file(request: HttpRequest, uuid: UUID) -> HttpResponseBase:
    """The QR code as an SVG file."""
    survey = survey_for(request, uuid)
    picture = io.BytesIO()
    segno.make(link_for_place(survey, _place(request, member_of(request))), error="m").save(
        picture, kind="svg", scale=8, border=4
    )
    return saved(picture.getvalue(), "survey-qr.svg", "image/svg+xml")


@require_POST
@permission_required(Permission.SURVEYS_CHANGE)
def add_kiosk(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Sets up a device at a place, guarded by a PIN."""
    survey = survey_for(request, uuid)
    form = KioskForm(request.POST)
    if not form.is_valid():
        return _page(request, survey, form, status=422)
    kiosk = add(
        survey_id=survey.pk,
        name=form.cleaned_data["name"],
        pin=form.cleaned_data["pin"],
        location_id=_place(request, member_of(request)),
    )
    notify(request, _("“%(name)s” is ready: open its address on the device") % {"name": kiosk.name})
    return redirect("survey_desk:share", uuid)


@require_POST
@permission_required(Permission.SURVEYS_CHANGE)
def remove_kiosk(request: HttpRequest, kiosk_id: int) -> HttpResponse:
    """Takes a kiosk away (`do=remove`), or brings it back, as in the undo of a toast."""
    seen = _kiosks_for(member_of(request))
    kiosk = seen.select_related("survey").filter(pk=kiosk_id).first()
    if kiosk is None:
        raise Http404
    survey = survey_for(request, kiosk.survey.uuid)
    if request.POST.get("do") == "remove":
        remove(kiosk_id=kiosk.pk)
        notify(request, _("“%(name)s” is taken away") % {"name": kiosk.name}, undo_url=request.path)
    else:
        restore_kiosk(kiosk_id=kiosk.pk)
    return redirect("survey_desk:share", survey.uuid)


@require_POST
@permission_required(Permission.SURVEYS_CHANGE)
def change_sites(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Adds a site that may show surveys (`origin`), or takes one away (`drop`); for those who see the whole business.

    A site is not one location's: it may show every survey.
    """
    survey = survey_for(request, uuid)
    if not member_of(request).scope.sees_everything:
        raise PermissionDenied
    try:
        if dropped := request.POST.get("drop", ""):
            remove_site(origin=dropped)
            notify(request, _("Surveys are not shown there any more"))
        else:
            add_site(origin=request.POST.get("origin", ""))
    except SurveyRefused as refusal:
        notify(request, str(refusal), kind="warn")
    return redirect(f"{reverse('survey_desk:share', args=[survey.uuid])}#site")


def _page(request: HttpRequest, survey: Survey, form: KioskForm, *, link: str = "", status: int = 200) -> HttpResponse:
    member = member_of(request)
    place = _place(request, member)
    address = link_for_place(survey, place)
    kiosks = _kiosks_for(member).filter(survey=survey, removed_at=None).order_by("pk")
    context = {
        "survey": survey,
        "link": link_to(survey),
        "single": link,
        "place": place,
        "places": [(one.id, one.name) for one in business.locations(scope=member.scope)],
        "picture": _svg(address),
        "address": address,
        "form": form,
        "snippet": snippet_for(survey),
        "may_ask": member.scope.sees_everything,
        "sites": list(Site.objects.order_by("pk").values_list("origin", flat=True)),
        "kiosks": [(kiosk, kiosk_address(kiosk)) for kiosk in kiosks],
        "is_asked": survey.current is not None and survey.closed_at is None,
    }
    return render(request, "surveys/share.html", context, status=status)


def _kiosks_for(member: MemberInfo) -> QuerySet[Kiosk]:
    """Those of the places the member sees, and of no place."""
    places = member.scope.locations
    return (
        Kiosk.objects.all() if places is None else Kiosk.objects.filter(Q(location_id=None) | Q(location_id__in=places))
    )


def _place(request: HttpRequest, member: MemberInfo) -> int | None:
    given = request.POST.get("at", "") or request.GET.get("at", "")
    known = {str(one.id): one.id for one in business.locations(scope=member.scope)}
    if given and given not in known:
        # A place one does not see is never taken for “all of them”.
        raise Http404
    return known.get(given)


def _svg(text: str) -> SafeString:
    """A QR code as a drawing of its own; all of it is made by us."""
    picture = io.BytesIO()
    segno.make(text, error="m").save(
        picture, kind="svg", border=2, xmldecl=False, svgns=True, omitsize=True, svgclass="qr", lineclass=None
    )
    return mark_safe(picture.getvalue().decode())  # noqa: S308 – squares drawn from an address of ours
