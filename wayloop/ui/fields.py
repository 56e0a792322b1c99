"""Any field of any Django form, described for the kit's templates."""

from typing import Any

from django import forms
from django.forms import BoundField, Form
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from wayloop.ui import localised

# Attributes of a long select: one types into it to find an option.
SEARCHABLE = {"data-search": True, "data-nothing": _("Nothing found")}
_CLASSES: tuple[tuple[type[forms.Widget], str, str], ...] = (
    (localised.LocalisedWidget, "localised", ""),
    (forms.CheckboxSelectMultiple, "choices", "check"),
    (forms.RadioSelect, "choices", "radio"),
    (forms.CheckboxInput, "choice", "check"),
    (forms.PasswordInput, "password", "input"),
    (forms.Textarea, "textarea", "input"),
    (forms.SelectMultiple, "select-multiple", "input"),
    (forms.Select, "select", "input"),
    (forms.FileInput, "file", ""),
    (forms.DateInput, "date", "input input-date"),
    (forms.NumberInput, "number", "input input-number"),
)


def describe(bound: BoundField, options: dict[str, Any] | None = None) -> dict[str, Any]:
    """The context of `ui/field.html`: kind, control (HTML), label, hint, error, and the ids that tie them together."""
    attrs = dict(options or {})
    is_marked = attrs.pop("optional", True)
    # Python has no dash in a name.
    attrs = {name.replace("_", "-") if name.startswith("data_") else name: value for name, value in attrs.items()}
    look = attrs.pop("kind", bound.field.widget.attrs.get("data-kind", ""))
    kind, css = _look_of(bound.field.widget)
    if look == "switch" and kind == "choice":
        css = "switch"
    elif look == "search":
        kind = "search"
    identifier = bound.id_for_label or bound.auto_id or bound.html_name
    if kind in ("choices", "localised"):
        identifier = bound.auto_id or bound.html_name
    told_by = [f"{bound.auto_id}_helptext"] if bound.help_text else []
    told_by += [f"{bound.auto_id}_error"] if bound.errors else []
    attrs["class"] = " ".join(filter(None, (css, bound.field.widget.attrs.get("class", ""))))
    if look == "switch":
        attrs["role"] = "switch"
    if kind == "password":
        attrs["x-bind:type"] = "kind"
    if kind == "date":
        # The browser's own calendar; it sends and expects the ISO form, which Django takes in every language.
        bound.field.widget.input_type = "date"
        bound.field.widget.format = "%Y-%m-%d"
    if kind == "file":
        attrs["x-on:change"] = "chosen"
    return {
        "kind": kind,
        "id": identifier,
        "name": bound.html_name,
        "label": bound.label,
        "hint": bound.help_text,
        "error": " ".join(str(error) for error in bound.errors),
        "described": " ".join(told_by),
        "not_required": not bound.field.required and is_marked,
        "control": "" if kind in ("choices", "localised") else bound.as_widget(attrs=attrs),
        "localised": localised.rows(bound, " ".join(told_by)) if kind == "localised" else {},
        "options": _options(bound, css) if kind == "choices" else [],
    }


def errors(form: Form) -> list[dict[str, str]]:
    """Everything wrong with the form, in the order of its fields."""
    found = [{"text": str(error), "label": "", "target": ""} for error in form.non_field_errors()]
    for bound in form:
        target = bound.id_for_label or bound.auto_id or ""
        found += [
            {
                "text": str(error),
                "label": "" if bound.is_hidden else str(bound.label),
                "target": "" if bound.is_hidden else target,
            }
            for error in bound.errors
        ]
    return found


def _look_of(widget: forms.Widget) -> tuple[str, str]:
    return next(((kind, css) for cls, kind, css in _CLASSES if isinstance(widget, cls)), ("text", "input"))


def _options(bound: BoundField, css: str) -> list[dict[str, SafeString | str]]:
    return [
        {"control": option.tag(), "label": str(option.choice_label), "id": option.id_for_label}
        for option in _with_class(bound, css)
    ]


def _with_class(bound: BoundField, css: str) -> Any:
    for option in bound.subwidgets:
        option.data["attrs"] = {**option.data["attrs"], "class": css}
        yield option
