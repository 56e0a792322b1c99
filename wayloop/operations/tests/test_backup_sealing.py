"""The key of backups, the code people keep, and that nothing opens that is not as it was written."""

import pytest

from wayloop.operations.backup.sealing import BackupDamaged, Key
from wayloop.operations.errors import OperationError


def test_a_code_gives_its_key_back_however_it_is_typed() -> None:
    key = Key(bytes(range(16)))
    assert (
        key.code,
        Key.read(key.code.lower().replace("-", " ").replace("0", "o")).check == key.check,
        Key.read(Key.make().code).check == key.check,
    ) == ("000G-40R4-0M30-E209-185G-R38E-1Z66-86QX", True, False)


def test_a_code_with_a_mistake_is_told_before_anything_is_opened() -> None:
    code = Key(bytes(range(16))).code
    told = []
    for wrong in (code[:-1] + ("H" if code[-1] != "H" else "J"), code[1:], "", f"U{code[1:]}", code[::-1]):
        with pytest.raises(OperationError) as refused:
            Key.read(wrong)
        told.append(str(refused.value).split(".")[0])
    mistake = "this recovery code has a typing mistake"
    shape = "a recovery code has 32 letters and digits in groups of four"
    assert told == [mistake, shape, shape, shape, mistake]


@pytest.mark.parametrize("data", [b"", b"x", b"the same " * 10_000], ids=["nothing", "little", "what packs well"])
def test_what_was_sealed_opens_under_its_name_only(data: bytes) -> None:
    key = Key.make()
    sealed = key.seal("blobs/1", data)
    assert key.open("blobs/1", sealed) == data
    for name, opener in (("blobs/2", key), ("blobs/1", Key.make())):
        with pytest.raises(BackupDamaged):
            opener.open(name, sealed)


def test_a_flipped_bit_is_told_wherever_it_is() -> None:
    key = Key.make()
    sealed = key.seal("wal/1", b"words of a customer " * 5)
    assert b"customer" not in sealed
    for place in range(len(sealed)):
        flipped = bytearray(sealed)
        flipped[place] ^= 1 << place % 8
        with pytest.raises(BackupDamaged):
            key.open("wal/1", bytes(flipped))
    with pytest.raises(BackupDamaged):
        key.open("wal/1", sealed[:-1])


def test_names_of_contents_say_nothing_without_the_key() -> None:
    one, other = Key.make(), Key.make()
    assert (one.name_of(b"a") == one.name_of(b"a"), one.name_of(b"a") == other.name_of(b"a")) == (True, False)


def test_a_key_does_not_print_itself() -> None:
    key = Key.make()
    assert key.code not in f"{key} {key!r} {vars(key)}"
