"""The rules of contact pressure, as a member types them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from wayloop.privacy.enums import Channel, Purpose
from wayloop.privacy.queries.standing import CHOOSABLE
from wayloop.privacy.services.pacing import LONGEST, LONGEST_GAP, MOST


class PaceForm(forms.Form):
    """How contacts follow each other, when nobody is disturbed, what needs a consent."""

    gap_hours = forms.IntegerField(
        label=_("Hours between two contacts"),
        min_value=0,
        max_value=LONGEST_GAP,
        help_text=_("Whoever heard from us is left alone for so long, whatever it was about."),
    )
    quiet_from = forms.TimeField(label=_("Quiet from"), widget=forms.TimeInput(attrs={"type": "time"}))
    quiet_to = forms.TimeField(label=_("Quiet until"), widget=forms.TimeInput(attrs={"type": "time"}))
    consent_needed = forms.MultipleChoiceField(
        label=_("Only with a consent given before"),
        choices=[(one.value, one.label) for one in CHOOSABLE],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("News and offers always need one."),
    )


class TextForm(forms.Form):
    """The words of a consent."""

    body = forms.CharField(
        label=_("What people agree to"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("{business} stands for the name of the business."),
    )  # fmt: skip


class LimitForm(forms.Form):
    """One more limit."""

    purpose = forms.ChoiceField(label=_("What"), required=False)
    channel = forms.ChoiceField(label=_("Through"), required=False)
    most = forms.IntegerField(label=_("At most"), min_value=0, max_value=MOST)
    days = forms.IntegerField(label=_("In so many days"), min_value=1, max_value=LONGEST)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["purpose"].choices = [("", _("Everything but service messages")), *Purpose.choices]  # type: ignore[attr-defined]
        self.fields["channel"].choices = [("", _("Any channel")), *Channel.choices]  # type: ignore[attr-defined]
