"""The form of a rule: what makes it ask, whom, how often, and what happens when nobody answers."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from wayloop.contracts.audiences import Chooser
from wayloop.contracts.ledger import EventKind
from wayloop.customers import api as customers
from wayloop.kernel import registry
from wayloop.surveys.audience import choices_for
from wayloop.surveys.enums import SURVEY_COMPLETED, Trigger
from wayloop.surveys.models import AskRule

MOST_SENTENCES = 4
MINUTES = {"minutes": 1, "hours": 60, "days": 1440}
TRIGGERS = [(one.value, one.label) for one in Trigger if one != Trigger.RECOVERY]
UNITS = [("minutes", _("minutes")), ("hours", _("hours")), ("days", _("days"))]
GROUPS = {
    "purchases": _("Orders and deliveries"),
    "service": _("Service"),
    "talks": _("Conversations"),
    "scores": _("Scores"),
    "other": _("Other"),
}


@dataclass(frozen=True)
class Row:
    """One sentence about the customer: whether it is denied, what it says, what is typed beside it."""

    denied: Any
    what: Any
    value: Any


class RuleForm(forms.Form):
    """A rule of one survey. `wanted`: the fields of the rule, once the form is valid."""

    name = forms.CharField(label=_("Name for the team"), max_length=120)
    trigger = forms.ChoiceField(label=_("What makes it ask"), choices=TRIGGERS, widget=forms.RadioSelect)
    event_kind = forms.ChoiceField(label=_("When this happened"), required=False)
    trait = forms.ChoiceField(label=_("The day"), required=False)
    is_yearly = forms.BooleanField(label=_("Each year, as a birthday"), required=False)
    day_offset = forms.IntegerField(label=_("Days after it (before it: −3)"), min_value=-365, max_value=365, initial=0)
    delay = forms.IntegerField(label=_("Ask after"), min_value=0, max_value=10_000, initial=2)
    unit = forms.ChoiceField(label=_("Unit of time"), choices=UNITS, initial="hours")
    share = forms.IntegerField(label=_("Ask so many of a hundred"), min_value=1, max_value=100, initial=100)
    audience = forms.ChoiceField(label=_("Whom"), required=False)
    did = forms.ChoiceField(
        label=_("And what they did"),
        choices=[("", _("does not matter")), ("yes", _("they did this")), ("no", _("they did not do this"))],
        required=False,
    )
    did_kind = forms.ChoiceField(label=_("What"), required=False)
    did_days = forms.IntegerField(label=_("In the last days"), min_value=1, max_value=730, initial=30)
    patience_days = forms.IntegerField(
        label=_("Held back by the contact rules, try for so many days"), min_value=0, max_value=60, initial=3
    )
    comes_first = forms.BooleanField(
        label=_("This survey comes first"),
        required=False,
        help_text=_(
            "A place is kept for it from the moment somebody is meant, for a day two weeks ahead, until they are "
            "asked: other surveys, reminders and offers leave the last one alone."
        ),
    )
    remind_days = forms.IntegerField(
        label=_("Remind once, after so many days (0: never)"), min_value=0, max_value=60, initial=0
    )
    expire_days = forms.IntegerField(
        label=_("The link is good for so many days"), min_value=1, max_value=90, initial=30
    )

    def __init__(self, data: Any = None, *, member: Chooser, rule: AskRule | None = None) -> None:
        super().__init__(data, initial=_initial(rule) if rule else {"trigger": Trigger.EVENT})
        self.member = member
        kinds = event_choices()
        self._choices("event_kind", [("", "–"), *kinds])
        self._choices("did_kind", [("", "–"), *kinds])
        self._choices("trait", [("", "–"), *customers.date_traits()])
        self._choices("audience", [("", _("all customers")), *choices_for(member)])
        self._sentences(customers.tokens_of(rule.condition) if rule else [])

    @property
    def rows(self) -> list[Row]:
        """The sentences about the customer."""
        return [Row(self[f"not_{n}"], self[f"who_{n}"], self[f"value_{n}"]) for n in range(MOST_SENTENCES)]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        trigger = given.get("trigger")
        if trigger == Trigger.EVENT and not given.get("event_kind"):
            self.add_error("event_kind", ValidationError(_("Choose what has to happen.")))
        if trigger == Trigger.DAY and not given.get("trait"):
            self.add_error("trait", ValidationError(_("Choose the day.")))
        if given.get("did") and not given.get("did_kind"):
            self.add_error("did_kind", ValidationError(_("Choose what has to happen.")))
        if given.get("remind_days", 0) and given["remind_days"] >= given.get("expire_days", 0):
            self.add_error("remind_days", ValidationError(_("Remind before the link ends.")))
        try:
            self._condition = customers.condition_of(self.member, list(self._chosen(given)))
        except customers.ConditionRefused as refusal:
            self.add_error("audience", ValidationError(str(refusal)))
        return given

    @property
    def wanted(self) -> dict[str, Any]:
        """The fields of the rule. Only when the form is valid."""
        given = self.cleaned_data
        source, _colon, key = given["audience"].partition(":")
        is_event, is_day = given["trigger"] == Trigger.EVENT, given["trigger"] == Trigger.DAY
        return {
            "name": given["name"],
            "trigger": given["trigger"],
            "event_kind": given["event_kind"] if is_event else "",
            "trait": given["trait"] if is_day else "",
            "is_yearly": given["is_yearly"],
            "day_offset": given["day_offset"] if is_day else 0,
            "delay_minutes": given["delay"] * MINUTES[given["unit"]] if is_event else 0,
            "share": given["share"],
            "audience_source": source,
            "audience_key": key,
            "condition": self._condition,
            "did_kind": given["did_kind"] if given["did"] else "",
            "did_days": given["did_days"],
            "did_not": given["did"] == "no",
            "patience_days": given["patience_days"],
            "comes_first": given["comes_first"],
            "remind_days": given["remind_days"],
            "expire_days": given["expire_days"],
        }

    def _choices(self, name: str, choices: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 – for the type checker
        field.choices = choices

    def _sentences(self, chosen: list[tuple[str, str, bool]]) -> None:
        groups: list[Any] = [("", "–")]
        groups += [
            (group, [(one.token, one.words) for one in ones]) for group, ones in customers.sentences_for(self.member)
        ]
        known = {token for _group, ones in groups[1:] for token, _words in ones}
        for number in range(MOST_SENTENCES):
            token, value, denied = chosen[number] if number < len(chosen) else ("", "", False)
            rows = groups if not token or token in known else [*groups, (token, token)]
            self.fields[f"not_{number}"] = forms.ChoiceField(
                label=pgettext_lazy("sentence", "Is it so"),
                choices=[("", pgettext_lazy("sentence", "only with")), ("not", pgettext_lazy("sentence", "without"))],
                required=False,
                initial="not" if denied else "",
                widget=forms.Select(attrs={"class": "input", "aria-label": pgettext_lazy("sentence", "Is it so")}),
            )
            self.fields[f"who_{number}"] = forms.ChoiceField(
                label=_("About the customer"),
                choices=rows,
                required=False,
                initial=token,
                widget=forms.Select(attrs={"class": "input", "aria-label": _("About the customer")}),
            )
            self.fields[f"value_{number}"] = forms.CharField(
                label=_("Value"),
                required=False,
                max_length=120,
                initial=value,
                widget=forms.TextInput(
                    attrs={"class": "input", "aria-label": _("Value"), "placeholder": _("value, where “…” stands")}
                ),
            )

    def _chosen(self, given: dict[str, Any]) -> Iterator[tuple[str, str, bool]]:
        for number in range(MOST_SENTENCES):
            if token := given.get(f"who_{number}"):
                yield token, given.get(f"value_{number}", ""), given.get(f"not_{number}") == "not"


def event_choices() -> list[tuple[Any, list[tuple[str, Any]]]]:
    """Kinds of events a rule can follow, under their groups."""
    found: dict[str, list[tuple[str, Any]]] = {}
    for kind in registry.offers(EventKind):
        if kind.group in GROUPS and kind.name != SURVEY_COMPLETED:
            found.setdefault(kind.group, []).append((kind.name, kind.label))
    return [(GROUPS[group], found[group]) for group in GROUPS if group in found]


def event_word(name: str) -> str:
    """What a kind of event is called."""
    return next((str(kind.label) for kind in registry.offers(EventKind) if kind.name == name), name)


def delay_of(minutes: int) -> tuple[int, str]:
    """A number of minutes in the largest unit that says it whole."""
    for unit in ("days", "hours"):
        if minutes and minutes % MINUTES[unit] == 0:
            return minutes // MINUTES[unit], unit
    return minutes, "minutes"


def _initial(rule: AskRule) -> dict[str, Any]:
    delay, unit = delay_of(rule.delay_minutes)
    audience = f"{rule.audience_source}:{rule.audience_key}" if rule.audience_source else ""
    return {
        **{name: getattr(rule, name) for name in RuleForm.base_fields if hasattr(rule, name)},
        "delay": delay,
        "unit": unit,
        "audience": audience,
        "did": ("no" if rule.did_not else "yes") if rule.did_kind else "",
    }
