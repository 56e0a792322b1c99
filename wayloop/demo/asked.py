"""Two surveys of the sample business that are asked: after a visit and after a delivery.

After a visit by a letter to whoever is known, and by the code on the table; after a delivery by a letter. Most of those
who are asked do not answer, some look at the page only, some go away on the way.

Planted to be found: whoever visited the slow shop lately gives bad marks, and the wait is what spoiled it. Its guests
answer more than those of other shops, as people who wait do.

All of the last half year: history, of which nobody is told.
"""

import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from wayloop.demo.story import SLOW_DAYS, SLOW_SHOP, Shopper
from wayloop.demo.words import COMMENTS, Theme
from wayloop.surveys import api as surveys

ANSWERS = {"visit": 200, "delivery": 70}
OF_THE_SLOW_SHOP = 80
WEEKS = 26
# Of the answers after a visit so many came by the code on the table.
BY_CODE = 0.4
# For each answer to a letter so many letters are not answered; of these, how many are looked at and begun.
UNANSWERED, LOOKED_AT, BEGUN = 3, 0.5, 0.12


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
        letters = 0
        for shopper, at in zip(guests, moments, strict=True):
            by_code = is_visit and rng.random() < BY_CODE
            letters += not by_code
            answered = _answered(rng, shopper, at, end, handles, places, is_visit=is_visit)
            if by_code:
                answered |= {"handle": None, "channel": "qr"}
            else:
                answered["asked_at"] = at - _later(rng)
            surveys.record_answers(survey_id=survey, **answered)
        for shopper in rng.choices(regulars, k=letters * UNANSWERED):
            asked = end - timedelta(hours=rng.uniform(2, WEEKS * 7 * 24))
            looked = asked + _later(rng)
            fate = rng.random() if looked < end else 1
            if fate < BEGUN:
                begun = _answered(rng, shopper, looked, end, handles, places, is_visit=is_visit)
                surveys.record_answers(survey_id=survey, asked_at=asked, most=rng.randint(1, 3), **begun)
            else:
                surveys.record_asked(
                    survey_id=survey,
                    at=asked,
                    handle=handles[shopper.index],
                    location_id=_place(shopper, places) if is_visit else None,
                    language=shopper.language,
                    seen_at=looked if fate < LOOKED_AT else None,
                )


def _answered(
    rng: random.Random,
    shopper: Shopper,
    at: datetime,
    end: datetime,
    handles: Sequence[int],
    places: Sequence[int],
    *,
    is_visit: bool,
) -> dict[str, Any]:
    is_slow = is_visit and shopper.shop == SLOW_SHOP and end - at < timedelta(days=SLOW_DAYS)
    mark = rng.choices((1, 2, 3, 4, 5), (20, 25, 25, 20, 10) if is_slow else (2, 4, 10, 34, 50))[0]
    return {
        "answers": _visit(rng, shopper, mark, is_slow=is_slow) if is_visit else _delivery(rng, shopper, mark),
        "at": at,
        "handle": handles[shopper.index],
        "location_id": _place(shopper, places) if is_visit else None,
        "language": shopper.language,
    }


def _place(shopper: Shopper, places: Sequence[int]) -> int | None:
    return places[shopper.shop] if shopper.shop is not None else None


def _later(rng: random.Random) -> timedelta:
    """How long somebody takes to open a letter: most within hours, some days later."""
    return timedelta(hours=min(rng.expovariate(1 / 9), 120))


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
