"""Invents what the customers of the sample thought: scores after deliveries and visits, and whether they recommend it.

The same story has the same opinions. Nothing here touches the database but `give`, which writes through the face.
"""

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from django.db import transaction

from wayloop.demo.fates import Fate
from wayloop.demo.story import RETURNED_PRODUCT, SLOW_DAYS, SLOW_SHOP, ZONE, Deal, Shopper, Story
from wayloop.demo.words import COMMENTS, Theme
from wayloop.kernel import clock
from wayloop.surveys import api as surveys

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# Of so many who are asked one answers.
ANSWERS_DELIVERY, ANSWERS_VISIT, ANSWERS_RETURN, ANSWERS_NPS = 0.42, 0.12, 0.6, 0.55
# How often each score from 1 to 5 is given.
HAPPY, HURRIED, LET_DOWN = (2, 3, 9, 30, 56), (13, 18, 27, 26, 16), (31, 27, 21, 14, 7)
# Twice a year the regulars are asked whether they recommend the shops; days before the end.
ASKED_ABOUT_ALL = (24, 206, 388)
STEP = 2500

Mood = Literal["good", "bad"]


@dataclass(frozen=True)
class Opinion:
    """One score. `order`: number of the order it is about, or empty; `shop`: index, None on the web."""

    shopper: Shopper
    metric: Literal["csat", "nps"]
    value: int
    at: datetime
    shop: int | None
    order: str = ""
    comment: str = ""


def opinions_of(story: Story, delivered: Iterable[Fate], end: datetime) -> list[Opinion]:
    """All of them, from the oldest to the newest."""
    found = [
        *_of_deliveries(story, {fate.number: fate for fate in delivered}),
        *_of_visits(story, end),
        *_of_returns(story),
        *_of_the_business(story, end),
    ]
    return sorted((one for one in found if one.at <= end), key=lambda one: (one.at, one.shopper.index))


def give(source: str, opinions: Sequence[Opinion], handles: Sequence[int], places: Sequence[int]) -> None:
    """Writes them in steps; what is known is left as it is."""
    zone = ZoneInfo(ZONE)
    for start in range(0, len(opinions), STEP):
        ones = opinions[start : start + STEP]
        with transaction.atomic():
            surveys.record_scores(
                columns=surveys.ScoreColumns(
                    source=source,
                    batch="",
                    is_news=False,
                    numbers=[f"S-{start + place:05d}" for place in range(1, len(ones) + 1)],
                    metrics=[one.metric for one in ones],
                    scales=["1-5" if one.metric == "csat" else "0-10" for one in ones],
                    values=[Decimal(one.value) for one in ones],
                    comments=[one.comment for one in ones],
                    languages=[one.shopper.language for one in ones],
                    happened_at=[one.at for one in ones],
                    offset_minutes=[clock.offset_minutes(one.at.astimezone(zone)) for one in ones],
                    answered_at=[one.at for one in ones],
                    handles=[handles[one.shopper.index] for one in ones],
                    order_numbers=[one.order for one in ones],
                    location_ids=[None if one.shop is None else places[one.shop] for one in ones],
                    channels=["web" if one.shop is None else "till" for one in ones],
                )
            )


def _of_deliveries(story: Story, fates: Mapping[str, Fate]) -> Iterator[Opinion]:
    for deal in story.orders:
        fate = fates.get(deal.number)
        if fate is None or fate.ended_at is None or deal.shopper is None:
            continue
        rng = random.Random(f"zerno opinion {deal.number}")  # noqa: S311 – invents, guards nothing
        if rng.random() > ANSWERS_DELIVERY:
            continue
        is_late = fate.ended_at > fate.promised_to
        value = _drawn(rng, LET_DOWN if is_late else HAPPY)
        theme: Theme = "late" if is_late or value < 3 else "delivery"
        yield _about(story, deal, rng, value, fate.ended_at + rng.uniform(3, 40) * HOUR, theme)


def _of_visits(story: Story, end: datetime) -> Iterator[Opinion]:
    for deal in story.orders:
        if deal.shop is None or deal.shopper is None:
            continue
        rng = random.Random(f"zerno opinion {deal.number}")  # noqa: S311 – invents, guards nothing
        if rng.random() > ANSWERS_VISIT:
            continue
        is_slow = deal.shop == SLOW_SHOP and end - deal.at < SLOW_DAYS * DAY
        value = _drawn(rng, HURRIED if is_slow else HAPPY)
        yield _about(story, deal, rng, value, deal.at + rng.uniform(1, 30) * HOUR, "queue" if value < 3 else "visit")


def _of_returns(story: Story) -> Iterator[Opinion]:
    for back in story.returns:
        if back.shopper is None:
            continue
        rng = random.Random(f"zerno opinion {back.number}")  # noqa: S311 – invents, guards nothing
        if rng.random() > ANSWERS_RETURN:
            continue
        is_mug = any(product.code == RETURNED_PRODUCT for product, _quantity, _cents in back.lines)
        value = _drawn(rng, LET_DOWN if is_mug else HURRIED)
        yield _about(story, back, rng, value, back.at + rng.uniform(5, 60) * HOUR, "mug" if is_mug else "late")


def _of_the_business(story: Story, end: datetime) -> Iterator[Opinion]:
    """Whether they would recommend us, of those who have bought in the hundred days before they are asked."""
    bought: dict[int, list[datetime]] = {}
    for deal in story.orders:
        if deal.shopper is not None:
            bought.setdefault(deal.shopper, []).append(deal.at)
    for days in ASKED_ABOUT_ALL:
        asked = end - days * DAY
        for shopper in story.shoppers:
            visits = sum(asked - 100 * DAY < at < asked for at in bought.get(shopper.index, ()))
            rng = random.Random(f"zerno nps {days} {shopper.index}")  # noqa: S311 – invents, guards nothing
            if visits < 3 or not shopper.email or rng.random() > ANSWERS_NPS:
                continue
            is_slow = shopper.shop == SLOW_SHOP and days < SLOW_DAYS
            middle, spread = (6.4, 2.4) if is_slow else (8.7, 1.5)
            value = min(10, max(0, round(rng.gauss(middle, spread))))
            themes: tuple[Theme, Theme] = ("queue" if is_slow else "late", "visit")
            comment = _comment(rng, shopper, themes[value > 6], "good" if value > 6 else "bad")
            yield Opinion(shopper, "nps", value, asked + rng.uniform(1, 90) * HOUR, shopper.shop, comment=comment)


def _about(story: Story, deal: Deal, rng: random.Random, value: int, at: datetime, theme: Theme) -> Opinion:
    assert deal.shopper is not None  # noqa: S101 - for the type checker
    shopper = story.shoppers[deal.shopper]
    comment = "" if value == 3 else _comment(rng, shopper, theme, "good" if value > 3 else "bad")
    is_order = not deal.number.startswith("R-")
    return Opinion(shopper, "csat", value, at, deal.shop, deal.number if is_order else "", comment)


def _comment(rng: random.Random, shopper: Shopper, theme: Theme, mood: Mood) -> str:
    """Words in their own language; those who are displeased write more often."""
    if rng.random() > (0.65 if mood == "bad" else 0.22):
        return ""
    wanted: Theme = theme if mood == "bad" else "delivery" if theme in ("late", "delivery") else "visit"
    if mood == "bad" and theme in ("delivery", "visit"):
        wanted = "late" if theme == "delivery" else "queue"
    return rng.choice(COMMENTS[wanted][shopper.language])


def _drawn(rng: random.Random, weights: Sequence[int]) -> int:
    return rng.choices((1, 2, 3, 4, 5), weights)[0]
