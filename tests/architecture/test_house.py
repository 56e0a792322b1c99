"""Habits of the house that a reader may rely on."""

import ast
import re
from html.parser import HTMLParser

from django.apps import apps
from django.core.management import call_command
from django.db.models import ForeignKey, ManyToManyField

from scripts.message_sources import tokens_of
from scripts.unmarked_text import without_tags
from tests.architecture.source import ROOT, Module, imports, layers, modules, templates, texts, tree

# http.client only: the supervisor asks its own web process for its health.
HTTP_CLIENTS = (
    "requests", "httpx", "httpcore", "h11", "urllib.request", "urllib3", "aiohttp", "http.client", "pycurl",
    "websockets", "ftplib", "xmlrpc",
)  # fmt: skip
OWN_HEALTH = "wayloop/operations/supervisor.py"
WRITING = frozenset({"create", "bulk_create", "get_or_create", "update_or_create", "update", "bulk_update", "delete"})
WRITING_ANYWHERE = frozenset({"save", "copy_rows", "stage_rows", "enqueue"})
WRITING_SQL = re.compile(r"\b(INSERT INTO|DELETE FROM|UPDATE \w+ SET|TRUNCATE)\b")


def test_migrations_are_complete(db: None) -> None:
    # Raises SystemExit when a model has changed since its last migration.
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_nothing_happens_behind_the_back_by_signals() -> None:
    wrong = [
        f"{module.place}:{one.line}"
        for module in modules()
        for one in imports(module)
        if one.target.startswith(("django.dispatch", "django.db.models.signals", "django.core.signals"))
    ]
    assert "\n".join(wrong) == ""


def test_no_file_is_a_drawer_for_everything() -> None:
    drawers = {"utils.py", "util.py", "helpers.py", "common.py", "misc.py"}
    assert [module.place for module in modules() if module.path.name in drawers] == []


def test_there_is_one_way_out_to_the_network() -> None:
    wrong = [
        f"{module.place}:{one.line} imports {one.target}"
        for module in modules()
        for one in imports(module)
        if one.target.startswith(HTTP_CLIENTS) and not module.name.startswith("wayloop.kernel.http")
        if not (module.place == OWN_HEALTH and one.target == "http.client") and not module.is_test
    ]
    assert "\n".join(wrong) == ""


def test_files_are_handed_out_in_one_way() -> None:
    wrong = [
        f"{module.place} says {word}"
        for module in modules()
        for word in ("FileResponse(", "Content-Disposition", "StreamingHttpResponse(")
        if word in module.text and not module.is_test and module.place != "wayloop/ui/downloads.py"
    ]
    assert "\n".join(wrong) == ""


def test_foreign_keys_point_downward_and_have_no_way_back() -> None:
    wrong = []
    for model in apps.get_models():
        if not model.__module__.startswith("wayloop."):
            continue
        for field in model._meta.local_fields + model._meta.local_many_to_many:
            if not isinstance(field, ForeignKey | ManyToManyField):
                continue
            target = field.related_model._meta.app_label
            if not (field.remote_field.related_name or "").endswith("+"):
                wrong.append(f"{model.__name__}.{field.name} has a reverse name")
            own = model._meta.app_label
            if target != own and layers().get(target, 0) <= layers()[own]:
                wrong.append(f"{model.__name__}.{field.name} points up or sideways to {target}")
    assert "\n".join(wrong) == ""


def _is_part(module: Module, part: str) -> bool:
    """Whether this is the file of a context of that name, or a topic of the package it has grown into."""
    return not module.is_test and module.name.split(".")[2:3] == [part]


def test_services_take_keywords_and_say_what_they_do() -> None:
    wrong = []
    for module in modules():
        if not _is_part(module, "services"):
            continue
        for function in tree(module).body:
            if isinstance(function, ast.FunctionDef) and not function.name.startswith("_"):
                if function.args.args or function.args.posonlyargs:
                    wrong.append(f"{module.place}:{function.lineno} {function.name} takes positional arguments")
                if not ast.get_docstring(function):
                    wrong.append(f"{module.place}:{function.lineno} {function.name} has no docstring")
    assert "\n".join(wrong) == ""


def test_queries_never_write() -> None:
    wrong = []
    for module in modules():
        if not _is_part(module, "queries"):
            continue
        for node in ast.walk(tree(module)):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                receiver = ast.unparse(node.func).rpartition(".")[0]
                if name in WRITING_ANYWHERE or (name in WRITING and "objects" in receiver):
                    wrong.append(f"{module.place}:{node.lineno} {name}")
        wrong += [
            f"{module.place}:{line} writes in SQL" for line, text in texts(tree(module)) if WRITING_SQL.search(text)
        ]
    assert "\n".join(wrong) == ""


class _Page(HTMLParser):
    """Notes what the content policy would refuse."""

    def __init__(self) -> None:
        super().__init__()
        self.problems: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        where = f"{self.getpos()[0]}: <{tag}>"
        self.problems += [f"{where} has {name}=" for name in given if re.fullmatch(r"style|on[a-z]+", name)]
        if tag == "style":
            self.problems.append(f"{where} stands in the page")
        if tag == "script" and "src" not in given and given.get("type") != "application/json":
            self.problems.append(f"{where} stands in the page")
        if any((value or "").strip().startswith("javascript:") for value in given.values()):
            self.problems.append(f"{where} has a script for an address")


def policy_problems(source: str) -> list[str]:
    page = _Page()
    page.feed(without_tags(tokens_of(source)))
    return page.problems


def test_templates_hold_no_styles_and_no_scripts() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{problem}"
        for path in templates()
        for problem in policy_problems(path.read_text(encoding="utf-8"))
    ]
    assert "\n".join(wrong) == ""


def test_a_template_with_a_style_or_a_script_would_be_found() -> None:
    bad = [
        '<p style="color: red">',
        '<p {% if x %}style="width: {{ n }}px"{% endif %}>',
        '<button onclick="go()">',
        "<script>go()</script>",
        "<style>p {}</style>",
        '<a href="javascript:go()">',
    ]
    good = '<script type="module" src="/x.js"></script><script type="application/json">{}</script><svg width="2"/>'
    assert ([bool(policy_problems(page)) for page in bad], policy_problems(good)) == ([True] * len(bad), [])
