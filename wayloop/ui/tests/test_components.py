"""The kit: what each component promises to screen readers, keyboards and pages without script."""

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest
from django import forms
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.template import RequestContext, engines
from django.test import RequestFactory
from django.urls import NoReverseMatch

from wayloop.ui import sparkline, toasts
from wayloop.ui.icons import icon_names

COMPILER = "django_cotton.compiler_regex"


def render(source: str, context: Mapping[str, Any] | None = None, path: str = "/list/?sort=name&page=2") -> str:
    """The HTML of a piece of template, compiled as the loader does."""
    from django_cotton.compiler_regex import CottonCompiler  # slow import: only these tests need it

    template = engines["django"].from_string(CottonCompiler().process(source)).template
    request = RequestFactory().get(path)
    values = dict(context or {})
    html = template.render(RequestContext(request, {"request": request, **values}))
    return re.sub(r"\s+", " ", html).replace(" >", ">").strip()


def attributes(html: str, tag: str) -> dict[str, str]:
    """The attributes of the first such tag."""
    opening = re.search(rf"<{tag}\b([^>]*)>", html)
    assert opening, html
    return dict(re.findall(r'([\w:@.-]+)(?:="([^"]*)")?', opening.group(1)))


def test_a_button_is_a_button_and_with_an_address_a_link() -> None:
    button = attributes(render('<c-button kind="primary" name="a" value="1">Save</c-button>'), "button")
    assert button == {"type": "button", "class": "button button-primary", "name": "a", "value": "1"}
    link = attributes(render('<c-button href="/x/">Open</c-button>'), "a")
    assert link == {"href": "/x/", "class": "button button-secondary"}


def test_a_button_without_words_has_a_name() -> None:
    assert attributes(render('<c-button icon="x" label="Close" />'), "button")["aria-label"] == "Close"


def test_what_a_component_does_not_know_is_passed_on_and_escaped() -> None:
    html = render(
        '<c-button :data-name="name" hx-vals=\'{"a": {{ number }}}\'>x</c-button>', {"name": '"><b>', "number": 3}
    )
    button = attributes(html, "button")
    assert button["data-name"] == "&quot;&gt;&lt;b&gt;"
    assert button["hx-vals"] == "{&quot;a&quot;: 3}"


def test_a_component_does_not_see_the_variables_of_the_page() -> None:
    assert "page title" not in render("<c-card>x</c-card>", {"title": "page title"})
    assert "page title" in render("<c-card>{{ title }}</c-card>", {"title": "page title"})


def test_texts_are_escaped_once() -> None:
    context = {"name": "Tom & <Jerry>"}
    once = "Tom &amp; &lt;Jerry&gt;"
    assert once in render('<c-card title="{{ name }}">x</c-card>', context)
    assert once in render('<c-card :title="name">x</c-card>', context)
    assert "&amp;amp;" not in render('<c-card title="{{ name }}">x</c-card>', context)


@pytest.mark.parametrize("kind", ["good", "warn", "bad", "info"])
def test_a_state_is_never_told_by_colour_alone(kind: str) -> None:
    html = render(f'<c-pill kind="{kind}">late</c-pill>')
    assert "<svg" in html
    assert "late" in html


def test_an_icon_is_decoration_and_an_unknown_one_is_refused() -> None:
    icon = attributes(render('{% icon "house" 20 %}'), "svg")
    assert (icon["aria-hidden"], icon["class"], icon["width"]) == ("true", "icon icon-20", "20")
    assert len(icon_names()) > 100
    with pytest.raises(ValueError, match="no icon 'nothing'"):
        render('{% icon "nothing" %}')


def test_an_address_of_a_row_is_the_one_that_url_gives() -> None:
    uuid = UUID("01a20264-8ca4-773b-a5fa-8dee8698c2a2")
    both = "{% address 'customers:card' uuid %} {% url 'customers:card' uuid %}"
    first, second = render(both, {"uuid": uuid}).split()
    assert (first, str(uuid) in first) == (second, True)
    with pytest.raises(NoReverseMatch):
        render("{% address 'customers:list' uuid %}", {"uuid": uuid})


def test_a_sortable_head_turns_and_forgets_the_page() -> None:
    html = render('<table><tr><c-th sort="name" num>Name</c-th></tr></table>', path="/list/?sort=name&after=7&q=a")
    assert attributes(html, "th") == {"scope": "col", "class": "num", "aria-sort": "ascending"}
    assert attributes(html, "a")["href"] == "/list/?sort=-name&amp;q=a"
    other = render('<table><tr><c-th sort="town">Town</c-th></tr></table>')
    assert "aria-sort" not in attributes(other, "th")


def test_addresses_keep_the_other_parameters() -> None:
    assert render("{% query page=3 %}") == "/list/?sort=name&amp;page=3"
    assert render('{% query sort=None page="" %}') == "/list/"
    assert render("{% query tag=tags %}", {"tags": ["a", "b"]}, path="/list/") == "/list/?tag=a&amp;tag=b"


def test_a_table_without_rows_teaches_instead() -> None:
    html = render(
        '<c-table label="People" :rows="rows">x<c-slot name="empty"><c-empty title="Nobody yet" /></c-slot></c-table>',
        {"rows": []},
    )
    assert "<table" not in html
    assert "Nobody yet" in html


def test_progress_polls_until_the_last_answer() -> None:
    running = attributes(render('<c-progress id="p" label="Import" :value="done" poll="/p/" />', {"done": 0}), "div")
    assert (running["hx-get"], running["hx-trigger"], running["hx-swap"]) == ("/p/", "every 1s", "outerMorph")
    bar = attributes(render('<c-progress id="p" label="Import" :value="done" poll="/p/" />', {"done": 0}), "progress")
    assert bar["value"] == "0"
    assert "value" not in attributes(render('<c-progress id="p" label="Import" />'), "progress")
    assert "hx-get" not in attributes(render('<c-progress id="p" label="Import" value="100" />'), "div")


def test_a_dialog_is_named_and_closes_by_its_button() -> None:
    html = render('<c-dialog id="merge" title="Merge">x</c-dialog>')
    assert attributes(html, "dialog")["aria-labelledby"] == "merge-title"
    assert attributes(html, "button")["commandfor"] == "merge"


class Order(forms.Form):
    number = forms.CharField(label="Number", help_text="On the receipt")
    mail = forms.EmailField(label="E-mail", required=False)
    size = forms.ChoiceField(label="Size", widget=forms.RadioSelect, choices=[("s", "Small"), ("l", "Large")])
    day = forms.DateField(label="Day", required=False)
    secret = forms.CharField(label="Secret", required=False, widget=forms.PasswordInput)
    loud = forms.BooleanField(label="Loud", required=False, widget=forms.CheckboxInput(attrs={"data-kind": "switch"}))
    file = forms.FileField(label="File", required=False, widget=forms.FileInput)
    token = forms.CharField(required=False, widget=forms.HiddenInput)


def test_a_field_ties_label_hint_and_error_to_its_control() -> None:
    form = Order({"mail": "x@", "size": "s"})
    html = render("{% field form.number %}", {"form": form})
    control = attributes(html, "input")
    assert attributes(html, "label")["for"] == control["id"] == "id_number"
    assert control["aria-describedby"] == "id_number_helptext id_number_error"
    assert control["aria-invalid"] == "true"
    assert 'id="id_number_helptext"' in html
    assert 'id="id_number_error"' in html


def test_only_what_may_stay_empty_is_marked() -> None:
    assert "optional" in render("{% field form.mail %}", {"form": Order()})
    assert "optional" not in render("{% field form.number %}", {"form": Order()})


def test_choices_are_a_group_with_a_name() -> None:
    html = render("{% field form.size %}", {"form": Order({"size": "l"})})
    assert "<legend" in html
    assert html.count('type="radio"') == 2
    assert re.findall(r'value="(\w)"[^>]*checked', html) == ["l"]


def test_each_widget_has_its_look() -> None:
    form = Order()
    assert attributes(render("{% field form.day %}", {"form": form}), "input")["type"] == "date"
    assert attributes(render("{% field form.secret %}", {"form": form}), "input")["x-bind:type"] == "kind"
    assert attributes(render("{% field form.loud %}", {"form": form}), "input")["role"] == "switch"
    assert 'class="drop"' in render("{% field form.file %}", {"form": form})
    assert attributes(render("{% field form.mail autofocus=True %}", {"form": form}), "input")["autofocus"] == ""


def test_a_form_says_all_that_is_wrong_and_links_to_it() -> None:
    html = render('<c-form :form="form" action="/x/" submit="Save" hx />', {"form": Order({"mail": "x@"})})
    form = attributes(html, "form")
    assert (form["method"], form["action"], form["enctype"]) == ("post", "/x/", "multipart/form-data")
    assert (form["hx-post"], form["hx-swap"]) == ("/x/", "outerHTML")
    assert re.findall(r'<a href="(#[^"]+)"', html) == ["#id_number", "#id_mail", "#id_size"]
    assert "csrfmiddlewaretoken" in html
    assert html.count('type="hidden" name="token"') == 1
    assert "3 things to put right" in html


def test_a_form_that_only_asks_sends_no_token() -> None:
    assert "csrfmiddlewaretoken" not in render('<c-form method="get" action="/x/" submit="Show">x</c-form>')


@pytest.mark.parametrize(
    ("level", "tags", "expected"),
    [
        (constants.SUCCESS, "undo:/undo/7/", ("good", "/undo/7/")),
        (constants.ERROR, "", ("bad", "")),
        (constants.DEBUG, "other", ("info", "")),
    ],
)
def test_messages_become_toasts(level: int, tags: str, expected: tuple[str, str]) -> None:
    toast = toasts.from_message(Message(level, "Done", tags))
    assert (toast.kind, toast.undo_url) == expected


def test_a_toast_is_undone_by_a_form() -> None:
    html = render('<c-toast kind="good" undo="/undo/7/" undolabel="Undo">Done</c-toast>')
    assert attributes(html, "form") == {"method": "post", "action": "/undo/7/"}
    assert "csrfmiddlewaretoken" in html


def test_a_sparkline_breaks_at_gaps_and_needs_two_points() -> None:
    assert sparkline.paths([5]) == {"line": "", "band": ""}
    assert sparkline.paths([1, None, 3])["line"] == "M0.0 33.0M200.0 3.0"
    assert sparkline.paths([2, 2])["line"] == "M0.0 18.0L200.0 18.0"
    assert sparkline.paths([1, 2], [0, 1], [2, 3])["band"].endswith("Z")


def test_every_picture_of_an_empty_state_exists() -> None:
    for picture in ("list", "people", "chart", "search", "file", "inbox"):
        assert 'class="empty-picture"' in render(f'<c-empty picture="{picture}" title="x" />')
