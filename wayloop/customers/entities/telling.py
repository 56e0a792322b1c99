"""What came of files, in words that all kinds of rows share."""

from django.utils.translation import ngettext

from wayloop.contracts.imports import CountTold
from wayloop.ui.formats import number


def here_already(known: int) -> list[CountTold]:
    """How many rows told nothing new, as a sentence; none where there were none."""
    if not known:
        return []
    told = ngettext("%(n)s was here already", "%(n)s were here already", known) % {"n": number(known)}
    return [CountTold(told, "known")]
