"""Sending is held back after a restore, until somebody says otherwise."""

from datetime import UTC, datetime

import pytest

from wayloop.kernel import sending

pytestmark = pytest.mark.django_db
MOMENT = datetime(2026, 11, 22, 10, tzinfo=UTC)


def test_nothing_is_held_until_a_restore_and_then_everything_until_it_is_released() -> None:
    assert sending.held() is None
    sending.hold_sending(restored_to=MOMENT)
    sending.hold_sending(restored_to=MOMENT)
    held = sending.held()
    assert held is not None
    assert (held.restored_to, sending.release_sending(member=1), sending.held(), sending.release_sending(member=1)) == (
        MOMENT,
        True,
        None,
        False,
    )


def test_a_release_can_be_taken_back_by_who_gave_it() -> None:
    sending.hold_sending(restored_to=MOMENT)
    sending.release_sending(member=1)
    assert (sending.take_back_release(member=2), sending.held()) == (False, None)
    assert sending.take_back_release(member=1)
    held = sending.held()
    assert (held and held.restored_to, sending.take_back_release(member=1)) == (MOMENT, False)
