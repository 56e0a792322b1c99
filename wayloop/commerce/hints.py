"""The one hint at the counter: what to say to this guest. The rule is told in docs/how-to/counter.md."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wayloop.contracts.customers import Sign
from wayloop.ui import formats

# A birthday is worth a word so many days before and after.
BEFORE, AFTER = 7, 3
# "The usual" is what was in this share of the latest orders, and in no fewer than so many.
USUAL_SHARE, USUAL_ORDERS = 0.6, 3


@dataclass(frozen=True)
class Seen:
    """What the hint is made from.

    `days`: earlier days on which the guest was here or bought something, the latest first, of a few at least three.
    `signs`: what the health offers say. `birth`: the date of birth, where the reader may see it. `usual`: what was in
    `usual_orders` of the latest `orders`.
    """

    today: date
    days: tuple[date, ...]
    signs: tuple[Sign, ...] = ()
    birth: date | None = None
    usual: str = ""
    usual_orders: int = 0
    orders: int = 0


@dataclass(frozen=True)
class Hint:
    """One sentence with an icon."""

    icon: str
    text: str


def pick_hint(seen: Seen) -> Hint | None:
    """The first that applies: a bad last score, a birthday, the first visit, long away, the second visit, the usual."""
    if any(sign.about == "score" and sign.tone != "good" for sign in seen.signs):
        return Hint("message-circle", _("Their last score was low: ask what would make it better."))
    if hint := _birthday(seen):
        return hint
    if not seen.days:
        return Hint("hand", _("First time here: say who you are and what is special here."))
    if _is_away(seen.signs):
        number = (seen.today - seen.days[0]).days
        text = ngettext(
            "Not here for %(number)s day: say that you are glad to see them again.",
            "Not here for %(number)s days: say that you are glad to see them again.",
            number,
        )
        return Hint("heart", text % {"number": number})
    if len(seen.days) == 1:
        return Hint("smile", _("Second time here: ask how they liked the first."))
    if seen.usual and seen.usual_orders >= max(USUAL_ORDERS, USUAL_SHARE * seen.orders):
        return Hint("sparkles", _("Mostly takes %(product)s: ask “The usual?”") % {"product": seen.usual})
    return None


def next_birthday(birth: date, today: date) -> int:
    """Days from today to the nearest birthday: negative when it has just been. 29 February is kept on the 28th."""
    return min(
        ((_in_year(birth, today.year + shift) - today).days for shift in (-1, 0, 1)),
        key=lambda days: (abs(days), -days),
    )


def _in_year(birth: date, year: int) -> date:
    try:
        return birth.replace(year=year)
    except ValueError:
        return date(year, 2, 28)


def _birthday(seen: Seen) -> Hint | None:
    if seen.birth is None:
        return None
    days = next_birthday(seen.birth, seen.today)
    if not -AFTER <= days <= BEFORE:
        return None
    day = {"day": formats.calendar_day(seen.today + timedelta(days=days), seen.today)}
    if days == 0:
        return Hint("gift", _("It is their birthday: congratulate them."))
    if days < 0:
        return Hint("gift", _("Had a birthday %(day)s: congratulate them.") % day)
    return Hint("gift", _("Birthday soon, %(day)s: ask how they will celebrate.") % day)


def _is_away(signs: tuple[Sign, ...]) -> bool:
    """By their own rhythm; where there is none, by the mere last contact."""
    rhythm = [sign for sign in signs if sign.about == "rhythm"]
    return any(sign.tone != "good" for sign in rhythm or [sign for sign in signs if sign.about == "contact"])
