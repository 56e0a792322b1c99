"""Asking at last: whoever is due is looked at once more, may be contacted or not, and gets a letter with their link."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext as _

from wayloop.accounts.api import Role
from wayloop.contracts.messaging import Letter, MessageColumns, SendAnswer
from wayloop.contracts.privacy import ContactAsks
from wayloop.contracts.scope import EVERYTHING
from wayloop.customers import api as customers
from wayloop.identity import api as identity
from wayloop.kernel import clock
from wayloop.kernel.ids import uuid7
from wayloop.kernel.jobs import enqueue
from wayloop.messaging import api as messaging
from wayloop.privacy import api as privacy
from wayloop.surveys.audience import fitting
from wayloop.surveys.doors import token_for
from wayloop.surveys.enums import ASK_STEP, AskState, Trigger
from wayloop.surveys.letters import invitation_letter
from wayloop.surveys.models import Ask, AskRule, Invitation, Response
from wayloop.surveys.services.invitations import ABOUT
from wayloop.surveys.services.places import SUBJECT, give_places_up, keep_places
from wayloop.surveys.standing import published

AT_ONCE = 200
# What a reminder has limits of its own for.
PASSING = frozenset(
    {privacy.Reason.TOO_MANY, privacy.Reason.TOO_SOON, privacy.Reason.RESERVED, privacy.Reason.QUIET_HOURS}
)
# Without an instant of their own, reasons that depend on somebody are looked at again after so long.
LATER = timedelta(hours=6)
# Should nobody have worked for so long beyond its time, asking has lost its sense.
TOO_LATE = timedelta(days=1)
NUMBERS = "SELECT id, number FROM api_commerce_all_orders WHERE id = ANY (%s)"


@dataclass(frozen=True)
class _Wish:
    ask: Ask
    person: int
    point: int
    language: str


def wake_asking() -> None:
    """Lets the worker ask whoever is due, and remind whom it is time to remind; nothing is due, nothing happens."""
    now = clock.now()
    is_due = Ask.objects.filter(state=AskState.WAITING, due_at__lte=now).exists()
    if is_due or Invitation.objects.filter(remind_at__lte=now).exists():
        enqueue(ASK_STEP, once=ASK_STEP)


def ask_all_due() -> None:
    """Asks everybody who is due now, in steps that each commit; a killed one goes on where it was."""
    while ask_some():
        pass
    while remind_some():
        pass


@transaction.atomic
def ask_some(*, limit: int = AT_ONCE) -> bool:
    """One step: decides about the asks that have waited longest; answers whether there may be more.

    Each ask is decided in the transaction that writes its invitation and its message: killed at any moment, nobody is
    asked twice and nobody is left out.
    """
    now = clock.now()
    asks = list(
        Ask.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("rule", "rule__survey")
        .filter(state=AskState.WAITING, due_at__lte=now)
        .order_by("due_at", "id")[:limit]
    )
    people = identity.people_of([one.handle for one in asks])
    by_rule: dict[int, list[Ask]] = {}
    for ask in asks:
        by_rule.setdefault(ask.rule_id, []).append(ask)
    for mine in by_rule.values():
        _ask(mine[0].rule, mine, people, now)
    for ask in asks:
        ask.decided_at = None if ask.state == AskState.WAITING else now
    Ask.objects.bulk_update(asks, ["state", "reasons", "due_at", "decided_at"])
    for mine in by_rule.values():
        _see_to_places(mine[0].rule, mine)
    return len(asks) == limit


@transaction.atomic
def remind_some(*, limit: int = AT_ONCE) -> bool:
    """One step of reminders: once for each invitation that nobody has begun to answer."""
    now = clock.now()
    rows = list(
        Invitation.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("survey", "ask__rule")
        .filter(remind_at__lte=now)
        .order_by("remind_at")[:limit]
    )
    begun = set(Response.objects.filter(invitation__in=rows).values_list("invitation_id", flat=True))
    wanted = [
        one
        for one in rows
        if one.pk not in begun and one.expires_at > now and one.survey.closed_at is None and one.handle is not None
        and (one.ask is None or one.ask.rule.is_on or one.ask.rule.trigger == Trigger.ONCE)
    ]  # fmt: skip
    sent: dict[int, SendAnswer] = {}
    by_survey: dict[int, list[Invitation]] = {}
    for one in wanted:
        by_survey.setdefault(one.survey_id, []).append(one)
    for mine in by_survey.values():
        sent |= dict(zip((one.pk for one in mine), _remind(mine), strict=True))
    for one in rows:
        answer = sent.get(one.pk)
        one.remind_at = None
        if answer is not None and answer.is_accepted:
            one.reminded_at = now
        elif answer is not None and answer.later is not None and answer.later < one.expires_at:
            one.remind_at = answer.later
    Invitation.objects.bulk_update(rows, ["remind_at", "reminded_at"])
    return len(rows) == limit


def _ask(rule: AskRule, asks: Sequence[Ask], people: Mapping[int, int], now: datetime) -> None:
    """Decides about asks of one rule; their states are set, the caller saves them."""
    if not rule.is_on or rule.survey.closed_at is not None or rule.survey.current is None:
        for ask in asks:
            ask.state = AskState.STOPPED
        return
    meant = fitting(rule, [people.get(one.handle, one.handle) for one in asks])
    points = messaging.find_addresses(channel=privacy.Channel.EMAIL, handles=[one.handle for one in asks])
    spoken = _languages(sorted(meant))
    wishes: list[_Wish] = []
    for ask, point in zip(asks, points, strict=True):
        person = people.get(ask.handle, ask.handle)
        if now > ask.until + TOO_LATE:
            ask.state, ask.reasons = AskState.REFUSED, ask.reasons or ["too_late"]
        elif person not in meant:
            ask.state = AskState.OUTSIDE
        elif point is None:
            ask.state = AskState.UNREACHABLE
        else:
            wishes.append(_Wish(ask, person, point, spoken.get(person, "")))
    if not wishes:
        return
    invitations = _invitations(rule, wishes, now)
    answers = _send(rule, wishes, invitations)
    refused: list[int] = []
    for wish, invitation, answer in zip(wishes, invitations, answers, strict=True):
        if answer.is_accepted:
            wish.ask.state, wish.ask.reasons = AskState.ASKED, []
            continue
        refused.append(invitation.pk)
        wish.ask.reasons = list(answer.reasons)
        later = answer.later or now + LATER
        if later < wish.ask.until:
            wish.ask.due_at = max(later, now + timedelta(minutes=1))
        else:
            wish.ask.state = AskState.REFUSED
    if refused:
        Invitation.objects.filter(pk__in=refused).delete()


def _see_to_places(rule: AskRule, asks: Sequence[Ask]) -> None:
    """Whoever has to wait is held on to by a rule that comes first; whoever is not asked is let go."""
    if rule.comes_first:
        waiting = [ask for ask in asks if ask.state == AskState.WAITING]
        if waiting:
            keep_places(rule=rule, handles=[ask.handle for ask in waiting], until=max(ask.until for ask in waiting))
        left = [ask.handle for ask in asks if ask.state not in (AskState.WAITING, AskState.ASKED)]
        give_places_up(survey_id=rule.survey_id, handles=left)


def _invitations(rule: AskRule, wishes: Sequence[_Wish], now: datetime) -> list[Invitation]:
    orders = [wish.ask.order_id for wish in wishes if wish.ask.order_id is not None]
    numbers: dict[int, str] = {}
    if orders:
        with connection.cursor() as cursor:
            cursor.execute(NUMBERS, [orders])
            numbers = dict(cursor.fetchall())
    remind = timedelta(days=rule.remind_days)
    expire = timedelta(days=rule.expire_days)
    return Invitation.objects.bulk_create(
        [
            Invitation(
                uuid=uuid7(),
                survey=rule.survey,
                ask=wish.ask,
                handle=wish.ask.handle,
                order_id=wish.ask.order_id,
                order_number=numbers.get(wish.ask.order_id or 0, ""),
                location_id=wish.ask.location_id,
                channel=privacy.Channel.EMAIL,
                language=wish.language,
                reason=_("Rule “%(name)s”") % {"name": rule.name},
                created_at=now,
                expires_at=now + expire,
                remind_at=now + remind if rule.remind_days and remind < expire else None,
            )
            for wish in wishes
        ]
    )


def _send(rule: AskRule, wishes: Sequence[_Wish], invitations: Sequence[Invitation]) -> list[SendAnswer]:
    points = [wish.point for wish in wishes]
    return _hand_out(invitations, points, keys=[f"ask {wish.ask.key}" for wish in wishes], run=rule.run)


def _remind(invitations: Sequence[Invitation]) -> list[SendAnswer]:
    """Reminds of these, which are of one survey. What has come between us since keeps a reminder back for good."""
    handles = [one.handle or 0 for one in invitations]
    points = messaging.find_addresses(channel=privacy.Channel.EMAIL, handles=handles)
    subjects = [one.survey_id for one in invitations]
    keys = [f"remind {one.uuid}" for one in invitations]
    asks = ContactAsks(privacy.Purpose.SURVEY, privacy.Channel.EMAIL, SUBJECT, subjects, keys, handles, points)
    (judged,) = privacy.preview_each(asks=[asks])
    against = [set(one.reasons) - PASSING for one in judged]
    places = [place for place, reasons in enumerate(against) if not reasons]
    answers = [SendAnswer(reasons=tuple(sorted(reasons))) for reasons in against]
    if not places:
        return answers
    sent = _hand_out(
        [invitations[place] for place in places],
        [points[place] for place in places],
        keys=[keys[place] for place in places],
        is_reminder=True,
    )
    for place, answer in zip(places, sent, strict=True):
        answers[place] = answer
    return answers


def _hand_out(
    invitations: Sequence[Invitation],
    points: Sequence[int | None],
    *,
    keys: Sequence[str],
    is_reminder: bool = False,
    run: int | None = None,
) -> list[SendAnswer]:
    """Sends the letters of invitations to one survey, or reminders of them."""
    survey = invitations[0].survey
    return messaging.send_messages(
        columns=MessageColumns(
            purpose=privacy.Purpose.REMINDER if is_reminder else privacy.Purpose.SURVEY,
            channel=privacy.Channel.EMAIL,
            subject_kind=SUBJECT,
            subject_ids=[survey.pk] * len(invitations),
            about_kind=ABOUT,
            about_ids=[one.pk for one in invitations],
            keys=keys,
            handles=[one.handle or 0 for one in invitations],
            points=points,
            letters=_letters(survey.pk, survey.current, invitations, is_reminder=is_reminder),
            values=[_values(one) for one in invitations],
            not_after=min(one.expires_at for one in invitations),
            run=run,
        )
    )


def _letters(
    survey_id: int, version: int | None, invitations: Sequence[Invitation], *, is_reminder: bool
) -> list[Letter]:
    document = published(survey_id, version)
    made: dict[str, Letter] = {}
    for one in invitations:
        language = one.language if one.language in document.languages else document.source
        if language not in made:
            made[language] = invitation_letter(document, language, is_reminder=is_reminder)
    languages = [one.language if one.language in document.languages else document.source for one in invitations]
    return [made[language] for language in languages]


def _values(invitation: Invitation) -> dict[str, str]:
    return {"token": token_for(invitation), "name": invitation.first_name, "order": invitation.order_number}


def _languages(people: Sequence[int]) -> dict[int, str]:
    """Person → the language they are spoken to in, where it is known."""
    faces = customers.faces_of(people, scope=EVERYTHING, role=Role.OWNER, traits=["language"])
    return {person: str(face.traits.get("language", ""))[:10] for person, face in faces.items()}
