"""What the ledger offers: its events as rows of the stream."""

from wayloop.kernel.registry import offer
from wayloop.kernel.stream.sources import StreamSource

# `is_news` travels along: what an import or a back-dated batch brings is history and triggers nothing.
PAYLOAD = (
    "jsonb_build_object('handle', handle, 'subject_kind', subject_kind, 'subject_id', subject_id,"
    " 'occurred_at', occurred_at, 'offset_minutes', offset_minutes, 'channel', channel, 'location_id', location_id,"
    " 'amount', amount, 'currency', currency, 'properties', properties, 'source', source, 'batch', batch,"
    " 'is_news', is_news, 'corrects', corrects)"
)

offer(
    StreamSource,
    StreamSource("ledger_event", payload=PAYLOAD, person="handle", at="received_at", cause="cause", depth="depth"),
)
