"""What the ledger offers: its events and its retractions as rows of the stream, and proofs for the doctor."""

from django.utils.translation import gettext_lazy as _

from wayloop.contracts.doctor import Check
from wayloop.contracts.identity import HandleKeeper
from wayloop.contracts.imports import BatchUndo
from wayloop.kernel.registry import offer
from wayloop.kernel.stream.sources import StreamSource
from wayloop.ledger.checks import ledger_rows
from wayloop.ledger.undoing import EventsKeeper, EventsUndo

# `is_news` travels along: what an import or a back-dated batch brings is history and triggers nothing.
PAYLOAD = (
    "jsonb_build_object('handle', handle, 'subject_kind', subject_kind, 'subject_id', subject_id,"
    " 'occurred_at', occurred_at, 'offset_minutes', offset_minutes, 'channel', channel, 'location_id', location_id,"
    " 'brand_id', brand_id, 'product_id', product_id, 'amount', amount, 'currency', currency,"
    " 'properties', properties, 'source', source, 'batch', batch, 'is_news', is_news, 'corrects', corrects)"
)
RETRACTION = (
    "jsonb_build_object('handle', handle, 'retracts', event_ids, 'reason', reason, 'batch', batch, 'is_news', false)"
)

offer(
    StreamSource,
    StreamSource("ledger_event", payload=PAYLOAD, person="handle", at="received_at", cause="cause", depth="depth"),
)
# Under the kind of what was taken back: who hears of the one hears of the other, in the order of positions.
offer(
    StreamSource,
    StreamSource(
        "ledger_retraction", payload=RETRACTION, person="handle", at="retracted_at", cause="cause", depth="depth"
    ),
)
offer(
    Check,
    Check(
        "ledger",
        ledger_rows,
        _("History of customers"),
        _("Do not record by hand. Restore the last backup, or write to whoever looks after the program."),
    ),
)
offer(BatchUndo, EventsUndo())  # type: ignore[type-abstract]
offer(HandleKeeper, EventsKeeper())  # type: ignore[type-abstract]
