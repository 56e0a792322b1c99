"""Results of a survey: one page where every number opens its answers, and every bar narrows everything."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from wayloop.accounts.api import MemberInfo, Permission, member_of, permission_required
from wayloop.business import api as business
from wayloop.contracts.metrics import Interval
from wayloop.contracts.scope import EVERYTHING, Scope
from wayloop.customers import api as customers
from wayloop.kernel import clock
from wayloop.kernel.paging import Total, read_key, write_key
from wayloop.kernel.spreadsheets import KINDS
from wayloop.ledger import api as ledger
from wayloop.metrics import api as metrics
from wayloop.surveys.audience import choices_for
from wayloop.surveys.document.shape import Document
from wayloop.surveys.enums import QuestionType
from wayloop.surveys.models import Survey
from wayloop.surveys.origins import ANSWER
from wayloop.surveys.results import bad_scores_of, unconfirmed_of
from wayloop.surveys.standing import promise_of, published
from wayloop.surveys.tally.drivers import Drivers, Thing, drivers_of
from wayloop.surveys.tally.figures import Cell, Cut, Line, QuestionTold, main_question
from wayloop.surveys.tally.funnel import Funnel, funnel_of
from wayloop.surveys.tally.page import Headline, Results, label_of, results
from wayloop.surveys.tally.promised import NOTHING, TIMES, ToldApart, batches_of, cells_of, within
from wayloop.surveys.tally.promised import told as told_apart
from wayloop.surveys.tally.rows import Said, rows_of, texts_of
from wayloop.surveys.tally.shelf import take_down
from wayloop.surveys.tally.wanted import ANSWERED, FEELS, LEFT_OUT, Selection
from wayloop.surveys.views.asked import Asked, asked_of
from wayloop.surveys.views.listing import survey_for
from wayloop.ui import formats
from wayloop.ui.charts import Chart, share_bar
from wayloop.work import api as work

LATEST_TEXTS = 5
FIRST, ALL = business.PERIODS[0], business.PERIODS[-1]


@dataclass(frozen=True)
class Bar:
    """A bar that narrows the page to whom it stands for; `rows`: their answers."""

    label: str
    count: int
    share: float
    between: str
    bar: dict[str, str]
    is_on: bool
    url: str
    rows: str


@dataclass(frozen=True)
class Row:
    """One line of a matrix or a ranking, with its bars."""

    label: str
    mean: str
    between: str
    n: int
    bars: Sequence[Bar]


@dataclass(frozen=True)
class Block:
    """One question on the page."""

    told: QuestionTold
    said: metrics.Said | None
    mean: str
    mean_between: str
    bars: Sequence[Bar]
    lines: Sequence[Row]
    texts: Sequence[Said]
    rows: str
    left_out: str
    words: str
    part: float
    stopped: float


@require_safe
@permission_required(Permission.SCORES_VIEW)
def results_page(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What was answered, as the filter in the address leaves it."""
    member = member_of(request)
    survey = survey_for(request, uuid)
    document = document_for(request, survey)
    if least := promise_of(survey.pk):
        return _promised(request, survey, document, least, member)
    asked, found = found_for(request, survey, document, member)
    funnel = funnel_of(survey.pk, asked.wanted, member.scope)
    rows = reverse("survey_desk:answers", args=[survey.uuid])
    context = {
        "survey": survey,
        "document": document,
        "asked": asked,
        "found": found,
        "headline": headline_of(found.headline, asked, member.scope) if found.headline else None,
        "funnel": _funnel(funnel),
        "cuts": [_cut(one, asked) for one in found.cuts],
        "blocks": [_block(one, found, asked, rows) for one in found.questions],
        "rows": rows + asked.address(),
        "drivers": _drivers(drivers_of(found.selection, found.headline.question), asked) if found.headline else None,
        "drivers_url": reverse("survey_desk:drivers", args=[survey.uuid]) + asked.address(),
        "floor": metrics.SMALLEST,
        "shares_url": reverse("survey_desk:shares", args=[survey.uuid]) + asked.address(who=None),
        "files": [
            (kind, reverse("survey_desk:file_of", args=[survey.uuid, "results", kind]) + asked.address())
            for kind in KINDS
        ],
        "chips": _chips(asked, document),
        "filters": _filters(found, asked, member),
        "unconfirmed": unconfirmed_of(survey_id=survey.pk, question=document.questions[0], scope=member.scope)
        if document.questions
        else [],
        "periods": [(one, asked.address(period=one.key, from_=None, to=None)) for one in business.PERIODS],
        "kept": {name: values[0] for name, values in asked.given.items() if name in ("period", "from", "to")},
        "kept_answers": asked.tokens,
        "clear": "?" + (f"period={asked.period.key}" if asked.period else ""),
        "may_ask": member.may(Permission.SURVEYS_CHANGE) and member.scope.sees_everything,
        "may_change": member.may(Permission.SURVEYS_CHANGE),
    }
    return render(request, "surveys/results.html", context)


@require_safe
@permission_required(Permission.SCORES_VIEW)
def drivers_page(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What goes together with bad marks, late deliveries and products among it; the filter is that of the results."""
    member = member_of(request)
    survey = open_survey_for(request, uuid)
    document = document_for(request, survey)
    asked = asked_of(request.GET, document, ALL, member)
    selection = Selection(take_down(survey.pk), document, asked.wanted, member.scope)
    question = main_question(document)
    back = reverse("survey_desk:results", args=[survey.uuid])
    found = drivers_of(selection, question, with_orders=True) if question else None
    context = {
        "survey": survey,
        "question": question,
        "drivers": _drivers(found, asked, back) if found else None,
        "floor": metrics.SMALLEST,
        "chips": _chips(asked, document),
        "back": back + asked.address(),
    }
    return render(request, "surveys/drivers.html", context)


@require_safe
@permission_required(Permission.SCORES_VIEW)
def answer_list(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The responses behind a number, those begun last first; the filter is that of the results."""
    member = member_of(request)
    survey = open_survey_for(request, uuid)
    document = document_for(request, survey)
    asked = asked_of(request.GET, document, ALL, member)
    selection = Selection(take_down(survey.pk), document, asked.wanted, member.scope)
    key = read_key(request.GET.get("after"), int)
    rows, more = rows_of(selection, below=key[0] if key else None)
    people = [row.person for row in rows if row.person is not None]
    titles = customers.titles_of(people, member.scope) if member.may(Permission.CUSTOMERS_VIEW) else {}
    places = {place.id: place.name for place in business.locations(with_archived=True)}
    sees_cases = member.may(Permission.WORK_VIEW)
    cases = work.cases_about([f"{ANSWER}:{row.uuid}" for row in rows]) if sees_cases else {}
    bad = bad_scores_of(rows, document) if sees_cases and member.may(Permission.WORK_OPEN) else {}
    context = {
        "survey": survey,
        "sees_cases": sees_cases,
        "rows": [
            {
                "row": row,
                "customer": titles.get(row.person) if row.person is not None else None,
                "case": cases.get(f"{ANSWER}:{row.uuid}"),
                "bad": bad.get(row.uuid),
                "where": " · ".join(
                    str(one)
                    for one in (
                        places.get(row.location_id or 0),
                        ledger.channel_word(row.channel) if row.channel else "",
                    )
                    if one
                ),
            }
            for row in rows
        ],
        "total": Total(selection.all.bit_count(), is_exact=True),
        "chips": _chips(asked, document),
        "back": reverse("survey_desk:results", args=[survey.uuid]) + asked.address(latest=None),
        "files": [
            (kind, reverse("survey_desk:file_of", args=[survey.uuid, "answers", kind]) + asked.address())
            for kind in KINDS
        ],
        "next_key": write_key([more]) if more is not None else None,
        "is_first_page": not request.GET.get("after"),
    }
    return render(request, "surveys/answers.html", context)


def open_survey_for(request: HttpRequest, uuid: UUID) -> Survey:
    """The survey of an address, when its answers may be seen one by one; else 404."""
    survey = survey_for(request, uuid)
    if promise_of(survey.pk):
        raise Http404
    return survey


def _promised(request: HttpRequest, survey: Survey, document: Document, least: int, member: MemberInfo) -> HttpResponse:
    """The results of a survey that promised to tell no small groups: nothing but sums of groups over whole batches."""
    asked = asked_of(request.GET, document, ALL)
    found = within(
        batches_of(take_down(survey.pk), document, least),
        start=asked.wanted.start,
        end=asked.wanted.end,
        location=int(asked.wanted.location) if asked.wanted.location.isdecimal() else None,
        scope=member.scope,
    )
    places = [(str(place.id), place.name) for place in business.locations(scope=member.scope)]
    context = {
        "survey": survey,
        "least": least,
        "step": least * TIMES,
        "n": sum(one.n for one in found),
        "blocks": [_group_block(one) for one in told_apart(found, document)] if found else [],
        "periods": [(one, asked.address(period=one.key, from_=None, to=None)) for one in business.PERIODS],
        "asked": asked,
        "kept": {name: values[0] for name, values in asked.given.items() if name in ("period", "from", "to")},
        "places": places if len(places) > 1 else [],
        "may_change": member.may(Permission.SURVEYS_CHANGE),
    }
    return render(request, "surveys/promised.html", context)


def _group_block(one: ToldApart) -> dict[str, Any]:
    labels = {option.key: str(option.label) for option in one.question.options}
    labels |= {name: str(feel.label) for name, feel in FEELS.items()}
    labels |= {"yes": _("Yes"), "no": _("No"), NOTHING: _("no answer")}
    return {
        "question": one.question,
        "n": one.n,
        "together": one.together,
        "bars": [
            {
                "label": labels[cell],
                "count": one.cells[cell],
                "share": one.cells[cell] / one.n,
                "bar": share_bar(one.cells[cell] / one.n, None, None, 1),
            }
            for cell in cells_of(one.question)
            if cell in one.cells
        ],
    }


def document_for(request: HttpRequest, survey: Survey) -> Document:
    """The questions of the version in the address, else of the one asked now; answers to both are one while question,
    type and scale are the same."""
    given = request.GET.get("version", "")
    wanted = int(given) if given.isascii() and given.isdigit() and len(given) < 6 else 0
    return published(survey.pk, wanted if 0 < wanted <= (survey.current or 0) else survey.current)


def _drivers(found: Drivers, asked: Asked, page: str = "") -> dict[str, Any]:
    return {
        "compared": found.compared,
        "too_few": found.too_few,
        "rows": [
            {
                "label": one.thing.label,
                "share": one.compared.share,
                "other": one.compared.other_share,
                "gap": _points(one.compared.gap),
                "between": "…".join(
                    formats.delta(end * 100, 1) for end in (one.compared.interval.low, one.compared.interval.high)
                ),
                "n": one.compared.n,
                "url": page + _narrowed(one.thing, asked) if one.thing.token else "",
            }
            for one in found.found
        ],
    }


def _points(gap: float) -> str:
    return _("%(points)s p.p.") % {"points": formats.delta(gap * 100, 1)}


def _narrowed(thing: Thing, asked: Asked) -> str:
    return asked.with_answer(thing.token) if thing.name == "answer" else asked.address(**{thing.name: thing.token})


def found_for(request: HttpRequest, survey: Survey, document: Document, member: MemberInfo) -> tuple[Asked, Results]:
    """The results of the period that was asked for; without one of the last 30 days, or all when these are empty."""
    asked = asked_of(request.GET, document, FIRST, member)
    found = _results(survey, document, asked, member)
    if not found.answered and asked.period == FIRST and "period" not in request.GET:
        asked = asked_of(request.GET, document, ALL, member)
        found = _results(survey, document, asked, member)
    return asked, found


def _results(survey: Survey, document: Document, asked: Asked, member: MemberInfo) -> Results:
    wanted = asked.wanted
    grain = metrics.grain_of("csat", asked.period or ALL, wanted.start, wanted.end)
    return results(
        survey_id=survey.pk,
        document=document,
        wanted=wanted,
        before=asked.before,
        scope=member.scope,
        grain=grain,
    )


def headline_of(one: Headline, asked: Asked, scope: Scope | None = None) -> dict[str, Any]:
    """The number that stands first, in words and as a picture; with what happened, as far as `scope` sees it."""
    said = metrics.say(one.reading, one.change)
    question = metrics.Question(
        EVERYTHING, business.profile().currency, business.report_clock(), asked.wanted.start, asked.wanted.end,
        by=one.grain,
    )  # fmt: skip
    place = asked.wanted.location
    happened = (
        metrics.annotations_between(
            scope,
            *(question.days.day_of(moment) if moment else None for moment in (question.start, question.end)),
            location=int(place) if place.isdecimal() else None,
        )
        if scope
        else []
    )
    chart: Chart | None = metrics.course_chart(one.reading.metric, one.course, question, happened)
    return {
        "told": one,
        "said": said,
        "sentence": sentence(one, said),
        "before": metrics.say(one.before).value if one.before else "",
        "chart": chart if chart and len(one.course) > 1 else None,
        "course": [
            {
                "label": metrics.part_name(one.grain, row.key or ""),
                "said": metrics.say(row),
                "n": row.n,
                "is_enough": row.is_enough,
            }
            for row in one.course
        ],
    }


def sentence(one: Headline, said: metrics.Said) -> str:
    """The result in one sentence: NPS 41, up by 6 points, mostly from Podil."""
    if not one.reading.is_enough:
        n = one.reading.n
        if not n:
            return _("Nobody has answered this yet.")
        return _("%(name)s: not enough answers yet – %(n)s, from %(floor)s on it says something.") % {
            "name": one.short,
            "n": formats.number(n),
            "floor": formats.number(one.reading.metric.floor),
        }
    words = {"name": one.short, "value": said.value, "delta": said.delta, "part": one.mostly}
    if one.change.verdict == "changed":
        text = _("%(name)s %(value)s, %(delta)s, mostly from “%(part)s”.") if one.mostly else None
        return (text or _("%(name)s %(value)s, %(delta)s against the time before.")) % words
    if one.change.verdict == "same":
        return _("%(name)s %(value)s, no clear change against the time before.") % words
    return (
        _("%(name)s %(value)s.") % words
        if one.before is None
        else _("%(name)s %(value)s; not enough answers before to compare with.") % words
    )


def _funnel(one: Funnel) -> dict[str, Any]:
    labels = {
        "delivered": _("Delivered"),
        "seen": _("Seen"),
        "begun": pgettext("responses", "Begun"),
        "answered": _("Answered to the end"),
    }
    return {
        "told": one,
        "steps": [
            {"label": labels[name], "count": count, "share": share, "bar": share_bar(share, None, None, 1)}
            for name, count, share in one.steps
        ],
        "between": _between(one.rate),
    }


def _cut(one: Cut, asked: Asked) -> dict[str, Any]:
    top = max((part.reading.interval.high if part.reading.interval else 0 for part in one.parts), default=0)
    is_share = one.parts[0].reading.metric.kind == "share"
    chosen = asked.given.get(one.name, [""])[0]
    return {
        "name": one.name,
        "label": one.label,
        "parts": [
            {
                "label": part.label,
                "n": part.reading.n,
                "is_enough": part.reading.is_enough,
                "said": metrics.say(part.reading),
                "bar": share_bar(part.reading.value, part.reading.interval.low, part.reading.interval.high, top)
                if is_share and part.reading.interval and part.reading.is_enough
                else {},
                "url": asked.address(**{one.name: None if part.token == chosen else part.token}),
                "is_on": part.token == chosen,
            }
            for part in one.parts
        ],
    }


def _block(told: QuestionTold, found: Results, asked: Asked, rows: str) -> Block:
    question = told.question
    latest = question.key if told.earlier else ""
    has_words = question.type in (QuestionType.TEXT, QuestionType.FILE) or told.words
    return Block(
        told,
        metrics.say(told.reading) if told.reading else None,
        formats.number(told.mean.value, 2) if told.mean else "",
        _plain_between(told.mean.interval) if told.mean else "",
        _bars(told.cells, asked, rows, latest),
        [_row(line, asked, rows) for line in told.lines],
        texts_of(found.selection, question, limit=LATEST_TEXTS) if has_words else [],
        rows + asked.with_answer(f"{question.key}:{ANSWERED}", latest),
        rows + asked.with_answer(f"{question.key}:{LEFT_OUT}"),
        rows + asked.with_answer(f"{question.key}:{ANSWERED}"),
        told.reached / found.answered if found.answered else 0.0,
        told.stopped / told.reached if told.reached else 0.0,
    )


def plain_block(told: QuestionTold) -> dict[str, Any]:
    """One question as numbers only, with nothing to click."""
    top = max((cell.interval.high if cell.interval else cell.share for cell in told.cells), default=1.0)
    return {
        "question": told.question,
        "mean": formats.number(told.mean.value, 2) if told.mean else "",
        "bars": [
            {
                "label": cell.label,
                "count": cell.count,
                "share": cell.share,
                "bar": share_bar(cell.share, cell.interval.low, cell.interval.high, top) | {"tone": cell.tone}
                if cell.interval
                else {},
            }
            for cell in told.cells
        ],
        "lines": [(line.label, formats.number(line.mean.value, 2), line.mean.n) for line in told.lines],
    }


def _row(line: Line, asked: Asked, rows: str) -> Row:
    return Row(
        line.label,
        formats.number(line.mean.value, 2),
        _plain_between(line.mean.interval),
        line.mean.n,
        _bars(line.cells, asked, rows, ""),
    )


def _bars(cells: Sequence[Cell], asked: Asked, rows: str, latest: str) -> list[Bar]:
    top = max((cell.interval.high if cell.interval else cell.share for cell in cells), default=1.0)
    mine = asked.tokens
    return [
        Bar(
            cell.label,
            cell.count,
            cell.share,
            _between(cell.interval),
            share_bar(cell.share, cell.interval.low, cell.interval.high, top) | {"tone": cell.tone}
            if cell.interval
            else {},
            cell.token in mine,
            asked.toggled(cell.token),
            rows + asked.with_answer(cell.token, latest),
        )
        for cell in cells
    ]


def _between(interval: Interval | None) -> str:
    return f"{formats.percent(interval.low)}…{formats.percent(interval.high)}" if interval else ""


def _plain_between(interval: Interval | None) -> str:
    return f"{formats.number(interval.low, 2)}…{formats.number(interval.high, 2)}" if interval else ""


def _chips(asked: Asked, document: Document) -> list[tuple[str, str]]:
    """What narrows the page by answers: words, and the address without it."""
    found = []
    numbers = {question.key: place for place, question in enumerate(document.questions, 1)}
    words = {ANSWERED: _("any answer"), LEFT_OUT: _("no answer")}
    words |= {name: str(feel.label) for name, feel in FEELS.items()}
    for one in asked.wanted.answers:
        question = document.question(one.question)
        if question is None:
            continue
        labels = {each.key: str(each.label) for each in (*question.options, *question.rows)}
        labels |= {"yes": _("Yes"), "no": _("No")}
        where = f"{numbers[one.question]}. {labels.get(one.part, '')}".strip()
        for value in one.values:
            told = words.get(value) or (value if one.part else labels.get(value, value))
            found.append((f"{where} {told}", asked.toggled(f"{one.token}:{value}")))
    if asked.wanted.latest:
        found.append((_("the latest of everybody"), asked.address(latest=None)))
    return found


def filter_told(asked: Asked, document: Document) -> list[str]:
    """The filter in words: the time first, then what else narrows it."""
    if asked.period:
        told = [str(asked.period.label)]
    else:
        days = business.report_clock()
        # Days of one's own always have both ends, the last of which is left out.
        ends = [days.day_of(asked.wanted.start or clock.now()), days.day_of(asked.wanted.end or clock.now())]
        today = days.day_of(clock.now())
        told = [f"{formats.plain_date(ends[0], today)} – {formats.plain_date(ends[1] - timedelta(days=1), today)}"]
    for name in ("location", "channel", "language", "version"):
        if token := getattr(asked.wanted, name):
            told.append(label_of(name, str(token)))
    return told + [words for words, _url in _chips(asked, document)]


def _filters(found: Results, asked: Asked, member: MemberInfo) -> list[dict[str, Any]]:
    """What the page can be narrowed to by choosing, as far as there is a choice."""
    shelf, given = found.selection.shelf, asked.given
    labels = {
        "location": ("l", _("Any location")),
        "channel": ("c", _("Any channel")),
        "language": ("g", _("Any language")),
        "version": ("v", _("Any version")),
    }
    offered = []
    for name, (letter, label) in labels.items():
        tokens = [one[2:] or "none" for one in shelf.names(f"{letter}|") if shelf.of(one) & found.selection.seen]
        chosen = given.get(name, [""])[0]
        if len(tokens) > 1 or chosen:
            pairs = sorted(((token, label_of(name, token)) for token in tokens), key=lambda pair: pair[1])
            offered.append({"name": name, "label": label, "options": pairs, "value": chosen})
    people = [pair for _sort, pairs in choices_for(member) for pair in pairs]
    if people:
        chosen = given.get("who", [""])[0]
        offered.append({"name": "who", "label": _("All customers"), "options": people, "value": chosen})
    return offered
