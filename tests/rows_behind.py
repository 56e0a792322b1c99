"""Numbers counted a second time: from the pages of rows that they open, one by one."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any
from urllib.parse import urlsplit

from django.test import RequestFactory

from wayloop.accounts.api import Role
from wayloop.accounts.models import Member
from wayloop.business import api as business
from wayloop.commerce.queries import deals
from wayloop.commerce.views.deals import asked_buyers, asked_deals
from wayloop.contracts.metrics import Reading
from wayloop.contracts.scope import EVERYTHING
from wayloop.customers.api import every_trait_cut
from wayloop.metrics import times
from wayloop.metrics.api import BY_NAME, METRICS, Reader
from wayloop.metrics.invitation_views import asked_invitations, by_survey
from wayloop.metrics.rows import rows_behind
from wayloop.surveys.queries import count_scores
from wayloop.surveys.views.scores import asked_scores
from wayloop.work.queries.cases import count_cases, list_cases
from wayloop.work.rules import Sight
from wayloop.work.views.cases import asked_cases

MANY = 1_000_000
ALL = Sight(EVERYTHING)


class Page:
    """The rows of one address."""

    def __init__(self, address: str) -> None:
        request = RequestFactory().get(address)
        # Whoever may see everything: traits of customers are not for everybody.
        request.user = Member(pk=0, role=Role.OWNER)
        side = {"/orders/": "orders", "/orders/returns/": "returns"}.get(urlsplit(address).path)
        self.count, self.total, self.orders = 0, 0, 0
        if side:
            asked = asked_deals(request, side)[2] | {"scope": EVERYTHING}  # type: ignore[arg-type]
            rows = deals.list_deals(**asked, limit=MANY).rows
            self.count, self.total = len(rows), sum(row.total for row in rows)
            sums = deals.sum_deals(**asked).values()
            assert (sum(n for n, _total in sums), sum(total for _n, total in sums)) == (self.count, self.total)
        elif urlsplit(address).path == "/cases/list/":
            wanted_cases = asked_cases(request, None)
            self.count = count_cases(sight=ALL, wanted=wanted_cases, exact=True).number
            cases = list_cases(sight=ALL, wanted=wanted_cases, limit=MANY).rows
            assert self.count == len(cases)
            self.total = sum(row.given for row in cases)
        elif urlsplit(address).path == "/numbers/invitations/":
            named = business.named_period(request.GET.get("period", "")) or business.PERIODS[-1]
            surveys = by_survey(asked_invitations(request, EVERYTHING, named)).values()
            self.count = sum(one.delivered for one in surveys)
            self.total = sum(one.answered for one in surveys)
        elif "counted=" in address:
            period = business.named_period(request.GET["period"])
            assert period
            wanted = asked_scores(request, period, EVERYTHING)
            self.count = count_scores(scope=EVERYTHING, wanted=wanted, exact=True).number
        else:
            asked = asked_buyers(request)[2] | {"scope": EVERYTHING}
            buyers = deals.list_buyers(**asked, limit=MANY).rows
            self.count, self.orders = len(buyers), sum(row.orders for row in buyers)
            self.total = sum(row.gross for row in buyers)
            assert deals.count_buyers(**asked, exact=True).number == self.count


def _share(first: Page, second: Page) -> Fraction | None:
    return Fraction(second.count, first.count) if first.count else None


def _ratio(top: int, bottom: int) -> Fraction | None:
    return Fraction(top, bottom) if bottom else None


def _net(everybody: Page, good: Page, bad: Page) -> Fraction | None:
    return Fraction(100 * (good.count - bad.count), everybody.count) if everybody.count else None


# Metric → its value, from the pages it opens.
VALUES: Mapping[str, Callable[..., Any]] = {
    "orders": lambda rows: rows.count,
    "gross_revenue": lambda rows: rows.total,
    "returns": lambda rows: rows.total,
    "net_revenue": lambda bought, back: bought.total - back.total,
    "returns_share": lambda bought, back: _ratio(back.total, bought.total),
    "average_order_value": lambda bought, back: _ratio(bought.total - back.total, bought.count),
    "buyers": lambda rows: rows.count,
    "repeat_purchase": _share,
    "purchase_frequency": lambda rows: _ratio(rows.orders, rows.count),
    "revenue_per_customer": lambda buyers, back: _ratio(buyers.total - back.total, buyers.count),
    "retention": _share,
    "churn": _share,
    "new_customers": lambda rows: rows.count,
    "loyal_customers": _share,
    "csat": _share,
    "nps": _net,
    "nps_1_10": _net,
    "ces": _share,
    "ces_1_5": _share,
    "response_rate": lambda rows: _ratio(rows.total, rows.count),
    "late_share": _share,
    "positive_ratings": _share,
    "cases_opened": lambda rows: rows.count,
    "cases_open": lambda rows: rows.count,
    "complaint_share": _share,
    "compensation": lambda rows: rows.total,
    "cases_closed": lambda rows: rows.count,
    # What the middle one is cannot be added up from a page of rows; of how many it is one, can.
    "resolution_time": lambda rows: rows.count,
    "sla_met": _share,
    "first_contact": _share,
    "recovery_rate": _share,
}
NOT_ADDED_UP = ("resolution_time",)
OF_CASES = (
    "cases_opened", "cases_open", "compensation", "cases_closed", "resolution_time", "sla_met", "first_contact",
    "recovery_rate",
)  # fmt: skip
# Cut so, a part is a part of an order; its page shows the whole ones.
BY_LINES = ("product", "category")


def differences(
    period_key: str, cuts: Mapping[str, tuple[str, ...]], most: int, nothing: tuple[str, ...] = ()
) -> list[tuple[Any, ...]]:
    """Metric, cut, part, what the number says and what its rows say, where the two differ.

    `cuts`: metric → what it is cut by besides the whole; `most`: how many parts of a cut are looked at, from both ends;
    `nothing`: the metrics of which the data have no row at all.
    """
    assert cuts.keys() == BY_NAME.keys() == VALUES.keys()
    period = business.named_period(period_key)
    assert period
    reader = Reader(replace(times.question_for(period, EVERYTHING), traits=tuple(every_trait_cut())))
    assert [name for name in BY_NAME if not reader.whole(name).n] == list(nothing)
    asked = [metric.name for metric in METRICS if metric.name not in nothing]
    return [one for name in asked for one in _of_metric(name, reader, period, cuts[name], most)]


def _of_metric(
    name: str, reader: Reader, period: business.NamedPeriod, cuts: tuple[str, ...], most: int
) -> Iterator[tuple[Any, ...]]:
    question = reader.question
    for by in ("", *cuts):
        rows = reader.rows(name, by) if by else (reader.whole(name),)
        assert rows, (name, by)
        for reading in (*rows[:most], *rows[most:][-most:]):
            told = _told(reading)
            counted = _counted(
                name, rows_behind(reading, period, replace(question, by=by)), is_money=by not in BY_LINES
            )
            if told[: len(counted)] != counted:
                yield name, by, reading.key, told, counted


def _told(reading: Reading) -> tuple[Any, ...]:
    value = reading.value
    if value is not None and reading.metric.kind != "count" and value != int(value):
        value = round(value, 9)
    return reading.n, value


def _counted(name: str, links: tuple[tuple[str, str], ...], *, is_money: bool) -> tuple[Any, ...]:
    pages = [Page(address) for _words, address in links]
    n = sum(page.count for page in pages) if name == "net_revenue" else pages[0].count
    if not is_money or name in NOT_ADDED_UP:
        return (n,)
    value = VALUES[name](*pages)
    if isinstance(value, Fraction):
        value = value.numerator if value.denominator == 1 else round(float(value), 9)
    return n, value
