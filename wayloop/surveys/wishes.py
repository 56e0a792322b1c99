"""Why a customer was asked, or was not: each wish of a rule and each invitation, with what came of it."""

from collections.abc import Mapping, Sequence
from typing import Literal

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from wayloop.accounts.api import Permission
from wayloop.contracts.customers import Wish
from wayloop.contracts.messaging import MessageState
from wayloop.contracts.scope import Scope
from wayloop.identity import api as identity
from wayloop.messaging import api as messaging
from wayloop.privacy import api as privacy
from wayloop.surveys.enums import AskState
from wayloop.surveys.models import Ask, Invitation, Response
from wayloop.surveys.rule_words import sentence
from wayloop.surveys.services.invitations import ABOUT

MOST = 50
LETTERS = """
SELECT DISTINCT ON (about_id) about_id, state, reason FROM api_messaging_messages
WHERE about_kind = %s AND about_id = ANY (%s) ORDER BY about_id, state <> 'sent', id DESC
"""
Tone = Literal["", "good", "warn", "bad", "info"]
Told = tuple[str, Tone, Sequence[str]]
NOT_ASKED = (AskState.OUTSIDE, AskState.UNREACHABLE, AskState.REFUSED, AskState.STOPPED, AskState.UNDONE)


class AskTeller:
    """Tells of surveys."""

    def wishes(self, person: int, scope: Scope) -> Sequence[Wish]:
        handles = identity.handles_of(person)
        asks = list(
            Ask.objects.select_related("rule__survey").filter(handle__in=handles).order_by("-due_at", "-pk")[:MOST]
        )
        found = list(
            Invitation.objects.select_related("survey").filter(handle__in=handles).order_by("-created_at")[: 2 * MOST]
        )
        by_ask = {one.ask_id: one for one in found if one.ask_id is not None}
        told = _told(found)
        wishes = []
        for ask in asks:
            invitation = by_ask.get(ask.pk)
            if not _sees(scope, ask.location_id, ask.rule.survey.location_id):
                continue
            state, tone, reasons = told[invitation.pk] if invitation else _of_ask(ask)
            url = reverse("survey_desk:rule", args=[ask.rule.survey.uuid, ask.rule.uuid])
            wishes.append(
                Wish(
                    at=invitation.created_at if invitation else ask.decided_at or ask.due_at,
                    about=_("Survey “%(name)s”") % {"name": ask.rule.survey.name},
                    why=_("%(rule)s: %(sentence)s") % {"rule": ask.rule.name, "sentence": sentence(ask.rule)},
                    state=state,
                    tone=tone,
                    reasons=reasons,
                    later=ask.due_at if ask.state == AskState.WAITING else None,
                    url=url if scope.sees_everything and ask.rule.removed_at is None else "",
                    permission=Permission.SURVEYS_CHANGE.value,
                )
            )
        for one in found:
            if one.ask_id is None and _sees(scope, one.location_id, one.survey.location_id):
                state, tone, reasons = told[one.pk]
                wishes.append(
                    Wish(
                        at=one.created_at,
                        about=_("Survey “%(name)s”") % {"name": one.survey.name},
                        why=one.reason or _("A member made a link for them"),
                        state=state,
                        tone=tone,
                        reasons=reasons,
                    )
                )
        return wishes


def _told(invitations: Sequence[Invitation]) -> dict[int, Told]:
    """Invitation → what came of it."""
    ids = [one.pk for one in invitations]
    answered = dict(Response.objects.filter(invitation__in=ids).values_list("invitation_id", "completed_at"))
    with connection.cursor() as cursor:
        cursor.execute(LETTERS, [ABOUT, ids])
        letters: Mapping[int, tuple[str, str]] = {about: (state, reason) for about, state, reason in cursor.fetchall()}
    return {
        one.pk: (pgettext("ask", "Answered"), "good", ())
        if answered.get(one.pk)
        else (pgettext("ask", "Began to answer"), "info", ())
        if one.pk in answered
        else _of_letter(*letters.get(one.pk, ("", "")))
        for one in invitations
    }


def _of_letter(state: str, reason: str) -> Told:
    """What became of the letter; where there was a reminder, too, of the one that came."""
    words = {one.value: str(one.label) for one in (*privacy.Reason, *messaging.Refused)}
    if state == MessageState.REFUSED:
        return pgettext("ask", "Not asked"), "warn", [words.get(reason, reason)]
    if state == MessageState.SENT and reason:
        return pgettext("ask", "Asked, the letter came back"), "warn", [words.get(reason, reason)]
    if state == MessageState.DOUBTFUL:
        return pgettext("ask", "In doubt"), "warn", ()
    if state in ("", MessageState.SENT):
        return pgettext("ask", "Asked"), "info", ()
    return pgettext("ask", "On its way"), "info", ()


def _of_ask(ask: Ask) -> Told:
    """Why a wish that led to no invitation did not."""
    words = {one.value: str(one.label) for one in privacy.Reason}
    reasons = [words.get(reason, "") for reason in ask.reasons]
    state = AskState(ask.state)
    if state not in NOT_ASKED:
        return str(state.label), "info", [one for one in reasons if one]
    if state == AskState.REFUSED and any(reasons):
        return pgettext("ask", "Not asked"), "warn", [one for one in reasons if one]
    return pgettext("ask", "Not asked"), "warn", [str(state.label)]


def _sees(scope: Scope, *places: int | None) -> bool:
    return scope.locations is None or all(place is None or place in scope.locations for place in places)
