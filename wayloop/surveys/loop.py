"""What surveys tell the work: what a case came from, and which surveys can ask afterwards whether all is well."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wayloop.contracts.scope import Scope
from wayloop.contracts.voice import Feedback
from wayloop.contracts.work import Origin
from wayloop.surveys.enums import Feel, QuestionType, ScoreMetric
from wayloop.surveys.models import Answer, Response, Score, Survey
from wayloop.surveys.origins import ANSWER, SCORE
from wayloop.ui import formats
from wayloop.ui.sorting import sort_key

MARKS = (QuestionType.NPS, QuestionType.CSAT, QuestionType.CES)


class Answers:
    """Cases that came from a response to one of our surveys."""

    prefix = ANSWER

    def tell(self, keys: Sequence[str]) -> Mapping[str, Origin]:
        rows = Response.objects.filter(uuid__in=[one for one in keys if _is_uuid(one)]).select_related("survey")
        responses = {row.pk: row for row in rows}
        marks: dict[int, list[str]] = {}
        for answer in Answer.objects.filter(response__in=responses, type__in=MARKS, number__isnull=False).order_by(
            "pk"
        ):
            value = _("%(metric)s %(value)s of %(high)s") % {
                "metric": answer.type.upper(),
                "value": formats.number(answer.number or 0),
                "high": answer.scale_high,
            }
            marks.setdefault(answer.response_id, []).append(value)
        return {
            str(row.uuid): Origin(
                " · ".join([str(row.survey.name), *marks.get(row.pk, [])]),
                reverse("survey_desk:results", args=[row.survey.uuid]),
            )
            for row in responses.values()
        }


class SingleScores:
    """Cases that came from a score of another source."""

    prefix = SCORE

    def tell(self, keys: Sequence[str]) -> Mapping[str, Origin]:
        rows = Score.objects.filter(pk__in=[int(one) for one in keys if one.isdecimal() and len(one) < 18])
        told = {}
        for row in rows:
            words = _("%(metric)s %(value)s of %(high)s") % {
                "metric": ScoreMetric(row.metric).label,
                "value": formats.number(row.value),
                "high": row.scale_high,
            }
            told[str(row.pk)] = Origin(words, reverse("surveys:scores"))
        return told


class AskAfterwards:
    """Surveys that take answers now."""

    def choices(self) -> Sequence[tuple[int, Any]]:
        rows = Survey.objects.filter(closed_at=None, archived_at=None).exclude(current=None)
        found = [(number, str(name)) for number, name in rows.values_list("pk", "name")]
        return sorted(found, key=lambda one: sort_key(one[1]))


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


class SaidInScores:
    """What was written with scores, and bad scores without a word."""

    name = "answer"
    label = gettext_lazy("Answers")

    def choices(self) -> Sequence[tuple[str, str]]:
        return [("bad", _("bad ones")), ("comment", _("with a comment"))]

    def find(self, key: str, text: str, since: datetime, location: int | None, limit: int) -> Sequence[Feedback]:
        rows = Score.objects.filter(happened_at__gte=since)
        if key == "bad":
            rows = rows.filter(feel=Feel.BAD)
        elif key == "comment":
            rows = rows.exclude(comment="")
        if text:
            rows = rows.filter(comment__icontains=text.replace("\0", ""))
        if location is not None:
            rows = rows.filter(location_id=location)
        return [_feedback(row) for row in rows.order_by("-happened_at", "-id")[:limit]]

    def tell(self, ids: Sequence[int], scope: Scope) -> Mapping[int, Feedback]:
        rows = Score.objects.filter(pk__in=list(ids))
        if scope.locations is not None:
            rows = rows.filter(Q(location_id=None) | Q(location_id__in=scope.locations))
        return {row.pk: _feedback(row) for row in rows}


def _feedback(row: Score) -> Feedback:
    words = row.comment.strip() or _("%(metric)s %(value)s of %(high)s") % {
        "metric": ScoreMetric(row.metric).label,
        "value": formats.number(row.value),
        "high": row.scale_high,
    }
    return Feedback(row.pk, row.handle, row.location_id, row.happened_at, words[:300], "", row.comment.strip())
