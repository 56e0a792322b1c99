"""What makes two spellings the same."""

import pytest

from wayloop.identity.enums import IdentifierKind
from wayloop.identity.rules import normal_form


@pytest.mark.parametrize(
    ("value", "form"),
    [
        ("Anna@Example.COM", "anna@example.com"),
        (" a@b.ua ", "a@b.ua"),
        ('"odd@local"@b.ua', '"odd@local"@b.ua'),
        ("пошта@приклад.укр", "пошта@приклад.укр"),
        ("anna", None),
        ("anna@", None),
        ("@example.com", None),
        ("anna@localhost", None),
        ("an na@example.com", None),
        ("", None),
        ("a" * 250 + "@b.ua", None),
        ("a\x00@b.ua", None),
    ],
)
def test_emails_are_compared_in_small_letters(value: str, form: str | None) -> None:
    assert normal_form(IdentifierKind.EMAIL, value) == form


@pytest.mark.parametrize(
    ("value", "form"),
    [
        ("+38 (044) 123-45-67", "+380441234567"),
        ("00380441234567", "+380441234567"),
        ("044/123.45.67", "0441234567"),
        ("１２３４５", "12345"),
        ("1234", None),
        ("1" * 15, "1" * 15),
        ("1" * 16, None),
        ("+", None),
        ("++380441234567", None),
        ("044 call me", None),
        ("٠١٢٣٤٥٦", None),
    ],
)
def test_phones_are_a_plus_and_digits(value: str, form: str | None) -> None:
    assert normal_form(IdentifierKind.PHONE, value) == form


@pytest.mark.parametrize("kind", [IdentifierKind.EXTERNAL, IdentifierKind.CARD])
@pytest.mark.parametrize(
    ("value", "form"),
    [
        (" 0017 ", "0017"),
        ("Ab-1", "Ab-1"),
        ("\u00a0x\u2003", "x"),
        ("\ufb01", "fi"),
        (" \t\u00a0", None),
        ("x" * 254, "x" * 254),
        ("x" * 255, None),
        ("a\x00b", None),
    ],
)
def test_numbers_stay_as_they_are_without_outer_spaces(kind: IdentifierKind, value: str, form: str | None) -> None:
    assert normal_form(kind, value) == form


@pytest.mark.parametrize("value", ["Anna@Example.COM", "+38 (044) 123-45-67", " Ｆ１ "])
def test_a_normal_form_is_its_own_normal_form(value: str) -> None:
    for kind in IdentifierKind:
        once = normal_form(kind, value)
        assert once is None or normal_form(kind, once) == once
