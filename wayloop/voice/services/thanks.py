"""Who would recommend us is thanked, once in half a year: with a page, a code for friends, and a question."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta
from urllib.parse import urlencode, urlsplit, urlunsplit

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from wayloop.business import api as business
from wayloop.contracts.messaging import MessageColumns
from wayloop.contracts.privacy import ConsentColumns
from wayloop.contracts.scope import EVERYTHING
from wayloop.contracts.surveys import ScoreGiven
from wayloop.customers import api as customers
from wayloop.identity import api as identity
from wayloop.kernel import clock
from wayloop.kernel.ids import uuid7
from wayloop.kernel.jobs import enqueue
from wayloop.kernel.localised import Localised
from wayloop.messaging import api as messaging
from wayloop.privacy import api as privacy
from wayloop.voice.enums import AMBASSADOR_TAG, TELL_STEP, Told
from wayloop.voice.letters import thanks_letter
from wayloop.voice.links import thanks_token
from wayloop.voice.models import Thanking, Thanks
from wayloop.voice.rules import LONGEST_NAME, LONGEST_QUOTE, VoiceRefused
from wayloop.voice.services.telling import AT_ONCE, LATER, languages_of
from wayloop.voice.sources import tell

SUBJECT, ABOUT = "thanks", "voice_thanks"
SCORES = "answer"
# A 9 or 10 of 10.
METRIC, FROM = "nps", 9
ONCE_IN = timedelta(days=180)
PATIENCE = timedelta(days=7)
# Without letters and digits that are mistaken for each other when they are told by word of mouth.
SIGNS = "ABCDEFGHJKMNPRSTUVWXYZ23456789"


def thanking() -> Thanking:
    """How the business thanks; off until somebody switches it on."""
    return Thanking.objects.filter(pk=1).first() or Thanking(pk=1, text=Localised(), reward=Localised())


def link_of(*, how: Thanking, code: str) -> str:
    """Where a friend goes with this code; empty where the business named no address."""
    if not how.link:
        return ""
    parts = urlsplit(how.link)
    return urlunsplit(parts._replace(query="&".join(one for one in (parts.query, urlencode({"friend": code})) if one)))


@transaction.atomic
def set_thanking(
    *,
    is_on: bool,
    text: Localised,
    asks_words: bool,
    invites_friends: bool,
    tags_ambassadors: bool,
    reward: Localised | None = None,
    link: str = "",
) -> None:
    """Decides how those who would recommend us are thanked, from now on; see `models.Thanking`."""
    found = thanking()
    found.is_on, found.text = is_on, text
    found.reward, found.link = reward or Localised(), link
    found.asks_words, found.invites_friends, found.tags_ambassadors = asks_words, invites_friends, tags_ambassadors
    found.save()


@transaction.atomic
def note_scores(*, scores: Sequence[ScoreGiven]) -> int:
    """Writes down who is thanked for these scores, and tags them as ambassadors; answers how many."""
    how = thanking()
    good = [one for one in scores if one.metric == METRIC and one.value >= FROM and one.handle is not None]
    if not how.is_on or not good:
        return 0
    people = identity.people_of([one.handle or 0 for one in good])
    now = clock.now()
    lately = set(
        Thanks.objects.filter(person__in=people.values(), due_at__gt=now - ONCE_IN).values_list("person", flat=True)
    )
    rows: dict[int, Thanks] = {}
    for one in good:
        person = people.get(one.handle or 0, one.handle or 0)
        if person not in lately and person not in rows:
            rows[person] = Thanks(
                uuid=uuid7(), score=one.score, handle=one.handle or 0, person=person, location_id=one.location,
                code="".join(secrets.choice(SIGNS) for _sign in range(6)), due_at=now, until=now + PATIENCE,
            )  # fmt: skip
    Thanks.objects.bulk_create(rows.values(), ignore_conflicts=True)
    if rows and how.tags_ambassadors:
        customers.add_tag(tag_id=_tag(how), people=sorted(rows), member=None)
    if rows:
        enqueue(TELL_STEP, once=TELL_STEP)
    return len(rows)


@transaction.atomic
def thank_some(*, limit: int = AT_ONCE) -> bool:
    """One step of letters; answers whether there may be more. See `telling.tell_some`."""
    now = clock.now()
    rows = list(
        Thanks.objects.select_for_update(skip_locked=True)
        .filter(state=Told.WAITING, due_at__lte=now)
        .order_by("due_at", "id")[:limit]
    )
    how = thanking()
    points = messaging.find_addresses(channel=privacy.Channel.EMAIL, handles=[row.handle for row in rows])
    wanted = []
    for row, point in zip(rows, points, strict=True):
        row.point = point
        if point is None:
            row.state = Told.UNREACHABLE
        elif not how.is_on:
            row.state = Told.STOPPED
        else:
            wanted.append(row)
    spoken = languages_of(people=[row.person for row in wanted])
    letters = {code: thanks_letter(how, code) for code in {spoken.get(row.person, "") for row in wanted}}
    answers = (
        messaging.send_messages(
            columns=MessageColumns(
                purpose=privacy.Purpose.FEEDBACK,
                channel=privacy.Channel.EMAIL,
                subject_kind=SUBJECT,
                subject_ids=[1] * len(wanted),
                about_kind=ABOUT,
                about_ids=[row.pk for row in wanted],
                keys=[str(row.uuid) for row in wanted],
                handles=[row.handle for row in wanted],
                points=[row.point for row in wanted],
                letters=[letters[spoken.get(row.person, "")] for row in wanted],
                values=[{"token": thanks_token(row.pk)} for row in wanted],
            )
        )
        if wanted
        else []
    )
    for row, answer in zip(wanted, answers, strict=True):
        row.reasons = list(answer.reasons)
        later = answer.later or now + LATER
        if answer.is_accepted:
            row.state = Told.TOLD
        elif later < row.until:
            row.due_at = max(later, now + timedelta(minutes=1))
        else:
            row.state = Told.REFUSED
    Thanks.objects.bulk_update(rows, ["state", "reasons", "due_at", "point"])
    return len(rows) == limit


@transaction.atomic
def allow_words(*, thanks_id: int, quote: str, name: str, language: str) -> Thanks:
    """Somebody lets their words be shown with a name; the words are theirs to write. A consent with its proof is kept.

    Raises `VoiceRefused` without words.
    """
    row = Thanks.objects.select_for_update().get(pk=thanks_id)
    words = quote.replace("\0", "").replace("\r\n", "\n").strip()[:LONGEST_QUOTE]
    if not words:
        raise VoiceRefused(_("Write the words that may be shown."))
    row.quote, row.shown_name = words, " ".join(name.replace("\0", "").split())[:LONGEST_NAME]
    row.allowed_at, row.withdrawn_at = clock.now(), None
    row.save(update_fields=["quote", "shown_name", "allowed_at", "withdrawn_at"])
    _consent(row, privacy.ConsentAct.GIVEN, language)
    return row


@transaction.atomic
def withdraw_words(*, thanks_id: int, language: str = "", by: int | None = None) -> Thanks:
    """Takes the permission back: the words are shown nowhere from now on, and are forgotten."""
    row = Thanks.objects.select_for_update().get(pk=thanks_id)
    if row.allowed_at is None or row.withdrawn_at is not None:
        return row
    row.withdrawn_at, row.quote, row.shown_name = clock.now(), "", ""
    row.save(update_fields=["withdrawn_at", "quote", "shown_name"])
    _consent(row, privacy.ConsentAct.WITHDRAWN, language, by)
    return row


@transaction.atomic
def note_friend(*, code: str) -> Thanks:
    """Somebody came by the word of a friend and told their code. Raises `VoiceRefused` for a code nobody has."""
    row = Thanks.objects.select_for_update().filter(code=code.strip().upper()[:8]).first()
    if row is None:
        raise VoiceRefused(_("Nobody has this code. Look whether it is written right."))
    row.came += 1
    row.save(update_fields=["came"])
    return row


def said_with(*, rows: Sequence[Thanks]) -> Mapping[int, str]:
    """Thanks → what they wrote with the score; those without a word are left out."""
    found = tell([(SCORES, row.score) for row in rows], EVERYTHING)
    return {row.pk: found[SCORES, row.score].quote for row in rows if (SCORES, row.score) in found}


def _consent(row: Thanks, act: privacy.ConsentAct, language: str, by: int | None = None) -> None:
    if row.point is None:
        return
    privacy.record_consents(
        columns=ConsentColumns(
            source="thanks", acts=[act], purposes=[privacy.Purpose.TESTIMONIAL], channels=[privacy.Channel.WEB],
            points=[row.point], handles=[row.handle], said_at=[clock.now()], languages=[language[:10]],
            proofs=[{"page": "thanks", "thanks": row.pk}], member=by,
        )
    )  # fmt: skip


def _tag(how: Thanking) -> int:
    if how.tag is None:
        with translation.override(next(iter(business.profile().content_languages), "en")):
            how.tag = customers.tag_named(name=str(AMBASSADOR_TAG))
        how.save()
    return how.tag
