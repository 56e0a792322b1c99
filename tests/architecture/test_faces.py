"""Contexts know each other by their faces only, and the files inside one stand in their order."""

import re
from collections.abc import Iterator

import pytest

from tests.architecture.source import OPEN, PACKAGE, Module, imports, layers, modules, names

REASONS = re.compile(r"#.*\b(slow import|optional dependency|app ready)\b")
# Inside a context each line may import from lines below it. Other files stand where those that use them let them.
ORDER = (
    ("urls",),
    ("views", "public", "endpoints", "tasks", "reactions", "offers"),
    ("forms",),
    ("api",),
    ("services",),
    ("queries",),
    ("rules",),
    ("models",),
    ("enums",),
)
HEIGHTS = {name: height for height, line in enumerate(ORDER) for name in line}


def beside_the_face(module: Module) -> Iterator[str]:
    """Imports of a module that reach into another context."""
    for one in imports(module):
        parts = one.target.split(".")
        if parts[0] != "wayloop" or len(parts) < 2 or parts[1] in {module.context, *OPEN}:
            continue
        faces = {"api", "relations", "testing"} if module.is_test else {"api"}
        # The composition root may name everything that runs the program.
        is_root = module.context in ("config", "") and parts[1] in ("operations", "config")
        if not is_root and _part(one.target) not in faces:
            yield f"{module.place}:{one.line} imports {one.target}"


def without_a_reason(module: Module) -> Iterator[str]:
    """Imports inside functions that do not say why, on their own line or above the group they stand in."""
    lines = module.text.splitlines()
    for one in imports(module):
        if not one.is_inside_function or module.is_test or module.is_migration:
            continue
        line = one.line - 1
        group = [lines[line]]
        while not lines[line - 1].strip() or lines[line - 1].lstrip().startswith(("import ", "from ", "#")):
            line -= 1
            group.append(lines[line])
        if not any(map(REASONS.search, group)):
            yield f"{module.place}:{one.line} imports {one.target} without a reason"


def test_from_another_context_only_its_face_is_imported() -> None:
    assert "\n".join(problem for module in modules() for problem in beside_the_face(module)) == ""


def test_an_import_inside_a_function_says_why() -> None:
    assert "\n".join(problem for module in modules() for problem in without_a_reason(module)) == ""


@pytest.mark.parametrize(
    ("place", "text", "problems"),
    [
        ("commerce/services.py", "from wayloop.identity import api", 0),
        ("commerce/services.py", "from wayloop.identity.api import IdentifierKind", 0),
        ("commerce/services.py", "from wayloop.kernel.money import to_minor", 0),
        ("commerce/services.py", "from wayloop.commerce.models import Order", 0),
        ("commerce/services.py", "from wayloop.identity.models import Person", 1),
        ("commerce/services.py", "from wayloop.identity import models", 1),
        ("commerce/services.py", "import wayloop.identity.services", 1),
        ("commerce/services.py", "from ..identity import models", 1),
        ("commerce/services.py", "def f():\n    # slow import: big\n    from wayloop.identity.models import Person", 1),
        ("commerce/tests/test_x.py", "from wayloop.business.testing import Location", 0),
        ("commerce/services.py", "from wayloop.business.testing import Location", 1),
        ("commerce/tests/test_x.py", "from wayloop.business.models import Location", 1),
        ("config/cli.py", "from wayloop.operations.home import Home", 0),
        ("config/cli.py", "from wayloop.imports.services import run_import", 1),
    ],
)
def test_an_import_beside_the_face_would_be_found(place: str, text: str, problems: int) -> None:
    assert len(list(beside_the_face(_module(place, text)))) == problems


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("def f():\n    import json", 1),
        ("def f():\n    # Circular otherwise.\n    import json", 1),
        ("def f():\n    import json  # slow import: never at start", 0),
        ("def f():\n    # optional dependency: most live without\n    import json\n    from a import b", 0),
        ("import json", 0),
    ],
)
def test_an_import_without_a_reason_would_be_found(text: str, problems: int) -> None:
    assert len(list(without_a_reason(_module("commerce/services.py", text)))) == problems


def _module(place: str, text: str) -> Module:
    path = PACKAGE / place
    return Module("wayloop." + place.removesuffix(".py").replace("/", "."), place.split("/")[0], path, text)


def _part(name: str) -> str:
    """The file (or package) of a context that a module belongs to."""
    return [*name.split("."), ""][2]


def _neighbours(module: Module) -> set[str]:
    """Modules of the same context that this one imports."""
    context = module.name.split(".")[:2]
    found = {one.target for one in imports(module) if one.target.split(".")[:2] == context}
    return (found & names()) - {module.name}


def _inner_modules() -> dict[str, Module]:
    outside = {"config", "operations", "ui", "kernel", "contracts", ""}
    return {
        module.name: module
        for module in modules()
        if module.context not in outside and not module.is_test and not module.is_migration
    }


def test_the_files_of_a_context_import_downwards() -> None:
    inner = _inner_modules()
    wrong = []
    for module in inner.values():
        own = HEIGHTS.get(_part(module.name))
        if own is None:
            continue
        # Files without a place of their own pass on what they import.
        waiting, seen = [(name, [name]) for name in sorted(_neighbours(module))], set()
        while waiting:
            name, path = waiting.pop()
            if name in seen or name not in inner:
                continue
            seen.add(name)
            height = HEIGHTS.get(_part(name))
            if _part(name) == _part(module.name) or name.count(".") == 1:
                continue
            if height is None:
                waiting += [(further, [*path, further]) for further in sorted(_neighbours(inner[name]))]
            elif height <= own:
                wrong.append(" → ".join([module.name, *path]))
    assert "\n".join(wrong) == ""


def test_no_file_imports_itself_by_a_detour() -> None:
    everything = {module.name: module for module in modules() if not module.is_test}
    wrong = []

    def visit(name: str, path: tuple[str, ...], done: set[str]) -> None:
        if name in path:
            wrong.append(" → ".join([*path[path.index(name) :], name]))
        elif name not in done:
            for further in sorted(_neighbours(everything[name]) & everything.keys()):
                # A package's own __init__ holds no code here.
                if further.count(".") > 1 or further in path:
                    visit(further, (*path, name), done)
            done.add(name)

    done: set[str] = set()
    for name in everything:
        visit(name, (), done)
    assert "\n".join(wrong) == ""


def test_every_context_stands_in_the_layers() -> None:
    contexts = {module.context for module in modules()} - {""}
    assert contexts - layers().keys() == set()


def test_contracts_know_no_django() -> None:
    wrong = [
        f"{module.place}:{one.line} imports {one.target}"
        for module in modules()
        if module.context == "contracts"
        for one in imports(module)
        if one.target.split(".")[0] in ("django", "psycopg", "procrastinate")
    ]
    assert "\n".join(wrong) == ""
