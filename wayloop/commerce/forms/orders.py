"""What members enter about an order: money and deliveries."""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wayloop.commerce.enums import DeliveryWay, PaymentMethod
from wayloop.commerce.models import Delivery
from wayloop.commerce.rules import LARGEST
from wayloop.commerce.services.deliveries import Plan
from wayloop.kernel.money import minor_digits, to_decimal, to_minor

END_OF_DAY = time(23, 59)


class MoneyForm(forms.Form):
    """An amount and how it was paid. `key` makes the same form count once; `seen`: what was owed when it was shown."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    amount = forms.DecimalField(label=gettext_lazy("Amount"))
    currency = forms.ChoiceField(label=gettext_lazy("Currency"))
    method = forms.ChoiceField(label=gettext_lazy("How it was paid"), choices=PaymentMethod.choices)

    def __init__(self, data: Any = None, *, currencies: list[str], most: int | None = None, **options: Any) -> None:
        """`currencies`: that of the order first; `most`: minor units of it that make sense, None without a limit."""
        super().__init__(data, **options)
        self.own = currencies[0]
        self.most = most
        self.fields["amount"].widget.attrs |= {"step": "any", "min": "0"}
        self.fields["currency"].choices = [(code, code) for code in currencies]  # type: ignore[attr-defined]
        self.fields["currency"].initial = self.own
        if len(currencies) == 1:
            self.fields["currency"].widget = forms.HiddenInput()

    def clean_amount(self) -> Decimal:
        amount: Decimal = self.cleaned_data["amount"]
        if not 0 < amount < LARGEST:
            raise forms.ValidationError(_("The amount must be above zero."))
        return amount

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        amount, currency = data.get("amount"), data.get("currency")
        if amount is None or currency is None:
            return data
        digits = minor_digits(currency)
        if amount != round(amount, digits):
            self.add_error("amount", _("At most %(digits)s digits behind the point.") % {"digits": digits})
            return data
        data["minor"] = to_minor(amount, currency)
        if self.most is not None and currency == self.own and data["minor"] > self.most:
            self.add_error("amount", _("At most %(most)s.") % {"most": to_decimal(self.most, self.own)})
        return data


class DeliveryForm(forms.Form):
    """How an order reaches the customer, and what is promised: a window that may be open on either side."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    way = forms.ChoiceField(
        label=gettext_lazy("How it is delivered"), choices=DeliveryWay.choices, widget=forms.RadioSelect
    )
    from_day = forms.DateField(label=gettext_lazy("Promised from, day"), required=False, widget=forms.DateInput)
    from_time = forms.TimeField(
        label=gettext_lazy("Time"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time", "class": "input-date"}, format="%H:%M"),
    )
    to_day = forms.DateField(
        label=gettext_lazy("Promised until, day"),
        required=False,
        widget=forms.DateInput,
        help_text=gettext_lazy("Later than this is late. Without it nothing is promised."),
    )
    to_time = forms.TimeField(
        label=gettext_lazy("Time"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time", "class": "input-date"}, format="%H:%M"),
        help_text=gettext_lazy("Empty: until the end of the day."),
    )
    carrier = forms.CharField(label=gettext_lazy("Who brings it"), max_length=80, required=False)
    number = forms.CharField(label=gettext_lazy("Tracking number"), max_length=80, required=False)

    @classmethod
    def of(cls, delivery: Delivery) -> "DeliveryForm":
        """The form of a delivery as it stands."""
        initial: dict[str, Any] = {
            "key": delivery.uuid,
            "way": delivery.way,
            "carrier": delivery.carrier,
            "number": delivery.number,
        }
        for side, moment in (("from", delivery.promised_from), ("to", delivery.promised_to)):
            if moment is not None:
                local = timezone.localtime(moment)
                initial |= {f"{side}_day": local.date(), f"{side}_time": local.time()}
        return cls(initial=initial)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for side in ("from", "to"):
            if data.get(f"{side}_time") and not data.get(f"{side}_day") and f"{side}_day" not in self.errors:
                self.add_error(f"{side}_day", _("Choose the day too."))
        return data

    @property
    def plan(self) -> Plan:
        """What was entered, in the zone of the page."""
        data = self.cleaned_data
        return Plan(
            way=DeliveryWay(data["way"]),
            promised_from=_instant(data.get("from_day"), data.get("from_time") or time()),
            promised_to=_instant(data.get("to_day"), data.get("to_time") or END_OF_DAY),
            carrier=data["carrier"],
            number=data["number"],
        )


class CartHoursForm(forms.Form):
    """After how many hours a cart is abandoned."""

    hours = forms.IntegerField(
        label=gettext_lazy("Abandoned after, hours"),
        help_text=gettext_lazy("A cart nobody touched for so long counts as abandoned. Reminders start from there."),
    )


def _instant(day: date | None, moment: time) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, moment)) if day else None
