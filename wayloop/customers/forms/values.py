"""One trait of one customer, as its type asks for it."""

from typing import Any

from babel import Locale
from babel.numbers import list_currencies
from django import forms
from django.utils.translation import gettext_lazy as _

from wayloop.customers.enums import TraitType
from wayloop.customers.models import TraitDefinition
from wayloop.customers.rules.values import ValueRefused, read_value, typed_form
from wayloop.ui import formats
from wayloop.ui.sorting import sort_key

NOTHING = ("", "–")
OLD_CURRENCIES = frozenset({"XXX", "XTS"})


class TraitValueForm(forms.Form):
    """The value, and the version of it that the member saw. `stored` after validation is what to write."""

    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, trait: TraitDefinition, value: Any = None, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.trait, self.stored = trait, value
        # A field of this name may follow.
        self._usual_currency = currency
        self.fields["value"] = _field_of(trait, value)
        self.fields["value"].initial = typed_form(value)
        if isinstance(self.fields["value"].widget, forms.Textarea):
            self.fields["value"].initial = "\n".join(value or [])
        if trait.type == TraitType.MONEY:
            chosen = value["currency"] if isinstance(value, dict) else currency
            self.fields["currency"] = forms.ChoiceField(
                label=_("Currency"), choices=[(code, code) for code in _currencies(chosen)], initial=chosen
            )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if "value" in given:
            try:
                currency = given.get("currency") or self._usual_currency
                self.stored = read_value(self.trait, given["value"], currency=currency)
            except ValueRefused as refusal:
                self.add_error("value", str(refusal))
        return given


def _field_of(trait: TraitDefinition, value: Any) -> forms.Field:
    label: Any = trait.title
    kind = TraitType(trait.type)
    if kind in (TraitType.CHOICE, TraitType.CHOICES):
        held = value if isinstance(value, list) else [value]
        offered = [(one.code, one.label) for one in trait.choices if not one.is_archived or one.code in held]
        if kind == TraitType.CHOICES:
            boxes = forms.CheckboxSelectMultiple
            return forms.MultipleChoiceField(label=label, choices=offered, required=False, widget=boxes)
        return forms.ChoiceField(label=label, choices=[NOTHING, *offered], required=False)
    if kind == TraitType.YES_NO:
        answers = [NOTHING, ("yes", _("yes")), ("no", _("no"))]
        return forms.ChoiceField(label=label, choices=answers, required=False)
    if kind == TraitType.COUNTRY:
        return forms.ChoiceField(label=label, choices=[NOTHING, *_territories(value)], required=False)
    if kind == TraitType.LANGUAGE:
        return forms.ChoiceField(label=label, choices=[NOTHING, *_languages()], required=False)
    if trait.takes_several:
        lines = forms.Textarea(attrs={"rows": "3"})
        return forms.CharField(label=label, help_text=_("One on each line."), required=False, widget=lines)
    if kind == TraitType.DATE:
        return forms.CharField(label=label, required=False, widget=forms.DateInput())
    unit = str(trait.unit)
    attrs = {"inputmode": "decimal"} if kind in (TraitType.NUMBER, TraitType.MONEY) else {}
    return forms.CharField(label=label, help_text=unit, required=False, widget=forms.TextInput(attrs=attrs))


def _territories(value: Any) -> list[tuple[str, str]]:
    named = [(code, name) for code, name in formats.locale_of().territories.items() if len(code) == 2 and code != "ZZ"]
    if isinstance(value, str) and value and value not in dict(named):
        named.append((value, value))
    return sorted(named, key=lambda one: sort_key(one[1]))


def _languages() -> list[tuple[str, str]]:
    # Two letters: languages people speak to a business in, not every dialect there is.
    known = Locale("en").languages
    named = [(code, name) for code, name in formats.locale_of().languages.items() if len(code) == 2 and code in known]
    return sorted(((code, name[:1].upper() + name[1:]) for code, name in named), key=lambda one: sort_key(one[1]))


def _currencies(chosen: str) -> list[str]:
    return sorted(
        {chosen, *list_currencies(formats.locale_of())} - OLD_CURRENCIES, key=lambda code: (code != chosen, code)
    )
