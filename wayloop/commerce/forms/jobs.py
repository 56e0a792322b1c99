"""What is written of a service job."""

from collections.abc import Sequence
from datetime import datetime, time
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wayloop.business import api as business
from wayloop.business.api import Choice, place_choices
from wayloop.commerce.forms.choices import member_choices, number_or_none
from wayloop.commerce.models import Job
from wayloop.commerce.rules import LARGEST
from wayloop.commerce.services.jobs import LONGEST_NOTE, JobDetails
from wayloop.contracts.scope import Scope
from wayloop.kernel.clock import is_in_our_time
from wayloop.kernel.due.rules import instant_of
from wayloop.kernel.money import to_decimal, to_minor

# A day without a time is promised until its end.
END_OF_DAY = time(23, 59)


class JobForm(forms.Form):
    """A job as members write it. `promised`: what a new one proposes; `agreements`: those of the customer."""

    title = forms.CharField(label=_("What is to be done"), max_length=200)
    item = forms.CharField(
        label=_("Item"), max_length=200, required=False, help_text=_("Model, serial number, registration plate.")
    )
    note = forms.CharField(
        label=_("Note"), max_length=LONGEST_NOTE, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    promised_on = forms.DateField(label=_("Promised day"), required=False, widget=forms.DateInput())
    promised_time = forms.TimeField(
        label=_("Time"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    member = forms.ChoiceField(label=_("Responsible"), required=False)
    location = forms.ChoiceField(label=_("Location"), required=False)
    price = forms.DecimalField(
        label=_("Estimate"), required=False, min_value=Decimal(0), max_value=LARGEST - 1, decimal_places=2
    )
    agreement = forms.ChoiceField(
        label=_("Under"), required=False, help_text=_("A warranty or a contract it is part of.")
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput())

    def __init__(
        self,
        *args: Any,
        scope: Scope,
        job: Job | None = None,
        agreements: Sequence[Choice] = (),
        kinds: Sequence[Choice] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._currency = job.currency if job and job.currency else business.profile().currency
        self._product = job.product_id if job else None
        choices = {
            "member": member_choices(_("Nobody yet"), job.member_id if job else None),
            "location": place_choices(scope, _("No particular one"), [job.location_id] if job else ()),
            "agreement": [("", _("Nothing")), *agreements],
        }
        if kinds:
            self.fields["kind"] = forms.ChoiceField(label=_("Kind of job"), widget=forms.RadioSelect)
            choices["kind"] = list(kinds)
            self.order_fields(["kind"])
        for name, offered in choices.items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]
        if not choices["location"]:
            del self.fields["location"]
        if not agreements:
            del self.fields["agreement"]
        self.fields["price"].label = _("Estimate, %(currency)s") % {"currency": self._currency}

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("promised_time") and not given.get("promised_on") and "promised_on" not in self.errors:
            self.add_error("promised_on", _("Choose the day too."))
        if not is_in_our_time(given.get("promised_on")):
            self.add_error("promised_on", _("Days between 1970 and 2199, please."))
        return given

    @property
    def details(self) -> JobDetails:
        """What was typed."""
        given = self.cleaned_data
        price = given["price"]
        return JobDetails(
            title=given["title"],
            item=given["item"],
            note=given["note"],
            product_id=self._product,
            agreement_id=number_or_none(given.get("agreement", "")),
            location_id=number_or_none(given.get("location", "")),
            member_id=number_or_none(given["member"]),
            promised_at=_promise(given),
            price=None if price is None else to_minor(price, self._currency),
            currency="" if price is None else self._currency,
        )


def initial_of(job: Job) -> dict[str, Any]:
    """The form of a job as it stands."""
    promised = timezone.localtime(job.promised_at) if job.promised_at else None
    is_day_only = promised is not None and promised.time().replace(second=0, microsecond=0) == END_OF_DAY
    return {
        "title": job.title,
        "item": job.item,
        "note": job.note,
        "promised_on": promised.date() if promised else None,
        "promised_time": None if promised is None or is_day_only else promised.time(),
        "member": job.member_id or "",
        "location": job.location_id or "",
        "price": None if job.price is None else to_decimal(job.price, job.currency),
        "agreement": job.agreement_id or "",
        "seen": job.version,
    }


def _promise(given: dict[str, Any]) -> datetime | None:
    if not given["promised_on"]:
        return None
    wall = datetime.combine(given["promised_on"], given["promised_time"] or END_OF_DAY)
    return instant_of(wall, str(timezone.get_current_timezone()))
