"""What runs in the worker process beside the jobs. The kernel and contexts add their own by offering them."""

import threading
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Beside:
    """A loop with a thread of its own in the worker process.

    `run` works until the event is set, and returns soon after. It may raise at any time, also because the database went
    away: its connections are then closed and it is called again after a pause.
    """

    name: str
    run: Callable[[threading.Event], None]
