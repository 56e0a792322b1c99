"""What files can bring into the surveys: scores with comments."""

from collections.abc import Mapping, Sequence
from datetime import UTC
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from wayloop.business import api as business
from wayloop.contracts.customers import CustomerColumns
from wayloop.contracts.imports import CountTold, ImportContext, ImportField, ImportOutcome
from wayloop.contracts.surveys import ScoreColumns
from wayloop.customers import api as customers
from wayloop.kernel import clock
from wayloop.ledger import api as ledger
from wayloop.surveys.enums import ScoreMetric
from wayloop.surveys.services.scores import LONGEST_COMMENT, record_scores
from wayloop.ui.formats import number

CONFLICT, OFF_SCALE, PLACE = "conflict", "off_scale", "place"


class Scores:
    """A file with one row per score."""

    name = "scores"
    label = gettext_lazy("Scores with comments")
    rank = 80
    group_by = ""
    fields = (
        ImportField(
            "number", gettext_lazy("Number of the answer"), "text", longest=120,
            names=("review_id", "review id", "response id", "responseid", "answer id", "survey id", "id",
                   "номер отзыва", "id отзыва", "номер ответа", "id відгуку", "номер відгуку", "номер відповіді"),
        ),
        ImportField(
            "score", gettext_lazy("Score"), "decimal", required=True,
            names=("score", "rating", "review_score", "review score", "stars", "nps", "csat", "ces", "grade", "mark",
                   "оценка", "балл", "рейтинг", "оцінка", "бал", "зірки", "звёзды", "звезды"),
        ),
        ImportField(
            "metric", gettext_lazy("What was asked"), "text", required=True, choices=dict(ScoreMetric.choices),
            names=("metric", "type", "survey type", "метрика", "тип", "тип опроса", "тип опитування"),
        ),
        ImportField(
            "scale", gettext_lazy("Scale, from the worst to the best value"), "text", longest=20,
            names=("scale", "шкала"),
        ),
        ImportField(
            "comment", gettext_lazy("Comment"), "text", longest=LONGEST_COMMENT,
            names=("comment", "comments", "review_comment_message", "review", "text", "message", "feedback",
                   "verbatim", "комментарий", "отзыв", "текст", "коментар", "відгук"),
        ),
        ImportField(
            "happened_at", gettext_lazy("Date and time"), "instant", required=True,
            names=("date", "created at", "created", "timestamp", "review_creation_date", "review date", "submitted at",
                   "response date", "дата", "дата и время", "дата отзыва", "дата та час", "дата відгуку"),
        ),
        ImportField(
            "answered_at", gettext_lazy("Answered"), "instant",
            names=("review_answer_timestamp", "answered at", "completed at", "дата ответа", "дата відповіді"),
        ),
        ImportField(
            "order", gettext_lazy("Order number"), "text", longest=120,
            names=("order", "order_id", "order id", "order number", "номер заказа", "заказ", "номер замовлення",
                   "замовлення"),
        ),
        ImportField(
            "customer", gettext_lazy("Customer number"), "text", longest=120,
            names=("customer", "customer_id", "customer id", "client id", "номер клиента", "id клиента", "клиент",
                   "номер клієнта", "id клієнта", "клієнт"),
        ),
        ImportField(
            "phone", gettext_lazy("Phone"), "text", longest=120,
            names=("phone", "phone number", "mobile", "телефон", "номер телефона", "номер телефону"),
        ),
        ImportField(
            "email", gettext_lazy("E-mail"), "text", longest=254,
            names=("email", "e-mail", "mail", "email address", "почта", "эл. почта", "пошта", "ел. пошта"),
        ),
        ImportField(
            "location", gettext_lazy("Location"), "text", longest=200,
            names=("location", "store", "shop", "branch", "точка", "филиал", "магазин", "філія", "заклад"),
        ),
        ImportField(
            "channel", gettext_lazy("Channel"), "text", longest=40,
            names=("channel", "source", "канал", "источник", "джерело"),
        ),
        ImportField(
            "language", gettext_lazy("Language"), "text", longest=10,
            names=("language", "lang", "язык", "мова"),
        ),
    )  # fmt: skip

    def reason(self, code: str) -> str:
        return {
            CONFLICT: _("A score with this number is already here, with another value or comment."),
            OFF_SCALE: _("The score lies outside its scale."),
            PLACE: _("There is no location of this name. Add it in the settings, or leave the column out."),
        }[code]

    def told(self, counts: Mapping[str, int]) -> Sequence[CountTold]:
        told = []
        if new := counts.get("scores"):
            told.append(CountTold(ngettext("%(n)s new score", "%(n)s new scores", new) % {"n": number(new)}, "new"))
        told += customers.here_already(counts.get("scores_known", 0))
        return told

    def prepare(self, *, context: ImportContext, columns: Mapping[str, Sequence[Any]]) -> None:
        zone = ZoneInfo(context.zone)
        ledger.ensure_months(instants={moment.replace(tzinfo=zone) for moment in set(columns["happened_at"])})

    def write(
        self, *, context: ImportContext, rows: Sequence[int], columns: Mapping[str, Sequence[Any]]
    ) -> ImportOutcome:
        count = len(rows)
        texts = {
            field.name: [value or "" for value in columns.get(field.name) or [""] * count]
            for field in self.fields
            if field.type == "text"
        }
        named = customers.recognise_rows(context=context, texts=texts)
        handles, refused = named.handles, dict(named.refused)
        places = business.locations_named(set(texts["location"]) - {""})
        refused |= {index: PLACE for index, place in enumerate(texts["location"]) if place and place not in places}
        mine = [index for index in range(count) if index not in refused]
        zone = ZoneInfo(context.zone)
        local = [columns["happened_at"][index].replace(tzinfo=zone) for index in mine]
        answered = columns.get("answered_at") or [None] * count
        outcome = record_scores(
            columns=ScoreColumns(
                source=context.source,
                batch=context.batch,
                is_news=False,
                numbers=[texts["number"][index] for index in mine],
                metrics=[texts["metric"][index] for index in mine],
                scales=[texts["scale"][index] for index in mine],
                values=[Decimal(columns["score"][index]) for index in mine],
                comments=[texts["comment"][index] for index in mine],
                languages=[texts["language"][index] or context.language for index in mine],
                happened_at=[moment.astimezone(UTC) for moment in local],
                offset_minutes=[clock.offset_minutes(moment) for moment in local],
                answered_at=[clock.instant_of(answered[index], zone) for index in mine],
                handles=[handles.get(index) for index in mine],
                order_numbers=[texts["order"][index] for index in mine],
                location_ids=[places.get(texts["location"][index]) for index in mine],
                channels=[texts["channel"][index] or context.channel for index in mine],
            )
        )
        refused |= {mine[place]: CONFLICT for place in outcome.conflicting}
        refused |= {mine[place]: OFF_SCALE for place in outcome.off_scale}
        seen = [mine[place] for place in sorted(outcome.written) if mine[place] in handles]
        if seen:
            customers.note_sightings(
                columns=CustomerColumns(
                    handles=[handles[index] for index in seen],
                    known_as=[named.known_as[index] for index in seen],
                    seen_at=[columns["happened_at"][index].replace(tzinfo=zone).astimezone(UTC) for index in seen],
                    source=context.source,
                    location_ids=[places.get(texts["location"][index]) for index in seen],
                    batch=context.batch,
                )
            )
        counts = {"scores": len(outcome.written), "scores_known": len(outcome.known)}
        things = {
            (group, "score"): [outcome.ids[place] for place in sorted(places)]
            for group, places in (("new", outcome.written), ("known", outcome.known))
        }
        return ImportOutcome(counts, {rows[index]: code for index, code in refused.items()}, things)
