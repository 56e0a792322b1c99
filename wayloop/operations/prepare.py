"""Before web starts: `python -m wayloop.operations.prepare PARENT [sample]` brings the tables up to date and, for the
sample business, fills an empty home. Its last line of standard output is a JSON object for the supervisor.

A process of its own, so that the supervisor stays small: Django's memory goes with it.
"""

import json
import os
import sys
from typing import Any

from wayloop.operations.database import make_django_ready
from wayloop.operations.errors import OperationError
from wayloop.operations.home import Home
from wayloop.operations.processes import die_with


def build_sample(home: Home) -> None:
    """Builds the sample business in an empty home. Raises `OperationError` when a real business lives there."""
    # app ready: the members are one of Django's applications
    from wayloop.accounts.api import has_owner
    from wayloop.demo.api import build_sample_business

    if has_owner():
        if not home.sample.exists():
            raise OperationError(
                f"a real business lives in {home.path}; the sample never goes there. Start it with `wayloop up`."
            )
        return
    # The mark comes first: if we are ended in between, the next start finds no owner and builds again.
    home.sample.touch()
    sys.stderr.write("building the sample business…\n")
    build_sample_business()


def main(parent: int, *, sample: bool) -> dict[str, Any]:
    """Prepares the database of this process' environment; returns what the supervisor tells people."""
    die_with(parent)
    make_django_ready(os.environ["DATABASE_URL"], migrate=False)
    # app ready: both need Django
    from django.conf import settings

    from wayloop.operations.schema import bring_up_to_date

    told: dict[str, Any] = {"applied": len(bring_up_to_date())}
    if sample:
        build_sample(settings.HOME)
        told["sign_ins"] = _sign_ins()
    return told


def _sign_ins() -> list[list[str]]:
    # app ready: as above
    from wayloop.demo.api import SIGN_INS

    return [list(line) for line in SIGN_INS]


if __name__ == "__main__":
    try:
        sys.stdout.write(json.dumps(main(int(sys.argv[1]), sample="sample" in sys.argv[2:])) + "\n")
    except OperationError as error:
        sys.stderr.write(f"wayloop: {error}\n")
        sys.exit(2)
