"""How often the lists of words are right about questions that people labelled; prints precision and recall."""

import sys
from pathlib import Path

import pytest

from wayloop.surveys.document.wording import Habit, habits_in

FOLDER = Path(__file__).parent / "wording"


def measured(language: str, habit: Habit) -> tuple[int, float, float, list[str]]:
    """How many examples there are, precision, recall, and the examples the lists are wrong about."""
    lines = (FOLDER / f"{language}.txt").read_text(encoding="utf-8").splitlines()
    labelled = [line.split("\t") for line in lines if line]
    right, found, meant = 0, 0, 0
    wrong = []
    for label, text in labelled:
        is_found, is_meant = habit in habits_in(text, language), label == habit.value
        right += is_found and is_meant
        found += is_found
        meant += is_meant
        if is_found != is_meant:
            wrong.append(f"{label}: {text}")
    return len(labelled), right / found, right / meant, wrong


@pytest.mark.parametrize("language", ["en", "ru", "uk"])
@pytest.mark.parametrize("habit", list(Habit))
def test_lists_find_most_and_are_mostly_right(language: str, habit: Habit) -> None:
    count, precision, recall, wrong = measured(language, habit)
    told = f"{language} {habit.value}: {count} examples, precision {precision:.2f}, recall {recall:.2f}"
    sys.stdout.write("\n  ".join([told, *wrong]) + "\n")
    assert count >= 60
    assert (precision >= 0.9, recall >= 0.8) == (True, True)


def test_a_language_without_lists_has_no_habits() -> None:
    assert habits_in("Wie gut und schnell war es?", "de") == []
