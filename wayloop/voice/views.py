"""“You said, we did”: changes, what stands behind them, who was told; and thanks with words that may be shown."""

from http import HTTPStatus
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wayloop.accounts.api import Permission, member_of, permission_required
from wayloop.business import api as business
from wayloop.customers import api as customers
from wayloop.identity import api as identity
from wayloop.kernel.localised import Localised
from wayloop.ui.formats import number
from wayloop.ui.toasts import notify
from wayloop.voice.forms import BehindForm, ChangeForm, ThankingForm
from wayloop.voice.models import Behind, Change, Thanks
from wayloop.voice.queries import (
    Figures,
    change_by_uuid,
    figures_of,
    list_behind,
    list_changes,
    list_thanks,
    state_of_people,
)
from wayloop.voice.rules import MOST_AT_ONCE, VoiceRefused
from wayloop.voice.services import changes as services
from wayloop.voice.services import telling, thanks
from wayloop.voice.sources import sources, tell

REFUSED = HTTPStatus.UNPROCESSABLE_ENTITY


@require_safe
@permission_required(Permission.VOICE_VIEW)
def change_list(request: HttpRequest) -> HttpResponse:
    """What was changed because customers said so, the newest first."""
    member = member_of(request)
    page = list_changes(scope=member.scope, after=request.GET.get("after"))
    figures = figures_of([one.pk for one in page.rows])
    places = {place.id: place.name for place in business.locations(with_archived=True)}
    context = {
        "rows": [(one, figures.get(one.pk, Figures()), places.get(one.location_id or 0)) for one in page.rows],
        "next_key": page.next_key,
        "is_first_page": not request.GET.get("after"),
        "may_change": member.may(Permission.VOICE_CHANGE),
    }
    return render(request, "voice/changes.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.VOICE_CHANGE)
def edit_change(request: HttpRequest, uuid: UUID | None = None) -> HttpResponse:
    """A new change, or one written anew; refused when somebody else did meanwhile."""
    member = member_of(request)
    change = _change(request, uuid) if uuid else None
    form = ChangeForm(request.POST if request.method == "POST" else None, scope=member.scope, change=change)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            kept = services.write_change(
                title=given["title"],
                text=given["text"],
                happened_on=given["happened_on"],
                location_id=form.location_id,
                by=member.id,
                change_id=change.pk if change else None,
                seen=given["seen"] or 0,
            )
        except services.ChangeChanged:
            form.add_error(None, _("Somebody has changed it meanwhile. Open it anew, then write your change."))
        except VoiceRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            notify(request, _("Saved"))
            return redirect("voice:change", uuid=kept.uuid)
    status = REFUSED if request.method == "POST" else HTTPStatus.OK
    return render(request, "voice/change_edit.html", {"form": form, "change": change}, status=status)


@require_safe
@permission_required(Permission.VOICE_VIEW)
def change_page(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One change: what stands behind it, and where telling each of those people stands."""
    member = member_of(request)
    change = _change(request, uuid)
    page = list_behind(change=change.pk, scope=member.scope, after=request.GET.get("after"))
    context = {
        "change": change,
        "figures": figures_of([change.pk])[change.pk],
        "place": {one.id: one.name for one in business.locations(with_archived=True)}.get(change.location_id or 0),
        "rows": _behind_rows(request, change, page.rows),
        "next_key": page.next_key,
        "is_first_page": not request.GET.get("after"),
        "may_change": member.may(Permission.VOICE_CHANGE),
        "sees_customers": member.may(Permission.CUSTOMERS_VIEW),
        "form": BehindForm() if member.may(Permission.VOICE_CHANGE) else None,
    }
    return render(request, "voice/change.html", context)


@require_POST
@permission_required(Permission.VOICE_CHANGE)
def put_behind(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Puts what fits behind the change, at most 5,000 things at once."""
    change = _change(request, uuid)
    form = BehindForm(request.POST)
    if not form.is_valid():
        notify(request, _("Choose what they said."), kind="warn")
        return redirect("voice:change", uuid=uuid)
    source, key, text, since, location = form.asked
    found = sources()[source].find(key, text, since, location, MOST_AT_ONCE)
    n = services.put_behind(change_id=change.pk, source=source, things=found)
    if change.is_told:
        telling.tell_late_comers(change_id=change.pk)
    told = ngettext("%(n)s answer more stands behind it", "%(n)s answers more stand behind it", n)
    notify(request, told % {"n": number(n)} if n else _("Nothing new fits."), kind="good" if n else "info")
    return redirect("voice:change", uuid=uuid)


@require_POST
@permission_required(Permission.VOICE_CHANGE)
def change_deed(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Tells people (`do=tell`), stops that (`stop`), takes one thing from behind it (`drop` with `row`), takes the
    change away (`remove`); anything else brings it back."""
    change = _change(request, uuid, with_removed=True)
    wanted = request.POST.get("do", "")
    try:
        if wanted == "tell":
            telling.start_telling(change_id=change.pk, by=member_of(request).id)
            notify(request, _("People behind it are told, each of them once"))
        elif wanted == "stop":
            telling.stop_telling(change_id=change.pk)
            notify(request, _("Nobody more is told"))
        elif wanted == "drop":
            row = request.POST.get("row", "")
            mine = Behind.objects.filter(change=change, pk=int(row)).first() if _is_number(row) else None
            if mine is not None and not services.take_from_behind(behind_id=mine.pk):
                notify(request, _("They were told already."), kind="warn")
        elif wanted == "remove":
            services.remove_change(change_id=change.pk)
            notify(request, _("The change is taken away"), undo_url=request.path)
            return redirect("voice:changes")
        else:
            services.remove_change(change_id=change.pk, is_removed=False)
    except VoiceRefused as refusal:
        notify(request, str(refusal), kind="warn")
    return redirect("voice:change", uuid=uuid)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.VOICE_VIEW)
def thanks_page(request: HttpRequest) -> HttpResponse:
    """Who was thanked, whose words may be shown (`words=1`), and how the business thanks."""
    member = member_of(request)
    may_change = member.may(Permission.VOICE_CHANGE)
    how = thanks.thanking()
    form = ThankingForm(request.POST if request.method == "POST" else None, how=how)
    if request.method == "POST":
        if not may_change:
            return HttpResponse(status=HTTPStatus.FORBIDDEN)
        if form.is_valid():
            given = form.cleaned_data
            thanks.set_thanking(
                is_on=given["is_on"],
                text=form.text,
                asks_words=given["asks_words"],
                invites_friends=given["invites_friends"],
                tags_ambassadors=given["tags_ambassadors"],
                reward=form.reward,
                link=given["link"],
            )
            notify(request, _("Saved"))
            return redirect("voice:thanks")
    only_words = request.GET.get("words") == "1"
    page = list_thanks(scope=member.scope, only_words=only_words, after=request.GET.get("after"))
    titles = customers.titles_of([one.person for one in page.rows], member.scope)
    context = {
        "rows": [(one, titles.get(one.person)) for one in page.rows],
        "next_key": page.next_key,
        "is_first_page": not request.GET.get("after"),
        "only_words": only_words,
        "form": form if may_change else None,
        "how": how,
        "sees_customers": member.may(Permission.CUSTOMERS_VIEW),
        "may_change": may_change,
        "has_text": how.text != Localised(),
    }
    return render(request, "voice/thanks.html", context, status=REFUSED if form.errors else HTTPStatus.OK)


@require_POST
@permission_required(Permission.VOICE_CHANGE)
def thanks_deed(request: HttpRequest) -> HttpResponse:
    """Notes that somebody came by a friend's code (`do=came`), or stops showing somebody's words (`hide`)."""
    wanted = request.POST.get("do", "")
    try:
        if wanted == "came":
            row = thanks.note_friend(code=request.POST.get("code", "").replace("\0", ""))
            text = ngettext("%(n)s friend came by this code", "%(n)s friends came by this code", row.came)
            notify(request, text % {"n": number(row.came)})
        elif wanted == "hide" and _is_number(request.POST.get("row", "")):
            found = Thanks.objects.filter(pk=int(request.POST["row"])).first()
            if found is None:
                raise Http404
            thanks.withdraw_words(thanks_id=found.pk, by=member_of(request).id)
            notify(request, _("The words are shown no more"))
    except VoiceRefused as refusal:
        notify(request, str(refusal), kind="warn")
    return redirect(reverse("voice:thanks"))


def _behind_rows(request: HttpRequest, change: Change, rows: object) -> list[dict[str, object]]:
    scope = member_of(request).scope
    found = list(rows)  # type: ignore[call-overload]
    known = tell([(one.source, one.thing) for one in found], scope)
    handles = [one.handle for one in found if one.handle is not None]
    people = identity.people_of(handles)
    titles = customers.titles_of(sorted(set(people.values())), scope)
    states = state_of_people(change.pk, handles)
    return [
        {
            "row": one,
            "feedback": known.get((one.source, one.thing)),
            "customer": titles.get(people.get(one.handle or 0, 0)),
            "telling": states.get(one.handle or 0),
        }
        for one in found
    ]


def _change(request: HttpRequest, uuid: UUID, *, with_removed: bool = False) -> Change:
    found = change_by_uuid(uuid, member_of(request).scope, with_removed=with_removed)
    if found is None:
        raise Http404
    return found


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 18
