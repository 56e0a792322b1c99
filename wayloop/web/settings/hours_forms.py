"""What is asked beside the hours themselves: from when they count, whose holidays are kept, which days are special."""

from datetime import date
from typing import Any

from babel import Locale
from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from wayloop.business import api as business
from wayloop.ui.localised import LocalisedTextField
from wayloop.ui.sorting import sort_key

LATER, MISTAKE = "later", "mistake"


class WeekForm(forms.Form):
    """From when the week counts, and whose public holidays are kept."""

    when = forms.ChoiceField(
        label=gettext_lazy("From when"),
        widget=forms.RadioSelect,
        choices=[
            (LATER, gettext_lazy("From a day on; days before keep the old hours")),
            (MISTAKE, gettext_lazy("Correct the hours of now: they were written down wrong")),
        ],
    )
    from_day = forms.DateField(label=gettext_lazy("First day"), required=False, widget=forms.DateInput)
    country = forms.ChoiceField(label=gettext_lazy("Public holidays of"), required=False)
    region = forms.ChoiceField(
        label=gettext_lazy("Region"), required=False, help_text=gettext_lazy("Some regions have holidays of their own.")
    )

    def __init__(
        self, data: Any = None, *, calendar: business.HolidayCalendar, today: date, is_first: bool = False
    ) -> None:
        super().__init__(
            data,
            initial={"when": LATER, "from_day": today, "country": calendar.country, "region": calendar.region},
        )
        self.fields["country"].choices = [  # type: ignore[attr-defined]
            ("", _("None: open on all of them")),
            *holiday_country_choices(),
        ]
        regions = business.holiday_regions(str(self["country"].value() or ""))
        if regions:
            self.fields["region"].choices = [("", _("Whole country")), *regions]  # type: ignore[attr-defined]
        else:
            del self.fields["region"]
        if is_first:
            # What is said for the first time has always been so.
            del self.fields["when"], self.fields["from_day"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("when") == LATER and not data.get("from_day") and "from_day" not in self.errors:
            self.add_error("from_day", _("Choose the first day."))
        return data

    @property
    def calendar(self) -> business.HolidayCalendar:
        """Whose holidays are kept."""
        return business.HolidayCalendar(self.cleaned_data["country"], self.cleaned_data.get("region", ""))


class SpecialForm(forms.Form):
    """Which days are special, and why."""

    first_day = forms.DateField(label=gettext_lazy("First day"), widget=forms.DateInput)
    last_day = forms.DateField(
        label=gettext_lazy("Last day"),
        required=False,
        widget=forms.DateInput,
        help_text=gettext_lazy("Empty: one day only."),
    )
    is_yearly = forms.BooleanField(label=gettext_lazy("The same days every year"), required=False)
    holidays_too = forms.BooleanField(label=gettext_lazy("Open on public holidays too"), required=False)

    def __init__(self, data: Any = None, *, kind: str, special: business.Special | None = None) -> None:
        initial: dict[str, Any] = {}
        if special:
            initial = {
                "first_day": special.first_day,
                "last_day": special.last_day if special.last_day != special.first_day else None,
                "is_yearly": special.is_yearly,
                "holidays_too": special.holidays_too,
            }
        super().__init__(data, initial=initial)
        self.fields["title"] = LocalisedTextField(
            label=_("Why"),
            languages=business.profile().content_languages,
            before=special.title if special else None,
            longest=120,
            required=False,
            help_text=_("Customers may read it: “Staff training”, “Winter hours”."),
        )
        del self.fields["is_yearly" if kind == "week" else "holidays_too"]
        self.order_fields(["first_day", "last_day", "is_yearly", "holidays_too", "title"])

    def special(self, week: business.Week, kind: str) -> business.NewSpecial:
        """What was typed."""
        data = self.cleaned_data
        return business.NewSpecial(
            first_day=data["first_day"],
            last_day=data["last_day"] or data["first_day"],
            title=data["title"],
            week=week,
            is_yearly=data.get("is_yearly", False),
            is_week=kind == "week",
            holidays_too=data.get("holidays_too", False),
        )


def holiday_country_choices() -> list[tuple[str, str]]:
    """Countries whose holidays are known, in the language of the reader and the order of its alphabet."""
    names = Locale.parse(get_language() or "en").territories
    known = [(code, names[code]) for code in business.holiday_countries() if code in names]
    return sorted(known, key=lambda pair: sort_key(pair[1]))
