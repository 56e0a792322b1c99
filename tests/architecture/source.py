"""The program as text: its modules, their parts of speech, and the order of the layers."""

import ast
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "wayloop"
# Any module of these may be imported from above.
OPEN = frozenset({"kernel", "contracts", "ui"})


@dataclass(frozen=True)
class Module:
    """One file: its dotted name, the context (first folder) it belongs to, and its text."""

    name: str
    context: str
    path: Path
    text: str

    @property
    def place(self) -> str:
        """The path as people write it."""
        return str(self.path.relative_to(ROOT))

    @property
    def is_test(self) -> bool:
        """Whether it is a test, or serves tests only."""
        return "tests" in self.path.parts or self.path.name == "testing.py"

    @property
    def is_migration(self) -> bool:
        return "migrations" in self.path.parts


@dataclass(frozen=True)
class Import:
    """One imported thing, as a dotted name, and whether it stands inside a function."""

    target: str
    line: int
    is_inside_function: bool


@cache
def modules() -> tuple[Module, ...]:
    """All modules of the package."""
    found = []
    for path in sorted(PACKAGE.glob("**/*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found.append(Module(name, parts[1] if len(parts) > 2 else "", path, path.read_text(encoding="utf-8")))
    return tuple(found)


@cache
def tree(module: Module) -> ast.Module:
    """The parsed module."""
    return ast.parse(module.text)


@cache
def names() -> frozenset[str]:
    """The dotted names of all modules."""
    return frozenset(module.name for module in modules())


def imports(module: Module) -> Iterator[Import]:
    """Everything a module imports; `from package import module` names the module."""
    inside = {
        id(child)
        for function in ast.walk(tree(module))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for child in ast.walk(function)
    }
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(alias.name, node.lineno, id(node) in inside)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                package = module.name if module.path.name == "__init__.py" else module.name.rpartition(".")[0]
                parts = package.split(".")
                base = ".".join([*parts[: len(parts) - node.level + 1], *([node.module] if node.module else [])])
            for alias in node.names:
                whole = f"{base}.{alias.name}"
                yield Import(whole if whole in names() else base, node.lineno, id(node) in inside)


@cache
def layers() -> dict[str, int]:
    """Context → its height, 0 at the top; siblings share one."""
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    lines = config["tool"]["importlinter"]["contracts"][0]["layers"]
    return {name: height for height, line in enumerate(lines) for name in re.findall(r"\w+", line)}


def texts(node: ast.AST) -> Iterator[tuple[int, str]]:
    """String constants with their lines, without docstrings; the gaps of f-strings are written {}."""
    skipped: set[int] = set()
    for one in ast.walk(node):
        if isinstance(one, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and one.body:
            first = one.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                skipped.add(id(first.value))
        if isinstance(one, ast.JoinedStr):
            skipped.update(id(part) for part in one.values)
    for one in ast.walk(node):
        if isinstance(one, ast.JoinedStr):
            parts = (str(part.value) if isinstance(part, ast.Constant) else "{}" for part in one.values)
            yield one.lineno, "".join(parts)
        elif isinstance(one, ast.Constant) and isinstance(one.value, str) and id(one) not in skipped:
            yield one.lineno, one.value


def templates() -> list[Path]:
    """All templates of the package."""
    return sorted(PACKAGE.glob("**/templates/**/*.html"))
