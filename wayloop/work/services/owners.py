"""Who gets a new case: by the rule of its playbook."""

from collections.abc import Sequence

from django.db import transaction

from wayloop.accounts import api as accounts
from wayloop.accounts.api import MemberInfo, Permission
from wayloop.work.enums import OwnerRule
from wayloop.work.models import Playbook, Turn
from wayloop.work.rules import sees


@transaction.atomic
def choose_owners(*, playbook: Playbook | None, location_ids: Sequence[int | None]) -> list[int | None]:
    """The member for each new case of a playbook, one for each location given; None: it waits in the list.

    Turns are remembered for each location, and go on where they stood. Whoever left, or no longer sees the location,
    is passed over. One read of the members, whatever the number of cases.
    """
    if playbook is None or playbook.owner_rule == OwnerRule.NOBODY or not location_ids:
        return [None] * len(location_ids)
    people = accounts.members_who_may(Permission.WORK_CHANGE)
    if playbook.owner_rule == OwnerRule.MEMBER:
        owner = next((one for one in people if one.id == playbook.owner_id), None)
        return [owner.id if owner and sees(owner, place) else None for place in location_ids]
    team = [one for one in people if not playbook.owner_role or one.role.value == playbook.owner_role]
    return _take_turns(playbook, sorted(team, key=lambda one: one.id), location_ids)


def _take_turns(playbook: Playbook, team: Sequence[MemberInfo], location_ids: Sequence[int | None]) -> list[int | None]:
    # The playbook's row keeps two batches from giving the same turn.
    Playbook.objects.select_for_update().filter(pk=playbook.pk).exists()
    places = {place or 0 for place in location_ids}
    turns = {turn.location_id: turn for turn in Turn.objects.filter(playbook=playbook, location_id__in=places)}
    found: list[int | None] = []
    for place in location_ids:
        present = [one.id for one in team if sees(one, place)]
        if not present:
            found.append(None)
            continue
        turn = turns.setdefault(place or 0, Turn(playbook=playbook, location_id=place or 0, member_id=0))
        turn.member_id = next((one for one in present if one > turn.member_id), present[0])
        found.append(turn.member_id)
    Turn.objects.bulk_create(
        [turns[place] for place in sorted(turns) if turns[place].member_id],
        update_conflicts=True,
        unique_fields=["playbook", "location_id"],
        update_fields=["member_id"],
    )
    return found
