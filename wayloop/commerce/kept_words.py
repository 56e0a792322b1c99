"""What stayed of an import that was taken back, and why, in words."""

from collections.abc import Callable, Mapping, Sequence

from django.utils.translation import ngettext

from wayloop.commerce.services.undoing import AGREEMENT, DELIVERY, ORDER, PRODUCT, STEP, kept_rows
from wayloop.ui.formats import number


def _orders(n: int) -> str:
    return ngettext(
        "%(n)s order stays: somebody has worked on it since",
        "%(n)s orders stay: somebody has worked on them since",
        n,
    )


def _deliveries(n: int) -> str:
    return ngettext(
        "%(n)s delivery stays as it is: it has been moved on since",
        "%(n)s deliveries stay as they are: they have been moved on since",
        n,
    )


def _steps(n: int) -> str:
    return ngettext(
        "%(n)s status stays: the order has gone further since",
        "%(n)s statuses stay: the orders have gone further since",
        n,
    )


def _products(n: int) -> str:
    return ngettext(
        "%(n)s product stays: something else mentions it", "%(n)s products stay: something else mentions them", n
    )


def _agreements(n: int) -> str:
    return ngettext(
        "%(n)s agreement stays: a member has changed it since",
        "%(n)s agreements stay: members have changed them since",
        n,
    )


WORDS: Mapping[str, Callable[[int], str]] = {
    ORDER: _orders,
    DELIVERY: _deliveries,
    STEP: _steps,
    PRODUCT: _products,
    AGREEMENT: _agreements,
}


class KeptOfCommerce:
    """Orders, deliveries, statuses, products and agreements that stayed."""

    def kept_in_words(self, *, batch: str) -> Sequence[str]:
        """See `KeptTeller`."""
        kept = kept_rows(batch=batch)
        return [words(kept[what]) % {"n": number(kept[what])} for what, words in WORDS.items() if what in kept]
