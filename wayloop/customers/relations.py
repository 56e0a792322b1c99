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


@dataclass(frozen=True)
class Traits:
    """`api_customers_traits`: one row per customer with a card, by today's person.

    `traits` and `computed`: key of the trait → its value. `api.TraitCut` says which of them, and how it is read.
    """

    person: int
    traits: dict  # type: ignore[type-arg]  # jsonb
    computed: dict  # type: ignore[type-arg]  # jsonb


RELATIONS = {"api_customers_towns": Towns, "api_customers_traits": Traits}
