"""What an API key is for, what it opens, how long."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from wayloop.accounts.enums import Permission
from wayloop.accounts.models import Member
from wayloop.accounts.services.keys import NEVER
from wayloop.business import api as business
from wayloop.kernel import clock

DAYS = [("30", _("30 days")), ("90", _("90 days")), ("365", _("A year")), ("", _("Until it is revoked"))]


class KeyForm(forms.Form):
    """One API key; it can do no more than its maker."""

    name = forms.CharField(
        label=_("Name of the key"), max_length=80, help_text=_("The program that uses it: web shop, till, report.")
    )
    permissions = forms.MultipleChoiceField(label=_("What it may"), widget=forms.CheckboxSelectMultiple)
    locations = forms.MultipleChoiceField(
        label=_("Only these locations"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: all that you see."),
    )
    days = forms.ChoiceField(label=_("It works for"), choices=DAYS, initial="365", required=False)

    def __init__(self, data: Any = None, *, member: Member) -> None:
        super().__init__(data)
        self.fields["permissions"].choices = [  # type: ignore[attr-defined]
            (one.value, one.label) for one in Permission if member.has_permission(one) and one not in NEVER
        ]
        places = [(str(one.id), str(one.name)) for one in business.locations(scope=member.scope)]
        self.fields["locations"].choices = places  # type: ignore[attr-defined]
        if len(places) < 2:
            del self.fields["locations"]
        self._limit = member.scope.locations

    @property
    def location_ids(self) -> tuple[int, ...] | None:
        """The locations the key is limited to; without a choice those of its maker."""
        chosen = tuple(int(one) for one in self.cleaned_data.get("locations", ()))
        return chosen or self._limit

    @property
    def expires_at(self) -> datetime | None:
        """When the key ends by itself."""
        days = self.cleaned_data["days"]
        return clock.now() + timedelta(days=int(days)) if days else None
