"""Answers come in: each post is one question, taken once however often it is sent, in any order of arrival."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from wayloop.contracts.ledger import EventColumns
from wayloop.contracts.surveys import ScoreColumns, SurveyCompleted
from wayloop.kernel import clock, files
from wayloop.kernel.idempotency import wait_for_twin
from wayloop.kernel.ids import uuid7
from wayloop.kernel.stream.announce import announce
from wayloop.ledger import api as ledger
from wayloop.surveys.document.answers import AnswerRefused, Part, Reply, Sent, read_answer
from wayloop.surveys.document.shape import METRICS, Document, Question
from wayloop.surveys.document.walk import Given, go, holds
from wayloop.surveys.doors import Door
from wayloop.surveys.enums import SURVEY_COMPLETED, Ending, Flag, QuestionType
from wayloop.surveys.models import Answer, QuotaCount, Response
from wayloop.surveys.rules import Scale, SurveyRefused
from wayloop.surveys.services.invitations import need_no_reminder
from wayloop.surveys.services.scores import record_scores
from wayloop.surveys.services.taking import MOVED, Overtaken, read_begun, write_answer
from wayloop.surveys.standing import Standing, standing_in
from wayloop.surveys.uploads import check_upload

SOURCE = "surveys"
# Nobody reads and answers a question faster.
FASTEST = timedelta(seconds=1.2)
FLAT_FROM = 4
# So long after the last answer marks count as scores, also when somebody did not go on to the end.
LEFT_AFTER = timedelta(hours=24)
SETTLED_AT_ONCE = 200


def take_answer(
    *,
    door: Door,
    secret: str,
    question: str,
    sent: Sent,
    upload: "UploadedFile[Any] | None" = None,
    counter: int = 0,
    language: str = "",
    is_crowd: Callable[[], bool] = lambda: False,
) -> Standing:
    """Takes the answer to one question and goes on; the last one completes the response.

    The first answer begins the response: many posts at once with the same secret, or of the same invitation, are one.
    `counter`: what the page counts its posts with; an older one never replaces a newer one. `is_crowd`: whether many
    come from the same place, asked when somebody begins. Raises `AnswerRefused` with a line for the respondent,
    `SurveyRefused` when nobody may begin.
    """
    token = door.token_of(secret)
    post = _Post(door, token, question, sent, upload, counter, language, cache(is_crowd))
    try:
        return _take(post)
    except Overtaken:
        pass
    # Many at once for one response: from here on one after another.
    while True:
        try:
            with transaction.atomic():
                wait_for_twin(token)
                return _take(post)
        except Overtaken:
            continue


@transaction.atomic
def record_response(
    *,
    door: Door,
    answers: Mapping[str, Sent],
    at: datetime,
    seconds: int = 9,
    language: str = "",
    most: int | None = None,
) -> Standing:
    """Writes a whole response that was given at `at` (aware), answer by answer, as history: nobody is told of it.

    `answers`: question key → fields of its form. Questions the way does not lead to are left out, those without an
    answer are skipped. `most`: after so many questions they went away. Raises `AnswerRefused`, `SurveyRefused` when
    nobody may begin.
    """
    with clock.standing_at(at):
        if not door.is_open:
            raise SurveyRefused(_("This survey is closed. Thank you for wanting to answer."))
        standing = standing_in(_begun(door, door.token_of(uuid7().hex), language))
        response = standing.response
        assert response is not None  # noqa: S101 - for the type checker
        response.save(force_insert=True)
    while (key := standing.way.next) is not None and (most is None or len(standing.answers) < most):
        asked = standing.document.question(key)
        assert asked is not None  # noqa: S101 - for the type checker
        reply = read_answer(asked, answers.get(key, {}))
        at += timedelta(seconds=seconds)
        standing = _led_on(standing, asked, reply)
        write_answer(response=response, state=None, asked=asked, reply=reply, counter=0, at=at, again=False)
        if standing.way.next is None:
            with clock.standing_at(at):
                _gone_on(standing)
            response.save(update_fields=MOVED)
            _tell(response, standing, is_news=False)
    if response.completed_at is None:
        with clock.standing_at(at):
            _gone_on(standing)
        response.scored_at = at
        response.save(update_fields=MOVED)
        _score(_marks(response, standing), is_news=False)
    return standing


@transaction.atomic
def settle_left(*, limit: int = SETTLED_AT_ONCE) -> int:
    """Makes scores of the marks of responses that nobody goes on with; answers how many responses it looked at."""
    left = list(
        Response.objects.select_for_update(skip_locked=True)
        .filter(scored_at=None, touched_at__lt=clock.now() - LEFT_AFTER)
        .order_by("touched_at")[:limit]
    )
    rows: dict[int, list[Answer]] = {response.pk: [] for response in left}
    for row in Answer.objects.filter(response__in=rows).order_by("pk"):
        rows[row.response_id].append(row)
    _score([mark for response in left for mark in _marks(response, standing_in(response, rows[response.pk]))])
    Response.objects.filter(pk__in=rows).update(scored_at=clock.now(), is_folded=False)
    return len(left)


class _Post(NamedTuple):
    """What was sent, and by whom; see `take_answer`."""

    door: Door
    token: UUID
    question: str
    sent: Sent
    upload: "UploadedFile[Any] | None"
    counter: int
    language: str
    is_crowd: Callable[[], bool]


def _take(post: _Post) -> Standing:
    """Takes it, unless somebody else goes on with the same response meanwhile: then it raises `Overtaken`."""
    door, key, former = post.door, post.question, read_begun(token=post.token)
    if former is None and not door.is_open:
        raise SurveyRefused(_("This survey is closed. Thank you for wanting to answer."))
    response = former.response if former else _begun(door, post.token, post.language)
    rows = former.rows if former else ()
    standing = standing_in(response, rows)
    asked = standing.document.question(key)
    if standing.is_over:
        return standing
    if asked is None or (key not in standing.way.asked and key != standing.way.next):
        raise AnswerRefused(_("This question is not asked any more. Please go on here."))
    sent_before = [row.sent for row in rows if row.question == key]
    if post.counter and any(counter > post.counter for counter in sent_before):
        return standing
    is_file, is_invited = asked.type == QuestionType.FILE, former is None and door.invitation is not None
    done = standing if is_file else _led_on(standing, asked, read_answer(asked, post.sent))
    if former is None and post.is_crowd():
        response.flags = [Flag.CROWD.value]
    # Most answers are one statement, which is a transaction by itself.
    is_one = not (is_file or is_invited or sent_before or standing.document.quotas or done.way.next is None)
    with nullcontext() if is_one else transaction.atomic():
        if is_file:
            done = _led_on(standing, asked, _file(asked, post.sent, post.upload, standing.answers.get(key)))
        _gone_on(done)
        write_answer(
            response=response,
            state=former.state if former else None,
            asked=asked,
            reply=done.answers[key],
            counter=post.counter,
            at=response.touched_at,
            again=bool(sent_before),
        )
        if is_invited and door.invitation is not None:
            need_no_reminder(invitation_id=door.invitation.pk)
        if response.completed_at is not None:
            _tell(response, done, is_news=True)
    return done


def _begun(door: Door, token: UUID, language: str) -> Response:
    now, invitation = clock.now(), door.invitation
    return Response(
        uuid=uuid7(),
        survey=door.survey,
        version=door.survey.current or 0,
        token=token,
        invitation=invitation,
        handle=invitation.handle if invitation else None,
        order_id=invitation.order_id if invitation else None,
        order_number=invitation.order_number if invitation else "",
        location_id=door.location_id,
        channel=door.channel,
        language=language[:10],
        started_at=now,
        touched_at=now,
        offset_minutes=clock.offset_minutes(timezone.localtime(now)),
    )


def _file(asked: Question, sent: Sent, upload: "UploadedFile[Any] | None", before: Reply | None) -> Reply:
    if upload is None:
        # Going back and on again sends no file anew; the one that is here stays.
        if asked.is_required and not (before and before.parts):
            raise AnswerRefused(_("Please add a file."))
        return before if before and not sent.get("remove") else Reply()
    name = check_upload(upload)
    return Reply((Part(text=name, file=files.store(upload.chunks(), name)),))


def _led_on(standing: Standing, asked: Question, reply: Reply) -> Standing:
    """Where this answer leads."""
    answers = {**standing.answers, asked.key: reply}
    way = go(standing.questions, {key: one.given for key, one in answers.items()})
    return replace(standing, way=way, answers=answers)


def _gone_on(done: Standing) -> None:
    """Changes the response to where it stands now; it is not saved."""
    response = done.response
    assert response is not None  # noqa: S101 - for the type checker
    response.asked, response.touched_at, response.is_folded = list(done.way.asked), clock.now(), False
    on_the_way = {key: done.answers[key].given for key in done.way.asked}
    if _is_full(response, done.document, on_the_way, take=done.way.next is None):
        _complete(response, done, Ending.QUOTA)
    elif done.way.next is None:
        _complete(response, done, Ending.THANKS)


def _is_full(response: Response, document: Document, given: dict[str, Given], *, take: bool) -> bool:
    """Whether enough such responses are here; counts this one when it is at its end."""
    wanted = [one for one in document.quotas if one.when.tests and holds(one.when, given)]
    if not wanted:
        return False
    keys = sorted(one.key for one in wanted)
    if not take:
        taken = dict(
            QuotaCount.objects.filter(survey_id=response.survey_id, quota__in=keys).values_list("quota", "taken")
        )
        return any(taken.get(one.key, 0) >= one.most for one in wanted)
    QuotaCount.objects.bulk_create(
        [QuotaCount(survey_id=response.survey_id, quota=key) for key in keys], ignore_conflicts=True
    )
    # Locked in one order, so that two who end at the same moment never wait for each other.
    rows = list(
        QuotaCount.objects.select_for_update().filter(survey_id=response.survey_id, quota__in=keys).order_by("quota")
    )
    most = {one.key: one.most for one in wanted}
    if any(row.taken >= most[row.quota] for row in rows):
        return True
    QuotaCount.objects.filter(survey_id=response.survey_id, quota__in=keys).update(taken=F("taken") + 1)
    return False


def _complete(response: Response, standing: Standing, ending: Ending) -> None:
    response.completed_at = response.scored_at = response.touched_at
    response.ending = ending
    flags = set(response.flags)
    if len(response.asked) > 2 and response.completed_at - response.started_at < FASTEST * (len(response.asked) - 1):
        flags.add(Flag.FAST.value)
    marks = [
        part.number
        for question in standing.questions
        if question.type in (QuestionType.MATRIX, QuestionType.CONVERSATION) and question.key in standing.answers
        for part in standing.answers[question.key].parts
    ]
    if len(marks) >= FLAT_FROM and len(set(marks)) == 1:
        flags.add(Flag.FLAT.value)
    response.flags = sorted(flags)


def _tell(response: Response, standing: Standing, *, is_news: bool) -> None:
    if response.ending == Ending.THANKS:
        _score(_marks(response, standing), is_news=is_news)
    if is_news:
        announce(
            SurveyCompleted(
                survey=response.survey_id,
                version=response.version,
                response=response.pk,
                handle=response.handle,
                location=response.location_id,
            )
        )
    if response.handle is None or response.completed_at is None:
        return
    ledger.record_events(
        columns=EventColumns(
            kind=SURVEY_COMPLETED,
            source=SOURCE,
            is_news=is_news,
            message_ids=[str(response.uuid)],
            handles=[response.handle],
            occurred_at=[response.completed_at],
            offset_minutes=[response.offset_minutes],
            subject_kind="response",
            subject_ids=[response.pk],
            channel=response.channel,
            location_ids=[response.location_id],
            properties=[{"survey": response.survey_id, "version": response.version, "answers": len(response.asked)}],
        )
    )


class _Mark(NamedTuple):
    """One mark of a response, with the words that were written last behind it."""

    response: Response
    question: Question
    value: Decimal
    scale: Scale
    words: str = ""


def _marks(response: Response, standing: Standing) -> list[_Mark]:
    found: list[_Mark] = []
    if standing.document.least_shown:
        # Scores are listed one by one; the promise was that answers are not.
        return found
    for key in standing.way.asked:
        question, reply = standing.document.question(key), standing.answers[key]
        if question is None or not reply.parts:
            continue
        number = reply.given.number
        if question.type in METRICS and number is not None and reply.scale:
            found.append(_Mark(response, question, number, reply.scale))
        elif question.type == QuestionType.TEXT and found and not found[-1].words:
            found[-1] = found[-1]._replace(words=reply.parts[0].text)
    return found


def _score(marks: Sequence[_Mark], *, is_news: bool = True) -> None:
    """Writes marks, of one response or of many, as scores."""
    if not marks:
        return
    responses = [mark.response for mark in marks]
    moments = [one.completed_at or one.touched_at for one in responses]
    record_scores(
        columns=ScoreColumns(
            source=SOURCE,
            batch="",
            is_news=is_news,
            numbers=[f"{mark.response.uuid}.{mark.question.key}" for mark in marks],
            metrics=[METRICS[mark.question.type].value for mark in marks],
            scales=[mark.scale.written for mark in marks],
            values=[mark.value for mark in marks],
            comments=[mark.words for mark in marks],
            languages=[one.language for one in responses],
            happened_at=moments,
            offset_minutes=[one.offset_minutes for one in responses],
            answered_at=moments,
            handles=[one.handle for one in responses],
            order_numbers=[""] * len(marks),
            location_ids=[one.location_id for one in responses],
            channels=[one.channel for one in responses],
            surveys=[(mark.response.survey_id, mark.response.version, mark.question.key) for mark in marks],
        )
    )
