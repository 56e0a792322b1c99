"""The review of a quarter as a letter: plain text, the same numbers as on the page."""

from collections import Counter
from collections.abc import Iterator

from django.utils.translation import gettext as _

from wayloop.business import api as business
from wayloop.kernel import clock
from wayloop.metrics.alert_cards import alert_cards
from wayloop.metrics.enums import Standing
from wayloop.metrics.goal_cards import goal_cards
from wayloop.metrics.queries.review import Review
from wayloop.ui.formats import number, plain_date


def verdict(review: Review) -> str:
    """How many numbers got better and worse, and how many goals are reached, in two sentences."""
    tones = Counter(one.figure.tone or one.figure.change.verdict for one in review.lines.values())
    counts = {"better": number(tones["good"]), "worse": number(tones["bad"]), "same": number(tones["same"])}
    if review.is_over:
        told = _("Better than the quarter before: %(better)s. Worse: %(worse)s. No clear change: %(same)s.") % counts
    else:
        told = (
            _(
                "The quarter is not over. Against as much of the one before, better: %(better)s, worse: %(worse)s, "
                "no clear change: %(same)s."
            )
            % counts
        )
    if not review.goals:
        return told
    reached = sum(one.standing == Standing.REACHED for one in review.goals)
    goals = _("Goals reached: %(reached)s of %(all)s.") % {"reached": number(reached), "all": number(len(review.goals))}
    return f"{told} {goals}"


def as_text(review: Review, address: str) -> str:
    """The letter. `address`: where the whole review opens."""
    return "\n".join(_lines(review, address)) + "\n"


def _lines(review: Review, address: str) -> Iterator[str]:
    yield verdict(review)
    changes = [one.figure for one in review.lines.values() if one.figure.change.verdict == "changed"]
    if changes:
        yield from ("", _("What changed") + ":")
        yield from (f"• {one.sentence} ({one.stands_on})" for one in changes)
    if review.happened:
        yield from ("", _("What happened") + ":")
        today = business.report_clock().day_of(clock.now())
        yield from (f"• {plain_date(one.day, today)}: {one.text}" for one in review.happened)
    if review.goals:
        yield from ("", _("Goals") + ":")
        for goal in goal_cards(review.goals):
            name = f"{goal.figure.metric.label}, {goal.place}" if goal.place else str(goal.figure.metric.label)
            yield f"• {name}: {goal.figure.value} – {goal.goal_text}, {goal.standing}"
    if review.alerts:
        yield from ("", _("Alerts") + ":")
        for one in alert_cards(review.alerts):
            yield "• " + " · ".join(part for part in (one.label, one.place, one.sentence, one.reason) if part)
    yield from ("", f"{_('The whole review')}: {address}")
