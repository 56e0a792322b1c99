"""A token passes at its own purpose, until its time is over, and nowhere else."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wayloop.kernel import clock, signing
from wayloop.kernel.signing import BadToken, Expired, Purpose, purposes, random_secret, sign, unsign

DAY = timedelta(days=1)
SAMPLES = [
    Purpose(name, DAY) for name in ("unsubscribe", "unsubscribe.all", "invite", "download", "preview", "sign_in")
]
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


def passes(purpose: Purpose, token: str) -> bool:
    try:
        unsign(purpose, token)
    except BadToken:
        return False
    return True


def test_the_matrix_of_purposes_is_diagonal() -> None:
    every = [*SAMPLES, *purposes()]
    tokens = [sign(one, "42") for one in every]
    matrix = [[passes(purpose, token) for token in tokens] for purpose in every]
    assert matrix == [[row == column for column in range(len(every))] for row in range(len(every))]


@given(st.text(max_size=200))
def test_a_value_comes_back_as_it_was(value: str) -> None:
    assert unsign(SAMPLES[0], sign(SAMPLES[0], value)) == value


@given(st.integers(min_value=0), st.integers(min_value=0, max_value=63))
def test_a_token_with_one_other_letter_does_not_pass(place: int, turn: int) -> None:
    token = sign(SAMPLES[0], "person 7")
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    place %= len(token)
    changed = token[:place] + letters[turn] + token[place + 1 :]
    assert passes(SAMPLES[0], changed) is (changed == token)


@pytest.mark.parametrize("token", ["", "a", "AAAA", "=" * 8, "ключ", "a b", "A" * 10_000, "+/+/", "a\n"])
def test_what_is_no_token_does_not_pass(token: str) -> None:
    assert not passes(SAMPLES[0], token)
    assert not passes(SAMPLES[0], sign(SAMPLES[0], "x") + token) or token == ""


def test_a_token_ends_at_its_time() -> None:
    with clock.standing_at(NOON):
        token, short = sign(SAMPLES[0], "x"), sign(SAMPLES[0], "x", expires=NOON + timedelta(minutes=5))
    with clock.standing_at(NOON + timedelta(minutes=4, seconds=59)):
        assert (passes(SAMPLES[0], token), passes(SAMPLES[0], short)) == (True, True)
    with clock.standing_at(NOON + timedelta(minutes=5)):
        assert passes(SAMPLES[0], token)
        with pytest.raises(Expired):
            unsign(SAMPLES[0], short)
    with clock.standing_at(NOON + DAY), pytest.raises(Expired):
        unsign(SAMPLES[0], token)


def test_links_of_the_former_key_are_believed_until_it_is_gone(settings: object) -> None:
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "one", []  # type: ignore[attr-defined]
    token = sign(SAMPLES[0], "x")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "two", ["one"]  # type: ignore[attr-defined]
    assert (passes(SAMPLES[0], token), passes(SAMPLES[0], sign(SAMPLES[0], "y"))) == (True, True)
    settings.SECRET_KEY_FALLBACKS = []  # type: ignore[attr-defined]
    assert not passes(SAMPLES[0], token)


def test_a_purpose_is_declared_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing, "_purposes", {})
    signing.purpose("tests.link", DAY)
    for name in ("tests.link", "Tests", "a", "with space"):
        with pytest.raises(ValueError, match="purpose"):
            signing.purpose(name, DAY)


def test_secrets_are_long_and_never_the_same() -> None:
    found = {random_secret() for _ in range(10_000)}
    assert (len(found), {len(one) for one in found}) == (10_000, {22})
    # Every place of the text is used evenly: no counter, no clock, no fixed part.
    assert min(len({one[place] for one in found}) for place in range(21)) == 64
