"""Numbers and their changes in the words of the reader."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from wayloop.contracts.metrics import Metric, Reading
from wayloop.metrics.evidence import Change
from wayloop.ui import formats

# From this many whole units on, the smallest ones say nothing.
LARGE = 100_000
MORE: Mapping[str, Any] = {
    "orders": gettext_lazy("Orders are up by %(gap)s: %(value)s now"),
    "gross_revenue": gettext_lazy("Gross revenue grew by %(gap)s to %(value)s"),
    "returns": gettext_lazy("Returns grew by %(gap)s to %(value)s"),
    "net_revenue": gettext_lazy("Net revenue grew by %(gap)s to %(value)s"),
    "returns_share": gettext_lazy("The share of returns grew by %(gap)s to %(value)s"),
    "average_order_value": gettext_lazy("The average order grew by %(gap)s to %(value)s"),
    "buyers": gettext_lazy("Buyers are up by %(gap)s: %(value)s now"),
    "repeat_purchase": gettext_lazy("More buyers come again: %(value)s, up by %(gap)s"),
    "purchase_frequency": gettext_lazy("Buyers order more often: %(value)s orders each, up by %(gap)s"),
    "revenue_per_customer": gettext_lazy("A customer brings %(gap)s more: %(value)s"),
    "retention": gettext_lazy("Retention grew by %(gap)s to %(value)s"),
    "churn": gettext_lazy("More customers are lost: %(value)s, up by %(gap)s"),
    "new_customers": gettext_lazy("More new customers come, by %(gap)s: %(value)s now"),
    "loyal_customers": gettext_lazy("More customers are loyal: %(value)s, up by %(gap)s"),
    "csat": gettext_lazy("Satisfaction grew by %(gap)s to %(value)s"),
    "nps": gettext_lazy("More people recommend us: NPS %(value)s, up by %(gap)s"),
    "nps_1_10": gettext_lazy("More people recommend us: NPS (1 to 10) %(value)s, up by %(gap)s"),
    "ces": gettext_lazy("More people find it easy: %(value)s, up by %(gap)s"),
    "ces_1_5": gettext_lazy("More people find it easy: %(value)s, up by %(gap)s"),
    "response_rate": gettext_lazy("More of those we ask answer: %(value)s, up by %(gap)s"),
    "late_share": gettext_lazy("Deliveries come late more often: %(value)s, up by %(gap)s"),
    "positive_ratings": gettext_lazy("More public ratings are good: %(value)s, up by %(gap)s"),
    "cases_opened": gettext_lazy("More cases were opened, by %(gap)s: %(value)s now"),
    "cases_open": gettext_lazy("More cases are open, by %(gap)s: %(value)s now"),
    "complaint_share": gettext_lazy("More orders lead to a complaint: %(value)s, up by %(gap)s"),
    "compensation": gettext_lazy("Compensation grew by %(gap)s to %(value)s"),
    "cases_closed": gettext_lazy("More cases were closed, by %(gap)s: %(value)s now"),
    "resolution_time": gettext_lazy("Cases take longer, by %(gap)s: %(value)s now"),
    "sla_met": gettext_lazy("More cases are closed in time: %(value)s, up by %(gap)s"),
    "first_contact": gettext_lazy("More cases are settled at once: %(value)s, up by %(gap)s"),
    "recovery_rate": gettext_lazy("More customers say that all is well again: %(value)s, up by %(gap)s"),
}
LESS: Mapping[str, Any] = {
    "orders": gettext_lazy("Orders are down by %(gap)s: %(value)s now"),
    "gross_revenue": gettext_lazy("Gross revenue fell by %(gap)s to %(value)s"),
    "returns": gettext_lazy("Returns fell by %(gap)s to %(value)s"),
    "net_revenue": gettext_lazy("Net revenue fell by %(gap)s to %(value)s"),
    "returns_share": gettext_lazy("The share of returns fell by %(gap)s to %(value)s"),
    "average_order_value": gettext_lazy("The average order fell by %(gap)s to %(value)s"),
    "buyers": gettext_lazy("Buyers are down by %(gap)s: %(value)s now"),
    "repeat_purchase": gettext_lazy("Fewer buyers come again: %(value)s, down by %(gap)s"),
    "purchase_frequency": gettext_lazy("Buyers order less often: %(value)s orders each, down by %(gap)s"),
    "revenue_per_customer": gettext_lazy("A customer brings %(gap)s less: %(value)s"),
    "retention": gettext_lazy("Retention fell by %(gap)s to %(value)s"),
    "churn": gettext_lazy("Fewer customers are lost: %(value)s, down by %(gap)s"),
    "new_customers": gettext_lazy("Fewer new customers come, by %(gap)s: %(value)s now"),
    "loyal_customers": gettext_lazy("Fewer customers are loyal: %(value)s, down by %(gap)s"),
    "csat": gettext_lazy("Satisfaction fell by %(gap)s to %(value)s"),
    "nps": gettext_lazy("Fewer people recommend us: NPS %(value)s, down by %(gap)s"),
    "nps_1_10": gettext_lazy("Fewer people recommend us: NPS (1 to 10) %(value)s, down by %(gap)s"),
    "ces": gettext_lazy("Fewer people find it easy: %(value)s, down by %(gap)s"),
    "ces_1_5": gettext_lazy("Fewer people find it easy: %(value)s, down by %(gap)s"),
    "response_rate": gettext_lazy("Fewer of those we ask answer: %(value)s, down by %(gap)s"),
    "late_share": gettext_lazy("Deliveries come late less often: %(value)s, down by %(gap)s"),
    "positive_ratings": gettext_lazy("Fewer public ratings are good: %(value)s, down by %(gap)s"),
    "cases_opened": gettext_lazy("Fewer cases were opened, by %(gap)s: %(value)s now"),
    "cases_open": gettext_lazy("Fewer cases are open, by %(gap)s: %(value)s now"),
    "complaint_share": gettext_lazy("Fewer orders lead to a complaint: %(value)s, down by %(gap)s"),
    "compensation": gettext_lazy("Compensation fell by %(gap)s to %(value)s"),
    "cases_closed": gettext_lazy("Fewer cases were closed, by %(gap)s: %(value)s now"),
    "resolution_time": gettext_lazy("Cases are solved sooner, by %(gap)s: %(value)s now"),
    "sla_met": gettext_lazy("Fewer cases are closed in time: %(value)s, down by %(gap)s"),
    "first_contact": gettext_lazy("Fewer cases are settled at once: %(value)s, down by %(gap)s"),
    "recovery_rate": gettext_lazy("Fewer customers say that all is well again: %(value)s, down by %(gap)s"),
}

# What may be done first when a number left its band; what was planned in its goal goes before.
_ASK_WHY = gettext_lazy("See which place or channel it comes from, and ask there what has changed.")
_CALL = gettext_lazy("Call those who would not recommend you, and ask why.")
_EASIER = gettext_lazy("Read where it was hard for people, and take one step out of the way.")
_COME_BACK = gettext_lazy("Ask those who stopped coming what they miss, before you offer anything.")
_TOGETHER = gettext_lazy("See what people buy together, and offer it together.")
_SENT_BACK = gettext_lazy("See what is given back and why; mend the description or the product.")
MEASURES: Mapping[str, Any] = {
    "orders": _ASK_WHY,
    "gross_revenue": _ASK_WHY,
    "returns": _SENT_BACK,
    "net_revenue": _ASK_WHY,
    "returns_share": _SENT_BACK,
    "average_order_value": _TOGETHER,
    "buyers": _ASK_WHY,
    "repeat_purchase": _COME_BACK,
    "purchase_frequency": _COME_BACK,
    "revenue_per_customer": _TOGETHER,
    "retention": _COME_BACK,
    "churn": gettext_lazy("Call those who are about to be lost, the ones who bought most first."),
    "new_customers": gettext_lazy("See by which way fewer people come, and ask new ones how they heard of you."),
    "loyal_customers": _COME_BACK,
    "csat": gettext_lazy("Read the bad answers, and answer each person."),
    "nps": _CALL,
    "nps_1_10": _CALL,
    "ces": _EASIER,
    "ces_1_5": _EASIER,
    "response_rate": gettext_lazy("Ask fewer questions, sooner after the visit, and tell what became of the answers."),
    "late_share": gettext_lazy("See who delivers late and where, and tell those who wait before they ask."),
    "positive_ratings": gettext_lazy("Answer the bad ones in public, and mend what they name."),
    "cases_opened": gettext_lazy("See which root cause grows, and end it there instead of case by case."),
    "cases_open": gettext_lazy("See who has too many, and share them out anew."),
    "complaint_share": gettext_lazy("See which root cause grows, and end it there instead of case by case."),
    "compensation": gettext_lazy("See what is given most often and for what, and end its root cause."),
    "cases_closed": gettext_lazy("See which cases nobody has, and give each of them to somebody."),
    "resolution_time": gettext_lazy("See where cases wait longest, and shorten that step of the playbook."),
    "sla_met": gettext_lazy("See whose cases run late, and share them out anew or promise what can be kept."),
    "first_contact": gettext_lazy("Read why people came back, and put the answer into the script."),
    "recovery_rate": gettext_lazy("Call those for whom it is not well, before they leave."),
}


def value_text(metric: Metric, value: float | None, unit: str) -> str:
    """A value of this metric: 18,532, £8,911,408, 65.6%, 4.27, 3.5 h, of points −12; nothing to say is a dash."""
    if value is None:
        return "–"
    if metric.kind == "money":
        return formats.money(round(value), unit, whole=abs(value) >= LARGE)
    if metric.kind == "share":
        return formats.percent(value, 1)
    if metric.kind == "hours":
        return hours(value)
    return formats.number(value, 2) if metric.kind == "mean" else formats.number(round(value))


def hours(value: float) -> str:
    """A length in hours: 45 min, 3.5 h, 26 h."""
    if value < 1:
        return _("%(n)s min") % {"n": formats.number(round(value * 60))}
    return pgettext("a length", "%(n)s h") % {"n": formats.number(value, 1 if value < 10 else 0)}


def said(reading: Reading) -> str:
    """The value of a reading."""
    return value_text(reading.metric, reading.value, reading.unit)


def between(reading: Reading) -> str:
    """The interval in a few characters: 64.2%…67.0%; empty where there is none."""
    if reading.interval is None:
        return ""
    low, high = (value_text(reading.metric, one, reading.unit) for one in (reading.interval.low, reading.interval.high))
    return f"{low}…{high}"


def gap_text(metric: Metric, change: Change, unit: str) -> str:
    """How much it is, without a sign: percentage points of a share, else per cent of what was before."""
    gap = abs(change.gap or 0)
    if metric.kind == "share":
        return _("%(points)s p.p.") % {"points": formats.number(gap * 100, 1)}
    if metric.kind == "points":
        n = round(gap)
        return ngettext("%(n)s point", "%(n)s points", n) % {"n": formats.number(n)}
    if metric.kind == "hours":
        return hours(gap)
    if change.share is None:
        return value_text(metric, gap, unit)
    return formats.percent(abs(change.share), 0 if abs(change.share) >= 0.1 else 1)


def change_sentence(reading: Reading, change: Change) -> str:
    """What happened, in one sentence."""
    if change.verdict == "unknown":
        return _("Not enough data to compare with the time before.")
    if change.verdict == "same":
        return _("No clear change against the time before.")
    sentence = (MORE if (change.gap or 0) > 0 else LESS)[reading.metric.name]
    return str(sentence) % {"gap": gap_text(reading.metric, change, reading.unit), "value": said(reading)}


def tone(metric: Metric, change: Change) -> str:
    """Whether a change is good or bad; empty when it is neither or none."""
    if change.verdict != "changed" or not metric.good:
        return ""
    return "good" if ((change.gap or 0) > 0) == (metric.good > 0) else "bad"


def stands_on(reading: Reading) -> str:
    """What a number is made of: from 412 orders."""
    n = reading.n
    return STANDS_ON.get(reading.metric.name, _orders)(n) % {"n": formats.number(n)}


def _orders(n: int) -> str:
    return ngettext("from %(n)s order", "from %(n)s orders", n)


def _returns(n: int) -> str:
    return ngettext("from %(n)s return", "from %(n)s returns", n)


def _deals(n: int) -> str:
    return ngettext("from %(n)s order or return", "from %(n)s orders and returns", n)


def _buyers(n: int) -> str:
    return ngettext("from %(n)s buyer", "from %(n)s buyers", n)


def _customers(n: int) -> str:
    return ngettext("of %(n)s customer", "of %(n)s customers", n)


def _scores(n: int) -> str:
    return ngettext("from %(n)s score", "from %(n)s scores", n)


def _answers(n: int) -> str:
    return ngettext("from %(n)s answer", "from %(n)s answers", n)


def _deliveries(n: int) -> str:
    return ngettext("from %(n)s delivered order", "from %(n)s delivered orders", n)


def _invitations(n: int) -> str:
    return ngettext("of %(n)s invitation delivered", "of %(n)s invitations delivered", n)


def _cases(n: int) -> str:
    return ngettext("from %(n)s case", "from %(n)s cases", n)


STANDS_ON: Mapping[str, Callable[[int], str]] = {
    "returns": _returns, "net_revenue": _deals, "buyers": _buyers, "repeat_purchase": _buyers,
    "purchase_frequency": _buyers, "revenue_per_customer": _buyers, "retention": _customers, "churn": _customers,
    "new_customers": _customers, "loyal_customers": _customers, "csat": _scores,
    "nps": _answers, "nps_1_10": _answers, "ces": _scores, "ces_1_5": _scores, "positive_ratings": _scores,
    "late_share": _deliveries, "response_rate": _invitations,
    **dict.fromkeys(
        (
            "cases_opened", "cases_open", "cases_closed", "compensation", "resolution_time", "sla_met",
            "first_contact", "recovery_rate",
        ),
        _cases,
    ),
}  # fmt: skip


def left_out(reading: Reading) -> list[str]:
    """What could not be counted, a sentence per reason."""
    return [LEFT_OUT[reason](n) % {"n": formats.number(n)} for reason, n in reading.left_out.items()]


def _without_rate(n: int) -> str:
    return ngettext("%(n)s order has no rate and is left out", "%(n)s orders have no rate and are left out", n)


def _guests(n: int) -> str:
    return ngettext("%(n)s guest order is left out", "%(n)s guest orders are left out", n)


def _other_scale(n: int) -> str:
    return ngettext("%(n)s score on another scale is left out", "%(n)s scores on another scale are left out", n)


def _without_promise(n: int) -> str:
    return ngettext(
        "%(n)s delivery without a promised day is left out", "%(n)s deliveries without a promised day are left out", n
    )


def _still_open(n: int) -> str:
    return ngettext("%(n)s case is still open", "%(n)s cases are still open", n)


def _without_deadline(n: int) -> str:
    return ngettext("%(n)s case without a deadline is left out", "%(n)s cases without a deadline are left out", n)


def _nothing_said(n: int) -> str:
    return ngettext("of %(n)s case the customer has said nothing", "of %(n)s cases the customer has said nothing", n)


def _not_yet_known(n: int) -> str:
    return ngettext("of %(n)s case nobody can say yet", "of %(n)s cases nobody can say yet", n)


def _of_nobody(n: int) -> str:
    return ngettext("%(n)s case of somebody unknown is left out", "%(n)s cases of somebody unknown are left out", n)


def _not_delivered(n: int) -> str:
    return ngettext("%(n)s invitation was not delivered", "%(n)s invitations were not delivered", n)


def _rhythm_unknown(n: int) -> str:
    return ngettext(
        "of %(n)s customer nobody knows how often they come", "of %(n)s customers nobody knows how often they come", n
    )


def _other_currency(n: int) -> str:
    return ngettext("%(n)s case in another currency is left out", "%(n)s cases in another currency are left out", n)


LEFT_OUT: Mapping[str, Callable[[int], str]] = {
    "without_rate": _without_rate, "guest_orders": _guests, "other_scale": _other_scale,
    "without_promise": _without_promise, "still_open": _still_open, "without_deadline": _without_deadline,
    "nothing_said": _nothing_said, "not_yet_known": _not_yet_known, "of_nobody": _of_nobody,
    "rhythm_unknown": _rhythm_unknown, "other_currency": _other_currency, "not_delivered": _not_delivered,
}  # fmt: skip


def beside(reading: Reading) -> str:
    """What stands beside: mean 4.27 of 5, median £302, for 52% · against 11%."""
    one = reading.beside
    if one is None:
        return ""
    if one.kind == "median":
        return _("median %(value)s") % {"value": value_text(reading.metric, one.value, reading.unit)}
    if one.kind == "split":
        return _("for %(good)s · against %(bad)s") % {
            "good": formats.percent(one.value),
            "bad": formats.percent(one.other or 0),
        }
    if one.kind == "steps":
        return _("seen by %(seen)s · begun by %(begun)s") % {
            "seen": formats.percent(one.value),
            "begun": formats.percent(one.other or 0),
        }
    if one.kind == "times":
        return _("nine of ten within %(most)s · mean %(mean)s · by the calendar %(calendar)s") % {
            "most": hours(one.value), "mean": hours(one.mean or 0), "calendar": hours(one.other or 0),
        }  # fmt: skip
    return _("mean %(value)s of %(high)s") % {
        "value": formats.number(one.value, 2),
        "high": max(one.scale) if one.scale else "",
    }


def dimension_name(name: str) -> str:
    """What a cut is called."""
    return str(DIMENSIONS[name])


DIMENSIONS: Mapping[str, Any] = {
    "location": gettext_lazy("Location"),
    "channel": gettext_lazy("Channel"),
    "town": gettext_lazy("Town of the customer"),
    "country": gettext_lazy("Country of the customer"),
    "product": gettext_lazy("Product"),
    "category": gettext_lazy("Category"),
    "currency": gettext_lazy("Currency"),
    "late": gettext_lazy("Late or on time"),
    "cause": gettext_lazy("Root cause"),
    "member": gettext_lazy("Responsible"),
    "severity": gettext_lazy("Severity"),
    "day": gettext_lazy("By days"),
    "week": gettext_lazy("By weeks"),
    "month": gettext_lazy("By months"),
    "quarter": gettext_lazy("By quarters"),
    "year": gettext_lazy("By years"),
}
METHODS: Mapping[str, Any] = {
    "": gettext_lazy("None: it is a plain count. Changes are weighed by how much people differ."),
    "wilson": gettext_lazy("95%, by Wilson's score."),
    "adjusted_wald": gettext_lazy("95%, by the adjusted Wald method, which holds for few answers too."),
    "ratio": gettext_lazy("95%, by how much buyers differ, with the few large ones taken into account."),
    "ranks": gettext_lazy("95%, from the order of the values, whatever they are like."),
}
