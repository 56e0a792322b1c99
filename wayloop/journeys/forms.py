"""Forms of research: guides, notes, quotes."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from wayloop.business import api as business
from wayloop.contracts.scope import Scope
from wayloop.journeys.enums import Consent, Tone, Way
from wayloop.journeys.models import Guide, Note
from wayloop.journeys.queries import guides
from wayloop.journeys.rules import LONGEST_POINT, LONGEST_TEXT, LONGEST_TITLE, MOST_POINTS, points_in
from wayloop.journeys.services import NoteDetails
from wayloop.kernel import clock
from wayloop.ui.localised import LocalisedTextField


class GuideForm(forms.Form):
    """What is asked or looked at each time."""

    way = forms.ChoiceField(label=_("For"), choices=Way.choices)
    points = forms.CharField(
        label=_("Questions or points"),
        max_length=MOST_POINTS * (LONGEST_POINT + 2),
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("One a line."),
    )
    is_scored = forms.BooleanField(label=_("Each point gets a mark from 0 to 10"), required=False)

    def __init__(self, data: Any = None, *, guide: Guide | None = None) -> None:
        initial = {"way": guide.way, "points": "\n".join(guide.points), "is_scored": guide.is_scored} if guide else {}
        super().__init__(data, initial=initial)
        self.fields["name"] = LocalisedTextField(
            label=pgettext_lazy("of a guide", "Name"), languages=business.profile().content_languages,
            before=guide.name if guide else None, longest=80,
        )  # fmt: skip

    def clean_points(self) -> list[str]:
        found = points_in(self.cleaned_data["points"])
        if not found:
            raise ValidationError(_("Write at least one point."))
        return found


class NoteForm(forms.Form):
    """One interview, group, observation or visit."""

    title = forms.CharField(label=_("What it was, in one line"), max_length=LONGEST_TITLE)
    way = forms.ChoiceField(label=_("How it was found out"), choices=Way.choices)
    happened_on = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}))
    location = forms.ChoiceField(label=_("Where"), required=False)
    guide = forms.ChoiceField(label=_("Guide"), required=False)
    people = forms.IntegerField(label=_("How many people took part"), min_value=1, max_value=200, initial=1)
    consent = forms.ChoiceField(label=_("Did they agree that it is written down?"), choices=Consent.choices)
    text = forms.CharField(
        label=_("What was seen and heard"), required=False, max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 12}),
    )  # fmt: skip
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, scope: Scope, note: Note | None = None) -> None:
        names = ("title", "way", "happened_on", "people", "consent", "text")
        initial = {name: getattr(note, name) for name in names} if note else {
            "happened_on": business.report_clock().day_of(clock.now())
        }  # fmt: skip
        initial |= {
            "location": (note.location_id if note else None) or "",
            "guide": (note.guide_id if note else None) or "",
            "seen": note.version if note else 0,
        }
        super().__init__(data, initial=initial)
        self.note = note
        places = [(str(one.id), one.name) for one in business.locations(scope=scope)]
        anywhere = [("", _("nowhere in particular"))] if scope.sees_everything else []
        kept = note.guide_id if note else None
        books = [
            (str(one.pk), one.name)
            for one, _number in guides(with_archived=True)
            if one.archived_at is None or one.pk == kept
        ]
        for name, rows in (("location", [*anywhere, *places]), ("guide", [("", _("without a guide")), *books])):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 – for the type checker
            field.choices = rows
        self.fields["location"].required = not scope.sees_everything

    @property
    def details(self) -> NoteDetails:
        """The note as it is to be. Only when the form is valid."""
        given = self.cleaned_data
        return NoteDetails(
            way=given["way"],
            title=given["title"],
            happened_on=given["happened_on"],
            location_id=int(given["location"]) if given["location"] else None,
            guide_id=int(given["guide"]) if given["guide"] else None,
            handle=self.note.handle if self.note else None,
            people=given["people"],
            consent=given["consent"],
            text=given["text"],
        )


class QuoteForm(forms.Form):
    """Something that was said, word for word."""

    text = forms.CharField(label=_("Word for word"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))
    who = forms.CharField(label=_("Who said it"), max_length=80, required=False)
    tone = forms.TypedChoiceField(
        label=pgettext_lazy("quote", "How it sounds"), choices=Tone.choices, coerce=int, initial=int(Tone.NEUTRAL)
    )
    tags = forms.CharField(
        label=_("Tags"), max_length=400, required=False, help_text=_("With commas: delivery, first visit")
    )
