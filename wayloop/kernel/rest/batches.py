"""What batches of facts share: when something is news, and how a refused item is told."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from wayloop.kernel import clock

# What is told later than this is history: nobody wants a greeting for last month's call.
NEWS = timedelta(days=3)
# Clocks of other machines go wrong, and some tell times of a place as those of another.
AHEAD = timedelta(days=1)


def check_past(moment: datetime) -> None:
    """Raises `ValueError` with a line for people when this has not happened yet."""
    if moment > clock.now() + AHEAD:
        raise ValueError(_("This lies in the future."))


def is_news(moment: datetime, *, is_history: bool) -> bool:
    """Whether others react to what happened at this moment. `is_history`: whoever tells it says nobody should."""
    return not is_history and moment >= clock.now() - NEWS
