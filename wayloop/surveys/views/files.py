"""Results as files: what the page shows, and the answers behind it, with the same filter."""

from uuid import UUID

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from wayloop.accounts.api import EXPORTED, Permission, audit, member_of, permission_required
from wayloop.kernel.spreadsheets import KINDS, write_table
from wayloop.surveys.tally.shelf import take_down
from wayloop.surveys.tally.telling import answers, figures, heads
from wayloop.surveys.tally.wanted import Selection
from wayloop.surveys.views.asked import asked_of
from wayloop.surveys.views.results import ALL, document_for, found_for, open_survey_for
from wayloop.ui.downloads import saved


@require_safe
@permission_required(Permission.SCORES_VIEW)
def results_file(request: HttpRequest, uuid: UUID, what: str, kind: str) -> HttpResponseBase:
    """The figures of the page (`what` is results), or a row for each response (answers), as CSV, XLSX or Parquet."""
    if what not in ("results", "answers") or kind not in KINDS:
        raise Http404
    member = member_of(request)
    survey = open_survey_for(request, uuid)
    document = document_for(request, survey)
    if what == "answers":
        asked = asked_of(request.GET, document, ALL, member)
        head, rows = answers(Selection(take_down(survey.pk), document, asked.wanted, member.scope))
        audit(act=EXPORTED, kind="survey", subject=survey.pk, details={"what": what, "as": kind})
    else:
        head, rows = heads(), figures(found_for(request, survey, document, member)[1])
    name = f"{slugify(str(survey.name)) or 'survey'}-{what}.{kind}"
    return saved(write_table(kind, head, rows), name, KINDS[kind])
