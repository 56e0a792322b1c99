"""The form that brings a file in."""

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from wayloop.imports.queries import list_mappings
from wayloop.imports.rules import entity_named


def mapping_choices() -> list[tuple[str, str]]:
    """Mappings with what they bring, as people read them."""
    return [
        (one.name, f"{one.title} · {', '.join(str(entity_named(name).label) for name in one.entities)}")
        for one in list_mappings((get_language() or "en")[:2])
    ]


class UploadForm(forms.Form):
    """A file and how its columns are read."""

    file = forms.FileField(
        label=_("File"), help_text=_("CSV or Parquet. You see what came in, and every row that did not.")
    )
    mapping = forms.ChoiceField(label=_("Mapping"), choices=mapping_choices, help_text=_("Which column means what."))
