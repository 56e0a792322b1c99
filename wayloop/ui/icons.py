"""The names of the icons that exist. The build makes the sprite from the same list."""

from functools import cache
from pathlib import Path


@cache
def icon_names() -> frozenset[str]:
    """Every name `{% icon %}` accepts."""
    lines = (Path(__file__).parent / "icons.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))
