"""How two customers belong together."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from wayloop.customers.rules.ties import sides_for


class TieForm(forms.Form):
    """Role and dates of a tie that is there."""

    role = forms.CharField(label=_("Position or role"), max_length=80, required=False)
    since = forms.DateField(label=_("Since"), required=False, widget=forms.DateInput())
    until = forms.DateField(label=_("Until"), required=False, widget=forms.DateInput())

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        since, until = given.get("since"), given.get("until")
        if since and until and until < since:
            self.add_error("until", _("The end cannot lie before the beginning."))
        return given


class NewTieForm(TieForm):
    """What the other customer is to this one; who it is was chosen among those found."""

    side = forms.ChoiceField(label=_("What they are to each other"))
    other = forms.UUIDField(
        label=_("Who"),
        error_messages={
            "required": _("Find the other customer and choose them."),
            "invalid": _("Find the other customer and choose them."),
        },
    )
    field_order = ("side", "other", "role", "since", "until")

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        side = self.fields["side"]
        assert isinstance(side, forms.ChoiceField)  # noqa: S101 - for the type checker
        side.choices = [(one.code, one.label) for one in sides_for(kind)]
        del self.fields["until"]
