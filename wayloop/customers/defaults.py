"""The traits that ship with the program: labels and lists of values in the languages of the interface.

The rows are made by migrations; a business may give them other words, another place, or put them away.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy


@dataclass(frozen=True)
class ShippedWords:
    """What a shipped trait is called: its label, how a number of it is told, and the words of its list by code."""

    label: Any
    counted: Any = None
    options: Mapping[str, Any] = field(default_factory=dict)


_DAYS = {
    "mon": _("Monday"),
    "tue": _("Tuesday"),
    "wed": _("Wednesday"),
    "thu": _("Thursday"),
    "fri": _("Friday"),
    "sat": _("Saturday"),
    "sun": _("Sunday"),
}
_HOURS = {
    "morning": _("in the morning"),
    "day": _("by day"),
    "evening": _("in the evening"),
    "night": _("at night"),
}

SHIPPED: Mapping[str, ShippedWords] = {
    "birth_date": ShippedWords(_("Date of birth")),
    "sex": ShippedWords(
        _("Sex"),
        options={
            "female": pgettext_lazy("sex", "Female"),
            "male": pgettext_lazy("sex", "Male"),
            "other": pgettext_lazy("sex", "Other"),
        },
    ),
    "country": ShippedWords(_("Country")),
    "town": ShippedWords(_("Town")),
    "language": ShippedWords(_("Language")),
    "address": ShippedWords(_("Address")),
    "email_consent": ShippedWords(_("E-mails agreed to, says the file")),
    "message_consent": ShippedWords(_("Messages agreed to, says the file")),
    "education": ShippedWords(
        _("Education"),
        options={
            "school": _("School"),
            "vocational": _("Vocational training"),
            "higher": _("Higher education"),
            "degree": _("Academic degree"),
        },
    ),
    "profession": ShippedWords(_("Profession")),
    "industry": ShippedWords(_("Industry")),
    "company_size": ShippedWords(
        _("People employed"),
        options={
            "1-9": _("1 to 9"),
            "10-49": _("10 to 49"),
            "50-249": _("50 to 249"),
            "250": _("250 and more"),
        },
    ),
    "website": ShippedWords(_("Website")),
    "bought_categories": ShippedWords(pgettext_lazy("trait", "Buys")),
    "purchase_gap": ShippedWords(
        _("Time between purchases"), counted=ngettext_lazy("%(number)s day", "%(number)s days", "number")
    ),
    "last_purchase": ShippedWords(_("Last purchase")),
    "purchase_days": ShippedWords(_("Buys on"), options=_DAYS),
    "channels": ShippedWords(_("Channels")),
    "contact_frequency": ShippedWords(_("Contacts a month")),
    "active_hours": ShippedWords(_("Active hours"), options=_HOURS),
    "values": ShippedWords(
        _("Values"),
        options={
            "quality": _("Quality"),
            "price": _("A good price"),
            "speed": _("Speed"),
            "convenience": _("Convenience"),
            "care": _("Personal care"),
            "health": pgettext_lazy("value", "Health"),
            "nature": _("Nature"),
            "status": pgettext_lazy("value", "Status"),
            "tradition": _("Tradition"),
            "novelty": _("Novelty"),
        },
    ),
    "interests": ShippedWords(_("Interests")),
    "lifestyle": ShippedWords(
        _("Lifestyle"),
        options={
            "active": _("Active, sporty"),
            "family": _("Family first"),
            "career": _("Career first"),
            "creative": _("Creative"),
            "travel": _("Travels a lot"),
            "home": _("Quiet, at home"),
        },
    ),
    "needs": ShippedWords(_("Needs")),
    "pains": ShippedWords(_("Pains")),
    "income_level": ShippedWords(
        _("Income level"),
        options={"low": _("Below average"), "middle": _("Average"), "high": _("Above average")},
    ),
    "orders_count": ShippedWords(_("Number of orders")),
    "spent_total": ShippedWords(_("Bought for")),
    "average_order": ShippedWords(_("Average order value")),
    "price_sensitivity": ShippedWords(
        _("Price sensitivity"),
        options={
            "low": pgettext_lazy("sensitivity", "Low"),
            "middle": pgettext_lazy("sensitivity", "Middle"),
            "high": pgettext_lazy("sensitivity", "High"),
        },
    ),
    "customer_type": ShippedWords(
        _("Type of customer"),
        options={
            "end": _("Buys for themselves"),
            "wholesale": _("Buys wholesale"),
            "reseller": _("Sells on"),
            "partner": _("Business partner"),
            "staff": _("Own staff"),
        },
    ),
    "market_segment": ShippedWords(
        _("Market segment"),
        options={"mass": _("Mass market"), "middle": _("Middle market"), "premium": _("Premium")},
    ),
    "customer_since": ShippedWords(_("Customer since")),
    "favourites": ShippedWords(_("Favourites")),
}
