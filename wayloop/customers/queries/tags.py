"""Tags and stars: which there are, who has them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from wayloop.contracts.scope import Scope
from wayloop.customers.models import Star, Tag, Tagging
from wayloop.kernel.paging import EXACT_BELOW, Total
from wayloop.ui.sorting import sort_key

COLOURS = 8
# One statement, and of no tag more is read than is shown.
COUNTS = """
WITH wanted AS (SELECT unnest(%(roots)s::bigint[]) AS root, unnest(%(tags)s::bigint[]) AS tag)
SELECT w.root, (
    SELECT count(*) FROM (
        SELECT FROM customers_tagging t JOIN customers_card c ON c.person = t.person
        WHERE t.tag_id = ANY (w.tags) AND {visible} LIMIT {most}
    ) counted
) FROM (SELECT root, array_agg(tag) AS tags FROM wanted GROUP BY root) w
"""


@dataclass(frozen=True)
class TagInfo:
    """One tag as the screen shows it; `colour` is a number below `COLOURS`."""

    id: int
    name: str
    colour: int
    archived_at: datetime | None = None
    merged: tuple[str, ...] = ()


def active_tags() -> list[TagInfo]:
    """All tags that can be put on customers, by name."""
    rows = Tag.objects.filter(archived_at=None, merged_into=None)
    return sorted((_info(tag) for tag in rows), key=lambda tag: sort_key(tag.name))


def all_tags() -> list[TagInfo]:
    """The active tags with the names of what was merged into them, then the archived ones."""
    rows, roots = list(Tag.objects.all()), roots_of_tags()
    merged: dict[int, list[str]] = {}
    for tag in rows:
        if tag.merged_into_id is not None:
            merged.setdefault(roots[tag.pk], []).append(tag.name)
    found = [_info(tag, tuple(sorted(merged.get(tag.pk, [])))) for tag in rows if tag.merged_into_id is None]
    return sorted(found, key=lambda tag: (tag.archived_at is not None, sort_key(tag.name)))


def tag_by_id(tag_id: int) -> Tag | None:
    """The tag, whatever its state."""
    return Tag.objects.filter(pk=tag_id).first()


def tag_names(tags: Sequence[int]) -> dict[int, str]:
    """Number → name of these tags, whatever their state."""
    return dict(Tag.objects.filter(pk__in=tags).values_list("pk", "name"))


def groups_of(tags: Sequence[int]) -> list[list[int]]:
    """For each tag the ids that count as it: its own, and those of tags merged into it or together with it."""
    roots = roots_of_tags()
    return [[one for one, root in roots.items() if root == roots.get(tag, tag)] or [tag] for tag in tags]


def tags_in_use() -> list[int]:
    """The ids of all tags that count as an active one."""
    active = set(Tag.objects.filter(archived_at=None, merged_into=None).values_list("id", flat=True))
    return [tag for tag, root in roots_of_tags().items() if root in active]


def roots_of_tags() -> dict[int, int]:
    """Tag → what it counts as today: itself, or the tag at the end of its merges."""
    parents = dict(Tag.objects.values_list("id", "merged_into_id"))

    def root(tag: int) -> int:
        above = parents.get(tag)
        return tag if above is None else root(above)

    return {tag: root(tag) for tag in parents}


def tags_of(people: Sequence[int]) -> dict[int, list[TagInfo]]:
    """Person → the active tags they have, by name. One read for a page."""
    if not people:
        return {}
    rows = list(Tagging.objects.filter(person__in=people).values_list("person", "tag_id"))
    if not rows:
        return {}
    active, roots = {tag.id: tag for tag in active_tags()}, roots_of_tags()
    found: dict[int, set[int]] = {}
    for person, tag in rows:
        found.setdefault(person, set()).add(roots[tag])
    return {person: [tag for tag in active.values() if tag.id in mine] for person, mine in found.items()}


def starred_among(people: Sequence[int], member: int) -> set[int]:
    """Those of these people whom the member keeps at hand."""
    return set(Star.objects.filter(member_id=member, person__in=people).values_list("person", flat=True))


def count_tagged(tags: Sequence[int], scope: Scope) -> dict[int, Total]:
    """Tag → how many customers have it that the scope lets see; from 10,000 on no more are counted.

    Whoever has both a tag and another one merged into it counts twice.
    """
    visible = "true"
    if scope.locations is not None:
        visible = "(c.location_ids = '{}' OR c.location_ids && %(locations)s::bigint[])"
    members = [(root, tag) for tag, root in roots_of_tags().items() if root in set(tags)]
    statement = COUNTS.replace("{visible}", visible).replace("{most}", str(EXACT_BELOW))
    with connection.cursor() as cursor:
        cursor.execute(
            statement,
            {
                "roots": [root for root, _tag in members],
                "tags": [tag for _root, tag in members],
                "locations": list(scope.locations or ()),
            },
        )
        return {tag: Total(number, number < EXACT_BELOW) for tag, number in cursor.fetchall()}


def _info(tag: Tag, merged: tuple[str, ...] = ()) -> TagInfo:
    return TagInfo(tag.pk, tag.name, tag.colour % COLOURS, tag.archived_at, merged)
