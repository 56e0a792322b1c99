"""Scores as rows of what files brought."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from wayloop.accounts.api import Permission
from wayloop.contracts.imports import ImportedThing
from wayloop.contracts.scope import Scope
from wayloop.identity import api as identity
from wayloop.surveys.card import in_words
from wayloop.surveys.enums import ScoreMetric
from wayloop.surveys.models import Score
from wayloop.ui import formats


class BroughtScores:
    """Scores, with what was written; each leads to those of its customer."""

    kinds = ("score",)
    permission = Permission.SCORES_VIEW

    def things(self, kind: str, ids: Sequence[int], *, scope: Scope) -> Mapping[int, ImportedThing]:
        seen = Q() if scope.locations is None else Q(location_id=None) | Q(location_id__in=scope.locations)
        rows = list(Score.objects.filter(seen, id__in=ids))
        people = identity.people_of([row.handle for row in rows if row.handle is not None])
        uuids = identity.uuids_of(sorted(set(people.values())))
        page = reverse("surveys:scores")
        return {
            row.pk: ImportedThing(
                _("%(metric)s: %(score)s")
                % {
                    "metric": ScoreMetric(row.metric).label,
                    "score": in_words(_figure(row.value), row.scale_high),
                },
                page if row.handle is None else f"{page}?customer={uuids[people[row.handle]]}",
                " ".join(row.comment.split())[:120],
                row.happened_at,
            )
            for row in rows
        }


def _figure(value: Decimal) -> str:
    return formats.number(value.normalize() if value % 1 else int(value))
