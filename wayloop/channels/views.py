"""How mail leaves: server, senders, signature, a letter to oneself."""

from dataclasses import dataclass
from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from wayloop.accounts.api import Permission, member_of, permission_required
from wayloop.business import api as business
from wayloop.channels.forms import SenderForm, ServerForm
from wayloop.channels.mail.writing import domain_of
from wayloop.channels.models import Sender
from wayloop.channels.queries.setup import KeyShown, keys_shown, mail_server, sender_rows
from wayloop.channels.services import setup
from wayloop.channels.trial import send_trial
from wayloop.contracts.channels import Outcome
from wayloop.kernel.http import OutboundError
from wayloop.ui.toasts import notify

REFUSED = HTTPStatus.UNPROCESSABLE_ENTITY


@dataclass(frozen=True)
class SenderShown:
    """One sender on the page; `brand` 0 is the business."""

    brand: int
    title: str
    row: Sender | None
    form: SenderForm
    domain: str
    key: KeyShown | None


@require_http_methods(["GET", "HEAD"])
@permission_required(Permission.SETTINGS_VIEW)
def mail(request: HttpRequest) -> HttpResponse:
    """How mail leaves."""
    return _page(request)


@require_POST
@permission_required(Permission.SETTINGS_CHANGE)
def server(request: HttpRequest) -> HttpResponse:
    """Chooses the server."""
    form = ServerForm(request.POST, server=mail_server())
    if form.is_valid():
        try:
            setup.choose_server(choice=form.choice())
        except OutboundError as error:
            form.add_error("host", str(error.reason.label))
        else:
            notify(request, _("Saved. Send yourself a letter to see that it works."))
            return redirect("channels:mail")
    return _page(request, server_form=form)


@require_POST
@permission_required(Permission.SETTINGS_CHANGE)
def sender(request: HttpRequest, brand: int) -> HttpResponse:
    """Chooses who writes in the name of the business (0) or of a brand."""
    if brand and brand not in {one.id for one in business.brands()}:
        raise Http404
    form = SenderForm(request.POST)
    if not form.is_valid():
        return _page(request, sender_form=(brand, form))
    setup.choose_sender(brand=brand or None, **form.cleaned_data)
    notify(request, _("Saved."))
    return redirect("channels:mail")


@require_POST
@permission_required(Permission.SETTINGS_CHANGE)
def signing(request: HttpRequest) -> HttpResponse:
    """Makes a key for the domain of a sender, or lets it sign or rest."""
    domain = request.POST.get("domain", "")
    if domain not in {domain_of(one.address) for one in sender_rows()}:
        raise Http404
    if request.POST.get("do") == "make":
        setup.make_signing_key(domain=domain)
        notify(request, _("The key is made. Put its line into the DNS, then switch signing on."))
    else:
        is_on = request.POST.get("do") == "on"
        setup.switch_signing(domain=domain, is_on=is_on)
        notify(request, _("Letters are signed from now on.") if is_on else _("Letters are not signed any more."))
    return redirect("channels:mail")


@require_POST
@permission_required(Permission.SETTINGS_CHANGE)
def switch(request: HttpRequest) -> HttpResponse:
    """Stops all mail, or lets it go on."""
    is_on = request.POST.get("do") == "on"
    setup.switch_mail(is_on=is_on)
    notify(request, _("Mail leaves again.") if is_on else _("No mail leaves. What waits keeps waiting."))
    return redirect("channels:mail")


@require_POST
@permission_required(Permission.SETTINGS_CHANGE)
def trial(request: HttpRequest) -> HttpResponse:
    """Sends the member a letter at once."""
    to = member_of(request).email
    if business.profile().is_sample:
        notify(request, _("This is the sample business: no mail leaves it."), kind="info")
        return redirect("channels:mail")
    handed = send_trial(to=to)
    if handed.outcome == Outcome.TAKEN:
        notify(request, _("The server took a letter to %(address)s.") % {"address": to})
    else:
        told = {"words": handed.detail}
        notify(request, _("The letter was not taken. The server says: %(words)s") % told, kind="bad")
    return redirect("channels:mail")


def _page(
    request: HttpRequest,
    *,
    server_form: ServerForm | None = None,
    sender_form: tuple[int, SenderForm] | None = None,
) -> HttpResponse:
    row, is_changer = mail_server(), member_of(request).may(Permission.SETTINGS_CHANGE)
    context = {
        "server": row,
        "server_form": server_form or ServerForm(server=row),
        "senders": _senders(sender_form),
        "may_change": is_changer,
        "is_sample": business.profile().is_sample,
        "own_email": member_of(request).email,
        "is_ready": row is not None and row.is_on and Sender.objects.filter(brand_id=None).exists(),
    }
    return render(
        request, "channels/mail.html", context, status=REFUSED if server_form or sender_form else HTTPStatus.OK
    )


def _senders(refused: tuple[int, SenderForm] | None) -> list[SenderShown]:
    rows = {one.brand_id or 0: one for one in sender_rows()}
    language, keys = get_language() or "en", keys_shown()
    wanted = [(0, business.profile().name)]
    wanted += [(one.id, one.name.in_language(language)) for one in business.brands() if not one.is_archived]
    shown = []
    for brand, title in wanted:
        row = rows.get(brand)
        domain = domain_of(row.address) if row else ""
        form = refused[1] if refused and refused[0] == brand else SenderForm(sender=row)
        shown.append(SenderShown(brand, title, row, form, domain, keys.get(domain)))
    return shown
