"""Tasks: what a member is to do, and what is done."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wayloop.accounts import api as accounts
from wayloop.accounts.api import MemberInfo, Permission, member_of, permission_required
from wayloop.customers import api as customers
from wayloop.ui.requests import came_from, number_in
from wayloop.ui.toasts import notify
from wayloop.work.forms.todos import TaskForm, initial_of
from wayloop.work.models import Case, CaseStep
from wayloop.work.queries.cases import case_by_uuid, case_words
from wayloop.work.queries.todos import count_tasks, list_tasks
from wayloop.work.rules import WorkRefused, sight_of
from wayloop.work.services import todos as services
from wayloop.work.services.todos import TaskChanged
from wayloop.work.views.shown import task_of
from wayloop.work.words import case_name

REFUSED = HTTPStatus.UNPROCESSABLE_ENTITY


@require_safe
@permission_required(Permission.WORK_OWN)
def task_list(request: HttpRequest) -> HttpResponse:
    """Tasks to do, or done (`which=done`); mine, or everybody's (`whose=all`) for those who see all."""
    member = member_of(request)
    sight = sight_of(member)
    is_done, is_all = request.GET.get("which") == "done", request.GET.get("whose") == "all" and sight.own is None
    whose = None if is_all else member.id
    which: Any = "done" if is_done else "open"
    page = list_tasks(sight=sight, which=which, member=whose, after=request.GET.get("after"))
    titles = customers.titles_of([row.person for row in page.rows if row.person is not None])
    names = accounts.names_of(row.member_id for row in page.rows if row.member_id is not None)
    known = case_words([row.case_id for row in page.rows if row.case_id is not None])
    rows = []
    for row in page.rows:
        case = known.get(row.case_id or 0)
        rows.append(
            {
                "task": row,
                "customer": titles.get(row.person or 0),
                "member": names.get(row.member_id or 0, ""),
                "case_name": case_name(case[1]) if case else "",
                # A task may be theirs while its case is not.
                "case_url": _case_url(case[0], member) if case else "",
            }
        )
    context = {
        "rows": rows,
        "total": count_tasks(sight=sight, which=which, member=whose),
        "next_key": page.next_key,
        "is_first_page": not request.GET.get("after"),
        "is_done": is_done,
        "is_all": is_all,
        "sees_all": sight.own is None,
        "sees_customers": member.may(Permission.CUSTOMERS_VIEW),
        "may_change": member.may(Permission.WORK_CHANGE),
    }
    return render(request, "work/tasks.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.WORK_CHANGE)
def new_task(request: HttpRequest) -> HttpResponse:
    """A form for a task; `case` and `step` of the address say what it belongs to."""
    member = member_of(request)
    case, step = _of_case(request, member)
    form = TaskForm(
        request.POST if request.method == "POST" else None,
        scope=member.scope,
        is_of_case=case is not None,
        own=sight_of(member).own,
        initial={"member": member.id, "title": step.text if step else ""},
    )
    if request.method == "POST" and form.is_valid():
        try:
            task = services.add_task(
                details=form.details,
                case_id=case.pk if case else None,
                step_id=step.pk if step else None,
                by=member.id,
            )
        except WorkRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            undo = reverse("work:task_deed", args=[task.uuid]) + "?do=remove"
            notify(request, _("The task is made"), undo_url=undo)
            return redirect("work:case", uuid=case.uuid) if case else redirect("work:tasks")
    status = REFUSED if request.method == "POST" else HTTPStatus.OK
    return render(request, "work/task_edit.html", {"form": form, "case": case}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.WORK_CHANGE)
def edit_task(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """A task written anew; refused when somebody else did meanwhile."""
    member = member_of(request)
    task = task_of(uuid, member)
    form = TaskForm(
        request.POST if request.method == "POST" else None,
        scope=member.scope,
        task=task,
        is_of_case=task.case_id is not None,
        own=sight_of(member).own,
        initial=initial_of(task),
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.change_task(task_id=task.pk, details=form.details, seen=form.cleaned_data["seen"] or 0)
        except TaskChanged:
            form.add_error(None, _("Somebody has changed this task meanwhile. Open it anew, then write your change."))
        except WorkRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            notify(request, _("Saved"))
            return redirect("work:tasks")
    status = REFUSED if request.method == "POST" else HTTPStatus.OK
    return render(request, "work/task_edit.html", {"form": form, "task": task}, status=status)


@require_POST
@permission_required(Permission.WORK_CHANGE)
def task_deed(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Marks a task as done (`do=done`) or not done (`open`), takes it away (`remove`) or back (anything else)."""
    member = member_of(request)
    task = task_of(uuid, member, with_removed=True)
    wanted = request.POST.get("do") or request.GET.get("do", "")
    here = reverse("work:task_deed", args=[uuid])
    if wanted in ("done", "open") and task.removed_at is None:
        services.finish_task(task_id=task.pk, is_done=wanted == "done", by=member.id)
        if wanted == "done":
            notify(request, _("Done: %(step)s") % {"step": task.title}, undo_url=f"{here}?do=open")
    elif wanted == "remove":
        services.remove_task(task_id=task.pk)
        notify(request, _("The task is taken away"), undo_url=f"{here}?do=restore")
    else:
        services.remove_task(task_id=task.pk, is_removed=False)
    return redirect(came_from(request, reverse("work:tasks")))


def _case_url(uuid: UUID, member: MemberInfo) -> str:
    return reverse("work:case", args=[uuid]) if member.may(Permission.WORK_VIEW) else ""


def _of_case(request: HttpRequest, member: MemberInfo) -> tuple[Case | None, CaseStep | None]:
    try:
        case = case_by_uuid(UUID(request.GET.get("case", "")), sight_of(member))
    except ValueError:
        return None, None
    number = number_in(request.GET.get("step", ""))
    step = CaseStep.objects.filter(pk=number, case=case).first() if case and number else None
    return case, step
