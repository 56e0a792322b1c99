"""A goal and an annotation as members type them."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from wayloop.accounts.api import MemberInfo, Permission, members_who_may
from wayloop.business import api as business
from wayloop.kernel.clock import is_in_our_time
from wayloop.metrics import aims
from wayloop.metrics.enums import GoalKind
from wayloop.metrics.models import LONGEST_LINE, LONGEST_TEXT, Goal
from wayloop.metrics.registry import BY_NAME, METRICS
from wayloop.metrics.services.goals import GoalTold

AREA = forms.Textarea(attrs={"rows": 2})


class AnnotationForm(forms.Form):
    """What happened on a day."""

    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}))
    text = forms.CharField(label=_("What happened"), max_length=LONGEST_LINE)
    location_id = forms.TypedChoiceField(label=_("Where"), required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, member: MemberInfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        places = [(str(place.id), place.name) for place in business.locations(scope=member.scope)]
        whole = [("", _("The whole business"))] if member.scope.sees_everything else []
        fields["location_id"].choices = whole + places
        fields["location_id"].required = not whole

    def clean_day(self) -> date:
        """A day that charts can show."""
        day: date = self.cleaned_data["day"]
        if not is_in_our_time(day):
            raise forms.ValidationError(_("This should be a date, as in 2026-05-04."))
        return day


class GoalForm(forms.Form):
    """What a number should come to, what is done for it and by whom."""

    metric = forms.ChoiceField(label=_("What is measured"))
    location_id = forms.TypedChoiceField(label=_("Where"), required=False, coerce=int, empty_value=None)
    kind = forms.ChoiceField(label=_("Measured against"), choices=GoalKind.choices, widget=forms.RadioSelect)
    aim = forms.DecimalField(
        label=_("Goal"),
        max_digits=15,
        decimal_places=4,
        help_text=_(
            "Shares and changes in per cent, money in whole units, times in hours. "
            "Of what should fall: a change below zero."
        ),
    )
    period = forms.ChoiceField(label=_("Over the last"))
    action = forms.CharField(label=_("What we do for it"), max_length=LONGEST_LINE, required=False)
    owner_id = forms.TypedChoiceField(label=_("Who sees to it"), required=False, coerce=int, empty_value=None)
    owner_name = forms.CharField(
        label=_("Or a team"), max_length=100, required=False, help_text=_("A team or a function, for example Delivery.")
    )
    due_on = forms.DateField(label=_("Introduced by"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    roi_link = forms.URLField(label=_("Link to what it earns"), max_length=500, required=False, assume_scheme="https")
    example = forms.CharField(label=_("Example"), max_length=LONGEST_TEXT, required=False, widget=AREA)
    risk = forms.CharField(label=_("Risk"), max_length=LONGEST_TEXT, required=False, widget=AREA)
    note = forms.CharField(label=_("Note"), max_length=LONGEST_TEXT, required=False, widget=AREA)
    norm = forms.DecimalField(label=_("Norm of the field"), max_digits=15, decimal_places=4, required=False)
    norm_source = forms.CharField(label=_("Its source"), max_length=LONGEST_LINE, required=False)
    norm_day = forms.DateField(label=_("As of"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, member: MemberInfo, goal: Goal | None = None, **kwargs: Any) -> None:
        self._currency = business.profile().currency
        if goal is not None:
            kwargs["initial"] = self._initial(goal) | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["metric"].choices = [(one.name, one.label) for one in METRICS]
        places = [(str(place.id), place.name) for place in business.locations(scope=member.scope)]
        whole = [("", _("The whole business"))] if member.scope.sees_everything else []
        fields["location_id"].choices = whole + places
        fields["location_id"].required = not whole
        fields["period"].choices = [(one.key, one.label) for one in business.PERIODS if one.days]
        found = [(str(one.id), one.name) for one in members_who_may(Permission.METRICS_VIEW)]
        fields["owner_id"].choices = [("", _("Nobody yet")), *found]

    def told(self) -> GoalTold:
        """What was typed, in the units goals are kept in."""
        typed = dict(self.cleaned_data)
        metric = BY_NAME[typed["metric"]]
        typed["aim"] = aims.read(metric, typed["kind"], typed["aim"], self._currency)
        if typed["norm"] is not None:
            typed["norm"] = aims.read(metric, GoalKind.VALUE, typed["norm"], self._currency)
        return GoalTold(**typed)

    def _initial(self, goal: Goal) -> dict[str, Any]:
        metric = BY_NAME[goal.metric]
        told: dict[str, Any] = {name: getattr(goal, name) for name in GoalTold.__dataclass_fields__}
        told["aim"] = aims.write(metric, goal.kind, goal.aim, self._currency)
        norm: Decimal | None = None
        if goal.norm is not None:
            norm = aims.write(metric, GoalKind.VALUE, goal.norm, self._currency)
        return told | {"norm": norm}
