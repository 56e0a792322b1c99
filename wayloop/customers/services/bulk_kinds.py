"""What can be done to many customers at once, and how each of it is taken back exactly."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from django.db import connection
from django.utils.translation import gettext as _

from wayloop.accounts.api import Role
from wayloop.customers.enums import BulkKind
from wayloop.customers.fields.base import Eyes
from wayloop.customers.models import BulkAction, Star, Tagging
from wayloop.customers.queries.definitions import definition_for, wanted_definitions
from wayloop.customers.queries.tags import active_tags
from wayloop.customers.services.stars import add_stars, remove_stars
from wayloop.customers.services.tags import TagRefused, add_tag, remove_tag
from wayloop.customers.services.trait_sets import retract_values, set_trait_of_many
from wayloop.identity import api as identity

PUT_TAGS_BACK = """
INSERT INTO customers_tagging (tag_id, person, handle, added_at, added_by)
SELECT * FROM unnest(%(tags)s::bigint[], %(people)s::bigint[], %(handles)s::bigint[], %(times)s::timestamptz[],
    %(members)s::bigint[]) ON CONFLICT DO NOTHING
"""
PUT_STARS_BACK = """
INSERT INTO customers_star (member_id, person, handle, starred_at)
SELECT %(member)s, * FROM unnest(%(people)s::bigint[], %(handles)s::bigint[], %(times)s::timestamptz[])
ON CONFLICT DO NOTHING
"""


class Kind(Protocol):
    """One thing to do. `apply` answers what it changed, as JSON; `undo` takes that and puts it back."""

    def problem(self, detail: Mapping[str, Any], eyes: Eyes) -> str:
        """Why it cannot be done, or an empty text."""
        ...

    def apply(self, action: BulkAction, people: Sequence[int]) -> Any: ...

    def undo(self, action: BulkAction, changed: Any) -> None: ...


class _AddTag:
    def problem(self, detail: Mapping[str, Any], eyes: Eyes) -> str:
        return "" if detail.get("tag") in {tag.id for tag in active_tags()} else _("Choose a tag.")

    def apply(self, action: BulkAction, people: Sequence[int]) -> Any:
        try:
            return add_tag(
                tag_id=action.detail["tag"], people=people, member=action.member_id, moment=action.pressed_at
            )
        except TagRefused:
            # Somebody put the tag away while this was running: the others do not get it.
            return []

    def undo(self, action: BulkAction, changed: Any) -> None:
        # What was taken away and added again since has another time and stays.
        Tagging.objects.filter(
            tag_id=action.detail["tag"], handle__in=changed, added_at=action.pressed_at, added_by=action.member_id
        ).delete()


class _RemoveTag:
    problem = _AddTag.problem

    def apply(self, action: BulkAction, people: Sequence[int]) -> Any:
        return remove_tag(tag_id=action.detail["tag"], people=people)

    def undo(self, action: BulkAction, changed: Any) -> None:
        people = identity.people_of([handle for _tag, handle, _added, _member in changed])
        with connection.cursor() as cursor:
            cursor.execute(
                PUT_TAGS_BACK,
                {
                    "tags": [row[0] for row in changed],
                    "people": [people.get(row[1], row[1]) for row in changed],
                    "handles": [row[1] for row in changed],
                    "times": [datetime.fromisoformat(row[2]) for row in changed],
                    "members": [row[3] for row in changed],
                },
            )


class _AddStar:
    def problem(self, detail: Mapping[str, Any], eyes: Eyes) -> str:
        return ""

    def apply(self, action: BulkAction, people: Sequence[int]) -> Any:
        return add_stars(member=action.member_id, people=people, moment=action.pressed_at)

    def undo(self, action: BulkAction, changed: Any) -> None:
        Star.objects.filter(member_id=action.member_id, handle__in=changed, starred_at=action.pressed_at).delete()


class _RemoveStar:
    problem = _AddStar.problem

    def apply(self, action: BulkAction, people: Sequence[int]) -> Any:
        return remove_stars(member=action.member_id, people=people)

    def undo(self, action: BulkAction, changed: Any) -> None:
        people = identity.people_of([handle for handle, _starred in changed])
        with connection.cursor() as cursor:
            cursor.execute(
                PUT_STARS_BACK,
                {
                    "member": action.member_id,
                    "people": [people.get(row[0], row[0]) for row in changed],
                    "handles": [row[0] for row in changed],
                    "times": [datetime.fromisoformat(row[1]) for row in changed],
                },
            )


class _SetTrait:
    def problem(self, detail: Mapping[str, Any], eyes: Eyes) -> str:
        trait = definition_for(str(detail.get("trait")), Role(eyes.role), eyes.scope) if eyes.role in Role else None
        return _("Choose what to write.") if trait is None or trait.is_computed or "value" not in detail else ""

    def apply(self, action: BulkAction, people: Sequence[int]) -> Any:
        trait = wanted_definitions([action.detail["trait"]])[action.detail["trait"]]
        return set_trait_of_many(
            people=people,
            trait=trait,
            value=action.detail["value"],
            member_id=action.member_id,
            moment=action.pressed_at,
        )

    def undo(self, action: BulkAction, changed: Any) -> None:
        retract_values(trait=action.detail["trait"], value_ids=changed)


KINDS: Mapping[BulkKind, Kind] = {
    BulkKind.TAG: _AddTag(),
    BulkKind.UNTAG: _RemoveTag(),
    BulkKind.STAR: _AddStar(),
    BulkKind.UNSTAR: _RemoveStar(),
    BulkKind.TRAIT: _SetTrait(),
}
