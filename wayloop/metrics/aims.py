"""Aims of goals as people write them, and as they are kept. Pure."""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from wayloop.contracts.metrics import Metric
from wayloop.kernel.money import minor_digits
from wayloop.metrics import words
from wayloop.metrics.enums import GoalKind
from wayloop.metrics.evidence import Change
from wayloop.ui import formats

MOST_GROWTH = 100  # times what it was
TOO_MUCH = 1e13  # pieces, or minor units of money


def read(metric: Metric, kind: str, written: Decimal, currency: str) -> float:
    """An aim as it is kept. People write per cent, percentage points, whole money, points and counts."""
    return float(written * _unit(metric, kind, currency))


def write(metric: Metric, kind: str, aim: float, currency: str) -> Decimal:
    """The other way round."""
    found = (Decimal(str(aim)) / _unit(metric, kind, currency)).normalize()
    return found.quantize(Decimal(1)) if found == found.to_integral_value() else found


def trouble_with(metric: Metric, kind: str, aim: float) -> str:
    """Why no such number can come to this, as it is kept; empty when it can."""
    if kind == GoalKind.BASELINE:
        return "" if -1 <= aim <= MOST_GROWTH else _("A change lies between −100% and 10,000%.")
    lowest = -1 if kind == GoalKind.GROWTH else 0
    if metric.kind == "share":
        return "" if lowest <= aim <= 1 else _("A share lies between 0 and 100 per cent.")
    if metric.kind == "points":
        return "" if abs(aim) <= (200 if kind == GoalKind.GROWTH else 100) else _("It lies between −100 and 100.")
    if abs(aim) >= TOO_MUCH:
        return _("This is too much.")
    return "" if lowest or aim >= 0 else _("It is never below zero.")


def goal_text(metric: Metric, kind: str, aim: float, period: str, unit: str) -> str:
    """A goal in a few words: at least 85.0%; 12% more than where we began; €25,000 more than in the time before."""
    if kind == GoalKind.VALUE:
        limit = pgettext("a goal", "at most %(value)s") if metric.good < 0 else pgettext("a goal", "at least %(value)s")
        return limit % {"value": words.value_text(metric, aim, unit)}
    if kind == GoalKind.BASELINE:
        told = _("%(gap)s more than at the start") if aim >= 0 else _("%(gap)s less than at the start")
        return told % {"gap": formats.percent(abs(aim), 0 if round(aim * 100, 6) % 1 == 0 else 1)}
    gap = words.gap_text(metric, Change("changed", aim), unit)
    told = _("%(gap)s more than the %(period)s before") if aim >= 0 else _("%(gap)s less than the %(period)s before")
    return told % {"gap": gap, "period": period}


def _unit(metric: Metric, kind: str, currency: str) -> Decimal:
    if kind == GoalKind.BASELINE or metric.kind == "share":
        return Decimal("0.01")
    return Decimal(10) ** minor_digits(currency) if metric.kind == "money" else Decimal(1)
