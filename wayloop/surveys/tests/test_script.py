"""The script of the respondent's page: small, and walking exactly as the server does."""

import gzip
import json
import sys
from pathlib import Path

from django.conf import settings

from wayloop.surveys.document.codec import document_from
from wayloop.surveys.document.walk import Given, go
from wayloop.surveys.popin import loader_text

ROOT = Path(__file__).resolve().parents[3]
# Made by `go` itself; the same file is walked by `frontend/tests/walk.test.ts`.
CASES = ROOT / "frontend" / "tests" / "walk-cases.json"
MOST_BYTES, MOST_FOREIGN = 30_000, 5_000


def test_the_script_stays_small() -> None:
    built = settings.STATIC_ROOT / "build"
    manifest = json.loads((built / "manifest.json").read_text(encoding="utf-8"))
    entry = manifest["frontend/survey/main.ts"]
    files = [entry["file"], *(manifest[name]["file"] for name in entry.get("imports", ()))]
    raw = b"".join((built / name).read_bytes() for name in files)
    sys.stdout.write(f"respondent's page: {len(raw)} bytes of script, {len(gzip.compress(raw))} compressed\n")
    assert len(raw) < MOST_BYTES


def test_what_foreign_pages_load_is_smaller_still_and_speaks_three_languages() -> None:
    raw = loader_text()
    sys.stdout.write(f"pop-in: {len(raw)} bytes of script, {len(gzip.compress(raw))} compressed\n")
    assert len(raw) < MOST_FOREIGN
    assert [word in raw.decode() for word in ("Close", "Закрыть", "Закрити", "__WORDS__")] == [True, True, True, False]
    # Nothing but this one file: a classic script can import no other.
    assert [word in raw for word in (b"import ", b"document.cookie")] == [False, False]


def test_the_shared_cases_are_walked_as_they_say() -> None:
    cases = json.loads(CASES.read_text(encoding="utf-8"))
    assert len(cases) >= 100
    for case in cases:
        questions = document_from({"questions": case["document"]}).questions
        answers = {
            key: Given(
                None if one["number"] is None else one["number"], frozenset(one["choices"]), is_empty=one["empty"]
            )
            for key, one in case["answers"].items()
        }
        way = go(questions, answers)
        assert [list(way.asked), way.next, way.left] == case["way"]
