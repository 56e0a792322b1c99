"""What the sample business made of what it heard: a rule for bad answers, a change that was told, research notes.

Planted to be found: parcels of «Зерно в саду» came late, so another courier drives there; whoever complained was told.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from wayloop.journeys import api as journeys
from wayloop.journeys.api import NoteDetails
from wayloop.kernel.localised import Localised
from wayloop.surveys import api as surveys
from wayloop.voice import api as voice
from wayloop.work import api as work

GARDEN, MARKET, UNIVERSITY = 4, 2, 1
DAY = timedelta(days=1)
POINTS = (
    ("Привіталися протягом хвилини", (9, 4, 8)),
    ("Черга не довша за пʼять людей", (8, 2, 7)),
    ("Столики чисті", (9, 6, 9)),
    ("Запропонували щось до кави", (7, 3, 5)),
    ("Попрощалися", (9, 5, 8)),
)
QUOTES = (
    ("Стою біля стійки й не знаю, чи мене бачать.", "Оля, 34", -1, "перший візит, черга"),
    ("Якби сказали, що посилка буде в четвер, я б не чекала весь вівторок.", "Ірина, 41", -1, "доставка, очікування"),
    ("Бариста памʼятає, що я пʼю. Це як додому прийти.", "Сергій, 29", 1, "люди, постійні гості"),
    ("Кухоль купила б ще, але боюся, що знову протече.", "Наталя, 52", -1, "товар"),
)


def close_the_loop(members: Sequence[int], places: Sequence[int], playbook: int, end: datetime) -> None:
    """Writes all of it in the name of members (ids, the owner first); nobody is written to."""
    surveys.save_case_rule(
        name="NPS 6 або гірше", metric="nps", scale_low=0, scale_high=10, worst=6, playbook=playbook, by=members[0]
    )
    _change(members[0], places, end)
    _research(members, places, end)


def _change(member: int, places: Sequence[int], end: datetime) -> None:
    if len(places) <= GARDEN:
        return
    at = end - 9 * DAY
    change = voice.write_change(
        title=_text("Інший курʼєр у саду", "Другой курьер в саду", "Another courier at the garden shop"),
        text=_text(
            "Ви казали, що посилки запізнюються. Відтепер їх возить інша служба, і ми пишемо, якого дня вони будуть.",
            "Вы говорили, что посылки опаздывают. Теперь их возит другая служба, и мы пишем, в какой день они будут.",
            "You told us that parcels come late. Another service drives them now, and we write on which day they come.",
        ),
        happened_on=(at - 3 * DAY).date(),
        location_id=places[GARDEN],
        by=member,
    )
    causes = {one.name.texts.get("en"): str(one.id) for one in work.causes_in_use()}
    since = end - 365 * DAY
    found = voice.sources()["case"].find(causes.get("Delivery", ""), "", since, places[GARDEN], 100)
    voice.put_behind(change_id=change.pk, source="case", things=found)
    voice.record_told(change_id=change.pk, at=at)


def _research(members: Sequence[int], places: Sequence[int], end: datetime) -> None:
    guide = journeys.write_guide(
        name=_text("Візит у кавʼярню", "Визит в кофейню", "A visit to the café"),
        way="mystery",
        points=[text for text, _marks in POINTS],
        is_scored=True,
    )
    talk = journeys.write_guide(
        name=_text("Розмова з гостем", "Разговор с гостем", "Talk with a guest"),
        way="interview",
        points=["Розкажіть про останній візит", "Що мало не завадило купити?", "Кому ви про нас розповідали?"],
        is_scored=False,
    )
    shops = [one for one in (UNIVERSITY, MARKET, GARDEN) if one < len(places)]
    for number, shop in enumerate(shops):
        note = journeys.write_note(
            details=NoteDetails(
                "mystery",
                "Таємний покупець: ранок буднього дня",
                (end - (6 + 7 * number) * DAY).date(),
                location_id=places[shop],
                guide_id=guide.pk,
                consent="not_needed",
                text="Зайшов о девʼятій, замовив капучино та круасан.",
            ),
            by=members[min(1, len(members) - 1)],
        )
        marks: dict[int, tuple[int | None, str]] = {
            place: (given[number], "") for place, (_text_of, given) in enumerate(POINTS, 1)
        }
        journeys.mark_points(note_id=note.pk, marks=marks)
    for number, (text, who, tone, tags) in enumerate(QUOTES):
        note = journeys.write_note(
            details=NoteDetails(
                "interview",
                f"Інтервʼю: {who}",
                (end - (4 + 5 * number) * DAY).date(),
                guide_id=talk.pk,
                text="Пів години за кавою після візиту.",
            ),
            by=members[0],
        )
        journeys.add_quote(note_id=note.pk, text=text, who=who, tone=tone, tags=tags)


def _text(uk: str, ru: str, en: str) -> Localised:
    return Localised({"uk": uk, "ru": ru, "en": en}, "uk")
