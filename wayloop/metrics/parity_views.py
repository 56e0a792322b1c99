"""Parity: the same question, asked in each channel or at each location."""

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from wayloop.accounts.api import Permission, member_of, permission_required
from wayloop.business import api as business
from wayloop.contracts.metrics import Reading
from wayloop.metrics import times, words
from wayloop.metrics.asking import part_names
from wayloop.metrics.dimensions import Question
from wayloop.metrics.evidence import Change
from wayloop.metrics.queries.parity import CUTS, Held, Line, columns, parity
from wayloop.metrics.rows import rows_behind
from wayloop.metrics.views import patient

# How many parts stand beside each other; the others are on the page of each number.
MOST = 8


@require_safe
@permission_required(Permission.METRICS_VIEW)
@patient
def parity_page(request: HttpRequest) -> HttpResponse:
    """Each number in each channel, or at each location, held against the others; period and cut are in the address."""
    period = business.named_period(request.GET.get("period", "")) or business.PERIODS[1]
    by = request.GET.get("by", "")
    by = by if by in CUTS else CUTS[0]
    question = replace(times.question_for(period, member_of(request).scope), by=by)
    lines = parity(replace(question, by=""), by)
    keys = columns(lines)[:MOST]
    names = part_names(by, [key for key in keys if key is not None])
    heads = [names.get(key or "", key) or _("not stated") for key in keys]
    titles = dict(zip(keys, heads, strict=True))
    context = {
        "period": period,
        "periods": business.PERIODS,
        "by": by,
        "by_name": words.dimension_name(by),
        "cuts": [(one, words.dimension_name(one)) for one in CUTS],
        "heads": heads,
        "lines": [
            (
                line.whole.metric,
                _cell(line.whole),
                [(titles[key], _cell(held.reading), *_verdict(held), _rows(held, period, question)) for key in keys
                 if (held := line.parts.get(key, Held(replace(line.whole, n=0, value=None))))],
            )
            for line in lines
        ],
        "clear": [_sentence(line, held, titles.get(key) or _("not stated")) for line, key, held in _clear(lines)],
        "compared": sum(held.is_enough for line in lines for held in line.parts.values()),
    }  # fmt: skip
    return render(request, "metrics/parity.html", context)


def _clear(lines: list[Line]) -> list[tuple[Line, str | None, Held]]:
    """What stands out, the worse ones first."""
    found = [(line, key, held) for line in lines for key, held in line.parts.items() if held.is_clear]
    return sorted(found, key=lambda one: (not one[2].is_worse, one[0].whole.metric.name, str(one[1])))


def _sentence(line: Line, held: Held, name: str) -> tuple[str, bool]:
    metric = line.whole.metric
    gap = words.gap_text(metric, Change("changed", held.gap), held.reading.unit)
    values = {"metric": metric.label, "name": name, "gap": gap, "value": words.said(held.reading)}
    if held.gap > 0:
        return _("%(metric)s, %(name)s: %(value)s, %(gap)s above the others") % values, held.is_worse
    return _("%(metric)s, %(name)s: %(value)s, %(gap)s below the others") % values, held.is_worse


def _cell(reading: Reading) -> tuple[str, str]:
    return (words.said(reading), words.between(reading)) if reading.is_enough else ("", "")


def _verdict(held: Held) -> tuple[str, str]:
    if not held.is_enough:
        return _("not enough data"), ""
    if not held.is_clear:
        return _("no clear difference"), ""
    return (_("worse than the others"), "bad") if held.is_worse else (_("better than the others"), "good")


def _rows(held: Held, period: business.NamedPeriod, question: Question) -> str:
    return rows_behind(held.reading, period, question)[0][1] if held.reading.n else ""
