"""Surveys to begin with, one for each touchpoint of the journey: our own texts in three languages, as data files."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from wayloop.kernel.localised import Localised
from wayloop.surveys.document.shape import Condition, Document, Option, Question, Test
from wayloop.surveys.enums import Op, QuestionType
from wayloop.surveys.presets import new_question

FOLDER = Path(__file__).parent / "touchpoints"


@dataclass(frozen=True)
class Ready:
    """One of them: what it is called, when it is asked, how many questions it has at most."""

    key: str
    icon: str
    name: Localised
    note: Localised
    count: int


def ready_surveys() -> list[Ready]:
    """All of them, in the order of the journey."""
    found = [(key, _raw(key)) for key in _keys()]
    return [
        Ready(key, raw["icon"], _all(raw["name"]), _all(raw["note"]), len(raw["questions"]))
        for key, raw in sorted(found, key=lambda one: one[1]["order"])
    ]


def ready_document(key: str, languages: Sequence[str]) -> Document | None:
    """The draft that a survey begins with, in those of the languages that we speak; None for a key that is none."""
    if key not in _keys():
        return None
    raw = _raw(key)
    questions: list[Question] = []
    for place, one in enumerate(raw["questions"], 1):
        questions.append(_question(one, f"q{place}", languages))
    spoken = tuple(code for code in languages if code in dict(settings.LANGUAGES))
    rest = tuple(code for code in languages if code not in spoken)
    return Document(
        languages=(*spoken, *rest) or ("en",),
        title=_text(raw["title"], languages),
        reason=_text(raw["reason"], languages),
        thanks=_text(raw["thanks"], languages),
        questions=tuple(questions),
        last_key=len(questions),
    )


def _question(raw: Mapping[str, Any], key: str, languages: Sequence[str]) -> Question:
    question = new_question(QuestionType(raw["type"]), key, languages)
    show = raw.get("show")
    tests = (Test(f"q{show['question']}", Op(show["op"]), tuple(show["values"])),) if show else ()
    return replace(
        question,
        text=_text(raw["text"], languages),
        is_required=raw.get("required", False),
        shuffled=raw.get("shuffled", False),
        options=_options(raw["options"], languages) if "options" in raw else question.options,
        rows=_options(raw["rows"], languages) if "rows" in raw else question.rows,
        show=Condition(tests),
    )


def _options(raw: Sequence[Mapping[str, Any]], languages: Sequence[str]) -> tuple[Option, ...]:
    return tuple(Option(f"o{place}", _text(one, languages), bool(one.get("open"))) for place, one in enumerate(raw, 1))


def _text(raw: Mapping[str, Any], languages: Sequence[str]) -> Localised:
    texts = {code: str(raw[code]) for code in languages if code in raw} or {"en": str(raw["en"])}
    return Localised(texts=texts, source=next(iter(texts)))


def _all(raw: Mapping[str, str]) -> Localised:
    return Localised(texts=dict(raw), source="en")


@cache
def _keys() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


@cache
def _raw(key: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{key}.toml").read_text(encoding="utf-8"))
