"""Cells of files that spreadsheets open."""

from typing import Any

# What a spreadsheet takes for a formula, or throws away to find one behind it.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\x00")


def safe_cell(value: Any) -> Any:
    """The value as a cell that no spreadsheet runs: with an apostrophe when it looks like a formula."""
    if isinstance(value, str) and value[:1] in DANGEROUS and not _is_number(value):
        return f"'{value}"
    return value


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
