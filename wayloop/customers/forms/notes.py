"""A note."""

from django import forms
from django.utils.translation import gettext_lazy as _

from wayloop.customers.services.notes import LONGEST_NOTE


class NoteForm(forms.Form):
    """The text; `seen`: the version of it that is being edited."""

    text = forms.CharField(
        label=_("Note"),
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": "3"}),
        error_messages={"required": _("Write something first.")},
    )
    is_pinned = forms.BooleanField(label=_("Keep at the top"), required=False)
    seen = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)
