"""Writes of what is sold."""

from collections.abc import Sequence

from django.db import connection, transaction
from psycopg.types.json import Jsonb

from wayloop.kernel.bulk import stage_rows
from wayloop.kernel.ids import uuid7
from wayloop.kernel.localised import Localised

NAME_PRODUCTS = """
INSERT INTO commerce_product (uuid, source, code, name, category)
SELECT uuid, %(source)s, code, name, category FROM commerce_described ORDER BY code
ON CONFLICT (source, code) DO UPDATE SET name = excluded.name, category = excluded.category
WHERE (commerce_product.name, commerce_product.category) IS DISTINCT FROM (excluded.name, excluded.category)
"""


@transaction.atomic
def name_products(*, source: str, codes: Sequence[str], names: Sequence[Localised], categories: Sequence[str]) -> None:
    """Makes the products of a source, or gives known ones these names and categories; columns of equal length.

    Codes must differ. Orders that mention such a product later leave its name as it is.
    """
    rows = ((uuid7(), *row) for row in zip(codes, (Jsonb(name.to_json()) for name in names), categories, strict=True))
    stage_rows("commerce_described", "uuid uuid, code text, name jsonb, category text", rows)
    with connection.cursor() as cursor:
        cursor.execute(NAME_PRODUCTS, {"source": source})
