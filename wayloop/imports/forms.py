"""The forms of imports."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from wayloop.business import api as business
from wayloop.contracts.ledger import Channel
from wayloop.imports.queries import list_mappings
from wayloop.imports.rules import entity_named
from wayloop.kernel import registry
from wayloop.ui import formats
from wayloop.ui.fields import SEARCHABLE


def mapping_choices() -> list[tuple[str, str]]:
    """Mappings with what they bring, as people read them; first of all none: the program finds out."""
    known = [
        (one.name, f"{one.title} · {', '.join(str(entity_named(name).label) for name in one.entities)}")
        for one in list_mappings()
    ]
    return [("", str(_("Find out by itself"))), *known]


class ManyFiles(forms.FileInput):
    """A well for several files at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One or several files; cleaned to their list."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> "list[UploadedFile[bytes]]":
        given = data if isinstance(data, list | tuple) else [data]
        return [super(FilesField, self).clean(one, initial) for one in given or [None]]


class UploadForm(forms.Form):
    """Files, and how their columns are read, where somebody wants to say that."""

    given = FilesField(
        label=_("Files"),
        widget=ManyFiles(attrs={"accept": ".csv,.tsv,.txt,.gz,.xlsx,.ods,.parquet,.zip"}),
        help_text=_("CSV, Excel, ODS or Parquet; several that belong together, or a ZIP. Nothing is written yet."),
    )
    mapping = forms.ChoiceField(
        label=_("Mapping"),
        choices=mapping_choices,
        required=False,
        help_text=_("Which column means what. You see it in the next step and can change it."),
    )


class SharedForm(forms.Form):
    """What all rows of the files have in common."""

    zone = forms.ChoiceField(
        label=_("Time zone of the file"),
        widget=forms.Select(attrs=SEARCHABLE),
        help_text=_("For times that do not name one."),
    )
    currency = forms.ChoiceField(label=_("Currency"), widget=forms.Select(attrs=SEARCHABLE))
    language = forms.ChoiceField(label=_("Language of its texts"))
    channel = forms.ChoiceField(label=_("Channel"))
    source = forms.CharField(
        label=_("The system it comes from"),
        max_length=60,
        help_text=_("Numbers of customers and orders are told apart by it. Keep it the same for files of one system."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        reader = get_language() or "en"
        now = {name: str(value) for name, value in (self.initial or {}).items()}
        spoken = dict.fromkeys(["en", "ru", "uk", *business.profile().content_languages, now.get("language", "en")])
        channels = {one.name: str(one.label) for one in registry.offers(Channel)}
        channels.setdefault(now.get("channel") or "till", now.get("channel") or "till")
        known = {
            "zone": [(zone.name, zone.label) for zone in business.zones(reader)],
            "currency": [(one.code, one.label) for one in business.currencies(reader)],
            "language": [(code, formats.language_name(code)) for code in spoken if code],
            "channel": list(channels.items()),
        }
        for name, choices in known.items():
            if now.get(name) and now[name] not in dict(choices):
                choices.append((now[name], now[name]))
            self.fields[name].choices = choices  # type: ignore[attr-defined]


class WatchForm(forms.Form):
    """The mapping by which files of a new watched folder are read."""

    mapping = forms.ChoiceField(
        label=_("Mapping"),
        choices=lambda: mapping_choices()[1:],
        help_text=_("A folder of its name is made. Whatever lies in it is read by this mapping."),
    )


class MappingFileForm(forms.Form):
    """A mapping that was written or changed elsewhere."""

    file = forms.FileField(
        label=_("Mapping file"),
        widget=forms.FileInput(attrs={"accept": ".toml"}),
        help_text=_("A TOML file, as a mapping here is downloaded."),
    )


class MappingNameForm(forms.Form):
    """What a mapping is called."""

    title = forms.CharField(label=_("Name of the mapping"), max_length=60)
