"""A trait that a business defines, with its list of values."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from wayloop.customers.defaults import SHIPPED
from wayloop.customers.enums import About, Sight, TraitGroup, TraitType
from wayloop.customers.models import TraitDefinition
from wayloop.customers.services.definitions import SEVERAL, NewOption, Wishes
from wayloop.kernel.localised import Localised, in_our_words
from wayloop.ui import localised
from wayloop.ui.localised import LocalisedTextField

LONGEST_LABEL, LONGEST_UNIT = 60, 20
MOST_OPTIONS = 100
BLANK_ROWS = 3


class TraitForm(forms.Form):
    """Words, place and flags of a trait; its type only while it is new."""

    def __init__(self, *args: Any, trait: TraitDefinition | None, languages: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.trait, self.languages = trait, languages
        words = SHIPPED.get(trait.key) if trait and trait.is_shipped else None
        self._shipped = in_our_words(words.label) if words else Localised()
        before = trait.label if trait and trait.label.texts else self._shipped
        self.fields["label"] = LocalisedTextField(
            label=_("What it is called"), languages=languages, before=before, longest=LONGEST_LABEL
        )
        if trait is None:
            self.fields["type"] = forms.ChoiceField(label=_("What a value is"), choices=TraitType.choices)
        self.fields["group"] = forms.ChoiceField(
            label=_("Where it stands on the card"),
            choices=TraitGroup.choices,
            initial=trait.group if trait else TraitGroup.OTHER,
        )
        self.fields["about"] = forms.ChoiceField(
            label=_("About whom"), choices=About.choices, initial=trait.about if trait else About.ALL
        )
        self.fields["sight"] = forms.ChoiceField(
            label=_("Who sees it"), choices=Sight.choices, initial=trait.sight if trait else Sight.STAFF
        )
        if trait is None or trait.type == TraitType.NUMBER:
            self.fields["unit"] = LocalisedTextField(
                label=_("Unit of a number"),
                languages=languages,
                before=trait.unit if trait else None,
                longest=LONGEST_UNIT,
                required=False,
            )
        if trait is None:
            self.fields["takes_several"] = _flag(
                _("Several values at once"), _("For texts, places, languages, addresses.")
            )
        self.fields["is_searchable"] = _flag(
            _("Find customers by it"), _("Its index is made in the background."), trait and trait.is_searchable
        )
        if trait is None or not trait.has_many:
            self.fields["is_sortable"] = _flag(_("Sort customers by it"), "", trait and trait.is_sortable)
        if trait is None or not trait.is_computed:
            self.fields["keeps_history"] = _flag(
                _("Keep former values"),
                _("With their source and their time."),
                trait.keeps_history if trait else True,
            )

    @property
    def kind(self) -> TraitType:
        """The type of the trait, chosen or there already."""
        return TraitType(self.trait.type if self.trait else self.cleaned_data["type"])

    def wishes(self, options: Sequence[NewOption]) -> Wishes:
        """What the member wants; words that are as they were shipped stay those of the program."""
        given = self.cleaned_data
        return Wishes(
            label=Localised() if given["label"].texts == self._shipped.texts else given["label"],
            group=TraitGroup(given["group"]),
            about=About(given["about"]),
            sight=Sight(given["sight"]),
            unit=given.get("unit") or Localised(),
            options=options,
            takes_several=given.get("takes_several", False) and self.kind in SEVERAL,
            is_searchable=given["is_searchable"],
            is_sortable=given.get("is_sortable", False),
            keeps_history=given.get("keeps_history", True),
        )


class OptionsForm(forms.Form):
    """The list of values: a row for each, some blank ones at the end. A row that is emptied is put away."""

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, trait: TraitDefinition | None, languages: Sequence[str]
    ) -> None:
        super().__init__(data)
        shipped = SHIPPED[trait.key].options if trait and trait.is_shipped and trait.key in SHIPPED else {}
        present = [one for one in (trait.options if trait else []) if not one.get("archived")]
        self._languages = languages
        self._shipped: dict[str, Localised] = {}
        self._codes = [str(one["code"]) for one in present]
        for place, one in enumerate(present):
            words = in_our_words(shipped[one["code"]]) if one["code"] in shipped else Localised()
            self._shipped[one["code"]] = words
            before = Localised.from_json(one.get("label")) if one.get("label") else words
            self._add(place, before, languages)
        for place in range(len(present), self._rows(len(present))):
            self._add(place, None, languages)

    def table(self) -> list[list[dict[str, Any]]]:
        """The controls: a row for each value, a cell for each language."""
        return [localised.rows(bound, "")["rows"] for bound in self]

    def wanted(self) -> list[NewOption]:
        """The rows that say something, in the order of their places."""
        found = []
        for place, name in enumerate(self.fields):
            label: Localised = self.cleaned_data[name]
            code = self._codes[place] if place < len(self._codes) else ""
            # Texts in languages the business does not write in are not shown, so nobody could empty them.
            if any(label.texts.get(language) for language in self._languages):
                kept = bool(code) and label.texts == self._shipped[code].texts
                found.append(NewOption(code, Localised() if kept else label))
        return found

    def _add(self, place: int, before: Localised | None, languages: Sequence[str]) -> None:
        self.fields[f"option{place}"] = LocalisedTextField(
            label=_("Value %(number)s") % {"number": place + 1},
            languages=languages,
            before=before,
            longest=LONGEST_LABEL,
            required=False,
        )

    def _rows(self, present: int) -> int:
        """As many as were sent, so that nothing typed is lost, and some blank ones."""
        try:
            sent = int(self.data.get("rows", 0))
        except ValueError:
            sent = 0
        return min(max(present + BLANK_ROWS, sent), MOST_OPTIONS)


def _flag(label: Any, hint: Any, is_on: object = False) -> forms.BooleanField:
    switch = forms.CheckboxInput(attrs={"data-kind": "switch"})
    return forms.BooleanField(label=label, help_text=hint, initial=bool(is_on), required=False, widget=switch)
