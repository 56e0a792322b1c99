"""Forms of the builder: one question, or the survey as a whole, in one language at a time."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from wayloop.kernel.localised import Localised
from wayloop.surveys.document.editing import MOST_OPTIONS, fresh_option
from wayloop.surveys.document.shape import (
    END,
    FIXED_OPTIONS,
    HAS_OPTIONS,
    SCALES,
    Condition,
    Document,
    Jump,
    Option,
    Question,
    Quota,
    Test,
    Theme,
    choices_of,
    ops_of,
)
from wayloop.surveys.enums import Op, QuestionType
from wayloop.surveys.themes import CORNERS, LOOKS, USUAL, colour_of

LONGEST_QUESTION, LONGEST_LABEL, LONGEST_NOTE = 300, 120, 600
MOST_TESTS, MOST_JUMPS, MOST_QUOTAS = 3, 2, 12
LOOK_WORDS = {"device": _("As the device"), "light": _("Light"), "dark": _("Dark")}
CORNER_WORDS = {
    "sharp": pgettext_lazy("corners", "Sharp"),
    "soft": pgettext_lazy("corners", "Soft"),
    "round": pgettext_lazy("corners", "Round"),
}
USUAL_QUOTA = 100
# The end of the names of fields with further answers.
MORE = "_more"
OPEN_ENDED = frozenset({QuestionType.SINGLE, QuestionType.MULTIPLE})


def with_text(before: Localised, language: str, text: str, source: str) -> Localised:
    """The text in one more language, or without it when it is empty."""
    texts = {code: words for code, words in before.texts.items() if code != language}
    if text.strip():
        texts[language] = text.strip()
    home = source if source in texts or not texts else next(iter(texts))
    return Localised(texts=texts, source=home)


def text_field(
    label: Any, before: Localised, longest: int, *, language: str, source: str, rows: int = 1
) -> forms.CharField:
    """The field of a text in one of its languages."""
    widget = forms.Textarea(attrs={"rows": rows}) if rows > 1 else forms.TextInput()
    widget.attrs |= {"lang": language, "dir": "auto"}
    words = before.texts.get(language, "")
    if not words and (other := before.in_language(source)):
        # What readers of this language see until somebody translates.
        widget.attrs["placeholder"] = other
    return forms.CharField(label=label, max_length=longest, required=False, initial=words, widget=widget)


# Of how many people groups are at least that are shown.
PROMISES = (5, 10)


class QuestionForm(forms.Form):
    """One question in one language. `question`: as it will be, once the form is valid."""

    def __init__(self, data: Any = None, *, document: Document, question: Question, language: str) -> None:
        super().__init__(data)
        self.document, self.before, self.language = document, question, language
        kind = question.type
        self._text("text", _("Question"), question.text, LONGEST_QUESTION, long=True)
        hint = _("What one agrees to") if kind == QuestionType.CONSENT else _("A note below it")
        self._text("hint", hint, question.hint, LONGEST_NOTE, long=kind == QuestionType.CONSENT)
        if kind in SCALES and len(SCALES[kind]) > 1:
            choices = [(str(place), scale.written) for place, scale in enumerate(SCALES[kind])]
            at = SCALES[kind].index(question.scale) if question.scale in SCALES[kind] else 0
            self.fields["scale"] = forms.ChoiceField(label=_("Scale"), choices=choices, initial=str(at))
        if question.scale and kind != QuestionType.EXPECTATION:
            self._text("low_label", _("Words at the worst end"), question.low_label, LONGEST_LABEL)
            self._text("high_label", _("Words at the best end"), question.high_label, LONGEST_LABEL)
        if kind == QuestionType.TEXT:
            self.fields["is_long"] = forms.BooleanField(
                label=_("Room for several lines"), required=False, initial=question.is_long
            )
        if kind in (QuestionType.NUMBER, QuestionType.MULTIPLE):
            is_number = kind == QuestionType.NUMBER
            for name, label in (("least", _("At least")), ("most", _("At most"))):
                self.fields[name] = forms.IntegerField(
                    label=label, required=False, initial=getattr(question, name), min_value=-(10**9), max_value=10**9
                )
            if is_number:
                self.fields["decimals"] = forms.IntegerField(
                    label=_("Figures behind the comma"), initial=question.decimals, min_value=0, max_value=6
                )
                self._text("unit", _("Unit"), question.unit, LONGEST_LABEL)
        self._options("option", question.options if kind in HAS_OPTIONS else ())
        self._options("row", question.rows)
        if kind in (*OPEN_ENDED, QuestionType.RANKING, QuestionType.MATRIX):
            self.fields["shuffled"] = forms.BooleanField(
                label=_("In a random order for each person"), required=False, initial=question.shuffled
            )
        self.fields["is_required"] = forms.BooleanField(
            label=_("Must be answered"), required=False, initial=question.is_required
        )
        self.fields["mix"] = forms.CharField(
            label=_("Random place among neighbours with the word"), max_length=20, required=False, initial=question.mix
        )
        self._logic()

    @property
    def can_grow(self) -> bool:
        """Whether options or rows can be added."""
        return self.before.type not in FIXED_OPTIONS and len(self._list()) < MOST_OPTIONS

    @property
    def options(self) -> Iterator[tuple[Option, Any, Any]]:
        """Option or row, its text, and whether it asks for words."""
        for one in self._list():
            name = "row" if self.before.rows else "option"
            is_open = f"open_{one.key}"
            yield one, self[f"{name}_{one.key}"], self[is_open] if is_open in self.fields else None

    @property
    def sentences(self) -> list[tuple[Any, Any, Any]]:
        """The rows of "ask only when"."""
        return [self._row(f"test_{n}") for n in range(MOST_TESTS)] if self._before() else []

    @property
    def jumps(self) -> list[tuple[Any, Any, Any, Any]]:
        """The rows of "then go to"."""
        return [(*self._row(f"jump_{n}"), self[f"jump_{n}_to"]) for n in range(MOST_JUMPS)]

    @property
    def shape(self) -> str:
        """Which sentences have further answers to tick: the builder draws them anew when this changes."""
        rows = [name.removesuffix(MORE) for name in self.fields if name.endswith(MORE)]
        return " ".join(f"{name}={self._now(f'{name}_value')}" for name in rows)

    @property
    def question(self) -> Question:
        """The question as the form says it. Only when the form is valid."""
        given, before = self.cleaned_data, self.before
        scales = SCALES.get(before.type, ())
        return replace(
            before,
            text=self._said("text", before.text),
            hint=self._said("hint", before.hint),
            scale=scales[int(given["scale"])] if "scale" in given else before.scale,
            low_label=self._said("low_label", before.low_label),
            high_label=self._said("high_label", before.high_label),
            unit=self._said("unit", before.unit),
            is_long=given.get("is_long", before.is_long),
            least=given.get("least"),
            most=given.get("most"),
            decimals=given.get("decimals") or 0,
            options=self._listed("option", before.options),
            rows=self._listed("row", before.rows),
            shuffled=given.get("shuffled", before.shuffled),
            is_required=given["is_required"],
            mix=given["mix"].strip(),
            show=Condition(tuple(self._tests("test", MOST_TESTS)), given.get("is_any") == "any"),
            jumps=tuple(self._jumps()),
        )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        for prefix, most in (("test", MOST_TESTS), ("jump", MOST_JUMPS)):
            for number in range(most):
                name = f"{prefix}_{number}_value"
                value, op = given.get(name), given.get(f"{prefix}_{number}_op")
                if not value or not op:
                    continue
                asked = self.document.question(value.partition(":")[0])
                is_bare = value.endswith(":")
                needs = op not in (Op.ANSWERED, Op.LEFT_OUT)
                if asked is None or op not in ops_of(asked.type) or (needs and is_bare):
                    self.add_error(name, ValidationError(_("These do not fit together. Choose another comparison.")))
        return given

    def _text(self, name: str, label: Any, before: Localised, longest: int, *, long: bool = False) -> None:
        self.fields[name] = text_field(
            label, before, longest, language=self.language, source=self.document.source, rows=3 if long else 1
        )

    def _options(self, name: str, options: tuple[Option, ...]) -> None:
        for option in options:
            self._text(f"{name}_{option.key}", _("Option"), option.label, LONGEST_LABEL)
            self.fields[f"{name}_{option.key}"].widget.attrs |= {"class": "input", "aria-label": _("Option")}
            if name == "option" and self.before.type in OPEN_ENDED:
                self.fields[f"open_{option.key}"] = forms.BooleanField(
                    label=_("asks for words"), required=False, initial=option.is_open
                )

    def _list(self) -> tuple[Option, ...]:
        return self.before.rows or (self.before.options if self.before.type in HAS_OPTIONS else ())

    def _before(self) -> list[Question]:
        keys = [one.key for one in self.document.questions]
        return list(self.document.questions[: keys.index(self.before.key)])

    def _logic(self) -> None:
        ops = [("", "–"), *((op.value, op.label) for op in Op)]
        earlier = self._before()
        values = self._values(earlier)
        for number in range(MOST_TESTS if earlier else 0):
            test = self.before.show.tests[number] if number < len(self.before.show.tests) else None
            self._sentence(f"test_{number}", ops, values, test)
        if earlier:
            self.fields["is_any"] = forms.ChoiceField(
                label=_("When there are several"),
                choices=[("all", _("all must be true")), ("any", _("one is enough"))],
                initial="any" if self.before.show.is_any else "all",
                required=False,
            )
        keys = [one.key for one in self.document.questions]
        later = self.document.questions[keys.index(self.before.key) + 1 :]
        places = [("", "–"), *((one.key, short(one, self.document)) for one in later), ("end", _("the end"))]
        values = self._values([*earlier, self.before])
        for number in range(MOST_JUMPS):
            jump = self.before.jumps[number] if number < len(self.before.jumps) else None
            test = jump.when.tests[0] if jump and jump.when.tests else None
            self._sentence(f"jump_{number}", ops, values, test)
            self._choice(f"jump_{number}_to", _("go to"), places, (jump.to or "end") if jump else "")

    def _sentence(self, name: str, ops: Any, values: Any, test: Test | None) -> None:
        value = f"{test.question}:{test.values[0] if test.values else ''}" if test else ""
        self._choice(f"{name}_op", _("Comparison"), ops, test.op.value if test else "")
        self._choice(f"{name}_value", _("Answer"), values, value)
        key, _colon, first = self._now(f"{name}_value").partition(":")
        asked = self.document.question(key)
        op = self._now(f"{name}_op")
        if asked is None or not first or op not in (Op.ONE_OF, Op.NONE_OF) or Op.ONE_OF not in ops_of(asked.type):
            return
        others = [(key, label) for key, label in choice_words(asked) if key != first]
        if len(others) > 1:
            self.fields[f"{name}_more"] = forms.MultipleChoiceField(
                label=_("or also"),
                choices=others,
                required=False,
                initial=list(test.values[1:]) if test else [],
                widget=forms.CheckboxSelectMultiple,
            )

    def _now(self, name: str) -> str:
        """What a field says now: what was sent, else what is stored."""
        return str(self.data.get(name, "") if self.is_bound else self.fields[name].initial)

    def _row(self, name: str) -> tuple[Any, Any, Any]:
        more = self[name + MORE] if name + MORE in self.fields else None
        return self[f"{name}_op"], self[f"{name}_value"], more

    def _choice(self, name: str, label: Any, choices: Any, initial: str) -> None:
        # Drawn by the template by itself, in a row that reads as a sentence.
        widget = forms.Select(attrs={"class": "input", "aria-label": label})
        self.fields[name] = forms.ChoiceField(
            label=label, choices=choices, required=False, initial=initial, widget=widget
        )

    def _values(self, questions: list[Question]) -> list[Any]:
        found: list[Any] = [("", "–")]
        for one in questions:
            rows: list[tuple[str, Any]] = [(f"{one.key}:", _("any answer"))]
            if one.scale and not one.rows and not one.options:
                numbers = range(one.scale.low, one.scale.high + 1)
                rows += [(f"{one.key}:{number}", str(number)) for number in numbers]
            elif Op.ONE_OF in ops_of(one.type):
                rows += [(f"{one.key}:{key}", label) for key, label in choice_words(one)]
            found.append((short(one, self.document), rows))
        return found

    def _said(self, name: str, before: Localised) -> Localised:
        if name not in self.fields:
            return before
        return with_text(before, self.language, self.cleaned_data[name], self.document.source)

    def _listed(self, name: str, before: tuple[Option, ...]) -> tuple[Option, ...]:
        return tuple(
            replace(
                one,
                label=self._said(f"{name}_{one.key}", one.label),
                is_open=self.cleaned_data.get(f"open_{one.key}", one.is_open),
            )
            for one in before
        )

    def _tests(self, prefix: str, most: int) -> Iterator[Test]:
        for number in range(most):
            if test := self._test(f"{prefix}_{number}"):
                yield test

    def _test(self, name: str) -> Test | None:
        value, op = self.cleaned_data.get(f"{name}_value"), self.cleaned_data.get(f"{name}_op")
        if not value or not op:
            return None
        key, _colon, mark = value.partition(":")
        if not mark or op in (Op.ANSWERED, Op.LEFT_OUT):
            return Test(key, Op(op))
        more = self.cleaned_data.get(f"{name}_more", []) if op in (Op.ONE_OF, Op.NONE_OF) else []
        return Test(key, Op(op), (mark, *(other for other in more if other != mark)))

    def _jumps(self) -> Iterator[Jump]:
        for number in range(MOST_JUMPS):
            to = self.cleaned_data.get(f"jump_{number}_to")
            if to:
                test = self._test(f"jump_{number}")
                yield Jump(Condition((test,) if test else ()), END if to == "end" else to)


class WholeForm(forms.Form):
    """What belongs to the survey as a whole, in one language."""

    def __init__(self, data: Any = None, *, document: Document, language: str, languages: Mapping[str, str]) -> None:
        super().__init__(data)
        self.before, self.language = document, language
        for name, label, longest in (
            ("title", _("Name on the page"), LONGEST_LABEL),
            ("reason", _("Why you ask"), LONGEST_NOTE),
            ("thanks", _("Thanks at the end"), LONGEST_NOTE),
            ("next_label", _("Words on the button of the next step"), LONGEST_LABEL),
        ):
            before: Localised = getattr(document, name)
            rows = 2 if longest == LONGEST_NOTE else 1
            self.fields[name] = text_field(label, before, longest, language=language, source=document.source, rows=rows)
        self.fields["next_url"] = forms.URLField(
            label=_("Address of the next step"), required=False, initial=document.next_url, assume_scheme="https"
        )
        self.fields["languages"] = forms.MultipleChoiceField(
            label=_("Languages"),
            choices=list(languages.items()),
            initial=document.languages,
            widget=forms.CheckboxSelectMultiple,
        )
        self.fields["colour"] = forms.CharField(
            label=_("Colour"),
            initial=f"#{document.theme.colour or USUAL}",
            widget=forms.TextInput(attrs={"type": "color"}),
            required=False,
        )
        self.fields["look"] = forms.ChoiceField(
            label=pgettext_lazy("theme", "Look"),
            choices=[(key, LOOK_WORDS[key]) for key in LOOKS],
            initial=document.theme.look,
        )
        self.fields["corners"] = forms.ChoiceField(
            label=_("Corners"), choices=[(key, CORNER_WORDS[key]) for key in CORNERS], initial=document.theme.corners
        )
        self.fields["least_shown"] = forms.TypedChoiceField(
            label=_("Promise to those who answer"),
            choices=[
                (0, _("None: each answer is seen by itself")),
                *(
                    (least, _("Answers are seen in groups of %(n)s people and more") % {"n": least})
                    for least in PROMISES
                ),
            ],
            coerce=int,
            initial=document.least_shown,
            required=False,
            help_text=_("What people wrote and who answered is not shown then. A promise that was given stays."),
        )
        for quota in document.quotas:
            if quota.when.tests:
                self._quota(quota)

    def clean_colour(self) -> str:
        colour = colour_of(self.cleaned_data["colour"] or USUAL)
        if colour is None:
            raise ValidationError(_("Write a colour as six signs, for example #4b53c2."))
        return "" if colour == USUAL else colour

    @property
    def document(self) -> Document:
        """The document as the form says it. Only when the form is valid."""
        given, before = self.cleaned_data, self.before
        chosen = given["languages"]
        languages = tuple(code for code in before.languages if code in chosen)
        languages += tuple(code for code in chosen if code not in languages)

        def said(name: str) -> Localised:
            return with_text(getattr(before, name), self.language, given[name], before.source)

        return replace(
            before,
            languages=languages,
            title=said("title"),
            reason=said("reason"),
            thanks=said("thanks"),
            next_label=said("next_label"),
            next_url=given["next_url"] or "",
            theme=Theme(given["colour"], given["look"], given["corners"]),
            quotas=tuple(self._quotas()),
            least_shown=before.least_shown if given["least_shown"] == "" else given["least_shown"],
        )

    @property
    def quotas(self) -> Iterator[tuple[Quota, str, Any, Any, Any]]:
        """Each quota with the question it counts by, and its fields."""
        for one in self.before.quotas:
            asked = self.before.question(one.when.tests[0].question) if one.when.tests else None
            if asked is not None:
                values, most, message = (self[f"{name}_{one.key}"] for name in ("values", "most", "message"))
                yield one, short(asked, self.before), values, most, message

    @property
    def countable(self) -> list[tuple[str, str]]:
        """Questions a quota can count by."""
        if len(self.before.quotas) >= MOST_QUOTAS:
            return []
        return [(one.key, short(one, self.before)) for one in self.before.questions if Op.ONE_OF in ops_of(one.type)]

    def _quota(self, quota: Quota) -> None:
        test = quota.when.tests[0]
        asked = self.before.question(test.question)
        if asked is None:
            return
        self.fields[f"values_{quota.key}"] = forms.MultipleChoiceField(
            label=_("Answers that count"),
            choices=choice_words(asked),
            required=False,
            initial=list(test.values),
            widget=forms.CheckboxSelectMultiple,
        )
        self.fields[f"most_{quota.key}"] = forms.IntegerField(
            label=_("So many are enough"), min_value=1, max_value=1_000_000, initial=quota.most
        )
        self.fields[f"message_{quota.key}"] = text_field(
            _("What later ones read"),
            quota.message,
            LONGEST_NOTE,
            language=self.language,
            source=self.before.source,
            rows=2,
        )

    def _quotas(self) -> Iterator[Quota]:
        given = self.cleaned_data
        for one in self.before.quotas:
            if f"most_{one.key}" not in given:
                yield one
                continue
            test = replace(one.when.tests[0], values=tuple(given[f"values_{one.key}"]))
            yield replace(
                one,
                when=replace(one.when, tests=(test, *one.when.tests[1:])),
                most=given[f"most_{one.key}"],
                message=with_text(one.message, self.language, given[f"message_{one.key}"], self.before.source),
            )


class KioskForm(forms.Form):
    """A device at a place."""

    name = forms.CharField(label=_("Where it stands"), max_length=80)
    pin = forms.RegexField(
        regex=r"^[0-9]{4,8}$",
        label=_("PIN"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": "8"}),
        error_messages={"invalid": _("A PIN is 4 to 8 figures.")},
    )


def short(question: Question, document: Document) -> str:
    """A question in a list: its place and the beginning of its words."""
    place = [one.key for one in document.questions].index(question.key) + 1
    words = question.told or str(question.type.label)
    return f"{place}. {words[:48].rstrip()}{'…' if len(words) > 48 else ''}"


def choice_words(question: Question) -> list[tuple[str, Any]]:
    """What can be chosen, with its words."""
    labels = {option.key: str(option.label) for option in question.options}
    return [(key, labels.get(key) or _yes_no(key)) for key in choices_of(question)]


def more_quotas(document: Document, key: str) -> Document:
    """The survey with one more quota, which counts by the answers to this question."""
    asked = document.question(key)
    if asked is None or Op.ONE_OF not in ops_of(asked.type) or len(document.quotas) >= MOST_QUOTAS:
        return document
    # A key is never given twice: what an older quota has counted stays with that one.
    number = document.last_key + 1
    quota = Quota(f"k{number}", Condition((Test(key, Op.ONE_OF),)), USUAL_QUOTA)
    return replace(document, last_key=number, quotas=(*document.quotas, quota))


def more_options(question: Question, source: str) -> Question:
    """The question with one more option, or row."""
    options = question.rows or question.options
    if question.type in FIXED_OPTIONS or len(options) >= MOST_OPTIONS:
        return question
    grown = (*options, Option(fresh_option(options), Localised(source=source)))
    return replace(question, rows=grown) if question.rows else replace(question, options=grown)


def fewer_options(question: Question, key: str) -> Question:
    """The question without an option, or row."""
    if question.type in FIXED_OPTIONS:
        return question
    if question.rows:
        return replace(question, rows=tuple(one for one in question.rows if one.key != key))
    return replace(question, options=tuple(one for one in question.options if one.key != key))


def _yes_no(key: str) -> Any:
    return _("yes") if key == "yes" else _("no")
