"""Sealed texts open at their place with their key, and show nothing anywhere else."""

import io
import logging
import os
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, models
from django.test.utils import isolate_apps

from wayloop.kernel import secrets
from wayloop.kernel.logs import JsonLines
from wayloop.kernel.secrets import HIDDEN, KeyInUse, Place, Sealed, SealedField, SecretUnreadable, seal, unseal

PLACE = Place("channels_channel", "token", "7")
CANARIES = [f"canary-{number}-{'x' * 24}" for number in range(20)]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings: Any) -> Any:
    made = type(settings.HOME)(tmp_path / "home")
    made.prepare()
    settings.HOME = made
    return made


@pytest.fixture
def channel(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A model with a sealed column, and its table."""
    with isolate_apps("wayloop.kernel"):

        class SampleChannel(models.Model):
            token = SealedField(null=True)

            class Meta:
                app_label = "kernel"

        with connection.schema_editor() as editor:
            editor.create_model(SampleChannel)
        monkeypatch.setattr(secrets, "sealed_columns", lambda: [(SampleChannel, "token")])
        yield SampleChannel


def planted(model: Any) -> list[Any]:
    rows = []
    for text in CANARIES:
        row = model.objects.create()
        row.token = seal(text, Place.of(row, "token"))
        row.save()
        rows.append(row)
    return rows


def age_keys(home: Any) -> None:
    for path in home.secrets.glob("sealing-key-*"):
        os.utime(path, (time.time() - 700, time.time() - 700))


def dump(table: str) -> bytes:
    with connection.cursor() as cursor, cursor.copy(f'COPY "{table}" TO STDOUT') as copy:
        return b"".join(bytes(part) for part in copy)


def test_a_text_opens_at_its_place() -> None:
    assert unseal(seal("ключ 🔑", PLACE), PLACE).reveal() == "ключ 🔑"


def test_the_same_text_is_sealed_differently_each_time() -> None:
    assert len({bytes(seal("same", PLACE)) for _ in range(100)}) == 100


@pytest.mark.parametrize(
    "other",
    [
        Place("channels_other", "token", "7"),
        Place("channels_channel", "secret", "7"),
        Place("channels_channel", "token", "8"),
        Place("channels_channelt", "oken", "7"),
        Place("channels_channel", "token7", ""),
    ],
)
def test_a_sealed_text_moved_elsewhere_does_not_open(other: Place) -> None:
    with pytest.raises(SecretUnreadable):
        unseal(seal("token", PLACE), other)


def test_a_sealed_text_with_one_changed_bit_does_not_open() -> None:
    sealed = seal("token", PLACE)
    for place in range(len(sealed)):
        changed = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
        with pytest.raises(SecretUnreadable):
            unseal(changed, PLACE)
    for shorter in (b"", sealed[:3], sealed[:15], sealed[:-1]):
        with pytest.raises(SecretUnreadable):
            unseal(shorter, PLACE)


def test_keys_lie_outside_the_database_for_the_owner_only(home: Any) -> None:
    seal("token", PLACE)
    assert [(path.name, path.stat().st_mode & 0o777) for path in home.secrets.glob("sealing-*")] == [
        ("sealing-key-1", 0o600)
    ]


def test_a_row_without_a_key_cannot_keep_a_secret(channel: Any) -> None:
    with pytest.raises(ValueError, match="save the row first"):
        Place.of(channel(), "token")


def test_keys_rotate_in_batches_and_the_former_one_goes(
    channel: Any, home: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secrets, "BATCH", 7)
    rows = planted(channel)
    channel.objects.create()  # without a secret
    age_keys(home)
    assert secrets.rotate() == 2
    with pytest.raises(KeyInUse, match="ten minutes"):
        secrets.drop_key(1)
    age_keys(home)
    secrets.drop_key(1)
    assert secrets.key_numbers() == [2]
    for row, text in zip(rows, CANARIES, strict=True):
        row.refresh_from_db()
        assert (row.token.key_number, unseal(row.token, Place.of(row, "token")).reveal()) == (2, text)


def test_a_key_that_still_seals_something_stays(channel: Any, home: Any) -> None:
    planted(channel)
    secrets.add_key()
    age_keys(home)
    with pytest.raises(KeyInUse, match="rotate first"):
        secrets.drop_key(1)
    with pytest.raises(KeyInUse, match="newest"):
        secrets.drop_key(2)
    assert secrets.key_numbers() == [1, 2]


def test_without_its_key_a_text_stays_closed(home: Any) -> None:
    sealed = seal("token", PLACE)
    (home.secrets / "sealing-key-1").unlink()
    with pytest.raises(SecretUnreadable):
        unseal(sealed, PLACE)


def test_planted_secrets_show_nowhere(channel: Any) -> None:
    rows = planted(channel)
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    log = logging.Logger("sample")
    log.addHandler(handler)
    shown = [dump("kernel_samplechannel").decode("latin-1")]
    for row in rows:
        place = Place.of(row, "token")
        secret = unseal(row.token, place)
        shown += [
            repr(secret),
            str(secret),
            f"{secret}",
            f"{secret:>20}",
            f"{secret!r}",
            repr(row.token),
            str(row.token),
        ]
        log.warning("sent with %s and %r", secret, row.token, extra={"channel_id": row.pk, "token": secret.reveal()})
        try:
            unseal(row.token, Place("other", "token", "1"))
        except SecretUnreadable:
            shown.append(traceback.format_exc())
            log.exception("not opened")
        with pytest.raises(TypeError):
            secret.__reduce__()
    shown.append(stream.getvalue())
    text = "\n".join(shown)
    hexadecimal = [canary.encode().hex() for canary in CANARIES]
    assert [canary for canary in [*CANARIES, *hexadecimal] if canary in text] == []
    assert len(stream.getvalue().splitlines()) == 2 * len(rows)
    assert HIDDEN in text
    assert str(Sealed(b"abc")) == f"<sealed {HIDDEN}>"


def test_the_command_rotates_and_drops(channel: Any, home: Any) -> None:
    planted(channel)
    age_keys(home)
    told = io.StringIO()
    call_command("rotate_keys", stdout=told)
    with pytest.raises(CommandError, match="ten minutes"):
        call_command("rotate_keys", drop=1)
    age_keys(home)
    call_command("rotate_keys", drop=1, stdout=told)
    assert told.getvalue() == "all secrets are sealed with key 2; former keys: 1\nkey 1 is gone\n"
    assert {row.token.key_number for row in channel.objects.all()} == {2}
