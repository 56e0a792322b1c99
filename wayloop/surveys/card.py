"""What the card of a customer shows of their scores."""

from collections.abc import Mapping, Sequence

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wayloop.contracts.customers import Cell, Sign
from wayloop.contracts.ledger import EventInfo
from wayloop.contracts.scope import Scope
from wayloop.identity import api as identity
from wayloop.kernel import clock
from wayloop.surveys import queries
from wayloop.surveys.enums import SCORE_GIVEN, SURVEY_COMPLETED, Feel, ScoreMetric
from wayloop.ui import formats

LONGEST_QUOTE = 160


class LastScore:
    """A bad last score is not well until a better one follows."""

    def look(self, person: int, scope: Scope) -> Sign | None:
        score = queries.last_score(person=person, scope=scope)
        if score is None or score.feel != Feel.BAD:
            return None
        day = formats.calendar_day(timezone.localtime(score.happened_at).date(), timezone.localtime(clock.now()).date())
        told = _("Last score: %(value)s of %(high)s, %(day)s") % {
            "value": score.figure,
            "high": score.scale_high,
            "day": day,
        }
        if score.comment:
            told = _("%(told)s: “%(comment)s”") % {"told": told, "comment": _short(score.comment)}
        return Sign("score", "bad", _("Not happy"), told, _list_of(person), _("See the scores"))


class ScoresPanel:
    """How content somebody is, by their own word."""

    label = gettext_lazy("Scores")
    order = 20

    def facts(self, person: int, scope: Scope) -> Sequence[tuple[object, Cell, str]]:
        last = queries.last_score(person=person, scope=scope)
        if last is None:
            return []
        count = queries.count_scores(scope=scope, wanted=queries.ScoreFilter(person=person)).number
        facts: list[tuple[object, Cell, str]] = [
            (last.metric_label, Cell("text", in_words(last.figure, last.scale_high)), ""),
            (_("Given"), Cell("moment", last.happened_at), ""),
        ]
        if last.comment:
            facts.append((_("Comment"), Cell("text", _short(last.comment)), ""))
        facts.append((_("Scores in all"), Cell("number", count), _list_of(person)))
        return facts


class ScoreNarrator:
    """Tells a score with the words that came with it."""

    kinds = (SCORE_GIVEN,)

    def narrate(self, events: Sequence[EventInfo]) -> Mapping[int, tuple[str, str, str]]:
        comments = queries.comments_of([event.subject_id for event in events])
        people = identity.people_of([event.handle for event in events])
        uuids = identity.uuids_of(list(people.values()))
        told = {}
        for event in events:
            figure = formats.number(event.properties["value"])
            title = _("%(metric)s: %(score)s") % {
                "metric": ScoreMetric(event.properties["metric"]).label,
                "score": in_words(figure, int(event.properties["high"])),
            }
            url = f"{reverse('surveys:scores')}?customer={uuids[people[event.handle]]}"
            told[event.id] = (title, comments.get(event.subject_id, ""), url)
        return told


class ResponseNarrator:
    """Tells which survey was answered."""

    kinds = (SURVEY_COMPLETED,)

    def narrate(self, events: Sequence[EventInfo]) -> Mapping[int, tuple[str, str, str]]:
        found = queries.surveys_of_responses([event.subject_id for event in events])
        return {
            event.id: (_("Answered the survey “%(name)s”") % {"name": found[event.subject_id].name}, "", "")
            for event in events
            if event.subject_id in found
        }


def in_words(figure: str, high: int) -> str:
    """A score on its scale."""
    return _("%(value)s of %(high)s") % {"value": figure, "high": high}


def _short(comment: str) -> str:
    plain = " ".join(comment.split())
    return plain if len(plain) <= LONGEST_QUOTE else f"{plain[:LONGEST_QUOTE].rstrip()}…"


def _list_of(person: int) -> str:
    return f"{reverse('surveys:scores')}?customer={identity.uuids_of([person])[person]}"
