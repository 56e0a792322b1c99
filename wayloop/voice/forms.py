"""Forms of changes and of thanks."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from wayloop.business import api as business
from wayloop.contracts.scope import Scope
from wayloop.kernel import clock
from wayloop.kernel.localised import Localised
from wayloop.ui.localised import LocalisedTextField
from wayloop.voice.models import Change, Thanking
from wayloop.voice.rules import LONGEST_REWARD, LONGEST_TEXT, LONGEST_TITLE
from wayloop.voice.sources import choices

DAYS = [("30", _("30 days")), ("90", _("90 days")), ("365", _("12 months"))]


class ChangeForm(forms.Form):
    """A change in the languages of the business."""

    happened_on = forms.DateField(label=_("Since when it is so"), widget=forms.DateInput(attrs={"type": "date"}))
    location = forms.ChoiceField(label=_("Where"), required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, scope: Scope, change: Change | None = None) -> None:
        today = business.report_clock().day_of(clock.now())
        initial = {
            "happened_on": change.happened_on if change else today,
            "location": (change.location_id if change else None) or "",
            "seen": change.version if change else 0,
        }
        super().__init__(data, initial=initial)
        languages = business.profile().content_languages
        self.fields["title"] = LocalisedTextField(
            label=_("What we did"), languages=languages, before=change.title if change else None, longest=LONGEST_TITLE
        )
        self.fields["text"] = LocalisedTextField(
            label=_("What people behind it are told"), languages=languages, before=change.text if change else None,
            longest=LONGEST_TEXT, long=True,
        )  # fmt: skip
        places = [(str(one.id), one.name) for one in business.locations(scope=scope)]
        field = self.fields["location"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 – for the type checker
        field.choices = [("", _("everywhere")), *places]
        if len(places) < 2:
            del self.fields["location"]

    @property
    def location_id(self) -> int | None:
        """Where it is so. Only when the form is valid."""
        given = self.cleaned_data.get("location")
        return int(given) if given else None


class BehindForm(forms.Form):
    """Which things that customers said stand behind a change."""

    what = forms.ChoiceField(label=_("What they said"))
    text = forms.CharField(label=_("With these words"), required=False, max_length=100)
    days = forms.ChoiceField(label=_("In the last"), choices=DAYS, initial="90")
    location = forms.ChoiceField(label=_("Where"), required=False)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        for name, rows in (
            ("what", choices()),
            ("location", [("", _("any location")), *((str(one.id), one.name) for one in business.locations())]),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 – for the type checker
            field.choices = rows

    @property
    def asked(self) -> tuple[str, str, str, Any, int | None]:
        """Source, key, text, since when, and where. Only when the form is valid."""
        given = self.cleaned_data
        source, _bar, key = given["what"].partition("|")
        since = clock.now() - timedelta(days=int(given["days"]))
        return source, key, given["text"].strip(), since, int(given["location"]) if given["location"] else None


class ThankingForm(forms.Form):
    """How those who would recommend us are thanked."""

    is_on = forms.BooleanField(
        label=_("Thank whoever answers 9 or 10 of 10"), required=False,
        widget=forms.CheckboxInput(attrs={"data-kind": "switch"}),
    )  # fmt: skip
    asks_words = forms.BooleanField(label=_("Ask whether their words may be shown"), required=False)
    invites_friends = forms.BooleanField(label=_("Give them a code for their friends"), required=False)
    tags_ambassadors = forms.BooleanField(label=_("Tag them as ambassadors"), required=False)
    link = forms.URLField(
        label=_("Where their friends go"), required=False, max_length=300, assume_scheme="https",
        help_text=_("Your shop, for example. The code is added to the address."),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, how: Thanking) -> None:
        names = ("is_on", "asks_words", "invites_friends", "tags_ambassadors", "link")
        super().__init__(data, initial={name: getattr(how, name) for name in names})
        self.fields["text"] = LocalisedTextField(
            label=_("In your own words"), languages=business.profile().content_languages, before=how.text,
            longest=LONGEST_TEXT, long=True, required=False,
        )  # fmt: skip
        self.fields["reward"] = LocalisedTextField(
            label=_("What both of them get"), languages=business.profile().content_languages, before=how.reward,
            longest=LONGEST_REWARD, required=False, help_text=_("For example: a coffee for you, a coffee for them."),
        )  # fmt: skip

    @property
    def reward(self) -> Localised:
        """What a friend and who sent them get. Only when the form is valid."""
        given = self.cleaned_data["reward"]
        return given if isinstance(given, Localised) else Localised()

    @property
    def text(self) -> Localised:
        """What the letter says. Only when the form is valid."""
        given = self.cleaned_data["text"]
        return given if isinstance(given, Localised) else Localised()
