"""What machines that watch can read of messages."""

from collections.abc import Iterable

from wayloop.contracts.gauges import Gauge, Sample
from wayloop.kernel import clock
from wayloop.messaging.queries.messages import counts_now, oldest_due


def _in_hand() -> Iterable[Sample]:
    return [Sample(count, {"state": state}) for state, count in counts_now().items()]


def _delay() -> Iterable[Sample]:
    since = oldest_due()
    return [Sample((clock.now() - since).total_seconds() if since else 0)]


GAUGES = (
    Gauge("wayloop_messages", "Messages that have not ended, by state.", _in_hand),
    Gauge("wayloop_messages_delay_seconds", "How long the message waits that has been due longest.", _delay),
)
