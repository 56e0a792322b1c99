"""A task as members write it."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wayloop.business.api import place_choices
from wayloop.contracts.scope import Scope
from wayloop.kernel.clock import is_in_our_time
from wayloop.kernel.due.rules import instant_of
from wayloop.work.forms.choices import number_or_none, owner_choices
from wayloop.work.models import Task
from wayloop.work.rules import LONGEST_NOTE, LONGEST_TITLE
from wayloop.work.services.todos import TaskDetails

# A day without a time lasts until its end.
END_OF_DAY = time(23, 59)


class TaskForm(forms.Form):
    """A task. `is_of_case`: its place is that of the case."""

    title = forms.CharField(label=_("What is to be done"), max_length=LONGEST_TITLE)
    due_on = forms.DateField(label=_("By the day"), required=False, widget=forms.DateInput())
    due_time = forms.TimeField(
        label=_("Time"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    member = forms.ChoiceField(label=_("Responsible"), required=False)
    location = forms.ChoiceField(label=_("Location"), required=False)
    note = forms.CharField(
        label=_("Note"), max_length=LONGEST_NOTE, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput())

    def __init__(
        self, *args: Any, scope: Scope, task: Task | None = None, is_of_case: bool = False, own: int | None = None,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        offered = owner_choices(kept=task.member_id if task else None)
        # Whoever sees their own tasks only gives none to others.
        members = [one for one in offered if own is None or one[0] == str(own)]
        self.fields["member"].choices = members  # type: ignore[attr-defined]
        places = place_choices(scope, _("No particular one"), [task.location_id] if task else ())
        if is_of_case or not places or own is not None:
            del self.fields["location"]
        else:
            self.fields["location"].choices = places  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("due_time") and not given.get("due_on") and "due_on" not in self.errors:
            self.add_error("due_on", _("Choose the day too."))
        if not is_in_our_time(given.get("due_on")):
            self.add_error("due_on", _("Days between 1970 and 2199, please."))
        return given

    @property
    def details(self) -> TaskDetails:
        """What was typed."""
        given = self.cleaned_data
        return TaskDetails(
            title=given["title"],
            note=given["note"],
            member_id=number_or_none(given["member"]),
            due_at=_due(given),
            location_id=number_or_none(given.get("location", "")),
        )


def initial_of(task: Task) -> dict[str, Any]:
    """The form of a task as it stands."""
    due = timezone.localtime(task.due_at) if task.due_at else None
    is_day_only = due is not None and due.time().replace(second=0, microsecond=0) == END_OF_DAY
    return {
        "title": task.title,
        "note": task.note,
        "due_on": due.date() if due else None,
        "due_time": None if due is None or is_day_only else due.time(),
        "member": task.member_id or "",
        "location": task.location_id or "",
        "seen": task.version,
    }


def _due(given: dict[str, Any]) -> datetime | None:
    if not given["due_on"]:
        return None
    wall = datetime.combine(given["due_on"], given["due_time"] or END_OF_DAY)
    return instant_of(wall, str(timezone.get_current_timezone()))
