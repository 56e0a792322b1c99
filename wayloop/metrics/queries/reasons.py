"""Why a number left its band: its parts, one cut after the other."""

from dataclasses import replace

from wayloop.metrics.bands import Blamed, blame, blame_change
from wayloop.metrics.dimensions import Question
from wayloop.metrics.evidence import Net, Share, Total
from wayloop.metrics.queries.readings import Reader
from wayloop.metrics.registry import BY_NAME

# By what a reason is looked for. Products are thousands, and which of them sold less is no reason.
CUTS = ("location", "channel", "town", "country", "late", "cause", "member")


def find_reason(metric: str, turn: Question) -> Blamed | None:
    """The part of one of the cuts that drew the number out most, or None when no part stands out beyond doubt.

    `turn`: the question with the time before, as for `read_change`. Of ratios that are drawn (average order value and
    the like) no part is named: their parts are too small for that.
    """
    if turn.turn is None:
        raise ValueError("the question has no turn")
    start, before_end = turn.turn
    now = Reader(replace(turn, start=start, turn=None), with_medians=False)
    before = Reader(replace(turn, end=before_end, turn=None), with_medians=False)
    whole = now.whole(metric)
    fixed = {name for name, _values in turn.where}
    found = []
    for cut in CUTS:
        if cut in fixed or cut not in BY_NAME[metric].dimensions:
            continue
        if isinstance(whole.evidence, Share | Net):
            found.append(blame(cut, whole, now.rows(metric, cut)))
        elif isinstance(whole.evidence, Total):
            found.append(blame_change(cut, now.rows(metric, cut), before.rows(metric, cut)))
    return max((one for one in found if one), key=lambda one: one.excess, default=None)
