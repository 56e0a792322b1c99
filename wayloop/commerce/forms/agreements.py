"""What is written of an agreement."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from wayloop.business import api as business
from wayloop.business.api import place_choices
from wayloop.commerce.enums import AgreementKind, PricePeriod, Renewal
from wayloop.commerce.forms.choices import member_choices, number_or_none
from wayloop.commerce.models import Agreement
from wayloop.commerce.rules import LARGEST
from wayloop.commerce.services.agreements import LONGEST_NOTE, LONGEST_NOTICE, LONGEST_TERM, Terms
from wayloop.contracts.scope import Scope
from wayloop.kernel.money import to_decimal, to_minor


class AgreementForm(forms.Form):
    """Terms as members write them."""

    kind = forms.ChoiceField(label=_("What it is"), choices=AgreementKind.choices, widget=forms.RadioSelect)
    title = forms.CharField(label=_("What is agreed on"), max_length=200)
    number = forms.CharField(
        label=_("Number"), max_length=60, required=False, help_text=_("Empty: we give it the next one.")
    )
    starts_on = forms.DateField(label=_("First day"), widget=forms.DateInput())
    ends_on = forms.DateField(
        label=_("Last day"), required=False, widget=forms.DateInput(), help_text=_("Empty: no end.")
    )
    renewal = forms.ChoiceField(label=_("At the end"), choices=Renewal.choices)
    term_months = forms.IntegerField(
        label=_("Another term, months"), required=False, min_value=1, max_value=LONGEST_TERM
    )
    notice_days = forms.IntegerField(
        label=_("Tell so many days before"), required=False, min_value=0, max_value=LONGEST_NOTICE
    )
    price = forms.DecimalField(
        label=_("Price"), required=False, min_value=Decimal(0), max_value=LARGEST - 1, decimal_places=2
    )
    period = forms.ChoiceField(label=_("The price is for"), choices=PricePeriod.choices, required=False)
    member = forms.ChoiceField(label=_("Responsible"), required=False)
    location = forms.ChoiceField(label=_("Location"), required=False)
    note = forms.CharField(
        label=_("Note"), max_length=LONGEST_NOTE, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput())

    def __init__(self, *args: Any, scope: Scope, agreement: Agreement | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._currency = agreement.currency if agreement and agreement.currency else business.profile().currency
        self._product = agreement.product_id if agreement else None
        places = place_choices(scope, _("No particular one"), [agreement.location_id] if agreement else ())
        self.fields["location"].choices = places  # type: ignore[attr-defined]
        if not places:
            del self.fields["location"]
        members = member_choices(_("Nobody yet"), agreement.member_id if agreement else None)
        self.fields["member"].choices = members  # type: ignore[attr-defined]
        self.fields["price"].label = _("Price, %(currency)s") % {"currency": self._currency}

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        starts, ends = given.get("starts_on"), given.get("ends_on")
        if starts and ends and ends < starts:
            self.add_error("ends_on", _("The last day lies before the first one."))
        if given.get("renewal") == Renewal.BY_ITSELF and not self.errors:
            if not ends:
                self.add_error("ends_on", _("To go on by itself, it needs a last day."))
            if not given.get("term_months"):
                self.add_error("term_months", _("Write how many months another term lasts."))
        if given.get("price") is not None and not given.get("period"):
            self.add_error("period", _("Choose what the price is for."))
        return given

    @property
    def terms(self) -> Terms:
        """What was typed."""
        given = self.cleaned_data
        price = given["price"]
        return Terms(
            kind=AgreementKind(given["kind"]),
            title=given["title"],
            number=given["number"],
            starts_on=given["starts_on"],
            ends_on=given["ends_on"],
            renewal=Renewal(given["renewal"]),
            term_months=given["term_months"],
            notice_days=given["notice_days"] or 0,
            price=None if price is None else to_minor(price, self._currency),
            currency="" if price is None else self._currency,
            period="" if price is None else PricePeriod(given["period"]),
            member_id=number_or_none(given["member"]),
            location_id=number_or_none(given.get("location", "")),
            product_id=self._product,
            note=given["note"],
        )


class DayForm(forms.Form):
    """One day: until when an agreement is renewed, or from when on it is cancelled."""

    day = forms.DateField(label=_("Day"), widget=forms.DateInput())
    seen = forms.IntegerField(widget=forms.HiddenInput())

    def __init__(self, *args: Any, label: object, hint: object, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].label, self.fields["day"].help_text = label, hint  # type: ignore[assignment]


class DocumentForm(forms.Form):
    """A file to attach."""

    file = forms.FileField(label=_("Document"), widget=forms.FileInput(), max_length=255)


def initial_of(agreement: Agreement) -> dict[str, Any]:
    """The form of an agreement as it stands."""
    names = ("kind", "title", "number", "starts_on", "ends_on", "renewal", "term_months", "notice_days", "period")
    price = agreement.price
    return {name: getattr(agreement, name) for name in names} | {
        "price": None if price is None else to_decimal(price, agreement.currency),
        "member": agreement.member_id or "",
        "location": agreement.location_id or "",
        "note": agreement.note,
        "seen": agreement.version,
    }


def initial_for(day: date) -> dict[str, Any]:
    """The form of a new agreement that begins on `day`."""
    return {"kind": AgreementKind.CONTRACT, "starts_on": day, "renewal": Renewal.NONE, "notice_days": 30,
            "period": PricePeriod.MONTH}  # fmt: skip
