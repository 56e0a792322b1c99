"""One name in many spellings: sounds, namesakes, keyboards, errors."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wayloop.customers.rules.closeness import Closeness, Typed, distance, traces_of
from wayloop.customers.rules.layouts import other_layouts
from wayloop.customers.rules.namesakes import LANGUAGES, given_names, namesakes
from wayloop.customers.rules.sounds import readings


@pytest.mark.parametrize(
    "spellings",
    [
        "шевченко shevchenko ševčenko szewczenko",
        "щербак shcherbak scherbak sherbak",
        "юлия юлія yulia iuliia yuliya",
        "наталья наталія natalia natalya nataliia",
        "евгений євгеній evgeny yevgenii yevhenii evgeniy",
        "алена alyona aliona alena",
        "соловьев соловйов solovyov soloviov solovev",
        "воробьев воробйов vorobyov vorobiov",
        "ковальская ковальська kovalskaya kovalska kovalskaia",
        "згурський zghurskyi zgurskiy",
        "смирнов smirnov smirnoff",
        "пятниця pyatnytsia piatnytsia",
        "ксения ксенія xenia kseniya",
        "сара sarah sara",
        "мюллер mueller müller",
        "райт wright",
        "джонсон johnson",
        "цветкова tsvetkova cvetkova",
        "хомяков khomyakov homiakov",
        "чайкин chaykin chaikin 4aykin",
    ],
)
def test_spellings_of_one_name_share_a_reading(spellings: str) -> None:
    first, *others = spellings.split()
    assert [bool({*readings(first)} & {*readings(other)}) for other in others] == [True] * len(others)


@pytest.mark.parametrize("names", ["иванов петров", "анна алла", "яна анна", "kate pete", "савчук савчин"])
def test_other_names_have_other_readings(names: str) -> None:
    one, other = names.split()
    assert {*readings(one)} & {*readings(other)} == set()


def test_what_is_no_letter_stays_as_it_is() -> None:
    assert (readings("🥐"), readings("24"), len(readings("jcjcjcjcjc"))) == (("🥐",), ("24",), 8)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("саша", ["александр", "олександр", "alexander", "саша", "сашко", "александра", "alex"]),
        ("kate", ["катерина", "екатерина", "катя", "catherine", "катруся"]),
        ("олександр", ["александр", "саша", "alexander", "лесь"]),
        ("дима", ["дмитрий", "дмитро", "dmitri"]),
        ("bill", ["william", "уильям"]),
        ("катруся", ["екатерина", "катерина"]),
        ("наталка", ["наталья", "natalie"]),
        ("гриць", ["григорий", "hryhorii", "gregory"]),
    ],
)
def test_people_are_found_by_what_they_are_called(typed: str, meant: list[str]) -> None:
    assert [bool(namesakes(typed).keys() & {*readings(name)}) for name in meant] == [True] * len(meant)


def test_full_names_come_before_what_people_are_called() -> None:
    (full,), (called,) = readings("олександр"), readings("саша")
    assert (namesakes("сашко")[full], namesakes("сашко")[called], dict(namesakes("зеркало"))) == (0, 1, {})


def test_the_lists_are_long_and_say_each_name_once() -> None:
    names = {language: [name for name, _, _ in given_names(language)] for language in LANGUAGES}
    assert {language: len(found) == len(set(found)) for language, found in names.items()} == dict.fromkeys(names, True)
    assert {language: len(found) >= 120 for language, found in names.items()} == dict.fromkeys(names, True)
    assert all(full for language in LANGUAGES for _, full, _ in given_names(language))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ghbdtn", "привет"),
        ("ghbdsn", "привіт"),
        ("Jktyf <jylfh", "олена бондар"),
        ("}frtdbx", "їакевич"),
        ("Djhj,m`d", "воробьёв"),
        ("Фттф", "anna"),
        ("ірина", "ырина"),
        ("ырина", "ірина"),
    ],
)
def test_another_keyboard_says_something_else(typed: str, meant: str) -> None:
    assert meant in other_layouts(typed)


def test_a_text_without_keys_has_no_other_keyboard() -> None:
    assert (other_layouts("123 45"), other_layouts("")) == ([], [])


WORDS = st.text("abcd", max_size=9)


@given(WORDS, WORDS, st.integers(0, 3))
def test_errors_are_counted_as_the_slow_way_counts_them(one: str, other: str, most: int) -> None:
    rows = [list(range(len(other) + 1))]
    for row, letter in enumerate(one, 1):
        line = [row]
        for place, against in enumerate(other, 1):
            least = min(rows[-1][place] + 1, line[-1] + 1, rows[-1][place - 1] + (letter != against))
            if row > 1 and place > 1 and letter == other[place - 2] and one[row - 2] == against:
                least = min(least, rows[-2][place - 2] + 1)
            line.append(least)
        rows.append(line)
    assert distance(one, other, most) == min(rows[-1][-1], most + 1)


@given(st.text("abcdefghi", min_size=3, max_size=12), st.data())
def test_words_with_one_error_between_them_share_a_trace(word: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(word) - 1))
    letter = data.draw(st.sampled_from("abcxyz"))
    wrong = data.draw(
        st.sampled_from(
            [
                word[:place] + word[place + 1 :],
                word[:place] + letter + word[place:],
                word[:place] + letter + word[place + 1 :],
                word[:place] + word[place : place + 2][::-1] + word[place + 2 :],
            ]
        )
    )
    assert traces_of(word) & traces_of(wrong)


@pytest.mark.parametrize(
    ("typed", "word", "kind"),
    [
        ("шевченко", "шевченко", Closeness.WHOLE),
        ("шевч", "шевченко", Closeness.BEGINNING),
        ("shevchenko", "шевченко", Closeness.SOUND),
        ("саша", "олександр", Closeness.NAMESAKE),
        ("shev", "шевченко", Closeness.SOUND_BEGINNING),
        ("shevc", "шевченко", Closeness.SOUND_BEGINNING),
        ("шевчнко", "шевченко", Closeness.TYPO),
        ("шевчинка", "шевченко", Closeness.TYPO),
        ("шевчнк", "шевченко", Closeness.TYPO),
        ("аня", "яна", None),
        ("ли", "ля", None),
        ("24", "25", None),
        ("шевченко", "бондаренко", None),
    ],
)
def test_how_close_a_word_is(typed: str, word: str, kind: Closeness | None) -> None:
    close = min(filter(None, (Typed(typed).closeness(word, key) for key in readings(word))), default=None)
    assert (close[0] if close else None) == kind
