"""To which rows a number led: the part of a cut, as conditions on orders or returns."""

from collections.abc import Mapping
from typing import Any, Literal

from wayloop.customers.api import TraitPart

Side = Literal["orders", "returns"]
Narrowed = Mapping[str, str | int | TraitPart | None]
COLUMNS = {"location": "location_id", "channel": "nullif(channel, '')", "currency": "currency"}
LINES = {
    "orders": "SELECT l.order_id FROM api_commerce_order_lines l",
    "returns": "SELECT l.return_id FROM api_commerce_return_lines l",
}
DELIVERED = """
SELECT order_id FROM api_commerce_deliveries WHERE done_day IS NOT NULL AND promised_day IS NOT NULL GROUP BY order_id
"""
# By the day they came, which is that of the period too: all that were promised for a day, and those that came later.
CAME: Mapping[str, str] = {
    state: f"""
id IN (SELECT order_id FROM api_commerce_deliveries WHERE done_day IS NOT NULL GROUP BY order_id
    HAVING {which} AND max(done_day) >= coalesce(%(first_day)s, '-infinity'::date)
        AND max(done_day) < coalesce(%(end_day)s, 'infinity'::date))
"""  # noqa: S608 – our own text
    for state, which in (("delivered", "count(promised_day) > 0"), ("came_late", "bool_or(done_day > promised_day)"))
}


def narrow(side: Side, narrowed: Narrowed) -> tuple[list[str], dict[str, Any]]:
    """Conditions and their values: field → the value rows have there, None where nothing is stated.

    Fields: location, channel, currency, product (all of an id, the others of a code), category, late ("late" or
    "on_time", of orders alone), who ("known": no guests), town and country (of the
    customer), trait (a `TraitPart`). Unknown ones narrow nothing.
    """
    where: list[str] = []
    values: dict[str, Any] = {}
    for name, value in narrowed.items():
        if column := COLUMNS.get(name):
            where.append(f"{column} = %(only_{name})s" if value is not None else f"{column} IS NULL")
        elif name == "product":
            where.append(
                f"id IN ({LINES[side]} WHERE l.product_id = %(only_product)s)"
                if value is not None
                else f"id NOT IN ({LINES[side]})"
            )
        elif name == "category":
            of_category = (
                f"id IN ({LINES[side]} JOIN api_commerce_products p ON p.id = l.product_id WHERE p.category = "
            )
            # A product without a category has an empty one, and something without lines has no product.
            where.append(
                f"{of_category} %(only_category)s)" if value else f"({of_category} '') OR id NOT IN ({LINES[side]}))"
            )
        elif name in ("town", "country"):
            of_place = f"SELECT person FROM api_customers_towns WHERE {name}"  # noqa: S608 – one of two columns
            where.append(
                f"person IN ({of_place} = %(only_{name})s)"
                if value is not None
                else f"(person IS NULL OR person NOT IN ({of_place} IS NOT NULL))"
            )
        elif isinstance(value, TraitPart):
            condition, bound = value.condition("person")
            where.append(condition)
            values |= bound
            continue
        elif name == "who" and value == "known":
            where.append("person IS NOT NULL")
            continue
        elif name == "late" and side == "orders":
            having = {
                "late": "HAVING bool_or(done_day > promised_day)",
                "on_time": "HAVING NOT bool_or(done_day > promised_day)",
            }
            where.append(f"id {'' if value in having else 'NOT '}IN ({DELIVERED} {having.get(str(value), '')})")
            continue
        else:
            continue
        if value is not None:
            values[f"only_{name}"] = value
    return where, values
