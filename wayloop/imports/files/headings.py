"""Which row of a table holds its headings, and names for its columns."""

from collections import Counter
from collections.abc import Collection, Sequence

MOST_COLUMNS = 500
LOOK = 30


def plain(heading: str) -> str:
    """A heading as it is compared: no matter the case and the spaces."""
    return " ".join(heading.replace("\ufeff", "").split()).casefold()


def best_heading(rows: Sequence[Sequence[str]], wanted: Collection[str]) -> int:
    """The place of the headings among the first rows: where most of the wanted columns stand, or else the first row
    that is about as full as the rows below it."""
    asked = {plain(each) for each in wanted}
    found = [len(asked & {plain(cell) for cell in row}) for row in rows[:LOOK]]
    if found and max(found) > 0:
        return found.index(max(found))
    full = [sum(1 for cell in row if cell.strip()) for row in rows]
    usual = sorted(full)[len(full) // 2] if full else 0
    for place, count in enumerate(full[:LOOK]):
        if count and count * 2 >= usual:
            return place
    return 0


def unique_names(cells: Sequence[str]) -> list[str]:
    """Names for columns: an empty heading gets its number, one that stands there several times a number behind each."""
    names: list[str] = []
    taken: set[str] = {"wayloop_row", "wayloop_file", "wayloop_line", "wayloop_group"}
    headings = [" ".join(cell.replace("\0", "").split())[:200] for cell in cells]
    times = Counter(heading.casefold() for heading in headings)
    for place, heading in enumerate(headings, 1):
        heading = heading or f"column {place}"
        copy = 1 if times[heading.casefold()] > 1 else 0
        name = f"{heading} (1)" if copy else heading
        while name.casefold() in taken:
            copy += 1
            name = f"{heading} ({copy})"
        taken.add(name.casefold())
        names.append(name)
    return names
