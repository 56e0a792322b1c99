"""A case as members write it."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from wayloop.business.api import Choice, place_choices
from wayloop.contracts.scope import Scope
from wayloop.work.enums import CaseKind, Severity
from wayloop.work.forms.choices import number_or_none, owner_choices
from wayloop.work.models import Case
from wayloop.work.rules import LONGEST_NOTE, LONGEST_PROMISE, LONGEST_TITLE
from wayloop.work.services.opening import CaseDetails

AS_PLAYBOOK = [("", _("As the playbook has it"))]


def hours_field(**more: Any) -> forms.DecimalField:
    """A length in business hours, down to a hundredth."""
    return forms.DecimalField(
        label=_("Deadline, business hours"),
        required=False,
        min_value=Decimal("0.02"),
        max_value=Decimal(LONGEST_PROMISE // 60),
        decimal_places=2,
        **more,
    )


class CaseForm(forms.Form):
    """A new case (with `playbooks` to choose from), or one that is written anew (`case`)."""

    title = forms.CharField(label=_("What happened"), max_length=LONGEST_TITLE)
    said = forms.CharField(
        label=_("In the customer’s words"),
        max_length=LONGEST_NOTE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    kind = forms.ChoiceField(label=_("What it came from"), required=False)
    severity = forms.ChoiceField(label=_("Severity"), required=False)
    member = forms.ChoiceField(label=_("Responsible"), required=False)
    location = forms.ChoiceField(label=_("Location"), required=False)
    hours = hours_field()
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput())

    def __init__(
        self, *args: Any, scope: Scope, case: Case | None = None, playbooks: Sequence[Choice] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        before = [] if case else AS_PLAYBOOK
        choices: dict[str, Sequence[Any]] = {
            "kind": [*before, *CaseKind.choices],
            "severity": [*before, *Severity.choices],
            "member": [("", _("As the playbook has it")), *owner_choices()[1:]],
            "location": place_choices(scope, _("No particular one"), [case.location_id] if case else ()),
        }
        if playbooks:
            self.fields["playbook"] = forms.ChoiceField(label=_("Playbook"), required=False)
            choices["playbook"] = [("", _("Without a playbook")), *playbooks]
        if case:
            del self.fields["member"], choices["member"]
        for name, offered in choices.items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]
        if not choices["location"]:
            del self.fields["location"]

    @property
    def playbook_id(self) -> int | None:
        """The chosen playbook."""
        return number_or_none(self.cleaned_data.get("playbook", ""))

    @property
    def minutes(self) -> int | None:
        """The promised business minutes."""
        hours = self.cleaned_data["hours"]
        return None if hours is None else max(1, round(hours * 60))

    @property
    def location_id(self) -> int | None:
        """The chosen location."""
        return number_or_none(self.cleaned_data.get("location", ""))

    @property
    def details(self) -> CaseDetails:
        """What was typed, of a new case."""
        given = self.cleaned_data
        return CaseDetails(
            title=given["title"],
            said=given["said"],
            kind=given["kind"] or None,
            severity=given["severity"] or None,
            location_id=self.location_id,
            member_id=number_or_none(given["member"]),
            deadline_minutes=self.minutes,
        )


def initial_of(case: Case) -> dict[str, Any]:
    """The form of a case as it stands."""
    hours = None if case.promised_minutes is None else (Decimal(case.promised_minutes) / 60).quantize(Decimal("0.01"))
    return {
        "title": case.title,
        "said": case.said,
        "kind": case.kind,
        "severity": case.severity,
        "location": case.location_id or "",
        "hours": hours.normalize() if hours else None,
        "seen": case.version,
    }
