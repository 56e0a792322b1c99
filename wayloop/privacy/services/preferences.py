"""What people say on their own pages, in force at once."""

from collections.abc import Collection, Sequence

from django.db import transaction

from wayloop.contracts.privacy import ConsentColumns
from wayloop.kernel import clock
from wayloop.privacy.enums import ConsentAct, Purpose
from wayloop.privacy.links import Meant
from wayloop.privacy.models import Standing
from wayloop.privacy.queries.standing import Address, choices_of, wording
from wayloop.privacy.services.consents import record_consents


@transaction.atomic
def choose(*, address: Address, handle: int, wanted: Collection[str], language: str, business_name: str) -> int:
    """Notes what of the purposes somebody wants; answers how many words were new. What is as it was says nothing."""
    said: list[tuple[str, Purpose, str, int | None]] = []
    for choice in choices_of(address):
        is_wanted = choice.purpose in wanted
        if is_wanted == choice.is_on:
            continue
        _body, text = wording(choice.purpose, language, business_name) if is_wanted else ("", None)
        act = ConsentAct.GIVEN if is_wanted else ConsentAct.WITHDRAWN
        said += [(act.value, choice.purpose, channel.value, text) for channel in address.channels]
    _record(address.point, handle, said, language, "preferences")
    return len(said)


@transaction.atomic
def leave_everything(*, point: int, handle: int) -> None:
    """Nothing but service messages to this address any more, through any channel."""
    _record(point, handle, [(ConsentAct.WITHDRAWN.value, "", "", None)], "", "preferences")


@transaction.atomic
def unsubscribe(*, meant: Meant, page: str) -> bool:
    """Withdraws one purpose of an address; answers whether that was new. Doing it twice is one word."""
    stands = Standing.objects.filter(point=meant.point, purpose=meant.purpose, channel=meant.channel).first()
    if stands is not None and stands.act == ConsentAct.WITHDRAWN:
        return False
    _record(meant.point, meant.handle, [(ConsentAct.WITHDRAWN.value, meant.purpose, meant.channel, None)], "", page)
    return True


@transaction.atomic
def confirm(*, meant: Meant, language: str) -> bool:
    """Confirms what was asked for; answers whether it is agreed now. Whoever withdrew since then has withdrawn."""
    stands = Standing.objects.filter(point=meant.point, purpose=meant.purpose, channel=meant.channel).first()
    if stands is None or stands.act == ConsentAct.WITHDRAWN:
        return False
    if stands.act == ConsentAct.ASKED:
        _record(
            meant.point, meant.handle, [(ConsentAct.GIVEN.value, meant.purpose, meant.channel, None)], language,
            "double opt-in",
        )  # fmt: skip
    return True


def _record(
    point: int, handle: int, said: Sequence[tuple[str, str, str, int | None]], language: str, page: str
) -> None:
    if not said:
        return
    count = len(said)
    record_consents(
        columns=ConsentColumns(
            source="person",
            acts=[act for act, *_others in said],
            purposes=[str(about) for _act, about, *_others in said],
            channels=[channel for _act, _about, channel, _text in said],
            points=[point] * count,
            handles=[handle or None] * count,
            said_at=[clock.now()] * count,
            languages=[language] * count,
            proofs=[{"page": page}] * count,
            text_ids=[text for *_others, text in said],
        )
    )
