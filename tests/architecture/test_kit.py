"""Templates name only icons and components that exist; what is misspelt would be seen by a customer first."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "wayloop").glob("*/templates/**/*.html"))


def test_every_icon_named_in_a_template_exists() -> None:
    known = (ROOT / "wayloop/ui/icons.txt").read_text(encoding="utf-8").split()
    named = {
        (str(path.relative_to(ROOT)), name)
        for path in TEMPLATES
        for name in re.findall(
            r"""(?:\{% icon ["']|\bicon(?:end)?=")([a-z0-9-]+)["']""", path.read_text(encoding="utf-8")
        )
    }
    assert [place for place in sorted(named) if place[1] not in known] == []


def test_every_component_used_exists() -> None:
    kit = {path.stem.replace("_", "-") for path in (ROOT / "wayloop").glob("*/templates/cotton/*.html")} | {
        "vars",
        "slot",
    }
    used = {
        (str(path.relative_to(ROOT)), name)
        for path in TEMPLATES
        for name in re.findall(r"</?c-([a-z-]+)", path.read_text(encoding="utf-8"))
    }
    assert [place for place in sorted(used) if place[1] not in kit] == []
