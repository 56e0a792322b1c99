"""What the gallery shows: made-up data and a form with every kind of field."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from wayloop.kernel import clock
from wayloop.kernel.localised import Localised
from wayloop.ui import formats
from wayloop.ui.charts import Point, draw, share_bar
from wayloop.ui.icons import icon_names
from wayloop.ui.localised import LocalisedTextField


class SampleForm(forms.Form):
    """Every kind of field."""

    name = forms.CharField(label=_("Name"), max_length=60, help_text=_("As the customer says it."))
    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    password = forms.CharField(
        label=_("Password"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), min_length=10
    )
    channel = forms.ChoiceField(
        label=_("Channel"), choices=[("", "–"), ("mail", _("E-mail")), ("sms", "SMS"), ("telegram", "Telegram")]
    )
    day = forms.DateField(label=_("Day"), required=False, widget=forms.DateInput)
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    title = LocalisedTextField(
        label=_("Name of the product"),
        languages=["uk", "ru", "en"],
        before=Localised({"uk": "Кава «Ефіопія», 250 г", "en": "Ethiopia coffee, 250 g"}, source="uk"),
        help_text=_("A language without a text shows the source."),
    )
    size = forms.ChoiceField(
        label=_("Size"),
        widget=forms.RadioSelect,
        choices=[("small", _("Small")), ("large", _("Large"))],
        help_text=_("Shown on the receipt."),
    )
    days = forms.MultipleChoiceField(
        label=_("Days"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[("mon", _("Monday")), ("tue", _("Tuesday"))],
    )
    file = forms.FileField(label=_("File"), required=False)
    agreed = forms.BooleanField(label=_("I have checked this"))
    loud = forms.BooleanField(
        label=_("Tell me at once"),
        required=False,
        widget=forms.CheckboxInput(attrs={"data-kind": "switch"}),
        help_text=_("Otherwise once a day."),
    )


def context() -> dict[str, Any]:
    """Everything `web/gallery.html` needs."""
    now = clock.now()
    wrong = SampleForm({"name": "", "email": "marina@", "password": "short", "size": "small"})
    wrong.is_valid()
    return {
        "form": SampleForm(),
        "wrong_form": wrong,
        "now": now,
        "minutes_ago": now - timedelta(minutes=5),
        "yesterday": now - timedelta(days=1),
        "last_month": now - timedelta(days=30),
        "last_year": now - timedelta(days=400),
        "bars_chart": draw(_months(), "bars", formats.number),
        "line_chart": draw(_months(), "line", formats.number),
        "share_bar": share_bar(0.41, 0.34, 0.48, 0.6),
        "points": [12, 14, 13, 18, 20, 19, 26, 29, 33],
        "low": [8, 9, 9, 13, 15, 15, 21, 25, 28],
        "high": [16, 19, 17, 23, 25, 23, 31, 33, 38],
        "channels": [("mail", gettext("E-mail")), ("sms", "SMS"), ("telegram", "Telegram")],
        "customers": [
            {"name": "Marina Tkach", "town": "Poltava", "orders": 31, "spent": 67250, "seen": now - timedelta(hours=2)},
            {"name": "Олександр Ґудзь", "town": "Київ", "orders": 4, "spent": 128990, "seen": now - timedelta(days=1)},
            {"name": "ТОВ «Ранок»", "town": "Львів", "orders": 118, "spent": 4210000, "seen": now - timedelta(days=40)},
        ],
        "icons": sorted(icon_names()),
        "colours": COLOURS,
        "pictures": ["list", "people", "chart", "search", "file", "inbox"],
    }


def _months() -> list[Point]:
    values = [(12, 8, 16), (14, 9, 19), (13, 9, 17), None, (20, 15, 25), (19, 15, 23), (26, 21, 31), (17, 12, 22)]
    return [
        Point(
            f"{place}", one and one[0], "–" if one is None else str(one[0]), one and one[1], one and one[2], place == 8
        )
        for place, one in enumerate(values, 1)
    ]


COLOURS = (
    "canvas", "surface", "sunken", "line", "control", "text", "muted", "brand", "brand-tint", "focus",
    "good", "good-tint", "warn", "warn-tint", "bad", "bad-tint", "info", "info-tint",
)  # fmt: skip


def toast_text() -> str:
    return gettext("Conversation resolved")


def undone_text() -> str:
    return gettext("Taken back")
