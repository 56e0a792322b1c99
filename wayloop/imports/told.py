"""How a file was understood, in words."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from wayloop.ui.formats import number

_DELIMITERS = {
    ",": gettext_lazy("separated by commas"),
    ";": gettext_lazy("separated by semicolons"),
    "\t": gettext_lazy("separated by tabs"),
    "|": gettext_lazy("separated by bars"),
}


def told_file(told: Mapping[str, Any], rows: int | None = None, *, is_about: bool = False) -> Sequence[str]:
    """Short phrases: how many rows, what separates cells, which encoding, which sheet."""
    phrases = []
    if rows is not None:
        if is_about:
            phrases.append(_("about %(n)s rows") % {"n": number(float(f"{rows:.2g}"))})
        else:
            phrases.append(ngettext("%(n)s row", "%(n)s rows", rows) % {"n": number(rows)})
    if told.get("skipped"):
        phrases.append(_("headings in row %(n)s") % {"n": number(told["skipped"] + 1)})
    if delimiter := told.get("delimiter"):
        phrases.append(str(_DELIMITERS.get(delimiter, _("separated by “%(sign)s”") % {"sign": delimiter})))
    if encoding := told.get("encoding"):
        phrases.append(str(encoding))
    if sheet := told.get("sheet"):
        phrases.append(_("sheet “%(sheet)s”") % {"sheet": sheet})
    if told.get("broken"):
        phrases.append(_("some letters are broken"))
    return phrases
