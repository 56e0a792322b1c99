"""Relations that higher contexts may join in SQL: read-only views, version 1."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Towns:
    """`api_customers_towns`: one row per customer with a card, by today's person.

    `town`: as their sources write it, `country`: its ISO 3166 code; null where nobody knows.
    """

    person: int
    town: str | None
    country: str | None


RELATIONS = {"api_customers_towns": Towns}
