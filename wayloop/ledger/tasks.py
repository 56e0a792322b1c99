"""What the ledger does now and then."""

from wayloop.kernel.due.handlers import Misfires, Tick, due, periodic
from wayloop.kernel.due.rules import Every
from wayloop.ledger.enums import PREPARE_MONTHS
from wayloop.ledger.services.months import prepare_months


@due(PREPARE_MONTHS, misfires=Misfires.LATEST)
def prepare(tick: Tick) -> None:
    """Makes the partitions for the time ahead."""
    prepare_months()


periodic(PREPARE_MONTHS, Every(360))
