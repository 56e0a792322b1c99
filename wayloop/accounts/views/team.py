"""The team: who works here, invitations, what each may."""

from collections.abc import Iterable
from http import HTTPStatus

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wayloop.accounts.enums import PERMISSIONS, Permission, Role
from wayloop.accounts.forms.team import InvitationForm, RightsForm
from wayloop.accounts.guard import permission_required
from wayloop.accounts.models import Invitation, Member, scope_of
from wayloop.accounts.queries.invitations import open_invitations, token_of
from wayloop.accounts.queries.members import demanded_roles, factors_of, keys_of, team
from wayloop.accounts.queries.sessions import sessions_of
from wayloop.accounts.services import factors, invitations, members
from wayloop.accounts.services.members import MemberRefused, Rights
from wayloop.accounts.services.sessions import end_sessions
from wayloop.business import api as business
from wayloop.contracts.scope import EVERYTHING, Scope
from wayloop.kernel import clock
from wayloop.ui.toasts import notify

REFUSED = HTTPStatus.UNPROCESSABLE_ENTITY


@require_safe
@permission_required(Permission.TEAM_VIEW)
def team_page(request: HttpRequest) -> HttpResponse:
    """Who works here, and open invitations: to whom sees some locations only, those that share one with them."""
    seen, places = _member(request).scope, business.locations(with_archived=True)
    names = _names_of(places, seen)

    def are_near(one: Member | Invitation) -> bool:
        return seen.meets(scope_of(one.location_ids, one.brand_ids, places=places))

    rows = [
        (row, _limits(row.member.location_ids, row.member.brand_ids, names)) for row in team() if are_near(row.member)
    ]
    now = clock.now()
    waiting = [
        (one, _limits(one.location_ids, one.brand_ids, names), one.expires_at <= now)
        for one in open_invitations()
        if are_near(one)
    ]
    context = {
        "rows": [row for row in rows if row[0].member.is_active],
        "former": [row for row in rows if not row[0].member.is_active],
        "invitations": waiting,
        "may_change": _may_change(request),
        "demanded": demanded_roles(),
    }
    return render(request, "accounts/team.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.TEAM_CHANGE)
def invite(request: HttpRequest) -> HttpResponse:
    """A form for an invitation; POST makes it and shows its link."""
    form = InvitationForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = invitations.invite(
                email=form.cleaned_data["email"],
                rights=form.rights,
                days=int(form.cleaned_data["days"]),
                by=_member(request),
            )
        except MemberRefused as refusal:
            form.add_error(refusal.part, refusal.reasons)
        else:
            return redirect("team_invitation", number=made.pk)
    status = REFUSED if form.is_bound else HTTPStatus.OK
    return render(request, "accounts/invite.html", {"form": form}, status=status)


@require_safe
@permission_required(Permission.TEAM_CHANGE)
def invitation(request: HttpRequest, number: int) -> HttpResponse:
    """An open invitation with its link to copy."""
    found = get_object_or_404(Invitation, pk=number, accepted_at=None, withdrawn_at=None)
    limits = _limits(found.location_ids, found.brand_ids, _names_of(business.locations(with_archived=True)))
    link = _absolute(reverse("join", args=[token_of(found)]))
    is_over = found.expires_at <= clock.now()
    context = {"invitation": found, "limits": limits, "link": link, "is_over": is_over}
    return render(request, "accounts/invitation.html", context)


@require_POST
@permission_required(Permission.TEAM_CHANGE)
def invitation_deed(request: HttpRequest, number: int) -> HttpResponse:
    """Withdraws an invitation, or takes that back."""
    found = get_object_or_404(Invitation, pk=number)
    deed = request.POST.get("do") or request.GET.get("do")
    if deed == "withdraw":
        if invitations.withdraw(number=number):
            undo = f"{reverse('team_invitation_deed', args=[number])}?do=restore"
            notify(request, _("The invitation of %(email)s is withdrawn") % {"email": found.email}, undo_url=undo)
    elif deed == "restore":
        if invitations.bring_back(number=number):
            notify(request, _("The invitation of %(email)s works again") % {"email": found.email}, kind="info")
        else:
            notify(request, _("This invitation cannot come back. Make a new one."), kind="warn")
    else:
        raise BadRequest("no such deed")
    return redirect("team")


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.TEAM_CHANGE)
def member(request: HttpRequest, number: int) -> HttpResponse:
    """One member: what they may; POST changes it."""
    found = _found(number)
    rights = Rights(Role(found.role), _tuple(found.location_ids), _tuple(found.brand_ids))
    form = RightsForm(request.POST if request.method == "POST" else None, rights=rights)
    if request.method == "POST" and form.is_valid():
        try:
            is_changed = members.change_rights(member=found, rights=form.rights)
        except MemberRefused as refusal:
            form.add_error(refusal.part, refusal.reasons)
        else:
            return _changed(request, found, is_changed=is_changed)
    return _member_page(request, found, form)


@require_POST
@permission_required(Permission.TEAM_CHANGE)
def member_deed(request: HttpRequest, number: int) -> HttpResponse:
    """Switches a member off (that can be undone) or lets them back in, ends their sessions, helps who lost a key."""
    found = _found(number)
    deed = request.POST.get("do") or request.GET.get("do")
    if deed == "off":
        try:
            members.switch_off(member=found)
        except MemberRefused as refusal:
            notify(request, str(refusal), kind="warn")
        else:
            undo = f"{reverse('team_member_deed', args=[number])}?do=on"
            notify(request, _("%(name)s is switched off and signed out") % {"name": found.name}, undo_url=undo)
        return redirect("team")
    if deed == "on":
        members.let_back_in(member=found)
        notify(request, _("%(name)s can sign in again") % {"name": found.name}, kind="info")
        return redirect("team")
    if deed == "sign-out":
        end_sessions(member=found)
        notify(request, _("%(name)s is signed out everywhere") % {"name": found.name})
    elif deed == "factors":
        factors.remove_all_factors(member=found)
        notify(request, _("%(name)s signs in with the password alone now") % {"name": found.name}, kind="warn")
    elif deed == "password":
        if not found.is_active:
            raise BadRequest("nobody signs in while switched off")
        token = invitations.make_reset_link(member=found)
        form = RightsForm(rights=Rights(Role(found.role), _tuple(found.location_ids), _tuple(found.brand_ids)))
        return _member_page(request, found, form, reset_link=_absolute(reverse("new_password", args=[token])))
    else:
        raise BadRequest("no such deed")
    return redirect("team_member", number=number)


def _member_page(request: HttpRequest, found: Member, form: RightsForm, *, reset_link: str = "") -> HttpResponse:
    context = {
        "person": found,
        "form": form,
        "factors": factors_of(found),
        "sessions": sessions_of(found),
        "keys": keys_of(found),
        "reset_link": reset_link,
        "is_self": found == request.user,
        "name": found.name,
    }
    return render(request, "accounts/member.html", context, status=REFUSED if form.is_bound else HTTPStatus.OK)


def _changed(request: HttpRequest, found: Member, *, is_changed: bool) -> HttpResponse:
    if not is_changed:
        notify(request, _("Nothing changed"), kind="info")
    elif found == request.user:
        notify(request, _("Your own rights changed. Sign in again."), kind="info")
    else:
        notify(request, _("Saved. %(name)s was signed out and works with the new rights.") % {"name": found.name})
    return redirect("team")


def _found(number: int) -> Member:
    return get_object_or_404(Member, pk=number)


def _member(request: HttpRequest) -> Member:
    if not isinstance(request.user, Member):
        raise Http404
    return request.user


def _may_change(request: HttpRequest) -> bool:
    return Permission.TEAM_CHANGE in PERMISSIONS[Role(_member(request).role)]


def _absolute(path: str) -> str:
    """A link to copy: only ever of the one address, whatever name the request came under."""
    return f"{settings.CSRF_TRUSTED_ORIGINS[0]}{path}"


def _names_of(places: Iterable[business.Place], seen: Scope = EVERYTHING) -> tuple[dict[int, str], dict[int, str]]:
    """The names of locations and of brands by id, as far as the scope lets see."""
    near = [one for one in places if seen.locations is None or one.id in seen.locations]
    own = {one.brand for one in near}
    brands = [one for one in business.brands(with_archived=True) if seen.sees_everything or one.id in own]
    return {one.id: str(one.name) for one in near}, {one.id: str(one.name) for one in brands}


def _limits(
    location_ids: list[int] | None, brand_ids: list[int] | None, names: tuple[dict[int, str], dict[int, str]]
) -> str:
    """The names of what somebody is limited to; empty without a limit."""
    known = [(location_ids, names[0]), (brand_ids, names[1])]
    return ", ".join(of[one] for ids, of in known for one in ids or () if one in of)


def _tuple(ids: list[int] | None) -> tuple[int, ...] | None:
    return None if ids is None else tuple(ids)
