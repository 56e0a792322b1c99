"""Letters that come back later: the other side had taken them, and could not deliver them after all."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from wayloop.contracts.channels import Outcome, Returned
from wayloop.contracts.messaging import MessageReturned
from wayloop.kernel.stream.announce import announce
from wayloop.messaging.enums import Refused, State
from wayloop.messaging.models import Message
from wayloop.privacy import api as privacy

REASONS = {Outcome.DEAD: Refused.DEAD_ADDRESS, Outcome.NEVER: Refused.TURNED_AWAY, Outcome.LATER: Refused.NO_ANSWER}


@transaction.atomic
def note_returned(*, returned: Sequence[Returned]) -> int:
    """Notes that these letters did not arrive; answers how many of them are ours and were thought to have arrived.

    The message stays sent, with the reason why it came back; its contact counts no more. To an address where there is
    nobody nothing is written any more. The same notice again changes nothing. Effects: `MessageReturned` for each.
    """
    by_key = {UUID(one.key): one for one in returned}
    rows = list(Message.objects.select_for_update().filter(key__in=by_key, state=State.SENT, reason="").order_by("pk"))
    for row in rows:
        told = by_key[row.key]
        row.reason, row.detail = REASONS.get(told.outcome, Refused.TURNED_AWAY), told.detail[:300]
        privacy.take_contacts_back(subject_kind=row.subject_kind, keys=[row.contact_key])
    Message.objects.bulk_update(rows, ["reason", "detail"])
    dead = [row.point for row in rows if row.reason == Refused.DEAD_ADDRESS]
    if dead:
        privacy.suppress_points(points=dead, reason=privacy.Suppression.BOUNCED)
    announce(*(MessageReturned(*row.which, str(row.reason)) for row in rows))
    return len(rows)
