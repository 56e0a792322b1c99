"""Finds the texts that are marked for translation, as they will be looked up at run time.

Templates are cut by Django's own lexer and `{% blocktranslate %}` is read by Django's own tag, so a message id here is
the id Django asks for. `xgettext`-like tools are not needed, and component attributes are read like any other place.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.template.base import Lexer, Parser, Token, TokenType, Variable
from django.template.exceptions import TemplateSyntaxError
from django.templatetags import i18n

TRANSLATE = ("translate", "trans")
BLOCKTRANSLATE = ("blocktranslate", "blocktrans")
MARKED_LITERAL = re.compile(r"""_\(\s*(?:"([^"]*)"|'([^']*)')\s*\)""")
# `operations.errors` has a mark of its own for where there is no Django.
MARKING = ("django.utils.translation", "wayloop.operations.errors")
# Function → positions of (context, message, plural).
FUNCTIONS: dict[str, tuple[int | None, int, int | None]] = {
    "gettext": (None, 0, None),
    "gettext_lazy": (None, 0, None),
    "gettext_noop": (None, 0, None),
    "ngettext": (None, 0, 1),
    "ngettext_lazy": (None, 0, 1),
    "pgettext": (0, 1, None),
    "pgettext_lazy": (0, 1, None),
    "npgettext": (0, 1, 2),
    "npgettext_lazy": (0, 1, 2),
}


@dataclass(frozen=True)
class Marked:
    """One marked text: its id, plural and context (None: without), and where it stands."""

    id: str
    plural: str | None
    context: str | None
    path: str
    line: int


@dataclass(frozen=True)
class Problem:
    """Something a person has to mend: where, and what to do."""

    path: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text}"


def tokens_of(source: str) -> list[Token]:
    """The tokens of a template without comments; `{% comment %}` blocks are left out whole."""
    kept: list[Token] = []
    is_comment = False
    for token in Lexer(source).tokenize():
        word = first_word(token)
        if is_comment:
            is_comment = word != "endcomment"
        elif word == "comment":
            is_comment = True
        elif token.token_type != TokenType.COMMENT:
            kept.append(token)
    return kept


def first_word(token: Token) -> str:
    """The name of a block tag, or an empty text."""
    return (token.contents.split() or [""])[0] if token.token_type == TokenType.BLOCK else ""


def in_template(source: str, path: str) -> Iterator[Marked | Problem]:
    """The marked texts of one template, and marks that can never be translated."""
    # Tags that stand in an attribute of a component are compiled by cotton in the same way: no difference here.
    tokens = tokens_of(source)
    index = 0
    while index < len(tokens):
        token = tokens[index]
        index += 1
        line = token.lineno or 1
        word = first_word(token)
        try:
            if word in TRANSLATE:
                yield _translate(token, path, line)
            elif word in BLOCKTRANSLATE:
                parser = _Parser(list(tokens[index:]))
                found = _blocktranslate(parser, token, path, line)
                index = len(tokens) - len(parser.tokens)
                yield found
        except TemplateSyntaxError as error:
            yield Problem(path, line, str(error))
        if token.token_type in (TokenType.VAR, TokenType.BLOCK):
            for match in MARKED_LITERAL.finditer(token.contents):
                yield Marked((match[1] or match[2] or "").replace("%", "%%"), None, None, path, line)


class _Parser(Parser):
    """Django's parser that takes any filter: which ones are loaded does not matter for texts."""

    def __init__(self, tokens: list[Token]) -> None:
        super().__init__(tokens)

    def find_filter(self, filter_name: str) -> Any:
        return lambda value, argument=None: value


def _literal(variable: Any) -> str | None:
    """The text of a literal as the tag looks it up, or None for something that is known only at run time."""
    if isinstance(variable, Variable) and isinstance(variable.literal, str):
        return str(variable.literal)
    return variable if isinstance(variable, str) else None


def _translate(token: Token, path: str, line: int) -> Marked | Problem:
    node = i18n.do_translate(_Parser([]), token)
    text = _literal(node.filter_expression.var)
    context = node.message_context
    if text is None:
        return Problem(path, line, "{% translate %} needs a literal text; a variable can never be collected")
    if context is not None and _literal(context.var) is None:
        return Problem(path, line, "the context of a text must be a literal")
    # Django doubles the percent sign before it looks the text up.
    return Marked(text.replace("%", "%%"), None, _literal(context.var) if context else None, path, line)


def _blocktranslate(parser: Parser, token: Token, path: str, line: int) -> Marked | Problem:
    node = i18n.do_block_translate(parser, token)
    context = node.message_context
    if context is not None and _literal(context.var) is None:
        return Problem(path, line, "the context of a text must be a literal")
    singular, names = node.render_token_list(node.singular)
    plural, more = node.render_token_list(node.plural) if node.plural else (None, [])
    for name in (*names, *more):
        if not re.fullmatch(r"\w+", name):
            text = f"{{{{ {name} }}}} inside {{% blocktranslate %}} stays empty: bind a plain name by “with”"
            return Problem(path, line, text)
    return Marked(singular, plural, _literal(context.var) if context else None, path, line)


def in_python(source: str, path: str) -> Iterator[Marked | Problem]:
    """The marked texts of one module: calls of Django's functions, under whatever name they were imported."""
    tree = ast.parse(source)
    names = dict(_imported_names(tree))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        function = names.get(_dotted(node.func))
        if function is None:
            continue
        given = [_constant(argument) for argument in node.args]
        context_at, message_at, plural_at = FUNCTIONS[function]
        wanted = [position for position in (context_at, message_at, plural_at) if position is not None]
        if any(position >= len(given) or given[position] is None for position in wanted):
            yield Problem(path, node.lineno, f"{function}() needs literal texts; anything else can never be collected")
            continue
        yield Marked(
            given[message_at] or "",
            given[plural_at] if plural_at is not None else None,
            given[context_at] if context_at is not None else None,
            path,
            node.lineno,
        )


def _imported_names(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module in MARKING:
            for alias in node.names:
                if alias.name in FUNCTIONS:
                    yield alias.asname or alias.name, alias.name
        elif isinstance(node, ast.ImportFrom) and node.module == "django.utils":
            for alias in node.names:
                if alias.name == "translation":
                    yield from ((f"{alias.asname or alias.name}.{name}", name) for name in FUNCTIONS)


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return f"{node.value.id}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def _constant(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def templates_under(folder: Path) -> list[Path]:
    """All templates of the package."""
    return sorted(path for path in folder.glob("**/templates/**/*") if path.suffix in (".html", ".txt"))


def modules_under(folder: Path) -> list[Path]:
    """All modules of the package that may show a text: not tests, not migrations."""
    return sorted(path for path in folder.glob("**/*.py") if not {"tests", "migrations"} & set(path.parts))


def read_all(package: Path, root: Path) -> tuple[list[Marked], list[Problem]]:
    """Everything marked in the package, and what is marked in vain. Paths are relative to `root`."""
    found: list[Marked | Problem] = []
    for path in templates_under(package):
        found += in_template(path.read_text(encoding="utf-8"), str(path.relative_to(root)))
    for path in modules_under(package):
        found += in_python(path.read_text(encoding="utf-8"), str(path.relative_to(root)))
    return [one for one in found if isinstance(one, Marked)], [one for one in found if isinstance(one, Problem)]
