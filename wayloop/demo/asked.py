"""Two surveys of the sample business that are asked: after a visit, by the code on the table, and after a delivery.

Planted to be found: whoever visited the slow shop lately gives bad marks, and the wait is what spoiled it. Its guests
answer more than those of other shops, as people who wait do.

Answered by some of its customers in the last half year: history, of which nobody is told.
"""

import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from wayloop.demo.story import SLOW_DAYS, SLOW_SHOP, Shopper
from wayloop.demo.words import COMMENTS, Theme
from wayloop.surveys import api as surveys

ANSWERS = {"visit": 200, "delivery": 70}
OF_THE_SLOW_SHOP = 80
WEEKS = 26


def ask_the_guests(
    shoppers: Sequence[Shopper], handles: Sequence[int], places: Sequence[int], languages: Sequence[str], end: datetime
) -> None:
    """Publishes both and answers them; the same story has the same answers."""
    for key, count in ANSWERS.items():
        survey = surveys.publish_ready(key=key, languages=languages)
        rng = random.Random(f"zerno asked {key}")  # noqa: S311 – invents, guards nothing
        regulars = [one for one in shoppers if one.shop is not None and one.email]
        is_visit = key == "visit"
        guests = _chosen(rng, regulars, count, OF_THE_SLOW_SHOP if is_visit else 0)
        moments = sorted(end - timedelta(hours=rng.uniform(2, WEEKS * 7 * 24)) for _one in guests)
        for shopper, at in zip(guests, moments, strict=True):
            is_slow = is_visit and shopper.shop == SLOW_SHOP and end - at < timedelta(days=SLOW_DAYS)
            mark = rng.choices((1, 2, 3, 4, 5), (20, 25, 25, 20, 10) if is_slow else (2, 4, 10, 34, 50))[0]
            said = _visit(rng, shopper, mark, is_slow=is_slow) if is_visit else _delivery(rng, shopper, mark)
            surveys.record_answers(
                survey_id=survey,
                answers=said,
                at=at,
                handle=handles[shopper.index],
                location_id=places[shopper.shop] if is_visit and shopper.shop is not None else None,
                channel="qr" if is_visit else "invitation",
                language=shopper.language,
            )


def _chosen(rng: random.Random, regulars: Sequence[Shopper], count: int, slow: int) -> list[Shopper]:
    """So many of them in no order, `slow` of these from the slow shop."""
    waiting = [one for one in regulars if one.shop == SLOW_SHOP] if slow else []
    first = rng.sample(waiting, min(slow, len(waiting)))
    taken = {one.index for one in first}
    left = [one for one in regulars if one.index not in taken]
    found = [*first, *rng.sample(left, min(count - len(first), len(left)))]
    rng.shuffle(found)
    return found


def _visit(rng: random.Random, shopper: Shopper, mark: int, *, is_slow: bool) -> Mapping[str, Mapping[str, str]]:
    likely = min(10, max(0, round(rng.gauss(mark * 2, 1.3))))
    feeling = rng.choice(("glad", "calm", "surprised") if mark > 3 else ("calm", "confused", "disappointed"))
    return {
        "q1": {"a": str(mark)},
        "q2": {"a": "o1" if is_slow and rng.random() < 0.8 else rng.choice(("o2", "o2", "o3", "o5"))},
        "q3": {"a": rng.choice(("o1", "o2", "o2", "o3", "o4"))},
        "q4": {"a": feeling},
        "q5": {"a": str(likely)},
        "q6": {"a": _words(rng, shopper, "visit" if mark > 3 else "queue")},
    }


def _delivery(rng: random.Random, shopper: Shopper, mark: int) -> Mapping[str, Mapping[str, str]]:
    came = "o3" if mark < 3 else rng.choice(("o1", "o2", "o2"))
    near = [str(min(5, max(1, mark + rng.choice((-1, 0, 0, 1))))) for _row in range(3)]
    return {
        "q1": {"a": str(mark)},
        "q2": {"a": came},
        "q3": {"a": rng.choice(("o1", "o2", "o3"))},
        "q4": {f"a.o{place}": value for place, value in enumerate(near, 1)},
        "q5": {},
        "q6": {"a": _words(rng, shopper, "delivery" if mark > 3 else "late")},
    }


def _words(rng: random.Random, shopper: Shopper, theme: Theme) -> str:
    return rng.choice(COMMENTS[theme][shopper.language]) if rng.random() < 0.4 else ""
