"""Reads of carts."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from wayloop.commerce.models import Settings
from wayloop.commerce.models.settings import CART_HOURS
from wayloop.contracts.scope import Scope
from wayloop.kernel.localised import Localised

# A cart nobody touched for that long says nothing of what somebody wants today.
REMEMBERED_DAYS = 90
CARTS = """
SELECT id, uuid, handle, status, total, currency, line_count, updated_at, abandoned_at FROM commerce_cart
WHERE handle IN (SELECT handle FROM api_identity_people WHERE person = %(person)s) AND status IN ('open', 'abandoned')
    AND updated_at > %(since)s AND {visible}
ORDER BY updated_at DESC, id DESC LIMIT %(limit)s
"""
NAMES = """
SELECT l.cart_id, p.name::text, p.code FROM commerce_cartline l JOIN commerce_product p ON p.id = l.product_id
WHERE l.cart_id = ANY (%s) AND l.position <= %s ORDER BY l.cart_id, l.position
"""


@dataclass(frozen=True)
class CartInfo:
    """A cart that was not ordered yet. `total` in minor units of `currency`."""

    id: int
    uuid: UUID
    handle: int
    status: str
    total: int
    currency: str
    line_count: int
    updated_at: datetime
    abandoned_at: datetime | None


def cart_hours() -> int:
    """After how many hours an untouched cart is abandoned."""
    found = Settings.objects.values_list("cart_hours", flat=True).first()
    return CART_HOURS if found is None else found


def carts_of(*, person: int, scope: Scope, since: datetime, limit: int = 3) -> list[CartInfo]:
    """Open and abandoned carts of a person touched after `since`, the latest first."""
    visible = "true" if scope.locations is None else "(location_id IS NULL OR location_id = ANY (%(locations)s))"
    values: dict[str, Any] = {
        "person": person,
        "since": since,
        "limit": limit,
        "locations": list(scope.locations or ()),
    }
    with connection.cursor() as cursor:
        cursor.execute(CARTS.format(visible=visible), values)
        return [CartInfo(*row) for row in cursor.fetchall()]


def cart_product_names(*, carts: Sequence[int], most: int = 3) -> Mapping[int, list[str]]:
    """Cart → the titles of its first products."""
    names: dict[int, list[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(NAMES, [list(carts), most])
        for cart, name, code in cursor.fetchall():
            names.setdefault(cart, []).append(str(Localised.from_json(json.loads(name))) or code)
    return names
