"""What leads to a moment when parts of the backup are gone: nobody is told less than there is, or gets less unasked."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from wayloop.operations.backup.choosing import Choice, reachable
from wayloop.operations.backup.places import Memory
from wayloop.operations.backup.repository import Base, Reach, Repository
from wayloop.operations.backup.sealing import BackupDamaged, Key
from wayloop.operations.errors import OperationError

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
SEGMENT = 16 * 1024 * 1024


def day(number: float) -> datetime:
    return BEGIN + timedelta(days=number)


def segment(number: int) -> str:
    return f"{1:08X}{0:08X}{number:08X}"


def filled(days: Sequence[int] = (1, 2, 3, 4), *, life: str = "one", until: int = 50) -> tuple[Memory, Repository]:
    """A life with a base backup on each of these days, ten segments of log a day, up to the fifth."""
    place = Memory()
    repository = Repository.make(place, Key.make())
    for number in days:
        repository.write_base(
            Base(life, "physical", day(number), day(number) + timedelta(minutes=5), "0", 1, 18, 1, [], [], (),
                 segment(number * 10), SEGMENT)
        )  # fmt: skip
    for number in range(days[0] * 10, until + 1):
        repository.write(f"lives/{life}/wal/{segment(number)}", b"log")
    repository.write_reach(life, Reach(day(until / 10), segment(until)))
    return place, repository


def chosen(repository: Repository, moment: datetime | None) -> tuple[str, int, int]:
    """Day of the base backup that leads there, first and last segment."""
    found = Choice(repository, moment).best()
    return f"{found.base.began:%d}", int(found.segments[0][16:], 16), int(found.segments[-1][16:], 16)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (None, ("05", 40, 50)),
        (day(4.5), ("05", 40, 50)),
        (day(2.5), ("03", 20, 40)),
        # No more of the log is read than leads there: of two full backups after it, up to the second.
        (day(1.5), ("02", 10, 30)),
        (day(1) + timedelta(minutes=5), ("02", 10, 30)),
    ],
)
def test_the_newest_full_backup_before_it_and_enough_of_the_log(
    moment: datetime | None, expected: tuple[str, int, int]
) -> None:
    _, repository = filled()
    assert chosen(repository, moment) == expected


@pytest.mark.parametrize("moment", [day(1), day(5) + timedelta(seconds=1)])
def test_a_moment_before_the_first_or_after_the_end_is_told_with_what_there_is(moment: datetime) -> None:
    _, repository = filled()
    with pytest.raises(OperationError) as refused:
        Choice(repository, moment).best()
    assert str(refused.value) == (
        f"{moment:%Y-%m-%d %H:%M:%S} UTC is not in the backup. "
        "It holds 2026-01-02 00:05:00 UTC to 2026-01-06 00:00:00 UTC."
    )


def test_a_damaged_list_gives_way_to_the_one_before_which_leads_there_too() -> None:
    place, repository = filled()
    place.objects["lives/one/bases/20260105T000500Z"] = b"bits"
    assert chosen(repository, None) == ("04", 30, 50)
    assert chosen(repository, day(4.5)) == ("04", 30, 50)
    choice = Choice(repository, None)
    first = choice.best()
    # Its contents turn out to be damaged as well.
    assert choice.without(first.name, BackupDamaged("blobs/ab/ab")).name.endswith("20260103T000500Z")


def test_nobody_gets_an_earlier_moment_than_the_newest_without_asking_for_it() -> None:
    place, repository = filled()
    for number in (1, 2, 3):
        place.delete(f"lives/one/bases/2026010{number + 1}T000500Z")
    choice = Choice(repository, None)
    with pytest.raises(BackupDamaged, match="blobs/ab/ab is damaged in the backup"):
        choice.without(choice.best().name, BackupDamaged("blobs/ab/ab"))


def test_a_trial_does_not_go_around_what_is_damaged() -> None:
    place, repository = filled()
    place.objects["lives/one/bases/20260105T000500Z"] = b"bits"
    with pytest.raises(BackupDamaged, match="20260105T000500Z is damaged"):
        Choice(repository, None, is_strict=True).best()


@pytest.mark.parametrize("note", [None, b"bits"])
def test_how_far_the_log_goes_is_found_when_the_note_of_it_is_gone(note: bytes | None) -> None:
    place, repository = filled()
    place.delete("lives/one/until")
    if note:
        place.objects["lives/one/until"] = note
    found = Choice(repository, None).best()
    # The twin knows no times, so the span begins and ends with the full backup.
    assert (found.segments[-1], found.is_noted, len(reachable(repository))) == (segment(50), False, 1)


def test_of_a_dump_there_is_its_own_moment_only() -> None:
    repository = Repository.make(Memory(), Key.make())
    for number in (1, 2):
        repository.write_base(
            Base(f"dump-{number}", "logical", day(number), day(number), "0", 1, 18, 1, [], [])
        )  # fmt: skip
    found = [Choice(repository, moment).best().until for moment in (None, day(1.9), day(2))]
    assert found == [day(2), day(1), day(2)]
    assert reachable(repository) == [(day(1), day(1)), (day(2), day(2))]
    with pytest.raises(OperationError, match=r"It holds 2026-01-02 00:00:00 UTC; 2026-01-03 00:00:00 UTC\.$"):
        Choice(repository, day(0.5)).best()
