"""What the response rate is made of: the surveys people were invited to, and how far they came."""

from dataclasses import replace

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from wayloop.accounts.api import Permission, member_of, permission_required
from wayloop.business import api as business
from wayloop.contracts.metrics import InvitationSource
from wayloop.contracts.scope import Scope
from wayloop.customers.api import asked_trait
from wayloop.kernel import registry
from wayloop.metrics import times
from wayloop.metrics.asking import QuestionRefused, question_of
from wayloop.metrics.dimensions import COLUMNS, TRAIT, Question
from wayloop.metrics.queries.invited import Invited, invited
from wayloop.metrics.registry import BY_NAME
from wayloop.metrics.rows import NOT_STATED
from wayloop.metrics.views import patient
from wayloop.ui.requests import day_in

METRIC = BY_NAME["response_rate"]


@require_safe
@permission_required(Permission.METRICS_VIEW)
@patient
def invitation_list(request: HttpRequest) -> HttpResponse:
    """Invitations by survey, those with most first. People are not named: a survey may have promised that."""
    scope = member_of(request).scope
    period = business.named_period(request.GET.get("period", "")) or business.PERIODS[-1]
    question = asked_invitations(request, scope, period)
    found = by_survey(question)
    sources = registry.offers(InvitationSource)
    names = sources[0].names([key for key in found if key is not None], scope) if sources else {}
    context = {
        "period": period,
        "periods": business.PERIODS,
        "has_days": "from" in request.GET or "to" in request.GET,
        "rows": [
            (*names.get(key or 0, ("", "")), one)
            for key, one in sorted(found.items(), key=lambda row: (-row[1].delivered, str(row[0])))
        ],
        "all": Invited(*(sum(getattr(one, name) for one in found.values()) for name in Invited.__dataclass_fields__)),
    }
    return render(request, "metrics/invitations.html", context)


def by_survey(question: Question) -> dict[int | None, Invited]:
    """Survey (id) → how far those came who were invited to it."""
    return invited(replace(question, by="survey"))


def asked_invitations(request: HttpRequest, scope: Scope, period: business.NamedPeriod) -> Question:
    """The question of an address: a period or days, and what a number narrowed the rows to. Raises `Http404`."""
    told = {name: request.GET.get(name, "").replace("\0", "")[:200] for name in METRIC.dimensions if name in COLUMNS}
    where = [f"{name}={'' if text == NOT_STATED else text}" for name, text in told.items() if text]
    part = asked_trait(request)
    if part:
        where.append(f"{TRAIT}{part.cut.key}={part.value or ''}")
    first, end = (day_in(request.GET.get(name, "")) for name in ("from", "to"))
    try:
        asked = question_of(
            metric=METRIC, scope=scope, where=where, first=first, end=end, traits=(part.cut,) if part else ()
        )
    except QuestionRefused as refused:
        raise Http404 from refused
    if first or end:
        return asked
    named = times.question_for(period, scope)
    return replace(asked, start=named.start, end=named.end)
