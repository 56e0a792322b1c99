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
from wayloop.operations.processes import die_with


def build_sample() -> list[list[str]]:
    """Builds or completes the sample business; returns who may sign in.

    Raises `OperationError` when a real business lives here.
    """
    # app ready: it reads and writes by Django
    from wayloop.demo.api import SIGN_INS, NotASample, build_sample_business, is_built

    if not is_built():
        _tell("building the sample business…")
    try:
        build_sample_business()
    except NotASample as error:
        raise OperationError(f"{error}. Start this home with `wayloop up`.") from error
    return [list(line) for line in SIGN_INS]


def _tell(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def main(parent: int, *, sample: bool) -> dict[str, Any]:
    """Prepares the database of this process' environment; returns what the supervisor tells people."""
    die_with(parent)
    make_django_ready(os.environ["DATABASE_URL"], migrate=False)
    # app ready: it needs Django
    from wayloop.operations.schema import bring_up_to_date

    told: dict[str, Any] = {"applied": len(bring_up_to_date(tell=_tell))}
    if sample:
        told["sign_ins"] = build_sample()
    return told


if __name__ == "__main__":
    try:
        sys.stdout.write(json.dumps(main(int(sys.argv[1]), sample="sample" in sys.argv[2:])) + "\n")
    except OperationError as error:
        sys.stderr.write(f"wayloop: {error}\n")
        sys.exit(2)
