"""Kinds of service jobs to begin with, in the languages of the interface. A business changes them as it likes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy, pgettext_lazy

from wayloop.commerce.enums import Outcome


@dataclass(frozen=True)
class Template:
    """A kind with its stages: lazy name and outcome."""

    label: Any
    icon: str
    usual_hours: int | None
    stages: Sequence[tuple[Any, str]]


TEMPLATES = {
    "repair": Template(
        gettext_lazy("Repair"),
        "wrench",
        72,
        (
            (pgettext_lazy("stage of a job", "Accepted"), ""),
            (pgettext_lazy("stage of a job", "Diagnosed"), ""),
            (pgettext_lazy("stage of a job", "Estimate approved"), ""),
            (pgettext_lazy("stage of a job", "In work"), ""),
            (pgettext_lazy("stage of a job", "Ready"), ""),
            (pgettext_lazy("stage of a job", "Paid and handed over"), Outcome.DONE),
            (pgettext_lazy("stage of a job", "Returned unrepaired"), Outcome.NOT_DONE),
        ),
    ),
    "appointment": Template(
        gettext_lazy("Appointment"),
        "calendar-check",
        None,
        (
            (pgettext_lazy("stage of a job", "Booked"), ""),
            (pgettext_lazy("stage of a job", "Confirmed"), ""),
            (pgettext_lazy("stage of a job", "Arrived"), ""),
            (pgettext_lazy("stage of a job", "Served"), Outcome.DONE),
            (pgettext_lazy("stage of a job", "No-show"), Outcome.NOT_DONE),
            (pgettext_lazy("stage of a job", "Called off"), Outcome.NOT_DONE),
        ),
    ),
    "installation": Template(
        gettext_lazy("Installation"),
        "truck",
        120,
        (
            (pgettext_lazy("stage of a job", "Ordered"), ""),
            (pgettext_lazy("stage of a job", "Date agreed"), ""),
            (pgettext_lazy("stage of a job", "On site"), ""),
            (pgettext_lazy("stage of a job", "Installed"), Outcome.DONE),
            (pgettext_lazy("stage of a job", "Called off"), Outcome.NOT_DONE),
        ),
    ),
    "own": Template(
        gettext_lazy("Something else"),
        "clipboard-check",
        None,
        (
            (pgettext_lazy("stage of a job", "Accepted"), ""),
            (pgettext_lazy("stage of a job", "In work"), ""),
            (pgettext_lazy("stage of a job", "Done"), Outcome.DONE),
            (pgettext_lazy("stage of a job", "Called off"), Outcome.NOT_DONE),
        ),
    ),
}
