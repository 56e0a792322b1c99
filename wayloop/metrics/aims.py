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


def read(metric: Metric, kind: str, written: Decimal, currency: str) -> float:
    """An aim as it is kept. People write per cent, percentage points, whole money, points and counts."""
    return float(written * _unit(metric, kind, currency))


def write(metric: Metric, kind: str, aim: float, currency: str) -> Decimal:
    """The other way round."""
    found = (Decimal(str(aim)) / _unit(metric, kind, currency)).normalize()
    return found.quantize(Decimal(1)) if found == found.to_integral_value() else found


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
