"""Makes readings of sums: values, intervals, what was left out, and the parts of a cut."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from wayloop.contracts.metrics import Beside, Cohort, Metric, Reading
from wayloop.kernel import clock
from wayloop.metrics import intervals
from wayloop.metrics.dimensions import PARTS, TRAIT, Question
from wayloop.metrics.evidence import Change, Total, compare
from wayloop.metrics.grains import GRAINS, following, run, start_of, written
from wayloop.metrics.making import reading_of_scores, share
from wayloop.metrics.queries import cases, cohorts, deals, deliveries, invited, newcomers, scores
from wayloop.metrics.queries.deals import Group, Sums
from wayloop.metrics.queries.staying import AT_MOMENTS, Span, Stood
from wayloop.metrics.registry import BY_NAME

# Into how many groups people fall: for one number, and for each part of a cut.
GROUPS, GROUPS_OF_PART = 128, 64
EMPTY = Sums()
# Neither returns nor currencies change these.
OF_ORDERS = ("orders", "buyers", "repeat_purchase", "purchase_frequency")
HOUR = 3600
# A part of a cut that has no rows.
NOWHERE = object()
NOT_PROMISED = deliveries.Kept(0, 0, 0)


@dataclass(frozen=True)
class Answer:
    """One metric: the whole, and the parts of the cut that was asked for, of time in its order. `cohorts`: of
    retention alone, by months or by the asked grain."""

    whole: Reading
    rows: tuple[Reading, ...] = ()
    cohorts: tuple[Cohort, ...] = ()


@dataclass(frozen=True)
class Turned:
    """A number, the same of the time before, and what the two say of each other."""

    now: Reading
    before: Reading
    change: Change


@dataclass(frozen=True)
class Rules:
    """How readings are made: with medians or without, people in so many groups: in one, ratios have no interval."""

    with_medians: bool = True
    groups: int = GROUPS


IN_PARTS = Rules(with_medians=False, groups=1)


class Reader:
    """Answers about several numbers and cuts of one question; what is asked of the database is asked once."""

    def __init__(self, question: Question, *, with_medians: bool = True) -> None:
        self.question = question
        self.of_whole = _Source(replace(question, by=""), Rules(with_medians=with_medians))
        self.of_parts: dict[str, _Source] = {}

    def whole(self, name: str) -> Reading:
        """The number. Raises `KeyError` for a name that is not in the registry."""
        metric = BY_NAME[name]
        return self.of_whole.readings(metric).get(None) or self.of_whole.empty(metric)

    def rows(self, name: str, by: str) -> tuple[Reading, ...]:
        """The number cut by a dimension; no rows when it cannot be cut so."""
        metric = BY_NAME[name]
        if by not in metric.dimensions and not by.startswith(TRAIT):
            return ()
        if by not in self.of_parts:
            # Nothing that is cut by what was sold has an interval, and there are thousands of products.
            groups = 1 if by in ("product", "category") else GROUPS_OF_PART
            self.of_parts[by] = _Source(replace(self.question, by=by), Rules(groups=groups), self.of_whole)
        return self.of_parts[by].rows(metric)

    def cohorts(self, grain: str = "month") -> tuple[Cohort, ...]:
        """Customers by the period of their first order, and who of them came again."""
        return _cohorts(grain, cohorts.bought(replace(self.question, by=grain)))


def read(
    names: Sequence[str], question: Question, *, with_series: bool = False, with_medians: bool = True
) -> list[Answer]:
    """Several numbers over the same rows: one pass per relation for the whole, one for the parts, one for the series.

    Raises `KeyError` for a name that is not in the registry. A metric that cannot be cut as asked has no rows.
    """
    reader = Reader(question, with_medians=with_medians)
    series = _Source(_in_parts(question), IN_PARTS, reader.of_whole) if with_series else None
    found = []
    for name in names:
        reading = reader.whole(name)
        if series:
            reading = replace(reading, series=_series(reading.metric, series))
        grain = question.by if question.by in GRAINS else "month"
        told = reader.cohorts(grain) if name == "retention" and not with_series else ()
        found.append(Answer(reading, reader.rows(name, question.by), told))
    return found


def read_change(names: Sequence[str], question: Question, *, series_of: Sequence[str] = ()) -> list[Turned]:
    """Several numbers of the time since `question.turn[0]`, beside those of the time before, from one pass each.

    The question begins where the time before begins. Medians are not read; series are those of `series_of`.
    """
    if question.turn is None:
        raise ValueError("the question has no turn")
    both = _Source(replace(question, by="turn"), Rules(with_medians=False))
    series = _Source(_in_parts(replace(question, start=question.turn[0])), IN_PARTS, both)
    spans = _sides(question)
    stood = {name: AT_MOMENTS[name](question, spans).get(None) for name in names if name in AT_MOMENTS}
    found = []
    for name in names:
        metric = BY_NAME[name]
        if name in AT_MOMENTS:
            # Who was there when a period began differs between the two.
            told = stood[name] or [Stood(), Stood()]
            sides = {
                side: _stood(metric, one, span) for side, one, span in zip(("now", "before"), told, spans, strict=True)
            }
        else:
            sides = both.readings(metric)
        now, before = (sides.get(side) or both.empty(metric) for side in ("now", "before"))
        if name in series_of:
            now = replace(now, series=_series(metric, series))
        found.append(Turned(now, before, compare(now, before)))
    return found


def _sides(question: Question) -> tuple[Span, Span]:
    """The time since the turn, and that before it."""
    if question.turn is None:
        raise ValueError("the question has no turn")
    turn, before_end = question.turn
    return Span(turn, _until_today(question, question.end)), Span(question.start or before_end, before_end)


def _until_today(question: Question, end: datetime | None) -> datetime:
    """The end, or that of today where it lies further off: of days to come nobody knows who will have been lost."""
    days = question.days
    today = days.start_of(days.day_of(clock.now()) + timedelta(days=1))
    return today if end is None else min(end, today)


def _in_parts(question: Question) -> Question:
    if question.start and question.end:
        return replace(question, by="part")
    start, end = deals.time_range(question)
    # The last moment belongs to it.
    return replace(question, by="part", start=start, end=end + timedelta.resolution if end else None)


def _series(metric: Metric, source: "_Source") -> tuple[float | None, ...]:
    if not (source.question.start and source.question.end) or metric.name in AT_MOMENTS:
        return ()
    found = source.readings(metric)
    # What a part without rows says: nothing was sold, but nobody knows how satisfied nobody was.
    nothing = 0 if metric.kind in ("count", "money") and not metric.method else None
    return tuple(
        (found[part].value if found[part].is_enough else None) if part in found else nothing
        for part in range(1, PARTS + 1)
    )


Ask = Callable[[Question, Rules], Mapping[Any, Any]]


def _scores(kept: str) -> Ask:
    return lambda question, _rules: scores.told(question, kept)


# What is asked of the database → its answer: part of the cut → sums or counts.
ASK: Mapping[str, Ask] = {
    "orders": lambda question, rules: deals.sums("orders", question, groups=rules.groups),
    "returns": lambda question, rules: deals.sums("returns", question, groups=rules.groups),
    "kept": lambda question, _rules: deliveries.kept(question),
    "orders at large": lambda question, rules: deals.sums("orders", _at_large(question), groups=rules.groups),
    "newcomers": lambda question, _rules: newcomers.newcomers(question),
    "invited": lambda question, _rules: invited.invited(question),
    "opened": lambda question, _rules: cases.opened(question),
    "complaints": lambda question, _rules: cases.complaints(question),
    "given": lambda question, _rules: cases.given(question),
    "closed": lambda question, _rules: cases.closed(question),
    "took": lambda question, _rules: cases.took(question),
    "at_once": lambda question, _rules: cases.at_once(question),
    "still_open": lambda question, _rules: cases.still_open(question),
    **{f"scores {kept}": _scores(kept) for kept in {kind.scores for kind in scores.KINDS.values()}},
}


def _at_large(question: Question) -> Question:
    """The question without root causes, which orders do not have."""
    where = tuple(one for one in question.where if one[0] != "cause")
    return replace(question, where=where, by="" if question.by == "cause" else question.by)


class _Source:
    """What was asked of the database for one cut, once for all metrics."""

    def __init__(
        self,
        question: Question,
        rules: Rules,
        whole: "_Source | None" = None,
    ) -> None:
        self.question, self.rules, self.of_whole = question, rules, whole
        self.asked: dict[str, Mapping[Any, Any]] = {}

    def ask(self, name: str) -> Mapping[Any, Any]:
        """What `ASK` names, asked once."""
        if name not in self.asked:
            self.asked[name] = ASK[name](self.question, self.rules)
        return self.asked[name]

    @property
    def orders(self) -> Mapping[Any, Sums]:
        return self.ask("orders")

    @property
    def returns(self) -> Mapping[Any, Sums]:
        return self.ask("returns")

    @cached_property
    def medians(self) -> dict[Any, float]:
        return deals.medians(self.question, is_single=self.currency[1]) if self.rules.with_medians else {}

    def told_of(self, metric: Metric) -> Mapping[Any, Sequence[scores.Told]]:
        return self.ask(f"scores {scores.KINDS[metric.name].scores}")

    @cached_property
    def currency(self) -> tuple[str, bool]:
        """In which currency money is told, and whether that is the only one. Parts are told as the whole is."""
        if self.of_whole:
            return self.of_whole.currency
        seen = {code for side in (self.orders, self.returns) for one in side.values() for code in (one.first, one.last)}
        return (seen.pop(), True) if len(seen) == 1 else (self.question.currency, not seen)

    def scale_of(self, metric: Metric) -> scores.Scale | None:
        """The scale whose scores are counted: of those of the metric the one that is used most."""
        if self.of_whole:
            return self.of_whole.scale_of(metric)
        counts: dict[scores.Scale, int] = {}
        for one in (one for part in self.told_of(metric).values() for one in part):
            if one.scale in scores.KINDS[metric.name].good:
                counts[one.scale] = counts.get(one.scale, 0) + one.n
        return max(counts, key=lambda scale: (counts[scale], scale), default=None)

    def readings(self, metric: Metric) -> dict[Any, Reading]:
        """Part of the cut → its reading; the whole stands under None."""
        question = self.question
        if metric.name in scores.KINDS:
            return {part: self._scored(metric, found) for part, found in self.told_of(metric).items()}
        if metric.name == "late_share":
            return {part: _late(metric, found) for part, found in self.ask("kept").items()}
        if metric.name in WORKED:
            return self._worked(metric)
        if metric.name in AT_MOMENTS:
            return self._at_moments(metric)
        if metric.name == "complaint_share":
            return self._complained(metric)
        if metric.name == "compensation":
            return {part: _given(metric, found, question.currency) for part, found in self.ask("given").items()}
        parts = self.orders if metric.name in OF_ORDERS else {**self.orders, **self.returns}
        return {part: self._deals(metric, part) for part in parts}

    def empty(self, metric: Metric) -> Reading:
        """The reading of no rows at all."""
        if metric.name in scores.KINDS:
            return self._scored(metric, [])
        if metric.name == "late_share":
            return _late(metric, NOT_PROMISED)
        if metric.name in WORKED:
            _asked, nothing, tell = WORKED[metric.name]
            return tell(metric, nothing)
        if metric.name in AT_MOMENTS:
            return _stood(metric, Stood(), None)
        if metric.name == "complaint_share":
            return _complaints(metric, 0, 0)
        if metric.name == "compensation":
            return _given(metric, cases.Given(), self.question.currency)
        # Not None: of two times, that is what lies between them.
        return self._deals(metric, NOWHERE)

    def rows(self, metric: Metric) -> tuple[Reading, ...]:
        """The parts of the cut: of time in its order and without gaps, others with the largest first."""
        found = self.readings(metric)
        if self.question.by not in GRAINS:
            parts = sorted(found, key=lambda part: (part is None, -found[part].n, str(part)))
            return tuple(replace(found[part], key=None if part is None else str(part)) for part in parts)
        if not found:
            return ()
        grain = self.question.by
        days = self.question.days
        first, last = min(found), max(found)
        if self.question.start:
            first = min(first, start_of(grain, days.day_of(self.question.start)))
        empty = self.empty(metric)
        return tuple(replace(found.get(day, empty), key=written(grain, day)) for day in run(grain, first, last))

    def _deals(self, metric: Metric, part: Any) -> Reading:
        orders = self.orders.get(part, EMPTY)
        if metric.name in OF_ORDERS:
            returns, unit, is_single = EMPTY, metric.unit, True
        else:
            returns, (unit, is_single) = self.returns.get(part, EMPTY), self.currency
        gross, back = orders.money(is_single), returns.money(is_single)
        left_out = {}
        sides = {"gross_revenue": [orders], "returns": [returns]}.get(metric.name, [orders, returns])
        if metric.kind == "money" or metric.name == "returns_share":
            missing = 0 if is_single else sum(side.unrated for side in sides)
            left_out = {"without_rate": missing} if missing else {}
        if metric.name in ("repeat_purchase", "purchase_frequency", "revenue_per_customer"):
            guests = orders.deals - orders.known_deals
            left_out |= {"guest_orders": guests} if guests else {}
        reading = Reading(metric, None, 0, metric.unit or unit, left_out=left_out)
        squares = "own_squares" if is_single else "base_squares"
        match metric.name:
            case "orders":
                return _total(reading, orders.deals, orders.deals, orders.deals_squares)
            case "buyers":
                return _total(reading, orders.people, orders.people, orders.people)
            case "gross_revenue":
                return _total(reading, gross, orders.deals, getattr(orders, squares))
            case "returns":
                return _total(reading, back, returns.deals, getattr(returns, squares))
            case "net_revenue":
                spread = getattr(orders, squares) + getattr(returns, squares)
                return _total(reading, gross - back, orders.deals + returns.deals, spread)
            case "repeat_purchase":
                return replace(share(metric, orders.repeated, orders.people), left_out=left_out)
        own = "own" if is_single else "base"
        tops, bottoms, n = {
            "returns_share": ((None, own), (own, None), orders.deals),
            "average_order_value": ((own, own), ("deals", None), orders.deals),
            "purchase_frequency": (("known_deals", None), ("people", None), orders.people),
            "revenue_per_customer": ((f"known_{own}", f"known_{own}"), ("people", None), orders.people),
        }[metric.name]
        sign = 1 if metric.name == "returns_share" else -1
        columns = [_column(orders, returns, names, sign, self.rules.groups) for names in (tops, bottoms)]
        reading = _ratio(reading, n, *columns)
        middle = self.medians.get(part) if metric.name == "average_order_value" else None
        return replace(reading, beside=Beside("median", middle)) if middle is not None else reading

    def _worked(self, metric: Metric) -> dict[Any, Reading]:
        asked, nothing, tell = WORKED[metric.name]
        told = {part: tell(metric, found) for part, found in self.ask(asked).items()}
        if metric.name == "resolution_time":
            for part, still in self.ask("still_open").items():
                told[part] = replace(told.get(part) or tell(metric, nothing), left_out={"still_open": still})
        return told

    def _scored(self, metric: Metric, found: Iterable[scores.Told]) -> Reading:
        others = 0
        counted = None
        scale = self.scale_of(metric)
        for one in found:
            if one.scale == scale:
                counted = one
            else:
                others += one.n
        left_out = {"other_scale": others} if others else {}
        return replace(reading_of_scores(metric.name, counted), left_out=left_out)

    def _at_moments(self, metric: Metric) -> dict[Any, Reading]:
        question = self.question
        if question.by in GRAINS:
            return self._kept(metric) if metric.name == "retention" else self._course_of_moments(metric)
        start, end = question.start, question.end
        if metric.name == "cases_open":
            start = start or _until_today(question, end)
        elif start is None:
            _first, last = deals.time_range(question)
            if last is None:
                return {}
            start, end = _last_whole_month(question, last)
        span = Span(start, _until_today(question, end))
        return {part: _stood(metric, one, span) for part, (one,) in AT_MOMENTS[metric.name](question, [span]).items()}

    def _kept(self, metric: Metric) -> dict[Any, Reading]:
        """Retention along the time, from one pass however many its parts are."""
        question = self.question
        first = start_of(question.by, question.days.day_of(question.start)) if question.start else date.min
        rows = cohorts.bought(question)
        parts = list(run(question.by, min(row.part for row in rows), max(row.part for row in rows))) if rows else []
        return {
            part: share(
                metric,
                sum(row.people for row in rows if row.part == part and row.first < part),
                sum(row.people for row in rows if row.part == row.first < part),
            )
            for part in parts
            if part >= first
        }

    def _course_of_moments(self, metric: Metric) -> dict[Any, Reading]:
        question, days = self.question, self.question.days
        first, last = question.start, question.end
        if first is None or last is None:
            first, last = deals.time_range(question)
        if first is None or last is None:
            return {}
        until = _until_today(question, question.end)
        ends = min(last, until - timedelta.resolution)
        parts = list(run(question.by, days.day_of(first), days.day_of(ends)))
        spans = [Span(days.start_of(part), min(days.start_of(following(question.by, part)), until)) for part in parts]
        (told,) = AT_MOMENTS[metric.name](replace(question, by=""), spans).values() or ([Stood()] * len(spans),)
        return {part: _stood(metric, one, span) for part, one, span in zip(parts, told, spans, strict=True)}

    def _complained(self, metric: Metric) -> dict[Any, Reading]:
        # An order has no theme: complaints of each are held against all orders.
        is_by_cause = self.question.asks_for("cause")
        orders = self.ask("orders at large") if is_by_cause else self.orders
        counts = self.ask("complaints")
        is_cut = self.question.by == "cause"
        parts = counts if is_cut else {**orders, **counts}
        return {
            part: _complaints(metric, counts.get(part, 0), orders.get(None if is_cut else part, EMPTY).deals)
            for part in parts
        }


def _last_whole_month(question: Question, last: datetime) -> tuple[datetime, datetime]:
    """The month of the last order when it is over, else the one before."""
    days = question.days
    first = start_of("month", days.day_of(last) + timedelta(days=1))
    before = start_of("month", first - timedelta(days=1))
    return days.start_of(before), days.start_of(first)


def _cohorts(grain: str, rows: Sequence[cohorts.Bought]) -> tuple[Cohort, ...]:
    if not rows:
        return ()
    counts = {(row.first, row.part): row.people for row in rows}
    last = max(row.part for row in rows)
    return tuple(
        Cohort(written(grain, first), tuple(counts.get((first, part), 0) for part in run(grain, first, last)))
        for first in sorted({row.first for row in rows})
    )


def _total(reading: Reading, value: float, n: int, squares: float) -> Reading:
    return replace(reading, value=value, n=n, evidence=Total(value, squares))


def _ratio(reading: Reading, n: int, tops: list[float], bottoms: list[float]) -> Reading:
    bottom = sum(bottoms)
    if not bottom:
        return replace(reading, n=n)
    found = intervals.ratio_of(tops, bottoms)
    return replace(reading, value=sum(tops) / bottom, n=n, interval=intervals.ratio_interval(found), evidence=found)


def _counted(metric: Metric, n: int) -> Reading:
    return _total(Reading(metric, None, 0, metric.unit), n, n, n)


def _stood(metric: Metric, found: Stood, span: Span | None) -> Reading:
    if metric.kind == "count":
        reading = _counted(metric, found.n)
    else:
        left_out = {"rhythm_unknown": found.unknown} if found.unknown else {}
        reading = replace(share(metric, found.hits, found.n), left_out=left_out)
    return replace(reading, span=(span.start, span.end)) if span else reading


def _complaints(metric: Metric, complaints: int, orders: int) -> Reading:
    told = share(metric, min(complaints, orders), orders)
    # Where there are more complaints than orders they are no share of these.
    return told if complaints <= orders else replace(told, value=complaints / orders if orders else None, interval=None)


def _given(metric: Metric, found: cases.Given, currency: str) -> Reading:
    left_out = {"other_currency": found.others} if found.others else {}
    reading = Reading(metric, None, 0, currency, left_out=left_out)
    return _total(reading, found.given, found.n, found.squares)


def _closed(metric: Metric, found: cases.Closed) -> Reading:
    if metric.name == "cases_closed":
        return _counted(metric, found.all)
    hits, n = (found.in_time, found.promised) if metric.name == "sla_met" else (found.recovered, found.asked)
    left_out = {"without_deadline" if metric.name == "sla_met" else "nothing_said": found.all - n}
    return replace(share(metric, hits, n), left_out={name: count for name, count in left_out.items() if count})


def _at_once(metric: Metric, found: cases.AtOnce) -> Reading:
    left_out = {"not_yet_known": found.not_yet, "of_nobody": found.unknown}
    told = share(metric, found.first, found.known)
    return replace(told, left_out={name: count for name, count in left_out.items() if count})


def _answered(metric: Metric, found: invited.Invited) -> Reading:
    n = found.delivered
    beside = Beside("steps", found.seen / n, other=found.begun / n) if n else None
    left_out = {"not_delivered": found.lost} if found.lost else {}
    return replace(share(metric, found.answered, n), beside=beside, left_out=left_out)


def _took(metric: Metric, found: cases.Took | None) -> Reading:
    if found is None:
        return Reading(metric, None, 0, metric.unit)
    ordered = [one / HOUR for one in found.ordered]
    middle = intervals.middle_of(found.median / HOUR, found.n, found.first, ordered)
    beside = Beside("times", found.most / HOUR, other=found.calendar / HOUR, mean=found.mean / HOUR)
    return Reading(metric, middle.value, found.n, metric.unit, interval=middle.interval, beside=beside, evidence=middle)


def _late(metric: Metric, found: deliveries.Kept) -> Reading:
    left_out = {"without_promise": found.without_promise} if found.without_promise else {}
    return replace(share(metric, found.late, found.promised), left_out=left_out)


def _column(orders: Sums, returns: Sums, names: tuple[str | None, str | None], sign: int, groups: int) -> list[float]:
    """One column of the groups of people: that of the orders, and that of the returns with this sign."""
    nobody = Group()
    column = []
    for place in range(groups):
        value = float(getattr(orders.groups.get(place, nobody), names[0])) if names[0] else 0.0
        if names[1]:
            value += sign * float(getattr(returns.groups.get(place, nobody), names[1]))
        column.append(value)
    return column


# Numbers of the work: what is asked for them, what nothing of it is, and how it becomes a reading.
WORKED: Mapping[str, tuple[str, Any, Callable[[Metric, Any], Reading]]] = {
    "new_customers": ("newcomers", 0, _counted),
    "response_rate": ("invited", invited.Invited(), _answered),
    "cases_opened": ("opened", 0, _counted),
    "resolution_time": ("took", None, _took),
    "first_contact": ("at_once", cases.AtOnce(), _at_once),
    **dict.fromkeys(("cases_closed", "sla_met", "recovery_rate"), ("closed", cases.Closed(), _closed)),
}
