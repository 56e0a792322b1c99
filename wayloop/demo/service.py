"""Agreements and the workshop of the sample business: repairs of coffee machines in all stages, tastings, warranties.

Made through the face of commerce, in the transaction that ends the building, so it is there once or not at all.
"""

import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from wayloop.business import api as business
from wayloop.commerce import api as commerce
from wayloop.commerce.api import AgreementKind, JobDetails, NewStage, Outcome, PricePeriod, Renewal, Terms
from wayloop.demo.story import CURRENCY, Shopper
from wayloop.kernel import clock
from wayloop.kernel.localised import Localised


def _words(uk: str, ru: str, en: str) -> Localised:
    return Localised({"uk": uk, "ru": ru, "en": en}, "uk")


MINUTE = timedelta(minutes=1)
REPAIR = (
    NewStage(_words("Прийнято", "Принято", "Accepted")),
    NewStage(_words("Діагностика", "Диагностика", "Diagnosis")),
    NewStage(_words("Кошторис погоджено", "Смета согласована", "Estimate approved")),
    NewStage(_words("У роботі", "В работе", "In work")),
    NewStage(_words("Готово", "Готово", "Ready")),
    NewStage(_words("Оплачено й видано", "Оплачено и выдано", "Paid and handed over"), Outcome.DONE),
    NewStage(_words("Видано без ремонту", "Выдано без ремонта", "Returned unrepaired"), Outcome.NOT_DONE),
)
TASTING = (
    NewStage(_words("Записано", "Записано", "Booked")),
    NewStage(_words("Підтверджено", "Подтверждено", "Confirmed")),
    NewStage(_words("Відбулося", "Состоялось", "Took place"), Outcome.DONE),
    NewStage(_words("Не прийшли", "Не пришли", "No-show"), Outcome.NOT_DONE),
)


class Mended(NamedTuple):
    """A repair: what, the machine, how many stages it went through, days ago accepted, days it was promised in."""

    title: str
    item: str
    moves: int
    accepted: float
    promised: float | None
    price: int | None = None


REPAIRS = (
    Mended("Кавомолка не вмикається", "Baratza Encore, № 88-1204", 0, 0.2, 3),
    Mended("Тече група", "Lelit Anna, № L-20419", 0, 1.1, 4),
    Mended("Замінити жорна", "Eureka Mignon, № 55120", 1, 2.3, 2, 4625),
    Mended("Немає тиску", "DeLonghi Dedica, № D-7731", 1, 1.6, 5),
    Mended("Профілактика й чищення від накипу", "Rancilio Silvia, № RS-909", 2, 3.2, 4.5, 3500),
    Mended("Свистит паровой кран", "Gaggia Classic, № 30771", 3, 4.1, 3, 2400),
    Mended("Не гріє бойлер", "Ascaso Dream, № AD-4410", 3, 2.7, 6, 8000),
    Mended("Replace the gasket", "La Pavoni Europiccola, № 1182", 4, 6.4, 7, 1950),
    Mended("Калібрування помелу", "Mahlkönig X54, № M-0087", 5, 5.1, 4, 1625),
    Mended("Замінити помпу", "Saeco Aroma, № SA-661", 5, 8.8, 6, 5250),
    Mended("Мокрая плата управления", "Jura E6, № J-5512", 6, 9.5, 6),
)
TASTINGS = (("Капінг на двох", 0, 1.5), ("Урок латте-арту", 1, 3.2), ("Проба ефіопського зерна", 2, -2.0))


def open_the_workshop(
    shoppers: Sequence[Shopper], handles: Sequence[int], members: Sequence[int], places: Sequence[int]
) -> None:
    """Writes agreements and jobs of some regulars in the name of members (ids, the owner first)."""
    rng = random.Random("zerno workshop")  # noqa: S311 – invents, guards nothing
    known = [handles[one.index] for one in shoppers if one.card and one.habit == "regular"]
    known = known or [handles[one.index] for one in shoppers]
    people = rng.sample(known, min(24, len(known)))
    _repair(people, members, places[0] if places else None)
    _invite(people[::-1], members, places[1 % len(places)] if places else None)
    _agree(people, members[0])


def _repair(people: Sequence[int], members: Sequence[int], place: int | None) -> None:
    name = _words("Ремонт", "Ремонт", "Repair")
    kind = commerce.add_job_kind(name=name, stages=REPAIR, icon="wrench", usual_hours=96)
    now = clock.now()
    for number, one in enumerate(REPAIRS):
        accepted = _by_day(now - timedelta(days=one.accepted))
        details = JobDetails(
            title=one.title,
            item=one.item,
            location_id=place,
            member_id=members[number % min(3, len(members))],
            promised_at=None if one.promised is None else _by_day(accepted + timedelta(days=one.promised)),
            price=one.price,
            currency=CURRENCY if one.price else "",
        )
        _walk(people[number % len(people)], kind, details, one.moves, accepted, members)


def _invite(people: Sequence[int], members: Sequence[int], place: int | None) -> None:
    name = _words("Дегустація", "Дегустация", "Tasting")
    kind = commerce.add_job_kind(name=name, stages=TASTING, icon="calendar-check", usual_hours=None)
    now = clock.now()
    for number, (title, moves, days) in enumerate(TASTINGS):
        when = _by_day(now + timedelta(days=days))
        details = JobDetails(title=title, location_id=place, member_id=members[0], promised_at=when)
        _walk(people[number % len(people)], kind, details, moves, _by_day(min(now, when) - timedelta(days=4)), members)


def _walk(person: int, kind: int, details: JobDetails, moves: int, begins: datetime, members: Sequence[int]) -> None:
    """Opens a job and moves it on, evenly over the time until now or its promise."""
    job = commerce.open_job(person=person, kind_id=kind, details=details, by=members[0], at=begins)
    until = clock.now() if not details.promised_at else min(clock.now(), details.promised_at)
    for step in range(1, moves + 1):
        at = min(_by_day(begins + (until - begins) * (step / (moves + 1))) + step * MINUTE, clock.now())
        here, there = job.stages[step - 1 : step + 1]
        commerce.move_job(job_id=job.id, stage_id=there, seen_stage_id=here, by=members[step % 2], at=at)


def _by_day(moment: datetime) -> datetime:
    """The same day while the workshop is open: nobody brings a machine at night."""
    return moment.replace(hour=min(max(moment.hour, 7), 15), minute=moment.minute // 15 * 15, second=0, microsecond=0)


def _agree(people: Sequence[int], member: int) -> None:
    today = business.report_clock().day_of(clock.now())
    for number, terms in enumerate(_terms(today, member)):
        commerce.add_agreement(person=people[number % len(people)], terms=terms, by=member, is_history=True)


def _terms(today: date, member: int) -> list[Terms]:
    def ago(days: int) -> date:
        return today - timedelta(days=days)

    return [
        Terms(
            AgreementKind.SUBSCRIPTION,
            "Кава щомісяця: 1 кг еспресо-суміші",
            ago(120),
            ago(-1),
            price=2_490,
            renewal=Renewal.BY_ITSELF,
            term_months=1,
            notice_days=3,
            currency=CURRENCY,
            period=PricePeriod.MONTH,
            member_id=member,
        ),
        Terms(
            AgreementKind.SUBSCRIPTION,
            "Фільтр-кава щотижня, 250 г",
            ago(60),
            ago(-18),
            price=890,
            renewal=Renewal.BY_HAND,
            term_months=3,
            notice_days=21,
            currency=CURRENCY,
            period=PricePeriod.WEEK,
            member_id=member,
        ),
        Terms(
            AgreementKind.CONTRACT,
            "Обслуговування кавомашини в офісі",
            ago(300),
            ago(-65),
            price=4_500,
            renewal=Renewal.BY_HAND,
            term_months=12,
            number="2026/14",
            currency=CURRENCY,
            period=PricePeriod.MONTH,
            member_id=member,
        ),
        Terms(AgreementKind.CONTRACT, "Кава для ресторану готелю", ago(500), number="2025/03", member_id=member),
        Terms(AgreementKind.WARRANTY, "Кавомолка Eureka Mignon", ago(353), ago(-12)),
        Terms(AgreementKind.WARRANTY, "Кавомашина Lelit Anna", ago(100), ago(-630)),
        Terms(AgreementKind.WARRANTY, "Кавомолка Baratza Encore", ago(700), ago(335)),
    ]
