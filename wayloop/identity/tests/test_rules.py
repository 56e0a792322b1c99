"""What makes two spellings the same."""

import pytest

from wayloop.identity.enums import IdentifierKind
from wayloop.identity.rules import normal_form, search_form


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
    ("value", "country", "form"),
    [
        ("+38 (044) 123-45-67", "UA", "+380441234567"),
        ("00380441234567", "UA", "+380441234567"),
        ("380441234567", "UA", "+380441234567"),
        ("044/123.45.67", "UA", "+380441234567"),
        ("44 123 45 67", "UA", "+380441234567"),
        ("8 (044) 123-45-67", "UA", "+380441234567"),
        ("80441234567", "UA", "+380441234567"),
        ("+380 (0)44 123 45 67", "UA", "+380441234567"),
        ("０６７ １２３ ４５ ６７", "UA", "+380671234567"),
        ("067 123-45-67 доб. 12", "UA", "+380671234567"),
        ("8 916 123-45-67", "RU", "+79161234567"),
        ("916 123 45 67", "RU", "+79161234567"),
        ("79161234567", "RU", "+79161234567"),
        ("+7 916 123 45 67", "UA", "+79161234567"),
        ("79161234567", "UA", "+79161234567"),
        ("380671234567", "RU", "+380671234567"),
        ("8 701 123 45 67", "KZ", "+77011234567"),
        ("(201) 555-0123", "US", "+12015550123"),
        ("020 7946 0958", "GB", "+442079460958"),
        ("+44 20 7946 0958", "", "+442079460958"),
        ("380671234567", "", "+380671234567"),
        # What cannot be a number there stays as it was written, in digits.
        ("044 123 45", "UA", "04412345"),
        ("12345", "UA", "12345"),
        ("0671234567", "", "0671234567"),
        ("+380001234567", "UA", "+380001234567"),
        ("00999123456", "UA", "+999123456"),
        ("1" * 15, "", "1" * 15),
        ("1234", "UA", None),
        ("1" * 16, "", None),
        ("+", "UA", None),
        ("++380441234567", "UA", None),
        ("044 call me", "UA", None),
        ("٠١٢٣٤٥٦", "UA", None),
    ],
)
def test_phones_have_one_form_however_they_are_written(value: str, country: str, form: str | None) -> None:
    assert normal_form(IdentifierKind.PHONE, value, country) == form


@pytest.mark.parametrize(
    ("kind", "value", "form"),
    [
        (IdentifierKind.TELEGRAM, "@Olena_Sad", "olena_sad"),
        (IdentifierKind.TELEGRAM, "https://t.me/Olena_Sad?start=1", "olena_sad"),
        (IdentifierKind.TELEGRAM, "123456789", "123456789"),
        (IdentifierKind.TELEGRAM, "Olena Sad", None),
        (IdentifierKind.WHATSAPP, "380671234567", "+380671234567"),
        (IdentifierKind.WHATSAPP, "380671234567@s.whatsapp.net", "+380671234567"),
        (IdentifierKind.WHATSAPP, "067 123 45 67", "+380671234567"),
        (IdentifierKind.VIBER, " 01234567890A+Bc= ", "01234567890A+Bc="),
        (IdentifierKind.VK, "https://vk.com/id12345", "12345"),
        (IdentifierKind.VK, "ID12345", "12345"),
        (IdentifierKind.VK, "m.vk.com/Olena.Sad", "olena.sad"),
        (IdentifierKind.INSTAGRAM, "https://www.instagram.com/Olena.Sad/", "olena.sad"),
        (IdentifierKind.FACEBOOK, "https://facebook.com/profile.php?id=100", "100"),
        (IdentifierKind.FACEBOOK, "m.me/olena", "olena"),
        (IdentifierKind.FACEBOOK, "https://facebook.com/", None),
    ],
)
def test_names_in_messengers_are_the_same_with_and_without_their_address(
    kind: IdentifierKind, value: str, form: str | None
) -> None:
    assert normal_form(kind, value, "UA") == form


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


@pytest.mark.parametrize("country", ["UA", "RU", "US", ""])
@pytest.mark.parametrize(
    "value",
    ["Anna@Example.COM", "+38 (044) 123-45-67", " Ｆ１ ", "80671234567", "8 916 1234567", "007", "@@İd1", "id5"],
)
def test_a_normal_form_is_its_own_normal_form(value: str, country: str) -> None:
    for kind in IdentifierKind:
        once = normal_form(kind, value, country)
        assert once is None or normal_form(kind, once, country) == once


def test_search_compares_letters_and_digits() -> None:
    forms = [
        (IdentifierKind.EXTERNAL, "КЛ-00 12/ß"),
        (IdentifierKind.PHONE, "+380671234567"),
        (IdentifierKind.CARD, "…"),
    ]
    assert [search_form(kind, form) for kind, form in forms] == ["кл0012ss", "380671234567", "…"]
    assert search_form(IdentifierKind.EMAIL, "a.b-c@d.ua") == "a.b-c@d.ua"
