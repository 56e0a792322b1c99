"""The form of a rule that turns answers into cases."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from wayloop.business import api as business
from wayloop.surveys.enums import ScoreMetric
from wayloop.surveys.models import CaseRule, Survey
from wayloop.surveys.rules import Scale, read_scale
from wayloop.ui.sorting import sort_key
from wayloop.work import api as work

MOST_WORDS, LONGEST_WORD = 30, 60
# Questions with their scales, from the worst value to the best; each is a series of its own.
SCALES = (
    (ScoreMetric.NPS, "0-10"),
    (ScoreMetric.NPS, "1-10"),
    (ScoreMetric.CSAT, "1-5"),
    (ScoreMetric.CSAT, "1-10"),
    (ScoreMetric.CES, "1-7"),
    (ScoreMetric.CES, "5-1"),
    (ScoreMetric.RATING, "1-5"),
)


class CaseRuleForm(forms.Form):
    """Which answers become cases, and by which playbook. `wanted`: the fields of the rule, once the form is valid."""

    name = forms.CharField(label=_("Name for the team"), max_length=120)
    question = forms.ChoiceField(label=_("Answers to"))
    worst = forms.IntegerField(
        label=_("This score or a worse one"), min_value=0, max_value=10, initial=6, help_text=_("On the scale chosen.")
    )
    survey = forms.ChoiceField(label=_("Of the survey"), required=False)
    location = forms.ChoiceField(label=_("Given at"), required=False)
    words = forms.CharField(
        label=_("Only when the comment has one of these words"),
        required=False,
        max_length=MOST_WORDS * (LONGEST_WORD + 1),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One a line. The beginning of a word is enough."),
    )
    needs_comment = forms.BooleanField(label=_("Only when there is a comment"), required=False)
    playbook = forms.ChoiceField(label=_("What is done: the playbook"))

    def __init__(self, data: Any = None, *, rule: CaseRule | None = None) -> None:
        super().__init__(data, initial=_initial(rule) if rule else {})
        self._choices("question", [(f"{one.value} {scale}", _scale_words(one, scale)) for one, scale in SCALES])
        kept = rule.survey_id if rule else None
        surveys = [
            (str(one.pk), str(one.name))
            for one in Survey.objects.exclude(current=None)
            if one.archived_at is None or one.pk == kept
        ]
        surveys.sort(key=lambda one: sort_key(one[1]))
        self._choices("survey", [("", _("any survey")), *surveys])
        places = [(str(one.id), one.name) for one in business.locations()]
        self._choices("location", [("", _("any location")), *places])
        self._choices("playbook", [(str(one.id), one.name) for one in work.playbooks_in_use()])

    def clean_words(self) -> list[str]:
        words = [one.strip()[:LONGEST_WORD] for one in self.cleaned_data["words"].splitlines()]
        return list(dict.fromkeys(one for one in words if one))[:MOST_WORDS]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        metric, _space, written = given.get("question", "").partition(" ")
        self._scale = read_scale(written, ScoreMetric(metric)) if metric else None
        worst = given.get("worst")
        if self._scale and worst is not None and not self._scale.low <= worst <= self._scale.high:
            told = {"low": self._scale.low, "high": self._scale.high}
            self.add_error("worst", ValidationError(_("The scale goes from %(low)s to %(high)s.") % told))
        return given

    @property
    def wanted(self) -> dict[str, Any]:
        """The fields of the rule. Only when the form is valid."""
        given = self.cleaned_data
        scale = self._scale or Scale(0, 10)
        return {
            "name": given["name"],
            "metric": given["question"].partition(" ")[0],
            "scale_low": scale.low,
            "scale_high": scale.high,
            "lower_is_better": scale.lower_is_better,
            "worst": given["worst"],
            "survey_id": int(given["survey"]) if given["survey"] else None,
            "location_id": int(given["location"]) if given["location"] else None,
            "words": given["words"],
            "needs_comment": given["needs_comment"],
            "playbook": int(given["playbook"]),
        }

    def _choices(self, name: str, choices: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 – for the type checker
        field.choices = choices


def scale_key(rule: CaseRule) -> str:
    """Question and scale of a rule as the form names them."""
    low, high = (rule.scale_high, rule.scale_low) if rule.lower_is_better else (rule.scale_low, rule.scale_high)
    return f"{rule.metric} {low}-{high}"


def _scale_words(metric: ScoreMetric, written: str) -> str:
    worst, _dash, best = written.partition("-")
    return str(_("%(question)s, from %(worst)s to %(best)s")) % {
        "question": metric.label,
        "worst": worst,
        "best": best,
    }


def _initial(rule: CaseRule) -> dict[str, Any]:
    return {
        "name": rule.name,
        "question": scale_key(rule),
        "worst": rule.worst,
        "survey": rule.survey_id or "",
        "location": rule.location_id or "",
        "words": "\n".join(rule.words),
        "needs_comment": rule.needs_comment,
        "playbook": rule.playbook,
    }
