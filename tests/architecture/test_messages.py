"""Nothing that people read stays outside the catalogues; each check is shown to fail."""

import io
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.template import Context, Engine
from django.utils import translation
from django.utils.translation import ngettext

from scripts import message_sources, messages, unmarked_text
from scripts.message_sources import Marked, Problem

GOOD_PAGE = """{% load l10n %}
<h1 title="{% translate 'Customers' %}">{{ name|default:"–" }} 12 €</h1>
<c-button label="{% translate "Save" %}" icon="check" :href="address" class="Wide button" x-on:click="Save it">
{% translate "Open" context "of a shop" %}</c-button>
<c-vars label="" :tone="'quiet'" /><code>wayloop up</code><kbd>Ctrl</kbd><span translate="no">Nova Poshta</span>
{# a comment #}{% comment %}Not shown{% endcomment %}<script>let text = "No text";</script><!-- Note -->
{% blocktranslate count n=total trimmed %}
    {{ n }} customer
{% plural %}
    {{ n }} customers
{% endblocktranslate %}{% block body_class %}bare wide{% endblock %}
{{ form.name|default:_("Nobody") }}<input type="hidden" value="Plain value"><p>Wayloop</p>
"""


def template_problems(source: str) -> list[str]:
    marks = [str(found) for found in message_sources.in_template(source, "page.html") if isinstance(found, Problem)]
    return marks + [str(problem) for problem in unmarked_text.in_template(source, "page.html")]


def marked(source: str) -> list[tuple[str | None, str, str | None]]:
    found = message_sources.in_template(source, "page.html")
    return [(one.context, one.id, one.plural) for one in found if isinstance(one, Marked)]


def python_texts(source: str) -> list[tuple[str | None, str, str | None]]:
    found = message_sources.in_python(source, "module.py")
    return [(one.context, one.id, one.plural) for one in found if isinstance(one, Marked)]


def test_the_catalogues_are_complete_and_every_text_is_marked() -> None:
    assert "\n".join(messages.check()) == ""


def test_a_page_that_is_marked_throughout_passes_and_gives_all_its_texts() -> None:
    assert template_problems(GOOD_PAGE) == []
    assert marked(GOOD_PAGE) == [
        (None, "Customers", None),
        (None, "Save", None),
        ("of a shop", "Open", None),
        (None, "%(n)s customer", "%(n)s customers"),
        (None, "Nobody", None),
    ]


@pytest.mark.parametrize(
    "source",
    [
        "<p>Hello</p>",
        "<p>{{ name }} wrote</p>",
        "<p>Привіт</p>",
        "{% if x %}Yes{% endif %}",
        "<button><span>Save</span></button>",
        '<a title="Open">1</a>',
        '<input placeholder="Search">',
        '<img alt="Picture">',
        '<button aria-label="Close"></button>',
        '<input type="submit" value="Send">',
        '<c-button label="Save" />',
        '<c-empty lead="Nothing here yet" />',
        '<c-vars title="Customers" />',
        '<c-tile subtitle="Last month" />',
        '<c-button hx-confirm="Really?" />',
        "<c-button :label=\"_('Save')\" />",
        "<c-tabs :items=\"[{'label': _('All')}]\" />",
        "<c-button :label=\"'Save'\" />",
        "<c-list :items=\"['First thing', 'Second thing']\" />",
        "<span x-text=\"open ? 'Hide it' : 'Show it'\"></span>",
        '{{ name|default:"Nobody" }}',
        '{{ flag|yesno:"Yes,No" }}',
        "customer{{ n|pluralize }}",
        '{% firstof name "Nobody" %}',
        '{{ "Hello" }}',
        '{% field form.name placeholder="Search" %}',
        '{% include "part.html" with title="Customers" %}',
        "{% translate title %}",
        "{% translate 'Open' context where %}",
        "{% blocktranslate %}Dear {{ customer.name }}{% endblocktranslate %}",
        "{% blocktranslate %}Dear {% if x %}you{% endif %}{% endblocktranslate %}",
        "<p>{% translate\n'Hello' %}</p>",
    ],
)
def test_text_in_a_template_that_nobody_can_translate_is_found(source: str) -> None:
    assert template_problems(source) != []


def test_a_problem_names_its_line() -> None:
    page = "{# first #}\n{% blocktranslate %}\nDear\n{% endblocktranslate %}\n<p>Hello</p>"
    assert template_problems(page) == ["page.html:5: text without {% translate %}: “Hello”"]


@pytest.mark.parametrize(
    "source",
    [
        "{% translate 'Save' %}",
        '{% trans "100% sure" as sure %}{{ sure }}',
        "{% translate 'Open' context 'of a shop' %}",
        "{% blocktranslate with name='Olha' %}Dear {{ name }}, 5% off{% endblocktranslate %}",
        "{% blocktranslate trimmed %}\n  One\n  Two\n{% endblocktranslate %}",
        "{% blocktranslate %}\n  One\n  Two\n{% endblocktranslate %}",
        "{% blocktranslate count n=3 context 'people' %}{{ n }} guest{% plural %}{{ n }} guests{% endblocktranslate %}",
        "{{ _('Save') }}",
        "{{ none|default:_('100% nobody') }}",
    ],
)
def test_what_is_collected_is_what_django_looks_up(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str | None, str, str | None]] = []
    active = translation.trans_real.gettext

    def gettext(text: str) -> str:
        asked.append((None, text, None))
        return active(text)

    monkeypatch.setattr(translation._trans, "gettext", gettext)
    monkeypatch.setattr(
        translation._trans, "pgettext", lambda context, text: asked.append((context, text, None)) or text
    )
    monkeypatch.setattr(
        translation._trans,
        "npgettext",
        lambda context, text, plural, n: asked.append((context, text, plural)) or plural,
    )
    engine = Engine(builtins=["django.templatetags.i18n"])
    engine.from_string(source).render(Context({"none": None}))
    assert marked(source) == asked


def test_every_way_of_marking_in_python_is_collected() -> None:
    source = """
from django.utils import translation
from django.utils.translation import gettext_lazy as _, ngettext, npgettext, pgettext
a = _("One " "two")
b = ngettext("%(n)s day", "%(n)s days", n)
c = pgettext("month", "May")
d = npgettext("time", "hour", "hours", n)
e = translation.gettext("Three")
f = gettext("Not Django's")
"""
    assert python_texts(source) == [
        (None, "One two", None),
        (None, "%(n)s day", "%(n)s days"),
        ("month", "May", None),
        ("time", "hour", "hours"),
        (None, "Three", None),
    ]


@pytest.mark.parametrize("argument", ["name", 'f"Dear {name}"', '"Dear " + name'])
def test_a_mark_around_something_that_is_no_literal_is_found(argument: str) -> None:
    source = f"from django.utils.translation import gettext as _\n_({argument})"
    assert [isinstance(one, Problem) for one in message_sources.in_python(source, "module.py")] == [True]


@pytest.mark.parametrize(
    "source",
    [
        'forms.CharField(label="Name")',
        'forms.CharField(help_text="As it " + "is")',
        'forms.CharField(error_messages={"required": "Write a name."})',
        'raise ValidationError("Too short.")',
        'raise ValidationError(f"Only {n} left.")',
        'raise ValidationError("Only %s left." % n)',
        'messages.success(request, "Saved.")',
        'notify(request, "Saved.")',
        'form.add_error("name", "Taken.")',
        'NavItem("know", "Customers", "customers:list", "users")',
        'Metric("orders", 1, _("Orders"), "All orders.", "count", "x")',
        'class Kind(TextChoices):\n    ONE = "one", "The first"',
        'class Kind(TextChoices):\n    ONE = "one"',
        'class Panel:\n    label = "Orders"',
    ],
)
def test_text_in_python_that_is_not_marked_is_found(source: str) -> None:
    assert list(unmarked_text.in_python(source, "wayloop/web/views.py")) != []


def test_marked_text_and_names_in_python_pass() -> None:
    source = """
forms.CharField(label=_("Name"), widget=forms.TextInput(attrs={"autocomplete": "name"}))
raise ValidationError(_("Only %(n)s left.") % {"n": n})
messages.success(request, _("Saved."))
class Kind(TextChoices):
    ONE = "one", _("The first")
label = "CSV"
"""
    assert list(unmarked_text.in_python(source, "wayloop/web/views.py")) == []


def test_sentences_in_scripts_are_found_and_names_are_not() -> None:
    bad = 'button.textContent = "Saved"\nshow("Nothing was found")\n'
    good = 'throw new Error("No such thing");\nkey === "Escape";\n// "Just a note"\nel.setAttribute("class", "Wide");\n'
    assert [problem.line for problem in unmarked_text.in_typescript(bad, "x.ts")] == [1, 2]
    assert list(unmarked_text.in_typescript(good, "x.ts")) == []


HEADER = messages.HEADER.format(language="ru", plurals=messages.PLURALS["ru"])
TEXTS: messages.Texts = {(None, "Save"): None, (None, "%(n)s day"): "%(n)s days"}
DAYS = (
    'msgid "%(n)s day"\nmsgid_plural "%(n)s days"\n'
    'msgstr[0] "%(n)s день"\nmsgstr[1] "%(n)s дня"\nmsgstr[2] "%(n)s дней"\n'
)
SAVE = 'msgid "Save"\nmsgstr "Сохранить"\n'


def catalogue_problems(folder: Path, body: str, texts: messages.Texts = TEXTS) -> list[str]:
    path = folder / "django.po"
    path.write_text(HEADER + body, encoding="utf-8")
    return list(messages.check_catalogue(path, texts, "ru"))


def test_a_complete_catalogue_passes(tmp_path: Path) -> None:
    assert catalogue_problems(tmp_path, f"{DAYS}\n{SAVE}") == []


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (DAYS, "“Save” is not in the catalogue"),
        (f'{DAYS}\nmsgid "Save"\nmsgstr ""\n', "is not translated"),
        (f"{DAYS}\n#, fuzzy\n{SAVE}", "fuzzy"),
        (f'{DAYS}\n{SAVE}\nmsgid "Old"\nmsgstr "Старое"\n', "no longer used"),
        (f'{DAYS}\n{SAVE}\n#~ msgid "Old"\n#~ msgstr "Старое"\n', "obsolete"),
        (f"{DAYS.replace('%(n)s дней', '')}\n{SAVE}", "plural form 2 is not translated"),
        (f"{DAYS.replace('%(n)s день', 'день')}\n{SAVE}", "placeholders"),
        (f"{DAYS.replace('%(n)s дня', '%(days)s дня')}\n{SAVE}", "placeholders"),
        (f'{DAYS}\nmsgid "Save"\nmsgstr "Сохранить."\n', "ends otherwise"),
        (f'{DAYS}\nmsgid "Save"\nmsgstr "Зберіг"\n', "another alphabet"),
        (f'{DAYS}\nmsgid "Save"\nmsgstr "“Сохранить”"\n', "quotes"),
        (f'{DAYS}\nmsgid "Save"\nmsgstr "Cохранить"\n', "mixes"),
        (f"{DAYS.replace('days', 'weeks')}\n{SAVE}", "plural of “%(n)s day” has changed"),
        ('msgid "Save"\nmsgstring "Сохранить"', "cannot be read"),
    ],
)
def test_each_fault_of_a_catalogue_is_told(body: str, told: str, tmp_path: Path) -> None:
    assert told in "\n".join(catalogue_problems(tmp_path, body))


def test_a_catalogue_with_another_plural_rule_is_told(tmp_path: Path) -> None:
    path = tmp_path / "django.po"
    path.write_text(HEADER.replace("n%1!=0 ? 1 : ", "") + DAYS, encoding="utf-8")
    assert "ru: the catalogue has another rule for plurals; run make messages" in list(
        messages.check_catalogue(path, {(None, "%(n)s day"): "%(n)s days"}, "ru")
    )


def test_a_wrong_ukrainian_apostrophe_is_told() -> None:
    assert list(messages._spelling("комп'ютер", "uk")) == ["has a wrong apostrophe; ours is ʼ (U+02BC)"]


def test_collecting_keeps_translations_drops_what_is_gone_and_fills_english() -> None:
    old = read_po(io.BytesIO((HEADER + SAVE + '\nmsgid "Old"\nmsgstr "Старое"\n').encode()), locale="ru")
    texts: messages.Texts = {(None, "Save"): None, ("month", "May"): None}
    new = {messages.key_of(one): one.string for one in messages.merged(old, texts, "ru") if one.id}
    english = {messages.key_of(one): one.string for one in messages.merged(old, texts, "en") if one.id}
    assert new == {(None, "Save"): "Сохранить", ("month", "May"): ""}
    assert english == {(None, "Save"): "Сохранить", ("month", "May"): "May"}


def test_a_catalogue_that_is_read_and_written_again_is_the_same() -> None:
    for language in messages.PLURALS:
        path = messages.catalogue_path(language)
        catalogue = messages.read_catalogue(path, language)
        texts = {messages.key_of(one): None if isinstance(one.id, str) else one.id[1] for one in catalogue if one.id}
        assert messages.as_po(messages.merged(catalogue, texts, language), language) == path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ru", {1: "клиент", 2: "клиента", 5: "клиентов", 11: "клиентов", 21: "клиент", 22: "клиента", 1.5: "клиента"}),
        # Ukrainian would need a fourth form for fractions (1,5 клієнта); no text of ours counts by halves.
        ("uk", {1: "клієнт", 2: "клієнти", 5: "клієнтів", 11: "клієнтів", 21: "клієнт", 22: "клієнти", 25: "клієнтів"}),
        ("en", {1: "customer", 2: "customers", 11: "customers", 21: "customers", 1.5: "customers"}),
    ],
)
# Python warns of fractions because other rules cannot tell them apart; ours can.
@pytest.mark.filterwarnings("ignore:Plural value must be an integer:DeprecationWarning")
def test_plurals_are_right_beside_djangos_own_catalogue_with_its_four_forms(
    language: str, words: dict[float, str], tmp_path: Path, settings: object
) -> None:
    forms = {
        "ru": ("%(n)s клиент", "%(n)s клиента", "%(n)s клиентов"),
        "uk": ("%(n)s клієнт", "%(n)s клієнти", "%(n)s клієнтів"),
        "en": ("%(n)s customer", "%(n)s customers"),
    }
    catalogue = messages.Catalog(locale=language)
    catalogue.add(("%(n)s test customer", "%(n)s test customers"), forms[language])
    folder = tmp_path / language / "LC_MESSAGES"
    folder.mkdir(parents=True)
    # Through our own file, as the program gets it.
    (folder / "django.po").write_text(messages.as_po(catalogue, language), encoding="utf-8")
    assert messages.compile_all(tmp_path) == []
    settings.LOCALE_PATHS = [tmp_path]  # type: ignore[attr-defined]
    translation.trans_real._translations.clear()
    try:
        with translation.override(language):
            told = {n: ngettext("%(n)s test customer", "%(n)s test customers", n) % {"n": n} for n in words}
            # Django's own plural, from its own rule.
            minutes = ngettext("%(num)d minute", "%(num)d minutes", 5) % {"num": 5}
    finally:
        translation.trans_real._translations.clear()
    assert told == {n: f"{n} {word}" for n, word in words.items()}
    assert minutes.replace("\xa0", " ") == {"ru": "5 минут", "uk": "5 хвилин", "en": "5 minutes"}[language]
