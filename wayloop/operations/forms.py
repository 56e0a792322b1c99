"""Where backups go, as an owner types it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from wayloop.operations.enums import PlaceKind
from wayloop.operations.models import BackupPlan

# Field of the form and column of the plan; `prefix` is taken in forms.
STORAGE = {
    "endpoint": "endpoint",
    "bucket": "bucket",
    "inside": "prefix",
    "region": "region",
    "access_key": "access_key",
}


class PlaceForm(forms.Form):
    """A folder, or object storage with its keys; when, and for how long."""

    kind = forms.ChoiceField(label=_("Where to"), choices=PlaceKind.choices, widget=forms.RadioSelect)
    folder = forms.CharField(
        label=_("Folder"),
        max_length=500,
        required=False,
        help_text=_("The whole path on this machine, best of another disk or a mounted share."),
    )
    endpoint = forms.URLField(
        label=_("Address of the storage"),
        max_length=300,
        required=False,
        assume_scheme="https",
        help_text=_("It begins with https:// and is public, like https://s3.eu-central-1.amazonaws.com"),
    )
    bucket = forms.CharField(label=_("Bucket"), max_length=100, required=False)
    inside = forms.CharField(label=_("Folder in the bucket"), max_length=200, required=False)
    region = forms.CharField(label=_("Region"), max_length=60, required=False)
    access_key = forms.CharField(
        label=_("Access key"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    secret = forms.CharField(
        label=_("Secret key"),
        max_length=400,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    keep_days = forms.IntegerField(
        label=_("Keep for so many days"),
        min_value=1,
        max_value=3650,
        help_text=_("Every moment of these days can be brought back. What was erased is gone from backups after them."),
    )
    at = forms.TimeField(label=_("Full backup every day at"), widget=forms.TimeInput(attrs={"type": "time"}))

    def __init__(self, *args: Any, plan: BackupPlan, **kwargs: Any) -> None:
        kept = {field: getattr(plan, column) for field, column in STORAGE.items()}
        kept |= {"folder": plan.folder, "keep_days": plan.keep_days}
        kwargs["initial"] = kept | {"at": f"{plan.at:%H:%M}", "kind": plan.kind or PlaceKind.FOLDER}
        super().__init__(*args, **kwargs)
        self._has_secret = plan.secret_key is not None
        if self._has_secret:
            self.fields["secret"].help_text = _("Leave it empty to keep the one that is there.")

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        kind = found.get("kind")
        needed = ("folder",) if kind == PlaceKind.FOLDER else ("endpoint", "bucket", "region", "access_key")
        for name in needed:
            if not found.get(name) and name not in self.errors:
                self.add_error(name, _("This is needed."))
        if kind == PlaceKind.STORAGE and not found.get("secret") and not self._has_secret:
            self.add_error("secret", _("This is needed."))
        return found

    def access(self) -> dict[str, str]:
        """What is kept of the storage, without its secret."""
        is_storage = self.cleaned_data["kind"] == PlaceKind.STORAGE
        told = self.cleaned_data
        return {column: told[field].rstrip("/") for field, column in STORAGE.items()} if is_storage else {}
