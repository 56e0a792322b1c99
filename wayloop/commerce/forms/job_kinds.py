"""What is written of a kind of jobs and its stages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from wayloop.business import api as business
from wayloop.commerce.enums import Outcome
from wayloop.commerce.job_templates import TEMPLATES
from wayloop.commerce.models import JobKind, JobStage
from wayloop.ui.localised import LocalisedTextField

LONGEST_NAME = 60
ICONS = (
    ("wrench", _("Wrench")),
    ("calendar-check", _("Calendar")),
    ("truck", _("Lorry")),
    ("package", _("Parcel")),
    ("house", _("House")),
    ("sparkles", _("Sparkles")),
    ("heart-handshake", _("Handshake")),
    ("graduation-cap", _("Graduation cap")),
    ("clipboard-check", _("Clipboard")),
)


class NewKindForm(forms.Form):
    """A kind begins as one of ours; everything of it can be changed afterwards."""

    template = forms.ChoiceField(
        label=_("Begin with"), choices=[(key, one.label) for key, one in TEMPLATES.items()], widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = LocalisedTextField(
            label=_("Name"),
            languages=business.profile().content_languages,
            longest=LONGEST_NAME,
            required=False,
            help_text=_("Empty: as what it begins with."),
        )


class KindForm(forms.Form):
    """Name, icon and usual time of a kind."""

    icon = forms.ChoiceField(label=_("Icon"), choices=ICONS)
    usual_hours = forms.IntegerField(
        label=_("Usually takes, hours"),
        required=False,
        min_value=1,
        max_value=24 * 366,
        help_text=_("A new job proposes this as its promised time."),
    )

    def __init__(self, data: Any = None, *, kind: JobKind) -> None:
        super().__init__(data, initial={"icon": kind.icon, "usual_hours": kind.usual_hours})
        self.fields["name"] = LocalisedTextField(
            label=_("Name"), languages=business.profile().content_languages, before=kind.name, longest=LONGEST_NAME
        )
        self.order_fields(["name"])


class StageForm(forms.Form):
    """A stage: its name and, for a new one, what it means to stand in it."""

    def __init__(self, *args: Any, stage: JobStage | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = LocalisedTextField(
            label=_("Name"),
            languages=business.profile().content_languages,
            before=stage.name if stage else None,
            longest=LONGEST_NAME,
        )
        if stage is None:
            self.fields["outcome"] = forms.ChoiceField(
                label=_("A job in it is"),
                choices=[("", _("still open")), (Outcome.DONE, _("done")), (Outcome.NOT_DONE, _("over, not done"))],
                required=False,
            )
