"""Complaints of the sample business and what was done about them: cases, open and closed, with their playbooks.

Planted to be found: «Зерно в саду» has a delivery problem. Of all complaints of the last three months about half are
about its parcels, they take longest, and most of them end without the customer being content.

Made through the face of the work, in the transaction that ends the building, so it is there once or not at all.
"""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from wayloop.contracts.work import CaseColumns
from wayloop.demo.story import Shopper
from wayloop.kernel import clock
from wayloop.kernel.localised import Localised
from wayloop.work import api as work
from wayloop.work.api import CaseKind, OwnerRule, PlaybookDetails, Severity, State

GARDEN, MARKET = 4, 2
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SOURCE = "sample"


class Complaint(NamedTuple):
    """What somebody said at a shop, so many days ago; how it went on: the state it stands in, and after how long."""

    title: str
    said: str
    shop: int
    days: float
    state: State
    took: float
    cause: str
    is_well: bool | None = None


def _text(uk: str, ru: str, en: str) -> Localised:
    return Localised({"uk": uk, "ru": ru, "en": en}, "uk")


LATE = (
    ("Посилка спізнилася на три дні", "Чекала подарунок до дня народження, а він прийшов після."),
    ("Курʼєр не приїхав", "Пів дня вдома, ніхто не подзвонив."),
    ("Привезли не ту каву", "Замовляв Ефіопію, отримав Бразилію. Змолоту."),
    ("Пакет прийшов відкритий", "Зерна по всій коробці."),
    ("Ніхто не знає, де замовлення", "Тричі телефонував, щоразу інша відповідь."),
)
OTHERS = (
    ("Пів години в черзі", "За кавою з собою. Дві людини за стійкою розмовляли.", "Waiting and queues"),
    ("Кава холодна й гірка", "Раніше тут було найкраще еспресо.", "Product or service"),
    ("Кухоль «Дорога» протікає", "Другий за рік, у сумці все мокре.", "Product or service"),
    ("Бариста відповів грубо", "Попросила замінити молоко.", "Our people"),
    ("Знижка не спрацювала", "На сайті писали −15 %, у касі повна ціна.", "Price and terms"),
    ("Списали двічі", "Оплата на сайті пройшла два рази.", "Site and payment"),
)


def complaints() -> list[Complaint]:
    """All of them, the same each time."""
    rng = random.Random("zerno complaints")  # noqa: S311 – invents, guards nothing
    told = []
    for number in range(18):
        title, said = LATE[number % len(LATE)]
        days = 2 + number * 4.6
        ends = State.SOLVED if number % 3 == 0 else State.UNSOLVED
        state = (State.NEW, State.WORKING, State.WAITING, State.WORKING)[number] if number < 4 else ends
        told.append(Complaint(title, said, GARDEN, days, state, rng.uniform(60, 160), "Delivery", number % 4 == 0))
    for number in range(16):
        title, said, cause = OTHERS[number % len(OTHERS)]
        days = 0.3 + number * 5.4
        shop = (0, 1, MARKET, 3, MARKET)[number % 5]
        state = (State.NEW, State.WORKING)[number] if number < 2 else State.SOLVED
        state = State.UNSOLVED if number == 9 else state
        told.append(Complaint(title, said, shop, days, state, rng.uniform(2, 30), cause, number % 6 != 3))
    return told


def work_on_complaints(
    shoppers: Sequence[Shopper], handles: Sequence[int], members: Sequence[int], places: Sequence[int], asks: int
) -> int:
    """Writes playbooks and cases in the name of members (ids, the owner first); answers the playbook of bad scores.

    `asks`: the survey that asks afterwards whether all is well.
    """
    delivery, score = _playbooks(asks)
    told = [one for one in complaints() if one.shop < len(places)]
    rng = random.Random("zerno who complains")  # noqa: S311 – invents, guards nothing
    known = [handles[one.index] for one in shoppers if one.name]
    people = rng.sample(known, min(len(told), len(known)))
    now = clock.now()
    for book, mine in (
        (delivery, [pair for pair in enumerate(told) if pair[1].cause == "Delivery"]),
        (score, [pair for pair in enumerate(told) if pair[1].cause != "Delivery"]),
    ):
        opened = work.open_cases(
            columns=CaseColumns(
                source=SOURCE,
                abouts=[f"{SOURCE}:{number}" for number, _one in mine],
                handles=[people[number % len(people)] for number, _one in mine],
                titles=[one.title for _number, one in mine],
                said=[one.said for _number, one in mine],
                location_ids=[places[one.shop] for _number, one in mine],
                opened_at=[_by_day(now - one.days * DAY, now) for _number, one in mine],
                is_history=True,
            ),
            playbook_id=book,
        )
        for case, (number, one) in zip(opened.ids, mine, strict=True):
            _go_on(case, one, members[number % min(3, len(members))], now)
    return score


def _go_on(case: int, one: Complaint, member: int, now: datetime) -> None:
    """The case goes into work, and to where it stands today."""
    if one.state == State.NEW:
        return
    stages = {stage.state: stage.id for stage in reversed(work.stages())}
    begun = _by_day(now - one.days * DAY, now)
    at = min(begun + HOUR, now)
    way = [State.WORKING, *([one.state] if one.state != State.WORKING else [])]
    seen = stages[State.NEW]
    for state in way:
        work.move_case(case_id=case, stage_id=stages[state], seen_stage_id=seen, by=member, at=at)
        seen, at = stages[state], min(max(begun + one.took * HOUR, at + HOUR), now)
    if one.state in (State.SOLVED, State.UNSOLVED):
        causes = {cause.name.texts.get("en"): cause.id for cause in work.causes_in_use()}
        work.name_cause(case_id=case, cause_id=causes.get(one.cause), by=member, at=at)
        if one.state == State.SOLVED and one.took > 12:
            work.compensate(case_id=case, amount=12_000, cost=4_500, what="Пачка кави", by=member, at=at)
        work.note_recovery(case_ids=[case], responses=[case], are_recovered=[one.is_well], at=at)


def _playbooks(asks: int) -> tuple[int, int]:
    delivery = work.add_playbook(
        details=PlaybookDetails(
            name=_text("Скарга на доставку", "Жалоба на доставку", "Complaint about a delivery"),
            kind=CaseKind.COMPLAINT,
            severity=Severity.HIGH,
            owner_rule=OwnerRule.TURNS,
            deadline_minutes=8 * 60,
            script=(
                "Доброго дня! Мені дуже прикро, що замовлення не приїхало вчасно.\n"
                "Зараз дізнаюся, де воно, і сьогодні ж передзвоню."
            ),
            steps=(
                "Зателефонувати протягом години",
                "Знайти посилку в перевізника",
                "Запропонувати заміну чи повернення",
            ),
            limit=30_000,
            recovery_survey=asks,
        )
    )
    score = work.add_playbook(
        details=PlaybookDetails(
            name=_text("Погана оцінка", "Плохая оценка", "Bad score"),
            kind=CaseKind.SCORE,
            owner_rule=OwnerRule.TURNS,
            deadline_minutes=16 * 60,
            script="Дякуємо, що сказали прямо. Розкажіть, будь ласка, що сталося?",
            steps=("Вибачитися й вислухати", "Записати першопричину"),
            limit=15_000,
            recovery_survey=asks,
        )
    )
    return delivery.pk, score.pk


def _by_day(moment: datetime, now: datetime) -> datetime:
    """The same day while somebody reads complaints."""
    found = moment.replace(hour=min(max(moment.hour, 7), 15), minute=moment.minute // 15 * 15, second=0, microsecond=0)
    return min(found, now)
