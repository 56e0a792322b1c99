"""Several numbers of a named period, each with what changed."""

from collections.abc import Sequence

from wayloop.business import api as business
from wayloop.contracts.scope import Scope
from wayloop.metrics import pictures, times
from wayloop.metrics.dimensions import Question
from wayloop.metrics.pictures import Figure
from wayloop.metrics.queries.readings import read, read_change


def read_figures(
    names: Sequence[str], scope: Scope, period: business.NamedPeriod, *, series_of: Sequence[str] | None = None
) -> dict[str, Figure]:
    """Name → the number and its change against the time before; of all time there is no change.

    `series_of`: which of them are drawn too; None: all.
    """
    return figures_of(names, times.question_for(period, scope), period, series_of=series_of)


def figures_of(
    names: Sequence[str], question: Question, period: business.NamedPeriod, *, series_of: Sequence[str] | None = None
) -> dict[str, Figure]:
    """The same of a question that was made for the period."""
    turn = times.turned(question, period)
    if turn is None:
        answers = read(names, question, with_series=True, with_medians=False)
        return {answer.whole.metric.name: pictures.alone(answer.whole, period, question) for answer in answers}
    found = read_change(names, turn, series_of=names if series_of is None else series_of)
    return {turned.now.metric.name: pictures.figure(turned, period, question) for turned in found}
