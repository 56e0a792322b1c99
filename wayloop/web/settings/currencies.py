"""Currencies beside the business's own, and the rates entered for them."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from babel.numbers import format_decimal
from django import forms
from django.core.exceptions import BadRequest, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from wayloop.accounts.api import Permission, member_of, permission_required
from wayloop.business import api as business
from wayloop.kernel import clock
from wayloop.ui import formats
from wayloop.ui.fields import SEARCHABLE
from wayloop.ui.toasts import notify
from wayloop.web.settings.profile import REFUSED

UNITS = ("1", "10", "100", "1000", "10000")
PATTERN = "#,##0.00#######"
DATES = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y")
LINE = re.compile(r"([^\s;]+)[\s;]+([^\s;].*)")
MOST_LINES = 5000
OLD = 31  # days


class CurrencyForm(forms.Form):
    """A currency to be used."""

    currency = forms.ChoiceField(label=gettext_lazy("Add a currency"), widget=forms.Select(attrs=SEARCHABLE))

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        used = set(business.currencies_used())
        offered = [(one.code, one.label) for one in business.currencies(get_language() or "en")]
        choices = [("", _("Choose…")), *(pair for pair in offered if pair[0] not in used)]
        self.fields["currency"].choices = choices  # type: ignore[attr-defined]


class RateForm(forms.Form):
    """What some units of a currency were worth from a day on."""

    day = forms.DateField(label=gettext_lazy("From this day on"), widget=forms.DateInput)
    units = forms.ChoiceField(label=gettext_lazy("For so many units"), choices=[(one, one) for one in UNITS])
    rate = forms.CharField(
        label=gettext_lazy("Rate"), max_length=30, widget=forms.TextInput(attrs={"inputmode": "decimal"})
    )

    def clean_rate(self) -> Decimal:
        return read_decimal(self.cleaned_data["rate"])


class RatesForm(forms.Form):
    """Many days at once, as they are copied from a table."""

    lines = forms.CharField(
        label=gettext_lazy("A day and its rate in each line"),
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def clean_lines(self) -> dict[date, Decimal]:
        found: dict[date, Decimal] = {}
        lines = [line.strip() for line in self.cleaned_data["lines"].splitlines()]
        if len(lines) > MOST_LINES:
            raise ValidationError(_("At most %(most)s lines at once.") % {"most": formats.number(MOST_LINES)})
        for number, line in enumerate(lines, start=1):
            if not line:
                continue
            parts = LINE.fullmatch(line)
            day = read_date(parts[1]) if parts else None
            if not parts or day is None:
                text = _("Line %(number)s: write a date and a rate, as in 2026-03-01 41.25.")
                raise ValidationError(text % {"number": number})
            try:
                found[day] = read_decimal(parts[2])
            except ValidationError as error:
                raise ValidationError(
                    _("Line %(number)s: %(problem)s") % {"number": number, "problem": error.message}
                ) from error
        return found


@dataclass(frozen=True)
class Used:
    """A currency of the list: its newest rate in words, and since when (empty: none was entered)."""

    code: str
    name: str
    rate: str
    since: str
    is_old: bool


@dataclass(frozen=True)
class Line:
    """One entered rate, both ways."""

    day: date
    rate: str
    back: str


@require_safe
@permission_required(Permission.SETTINGS_VIEW)
def currencies(request: HttpRequest) -> HttpResponse:
    """The currencies in use, and the rates of the chosen one."""
    return _page(request, request.GET.get("currency", ""))


@require_POST
@permission_required(Permission.SETTINGS_CHANGE)
def use(request: HttpRequest) -> HttpResponse:
    """Adds a currency, or takes one off the list (that can be undone)."""
    code = request.POST.get("stop", "")
    if code:
        business.stop_using_currency(currency=code)
        back = f"{reverse('settings_currency_use')}?{urlencode({'currency': code})}"
        notify(request, _("%(currency)s is off the list; its rates stay") % {"currency": code}, undo_url=back)
        return redirect("settings_currencies")
    form = CurrencyForm({"currency": request.POST.get("currency") or request.GET.get("currency", "")})
    if not form.is_valid():
        return _page(request, "", REFUSED, currency_form=form)
    chosen = form.cleaned_data["currency"]
    business.use_currency(currency=chosen)
    return _home(chosen)


@require_POST
@permission_required(Permission.SETTINGS_CHANGE)
def enter(request: HttpRequest) -> HttpResponse:
    """Enters or corrects the rate of one day."""
    code = _code(request)
    form = RateForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            rate = data["rate"] / Decimal(data["units"])
            business.enter_rates(currency=code, days=[data["day"]], rates=[rate], by=member_of(request).id)
        except business.BusinessRefused as refusal:
            form.add_error("rate", str(refusal))
        else:
            notify(request, _("Saved"))
            return _home(code)
    return _page(request, code, REFUSED, form=form)


@require_POST
@permission_required(Permission.SETTINGS_CHANGE)
def enter_many(request: HttpRequest) -> HttpResponse:
    """Enters the rates of many days."""
    code = _code(request)
    form = RatesForm(request.POST)
    if form.is_valid():
        found: dict[date, Decimal] = form.cleaned_data["lines"]
        try:
            business.enter_rates(currency=code, days=list(found), rates=list(found.values()), by=member_of(request).id)
        except business.BusinessRefused as refusal:
            form.add_error("lines", str(refusal))
        else:
            notify(request, _("Saved"))
            return _home(code)
    return _page(request, code, REFUSED, many_form=form)


@require_POST
@permission_required(Permission.SETTINGS_CHANGE)
def remove(request: HttpRequest) -> HttpResponse:
    """Removes the rate of one day; it can be brought back (`rate` in the address)."""
    code, member = _code(request), member_of(request).id
    day = read_date(request.POST.get("day") or request.GET.get("day", ""))
    if day is None:
        raise BadRequest("no day")
    if "rate" in request.GET:
        try:
            business.enter_rates(currency=code, days=[day], rates=[read_decimal(request.GET["rate"])], by=member)
        except (ValidationError, business.BusinessRefused) as error:
            raise BadRequest("no rate") from error
        notify(request, _("Taken back"), kind="info")
        return _home(code)
    gone = business.remove_rate(currency=code, day=day, by=member)
    if gone is not None:
        query = urlencode({"currency": code, "day": day.isoformat(), "rate": str(gone)})
        notify(request, _("The rate is removed"), undo_url=f"{reverse('settings_rate_remove')}?{query}")
    return _home(code)


def read_decimal(text: str) -> Decimal:
    """A number as people write it: 41,25 or 1 234.5. Raises `ValidationError` for anything else."""
    plain = re.sub(r"[\s\u00a0\u202f]", "", text).replace(",", ".")
    try:
        found = Decimal(plain)
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or found <= 0:
        raise ValidationError(_("Write a number above zero, as in 41.25."))
    return found


def read_date(text: str) -> date | None:
    """A date as it stands in tables: 2026-03-01, 01.03.2026 or 01/03/2026; None for anything else."""
    for form in DATES:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 – a day has no zone
        except ValueError:
            continue
    return None


def rate_text(rate: Decimal) -> str:
    """A rate in the language of the page: two decimals at least, nine at most."""
    return str(format_decimal(rate, format=PATTERN, locale=formats.locale_of()))


def _page(request: HttpRequest, chosen: str, status: HTTPStatus = HTTPStatus.OK, **told: Any) -> HttpResponse:
    own = business.profile().currency
    others = [code for code in business.currencies_used() if code != own]
    names = {one.code: one.label for one in business.currencies(get_language() or "en")}
    # A currency that is not on the list has its rates all the same: it may have been taken off.
    chosen = chosen if chosen in names and chosen != own else next(iter(others), "")
    today = business.report_clock().day_of(clock.now())
    latest = business.latest_rates()
    page = business.list_rates(currency=chosen, after=request.GET.get("after")) if chosen else None
    may_change = member_of(request).may(Permission.SETTINGS_CHANGE)
    context: dict[str, Any] = {
        "may_change": may_change,
        "own": own,
        "own_name": names.get(own, own),
        "chosen": chosen,
        "used": [_used(code, names, latest.get(code), today) for code in others],
        "lines": [Line(row.day, rate_text(row.rate), rate_text(1 / row.rate)) for row in page.rows] if page else [],
        "next_key": page.next_key if page else None,
    }
    if may_change:
        day = read_date(request.GET.get("day", "")) or today
        context |= {
            "currency_form": CurrencyForm(),
            "form": RateForm(initial={"day": day, "units": "1"}),
            "many_form": RatesForm(),
        }
    return render(request, "web/settings/currencies.html", context | told, status=status)


def _used(code: str, names: dict[str, str], row: business.RateRow | None, today: date) -> Used:
    return Used(
        code=code,
        name=names.get(code, code),
        rate=rate_text(row.rate) if row else "",
        since=formats.plain_date(row.day, today) if row else "",
        is_old=row is not None and (today - row.day).days > OLD,
    )


def _code(request: HttpRequest) -> str:
    """The currency that is named; 404 for the own one and for what is none."""
    code = request.POST.get("currency") or request.GET.get("currency", "")
    known = {one.code for one in business.currencies("en")} - {business.profile().currency}
    if code not in known:
        raise Http404
    return code


def _home(code: str) -> HttpResponse:
    return redirect(f"{reverse('settings_currencies')}?{urlencode({'currency': code})}")
