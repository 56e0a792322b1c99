"""Surveys are made, built, published, closed; the draft is saved with each change."""

from collections.abc import Callable

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from wayloop.kernel import clock
from wayloop.kernel.ids import uuid7
from wayloop.kernel.localised import Localised
from wayloop.kernel.signing import random_secret
from wayloop.surveys.document.checks import may_publish, problems_of
from wayloop.surveys.document.codec import document_from, to_json
from wayloop.surveys.document.shape import Document
from wayloop.surveys.models import Survey, SurveyVersion
from wayloop.surveys.rules import SurveyRefused

LONGEST_NAME = 120
MOST_SURVEYS = 1000


@transaction.atomic
def create_survey(*, name: Localised, document: Document, location_id: int | None = None) -> Survey:
    """Makes a survey with a draft; nobody can answer it before it is published.

    Raises `SurveyRefused` when there are a thousand.
    """
    if Survey.objects.filter(archived_at=None).count() >= MOST_SURVEYS:
        raise SurveyRefused(_("There are 1,000 surveys already. Put some away first."))
    now = clock.now()
    return Survey.objects.create(
        uuid=uuid7(),
        name=name,
        draft=to_json(document),
        link=random_secret(),
        location_id=location_id,
        created_at=now,
        changed_at=now,
    )


@transaction.atomic
def change_draft(
    *, survey_id: int, change: Callable[[Document], Document], revision: int | None = None, is_undoable: bool = False
) -> Survey:
    """Saves what `change` makes of the draft; what changes nothing is not saved.

    `revision`: the draft the change was made on; another one by now is refused. `is_undoable`: the draft before is kept
    for `undo_change`. Raises `SurveyRefused`, `Survey.DoesNotExist`.
    """
    survey = Survey.objects.select_for_update().get(pk=survey_id)
    if revision is not None and revision != survey.revision:
        raise SurveyRefused(_("Somebody else has changed this survey. Reload the page, then change it again."))
    raw = to_json(change(document_from(survey.draft)))
    if raw != survey.draft:
        if is_undoable:
            survey.former = survey.draft
        survey.draft, survey.revision, survey.changed_at = raw, survey.revision + 1, clock.now()
        survey.save(update_fields=["draft", "former", "revision", "changed_at"])
    return survey


@transaction.atomic
def undo_change(*, survey_id: int) -> Survey:
    """Brings the draft back as it was before the last change that can be undone; without one nothing happens."""
    survey = Survey.objects.select_for_update().get(pk=survey_id)
    if survey.former is not None:
        survey.draft, survey.former = survey.former, None
        survey.revision, survey.changed_at = survey.revision + 1, clock.now()
        survey.save(update_fields=["draft", "former", "revision", "changed_at"])
    return survey


@transaction.atomic
def publish_survey(*, survey_id: int, by: int | None) -> SurveyVersion:
    """Makes a version of the draft, which is asked from now on; whoever has begun an older one ends that.

    A draft that is the current version is not published again. Raises `SurveyRefused` while something is wrong with it.
    """
    survey = Survey.objects.select_for_update().get(pk=survey_id)
    last = SurveyVersion.objects.filter(survey=survey).order_by("-number").first()
    if last is None or last.document != survey.draft:
        problems = problems_of(document_from(survey.draft))
        if not may_publish(problems):
            raise SurveyRefused(next(one.text for one in problems if one.kind == "error"))
        last = SurveyVersion.objects.create(
            survey=survey,
            number=last.number + 1 if last else 1,
            document=survey.draft,
            published_at=clock.now(),
            published_by=by,
        )
    survey.current, survey.closed_at = last.number, None
    survey.save(update_fields=["current", "closed_at"])
    return last


@transaction.atomic
def rename_survey(*, survey_id: int, name: str) -> Survey:
    """Gives a survey another name, the same for members of all languages. Raises `SurveyRefused` for an empty one."""
    name = name.strip().replace("\0", "")[:LONGEST_NAME]
    if not name:
        raise SurveyRefused(_("Give the survey a name, so that your team finds it."))
    survey = Survey.objects.select_for_update().get(pk=survey_id)
    if name != str(survey.name):
        survey.name = Localised.of(name, get_language() or "en")
        survey.save(update_fields=["name"])
    return survey


@transaction.atomic
def close_survey(*, survey_id: int) -> Survey:
    """Takes no new responses; what was begun can be ended."""
    return _set(survey_id, closed_at=True)


@transaction.atomic
def reopen_survey(*, survey_id: int) -> Survey:
    """Takes responses again."""
    return _set(survey_id, closed_at=False)


@transaction.atomic
def archive_survey(*, survey_id: int) -> Survey:
    """Puts a survey away: it is closed and leaves the list; its answers stay."""
    return _set(survey_id, closed_at=True, archived_at=True)


@transaction.atomic
def restore_survey(*, survey_id: int) -> Survey:
    """Takes a survey back into the list and opens it."""
    return _set(survey_id, closed_at=False, archived_at=False)


def _set(survey_id: int, **marks: bool) -> Survey:
    survey = Survey.objects.select_for_update().get(pk=survey_id)
    for name, is_set in marks.items():
        setattr(survey, name, (getattr(survey, name) or clock.now()) if is_set else None)
    survey.save(update_fields=list(marks))
    return survey
