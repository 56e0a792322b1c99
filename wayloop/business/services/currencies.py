"""Currencies beside the business's own, and what they are worth."""

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from wayloop.business.models import Business, Rate, UsedCurrency
from wayloop.business.rules.parts import check_currency
from wayloop.business.rules.refusals import BusinessRefused
from wayloop.contracts.business import RatesChanged
from wayloop.kernel import clock
from wayloop.kernel.stream.announce import announce

PLACES = Decimal("0.000000001")
LARGEST = Decimal(1_000_000_000)


@transaction.atomic
def use_currency(*, currency: str) -> None:
    """Adds a currency that prices and orders may be in. Twice is once.

    Raises `BusinessRefused` for the business's own and for what is no currency.
    """
    check_currency(currency)
    _refuse_own(currency)
    UsedCurrency.objects.get_or_create(code=currency)


@transaction.atomic
def stop_using_currency(*, currency: str) -> None:
    """Takes a currency off the list; its rates stay, so that using it again finds them. Twice is once."""
    UsedCurrency.objects.filter(code=currency).delete()


@transaction.atomic
def enter_rates(*, currency: str, days: Sequence[date], rates: Sequence[Decimal], by: int | None) -> None:
    """Writes the rate of each day (columns of equal length, days differ); a day that has one gets the new one.

    `rates`: units of the business's currency for one unit, above zero, kept to nine places. Orders keep the rate they
    were written with. The currency counts as used from now on. Announces `RatesChanged`. Raises `BusinessRefused`.
    """
    check_currency(currency)
    _refuse_own(currency)
    if not days:
        return
    kept = [
        rate.quantize(PLACES, rounding=ROUND_HALF_UP) if rate.is_finite() and 0 < rate < LARGEST else Decimal(0)
        for rate in rates
    ]
    if not all(kept):
        raise BusinessRefused("rate", _("A rate is a number above zero and below a thousand million."))
    now = clock.now()
    Rate.objects.bulk_create(
        [Rate(currency=currency, day=day, rate=rate, entered_at=now) for day, rate in zip(days, kept, strict=True)],
        update_conflicts=True,
        unique_fields=["currency", "day"],
        update_fields=["rate", "entered_at"],
    )
    UsedCurrency.objects.get_or_create(code=currency)
    announce(RatesChanged(currency=currency, first_day=min(days), by=by))


@transaction.atomic
def remove_rate(*, currency: str, day: date, by: int | None) -> Decimal | None:
    """Removes the rate of a day: the one before it goes on. Answers what it was, None when there was none.

    Announces `RatesChanged`.
    """
    row = Rate.objects.select_for_update().filter(currency=currency, day=day).first()
    if row is None:
        return None
    row.delete()
    announce(RatesChanged(currency=currency, first_day=day, by=by))
    return row.rate


def _refuse_own(currency: str) -> None:
    if Business.objects.filter(currency=currency).exists():
        raise BusinessRefused("currency", _("This is the currency of the business itself."))
