"""Playbooks, stages and root causes as members write them."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from wayloop.accounts.api import Role
from wayloop.business import api as business
from wayloop.contracts.work import RecoverySurveys
from wayloop.kernel import registry
from wayloop.kernel.localised import Localised
from wayloop.kernel.money import to_decimal, to_minor
from wayloop.ui.localised import LocalisedTextField
from wayloop.work.enums import CaseKind, OwnerRule, Severity, State
from wayloop.work.forms.cases import hours_field
from wayloop.work.forms.choices import number_or_none, owner_choices
from wayloop.work.models import Playbook
from wayloop.work.queries.settings import causes
from wayloop.work.rules import LONGEST_NOTE
from wayloop.work.services.playbooks import PlaybookDetails

LONGEST_NAME = 60
# Roles whose members work on cases.
ROLES = (Role.AGENT, Role.MANAGER, Role.FRONT_DESK, Role.OWNER)


def name_field(before: Localised | None = None) -> LocalisedTextField:
    """A name in the languages of the business."""
    return LocalisedTextField(
        label=pgettext_lazy("of a playbook, stage or cause", "Name"),
        languages=business.profile().content_languages,
        before=before,
        longest=LONGEST_NAME,
    )


class PlaybookForm(forms.Form):
    """Everything a playbook says."""

    kind = forms.ChoiceField(label=_("What it came from"), choices=CaseKind.choices)
    severity = forms.ChoiceField(label=_("Severity"), choices=Severity.choices, initial=Severity.NORMAL)
    owner_rule = forms.ChoiceField(
        label=_("Who gets it"), choices=OwnerRule.choices, widget=forms.RadioSelect, initial=OwnerRule.NOBODY
    )
    owner = forms.ChoiceField(label=_("The member"), required=False)
    owner_role = forms.ChoiceField(label=_("The role"), required=False)
    hours = hours_field(help_text=_("Empty: no deadline. It stands still while you wait for the customer."))
    limit = forms.DecimalField(label="", required=False, min_value=Decimal("0.01"), max_value=10**9, decimal_places=2)
    script = forms.CharField(
        label=_("What to say"), required=False, max_length=LONGEST_NOTE, widget=forms.Textarea(attrs={"rows": 5})
    )
    steps = forms.CharField(
        label=_("Checklist"),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("One point on each line."),
    )
    causes = forms.MultipleChoiceField(
        label=_("Root causes to choose from"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: all of them."),
    )
    recovery_survey = forms.ChoiceField(label=_("Recovery survey"), required=False)
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput())

    def __init__(self, data: Any = None, *, playbook: Playbook | None = None) -> None:
        self._currency = business.profile().currency
        super().__init__(data, initial=_initial(playbook, self._currency) if playbook else None)
        self.fields["name"] = name_field(playbook.name if playbook else None)
        self.order_fields(["name"])
        self.fields["limit"].label = _("Compensation up to, %(currency)s") % {"currency": self._currency}
        surveys = _surveys(playbook.recovery_survey if playbook else None)
        choices: dict[str, Sequence[Any]] = {
            "owner": owner_choices(kept=playbook.owner_id if playbook else None),
            "owner_role": [("", _("Anybody who works on cases")), *((one.value, one.label) for one in ROLES)],
            "causes": [(str(one.pk), one.name) for one in causes()],
            "recovery_survey": [("", _("None")), *surveys],
        }
        for name, offered in choices.items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]
        if not surveys:
            del self.fields["recovery_survey"]

    @property
    def details(self) -> PlaybookDetails:
        """What was typed."""
        given = self.cleaned_data
        hours, limit = given["hours"], given["limit"]
        return PlaybookDetails(
            name=given["name"],
            kind=given["kind"],
            severity=given["severity"],
            owner_rule=given["owner_rule"],
            owner_id=number_or_none(given["owner"]),
            owner_role=given["owner_role"],
            deadline_minutes=None if hours is None else max(1, round(hours * 60)),
            script=given["script"],
            steps=given["steps"].splitlines(),
            limit=None if limit is None else to_minor(limit, self._currency),
            recovery_survey=number_or_none(given.get("recovery_survey", "")),
            cause_ids=[int(one) for one in given["causes"]],
        )


class NameForm(forms.Form):
    """A stage or a root cause: its name; of a new stage (`with_state`) what standing in it means."""

    def __init__(self, *args: Any, before: Localised | None = None, with_state: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = name_field(before)
        if with_state:
            self.fields["state"] = forms.ChoiceField(
                label=_("A case in it is"), choices=State.choices, initial=State.WORKING
            )


def _surveys(kept: int | None) -> list[tuple[str, Any]]:
    found = {
        survey: title
        for one in registry.offers(RecoverySurveys)  # type: ignore[type-abstract]
        for survey, title in one.choices()
    }
    if kept is not None:
        found.setdefault(kept, f"{kept}")
    return [(str(survey), title) for survey, title in found.items()]


def _initial(playbook: Playbook, currency: str) -> dict[str, Any]:
    hours = playbook.deadline_minutes
    return {
        "kind": playbook.kind,
        "severity": playbook.severity,
        "owner_rule": playbook.owner_rule,
        "owner": playbook.owner_id or "",
        "owner_role": playbook.owner_role,
        "hours": None if hours is None else (Decimal(hours) / 60).quantize(Decimal("0.01")).normalize(),
        "limit": None if playbook.limit is None else to_decimal(playbook.limit, currency),
        "script": playbook.script,
        "steps": "\n".join(playbook.steps),
        "causes": [str(one) for one in playbook.cause_ids],
        "recovery_survey": playbook.recovery_survey or "",
        "seen": playbook.version,
    }
