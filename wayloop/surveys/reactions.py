"""What the surveys listen to: what happens to customers, since rules ask about it; scores, and how cases end."""

from collections.abc import Sequence

from wayloop.contracts.ledger import EventChange, EventKind
from wayloop.contracts.surveys import ScoreGiven, SurveyCompleted
from wayloop.contracts.work import CaseMoved, CaseOpened
from wayloop.kernel import registry
from wayloop.kernel.stream.facts import Row
from wayloop.kernel.stream.listeners import listens
from wayloop.ledger import api as ledger
from wayloop.surveys.enums import SURVEY_COMPLETED
from wayloop.surveys.services.asking import note_events
from wayloop.surveys.services.closing import ask_afterwards, note_afterwards, open_cases_for

# What was sent, and answers to surveys themselves, ask nobody: that would go round in circles.
KINDS = sorted(
    kind.name for kind in registry.offers(EventKind) if kind.group != "sent" and kind.name != SURVEY_COMPLETED
)


@ledger.listens_to_events("surveys.asks", *KINDS, start="now")
def note_what_rules_follow(changes: Sequence[EventChange]) -> None:
    """Writes down whom rules mean to ask about it; they are asked when their time has come."""
    note_events(changes=changes)


@listens("surveys.cases", ScoreGiven, start="now", announces=(CaseOpened, "case.opened"), batch=200)
def open_what_rules_mean(rows: Sequence[Row]) -> None:
    """Bad answers become cases."""
    open_cases_for(scores=[row.fact.score for row in rows])


@listens("surveys.afterwards", CaseMoved, start="now")
def ask_after_cases(rows: Sequence[Row]) -> None:
    """Whoever had a case is asked whether all is well again."""
    ask_afterwards(moves=[row.fact for row in rows])


@listens("surveys.recovery", SurveyCompleted, start="now", announces=(CaseMoved, "case.reopened"), batch=200)
def tell_cases(rows: Sequence[Row]) -> None:
    """What they say is told to the case."""
    note_afterwards(responses=[row.fact.response for row in rows])
