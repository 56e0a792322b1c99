"""What an address of results asks for, and addresses that ask for something else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from django.http import QueryDict

from wayloop.accounts.api import MemberInfo
from wayloop.business import api as business
from wayloop.surveys.audience import choices_for
from wayloop.surveys.document.shape import Document
from wayloop.surveys.tally.wanted import LONGEST, MOST_ANSWERS, Wanted, read_answers, time_before
from wayloop.ui.requests import day_in

# All that stands in the address of results; the same for pages, files, links and programs.
FIELDS = ("period", "from", "to", "location", "channel", "language", "version", "who", "latest")


@dataclass(frozen=True)
class Asked:
    """A filter with the address it came from. `period`: the named one, None for days of one's own."""

    wanted: Wanted
    period: business.NamedPeriod | None
    given: Mapping[str, Sequence[str]]

    def address(self, **changes: object) -> str:
        """The query of the same with other fields; None or nothing takes one away. `answer` is a sequence."""
        told: dict[str, Sequence[str]] = {name: list(values) for name, values in self.given.items()}
        for name, value in changes.items():
            name = name.rstrip("_")
            if value in (None, "", (), []):
                told.pop(name, None)
            else:
                told[name] = [str(one) for one in value] if isinstance(value, (list, tuple)) else [str(value)]
        return "?" + urlencode([(name, one) for name, values in told.items() for one in values])

    @property
    def tokens(self) -> list[str]:
        """The answers that are asked for, as the address names them."""
        return [f"{one.token}:{value}" for one in self.wanted.answers for value in one.values]

    def toggled(self, token: str) -> str:
        """The address with this answer too, or without it when it is there."""
        mine = self.tokens
        return self.address(answer=[one for one in mine if one != token] if token in mine else [*mine, token])

    def with_answer(self, token: str, latest: str = "") -> str:
        """The address with this answer too."""
        mine = self.tokens
        return self.address(answer=mine if token in mine else [*mine, token], latest=latest or None)

    @property
    def before(self) -> Wanted | None:
        """The time before, as `time_before` tells it."""
        return time_before(self.wanted)


def asked_of(
    given: QueryDict, document: Document, period: business.NamedPeriod, member: MemberInfo | None = None
) -> Asked:
    """What an address asks for; what cannot be read is as if it were not there. `period`: where it names none.

    `member`: who asks; only their own groups of customers can be named, and nobody's without one.
    """
    days = business.report_clock()
    first, last = (day_in(given.get(name, "")) for name in ("from", "to"))
    start: datetime | None
    end: datetime | None
    chosen: business.NamedPeriod | None
    if first and last and first < last:
        chosen, start, end = None, days.start_of(first), days.start_of(last)
    else:
        chosen = business.named_period(given.get("period", "")) or period
        start, end = business.borders(chosen, days)
    version = given.get("version", "")
    latest = given.get("latest", "")
    who = _plain(given.get("who", ""))
    if who and (member is None or who not in {key for _sort, pairs in choices_for(member) for key, _name in pairs}):
        who = ""
    answers = read_answers([one[:LONGEST] for one in given.getlist("answer")[:MOST_ANSWERS]], document)
    wanted = Wanted(
        start,
        end,
        location=_place(given.get("location", "")),
        channel=_plain(given.get("channel", "")),
        language=_plain(given.get("language", "")),
        version=int(version) if version.isascii() and version.isdigit() and len(version) < 6 else None,
        audience=who,
        answers=answers,
        latest=latest if document.question(latest) else "",
    )
    told: dict[str, Sequence[str]] = {name: [given.get(name, "")] for name in FIELDS if given.get(name)}
    if chosen is not None:
        # What a page shows without being asked goes with its links: each place has a period of its own otherwise.
        told["period"] = [chosen.key]
    if not who:
        told.pop("who", None)
    asked = Asked(wanted, chosen, told)
    return replace(asked, given=told | {"answer": asked.tokens}) if answers else asked


def _plain(text: str) -> str:
    return text.replace("\0", "")[:LONGEST]


def _place(text: str) -> str:
    return text if text == "none" or (text.isascii() and text.isdigit() and len(text) < 18) else ""
