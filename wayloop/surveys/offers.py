"""What the surveys offer: scores in files, on the card, in the timeline, in the navigation, for metrics."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy, pgettext_lazy

from wayloop.accounts.api import Permission
from wayloop.contracts.audit import Act
from wayloop.contracts.customers import CardPanel, EventNarrator, HealthSign, WishTeller
from wayloop.contracts.identity import HandleKeeper, Held
from wayloop.contracts.imports import BatchUndo, ImportableEntity, ThingTeller
from wayloop.contracts.ledger import Channel, EventKind
from wayloop.contracts.metrics import InvitationSource, ScoreSource
from wayloop.contracts.shell import NavItem, PaletteCommand
from wayloop.contracts.voice import FeedbackSource
from wayloop.contracts.work import CaseOrigin, RecoverySurveys
from wayloop.kernel.registry import offer
from wayloop.surveys.acts import ACTS
from wayloop.surveys.brought import BroughtScores
from wayloop.surveys.card import LastScore, ResponseNarrator, ScoreNarrator, ScoresPanel
from wayloop.surveys.doors import SITE
from wayloop.surveys.entities import Scores
from wayloop.surveys.kinds import KINDS
from wayloop.surveys.loop import Answers, AskAfterwards, SaidInScores, SingleScores
from wayloop.surveys.queries import survey_names, who_gave_scores
from wayloop.surveys.services.scores import take_scores_back
from wayloop.surveys.wishes import AskTeller


class ScoresKeeper:
    """Whoever gave a score is held by it."""

    def held(self, handles: Sequence[int], *, batch: str) -> Held:
        by_people, by_imports = who_gave_scores(handles=handles, without=batch)
        return Held(by_people, by_imports)


class ScoresUndo:
    """Scores hang on orders and people, and nothing hangs on them."""

    rank = 10

    def undo_step(self, *, batch: str, limit: int) -> int:
        return take_scores_back(batch=batch, limit=limit)


SURVEYS = gettext_lazy("Surveys")
offer(NavItem, NavItem("listen", SURVEYS, "survey_desk:list", "clipboard-check", "g q", Permission.SCORES_VIEW, 5))
offer(
    PaletteCommand,
    PaletteCommand(
        gettext_lazy("New survey"),
        "survey_desk:new",
        "plus",
        gettext_lazy("ask questions NPS CSAT CES"),
        permission=Permission.SURVEYS_CHANGE,
    ),
)
offer(NavItem, NavItem("listen", gettext_lazy("Scores"), "surveys:scores", "star", "g s", Permission.SCORES_VIEW, 10))
for name, label in (
    ("link", pgettext_lazy("channel of answers", "Link")),
    ("qr", pgettext_lazy("channel of answers", "QR code")),
    ("invitation", pgettext_lazy("channel of answers", "Invitation")),
    (SITE, pgettext_lazy("channel of answers", "Window on the site")),
    ("kiosk", pgettext_lazy("channel of answers", "Kiosk")),
):
    offer(Channel, Channel(name, label))
for act in ACTS:
    offer(Act, act)
for kind in KINDS:
    offer(EventKind, kind)
offer(EventNarrator, ScoreNarrator())
offer(EventNarrator, ResponseNarrator())
offer(CardPanel, ScoresPanel())  # type: ignore[type-abstract]
offer(HealthSign, LastScore())  # type: ignore[type-abstract]
offer(ImportableEntity, Scores())  # type: ignore[type-abstract]
offer(BatchUndo, ScoresUndo())  # type: ignore[type-abstract]
offer(ThingTeller, BroughtScores())
offer(WishTeller, AskTeller())  # type: ignore[type-abstract]
offer(ScoreSource, ScoreSource("api_surveys_scores"))
offer(InvitationSource, InvitationSource("api_surveys_invitations", survey_names))
offer(HandleKeeper, ScoresKeeper())  # type: ignore[type-abstract]
offer(CaseOrigin, Answers())  # type: ignore[type-abstract]
offer(CaseOrigin, SingleScores())  # type: ignore[type-abstract]
offer(RecoverySurveys, AskAfterwards())  # type: ignore[type-abstract]
offer(FeedbackSource, SaidInScores())  # type: ignore[type-abstract]
