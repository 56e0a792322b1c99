"""The one form field for texts in the languages of the business: a row for each language, the source one marked."""

from collections.abc import Mapping, Sequence
from typing import Any

from babel import Locale, UnknownLocaleError
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.forms.boundfield import BoundField, BoundWidget
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from wayloop.kernel.localised import Localised
from wayloop.ui import formats


class LocalisedWidget(forms.MultiWidget):
    """One control for each language, named `<field>_<language>`."""

    def __init__(
        self, languages: Sequence[str], source: str, *, long: bool = False, longest: int | None = None
    ) -> None:
        self.languages = tuple(languages)
        self.source = source
        kind = forms.Textarea if long else forms.TextInput
        size = {"maxlength": str(longest)} if longest else {}
        rows = {"rows": "3"} if long else {}
        super().__init__({code: kind(attrs={"lang": code, "dir": "auto", **size, **rows}) for code in languages})

    def decompress(self, value: Any) -> list[str]:
        texts: Mapping[str, str] = value.texts if isinstance(value, Localised) else value or {}
        return [texts.get(code, "") for code in self.languages]

    def value_from_datadict(  # type: ignore[override]  # named, not counted
        self, data: Mapping[str, Any], files: Any, name: str
    ) -> dict[str, str]:
        return {code: str(data.get(f"{name}_{code}") or "") for code in self.languages}

    def id_for_label(self, id_: str | None) -> str:
        """The control of the source language."""
        return f"{id_}_{self.source}" if id_ else ""


class LocalisedTextField(forms.Field):
    """Gives and takes `Localised`.

    `languages`: the content languages of the business, in its order. `before`: the text as it stands; its source
    language and its texts in other languages are kept. When required, the text of the source language must be there.
    `longest`: characters of each text; `long`: several lines.
    """

    widget: LocalisedWidget

    def __init__(
        self,
        *,
        languages: Sequence[str],
        before: Localised | None = None,
        longest: int = 200,
        long: bool = False,
        **options: Any,
    ) -> None:
        self.before = before or Localised()
        self.languages = tuple(dict.fromkeys(languages)) or (self.before.source,)
        is_kept = any(self.before.texts.values()) and self.before.source in self.languages
        self.source = self.before.source if is_kept else self.languages[0]
        self.longest = longest
        options.setdefault("initial", self.before)
        super().__init__(widget=LocalisedWidget(self.languages, self.source, long=long, longest=longest), **options)

    def clean(self, value: Mapping[str, str]) -> Localised:
        """Raises `ValidationError`; each error names the language it belongs to as its parameter `language`."""
        texts = {code: str(value.get(code, "")).strip() for code in self.languages}
        errors = [error for code, text in texts.items() for error in self._problems(code, text)]
        if self.required and not texts[self.source]:
            message = _("Write the text in the source language first: %(name)s.")
            errors.append(_error(message, "required", self.source))
        if errors:
            raise ValidationError(errors)
        others = {code: text for code, text in self.before.texts.items() if code not in self.languages}
        written = {code: text for code, text in texts.items() if text}
        # Without a text in it, a source language leads nowhere: the first written one takes its place.
        source = self.source if self.source in written else next(iter(written), self.source)
        return Localised(texts=written | others, source=source)

    def has_changed(self, initial: Any, data: Any) -> bool:
        before = initial.texts if isinstance(initial, Localised) else {}
        return any(str((data or {}).get(code, "")).strip() != before.get(code, "") for code in self.languages)

    def _problems(self, code: str, text: str) -> list[ValidationError]:
        found = []
        if len(text) > self.longest:
            message = _("%(name)s: at most %(most)s characters, now %(now)s.")
            found.append(_error(message, "max_length", code, most=self.longest, now=len(text)))
        try:
            ProhibitNullCharactersValidator()(text)
        except ValidationError:
            found.append(_error(_("%(name)s: a character that cannot be kept."), "null_characters", code))
        return found


def language_name(code: str) -> str:
    """A language as the reader calls it, at the beginning of a line; the code when nobody has a name for it."""
    try:
        name = Locale.parse(code, sep="-").get_display_name(formats.locale_of()) or code
    except (ValueError, UnknownLocaleError):
        name = code
    return name[:1].upper() + name[1:]


def rows(bound: BoundField, told_by: str) -> dict[str, Any]:
    """What the template needs: a row for each language, and how complete the text is, in words."""
    widget = bound.field.widget
    assert isinstance(widget, LocalisedWidget)  # noqa: S101 - for the type checker
    texts = dict(zip(widget.languages, _texts(bound.value(), widget), strict=True))
    wrong = {
        (error.params or {}).get("language")
        for error in (bound.form.errors.as_data().get(bound.name, []) if bound.form.is_bound else [])
    }
    context = widget.get_context(bound.html_name, bound.value(), {"id": bound.auto_id} if bound.auto_id else {})
    found = []
    for code, data in zip(widget.languages, context["widget"]["subwidgets"], strict=True):
        attrs = data["attrs"] = {**data["attrs"], "class": "input"}
        if bound.auto_id:
            attrs["id"] = f"{bound.auto_id}_{code}"
        if told_by:
            attrs["aria-describedby"] = told_by
        if code in wrong:
            attrs["aria-invalid"] = "true"
        if code == widget.source:
            if bound.field.required:
                attrs["aria-required"] = "true"
        elif not texts[code]:
            # What readers of this language see until somebody translates.
            attrs["placeholder"] = texts[widget.source]
        found.append(
            {
                "id": attrs.get("id", ""),
                "language": language_name(code),
                "control": BoundWidget(widget, data, bound.form.renderer).tag(),
                "is_source": code == widget.source,
                "is_missing": not texts[code] and any(texts.values()),
            }
        )
    filled = sum(bool(text) for text in texts.values())
    complete = gettext("%(done)s of %(all)s languages") % {"done": filled, "all": len(texts)}
    return {"rows": found, "completeness": complete if len(texts) > 1 else "", "is_complete": filled == len(texts)}


def _texts(value: Any, widget: LocalisedWidget) -> list[str]:
    return [text.strip() for text in widget.decompress(value)]


def _error(message: Any, code: str, language: str, **more: Any) -> ValidationError:
    return ValidationError(message, code=code, params={"name": language_name(language), "language": language, **more})
