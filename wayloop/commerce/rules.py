"""What commerce refuses, and its limits."""

from decimal import Decimal

# Of a quantity and of a price; their product fits into the column of an amount in any currency.
LARGEST = Decimal(10_000_000)


class CommerceRefused(ValueError):
    """What was asked cannot be done; the text says in one line what to do."""
