"""Cases as something that customers said: a change may stand on them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from wayloop.contracts.scope import Scope
from wayloop.contracts.voice import Feedback
from wayloop.work.queries.settings import causes
from wayloop.work.words import case_name

COLUMNS = "c.id, c.handle, c.location_id, c.opened_at, c.number, c.title, c.uuid"


class SaidInCases:
    """Cases, all of them or those of a root cause."""

    name = "case"
    label = _("Cases")

    def choices(self) -> Sequence[tuple[str, str]]:
        return [(str(one.pk), str(one.name)) for one in causes(with_archived=True)]

    def find(self, key: str, text: str, since: datetime, location: int | None, limit: int) -> Sequence[Feedback]:
        where = ["c.removed_at IS NULL", "c.opened_at >= %(since)s"]
        values: dict[str, Any] = {"since": since, "limit": limit}
        if key:
            where.append("c.cause_id = %(cause)s")
            values["cause"] = int(key) if key.isdecimal() and len(key) < 18 else 0
        if text:
            where.append("strpos(lower(c.title || ' ' || c.said), lower(%(text)s)) > 0")
            values["text"] = text.replace("\0", "")
        if location is not None:
            where.append("c.location_id = %(location)s")
            values["location"] = location
        return _rows(" AND ".join(where) + " ORDER BY c.id DESC LIMIT %(limit)s", values)

    def tell(self, ids: Sequence[int], scope: Scope) -> Mapping[int, Feedback]:
        where, values = ["c.id = ANY (%(ids)s)", "c.removed_at IS NULL"], {"ids": list(ids)}
        if scope.locations is not None:
            where.append("(c.location_id IS NULL OR c.location_id = ANY (%(locations)s))")
            values["locations"] = list(scope.locations)
        return {one.id: one for one in _rows(" AND ".join(where), values)}


def _rows(where: str, values: Mapping[str, Any]) -> list[Feedback]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {COLUMNS} FROM work_case c WHERE {where}", values)  # noqa: S608
        return [
            Feedback(number, handle, location, at, f"{case_name(shown)}: {title}", reverse("work:case", args=[uuid]))
            for number, handle, location, at, shown, title, uuid in cursor.fetchall()
        ]
