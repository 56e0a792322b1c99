"""Finds text for people that is not marked for translation, in templates, in Python and, roughly, in TypeScript.

A word that is the same in every language is marked as such: `<span translate="no">`, `<code>`, `<kbd>`, or the short
list below.
"""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from django.template.base import Token, TokenType

from scripts.message_sources import (
    BLOCKTRANSLATE,
    FUNCTIONS,
    TRANSLATE,
    Problem,
    first_word,
    modules_under,
    templates_under,
    tokens_of,
)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


SAME_EVERYWHERE = _words("Wayloop W CSV Parquet JSON API URL CSAT NPS CES CLV LTV ROI ICE ID UTC")
HUMAN_ATTRIBUTES = _words(
    "title label placeholder alt aria-label aria-description aria-roledescription aria-valuetext hint lead text "
    "description summary confirm hx-confirm hx-prompt heading caption message help tooltip note detail quote unit "
    "error submit canceltext undolabel action_label data-hotkey-label data-label data-confirm data-title"
)
# Attributes of components that hold names and addresses whatever they look like.
TECHNICAL_ATTRIBUTES = _words(
    "class href action src id name for rel type value method role style d viewbox icon iconend keys hotkey shortcut"
)
UNREAD_ELEMENTS = frozenset(("script", "style", "code", "kbd", "pre", "samp", "c-kbd", "c-code"))
VOID_ELEMENTS = _words("area base br col embed hr img input link meta source track wbr c-vars")
BUTTONS = ("submit", "button", "reset")
# Stands where a tag of Django stood; belongs to no alphabet.
GAP = "\ue000"
# Blocks of a layout that hold names for style sheets and scripts.
_TECHNICAL_BLOCK = re.compile(r"(^|_)(class|classes|attrs|attributes)$")
LITERAL_FILTERS = frozenset(("default", "default_if_none", "yesno", "add", "join"))
_FILTER = re.compile(r"""\|\s*(\w+)\s*:\s*(?:"([^"]*)"|'([^']*)')""")
_KEYWORD = re.compile(r"""([\w-]+)=(?:"([^"]*)"|'([^']*)')""")
_QUOTED = re.compile(r"""'([^']*)'|"([^"]*)\"""")


def read_all(package: Path, root: Path, frontend: Path) -> Iterator[Problem]:
    """Everything unmarked under the package and the front-end; paths are relative to `root`."""
    for path in templates_under(package):
        yield from in_template(path.read_text(encoding="utf-8"), str(path.relative_to(root)))
    for path in modules_under(package):
        yield from in_python(path.read_text(encoding="utf-8"), str(path.relative_to(root)))
    for path in sorted(frontend.glob("**/*.ts*")):
        if "tests" not in path.parts:
            yield from in_typescript(path.read_text(encoding="utf-8"), str(path.relative_to(root)))


def has_words(text: str) -> bool:
    """Whether something is left to read when words that are the same everywhere are taken away."""
    words = re.findall(r"[^\W\d_]+", text.replace(GAP, " "))
    return any(word not in SAME_EVERYWHERE for word in words)


def looks_like_text(value: str) -> bool:
    """Whether a value reads as something for people: begins with a capital, or has several words."""
    return has_words(value) and bool(re.search(r"^\W*[A-ZА-ЯЁІЇЄҐ]|[^\W\d_] [^\W\d_]", value))


def in_template(source: str, path: str) -> Iterator[Problem]:
    """Unmarked text of one template: between tags, in attributes, and as literals of Django's own tags."""
    tokens = tokens_of(source)
    for token in tokens:
        yield from _in_tag(token, path)
    page = _Page(path)
    page.feed(without_tags(tokens))
    page.close()
    yield from page.problems


def without_tags(tokens: list[Token]) -> str:
    """The page with each tag replaced by a gap and translated blocks emptied; lines stay where they are."""
    parts: list[str] = []
    line = 1
    is_unread = False
    for token in tokens:
        # Comments were left out with their lines.
        parts.append("\n" * max(0, (token.lineno or line) - line))
        line = max(line, token.lineno or line)
        word = first_word(token)
        if token.token_type == TokenType.TEXT:
            parts.append(re.sub(r"[^\n]+", "", token.contents) if is_unread else token.contents)
            line += token.contents.count("\n")
        else:
            if word in BLOCKTRANSLATE or (word == "block" and _TECHNICAL_BLOCK.search(token.contents.split()[-1])):
                is_unread = True
            elif word.startswith(("endblocktrans", "endblock")):
                is_unread = False
            parts.append(GAP if token.token_type == TokenType.VAR or word in TRANSLATE else "")
    return "".join(parts)


class _Page(HTMLParser):
    """Walks a page without tags of Django and notes what people would read."""

    def __init__(self, path: str) -> None:
        super().__init__(convert_charrefs=True)
        self.path = path
        self.problems: list[Problem] = []
        self.unread: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._read_attributes(tag, attrs)
        if tag not in VOID_ELEMENTS and (self.unread or tag in UNREAD_ELEMENTS or ("translate", "no") in attrs):
            self.unread.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._read_attributes(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.unread:
            while self.unread.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if "{{" in data or "{%" in data:
            self._tell("a tag of Django must stand on one line")
        elif not self.unread and has_words(data):
            self._tell(f"text without {{% translate %}}: “{_short(data)}”")

    def _read_attributes(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        kind = dict(attrs).get("type")
        for name, value in attrs:
            if not value:
                continue
            if name.startswith(":"):
                self._read_dynamic(name, value)
            elif (name in HUMAN_ATTRIBUTES or (name == "value" and tag == "input" and kind in BUTTONS)) and not (
                tag == "meta" or self.unread
            ):
                if has_words(value):
                    self._tell(f"attribute {name} without {{% translate %}}: “{_short(value)}”")
            elif name in ("x-text", "x-html"):
                self._read_quoted(name, value)
            elif tag.startswith("c-") and _may_hold_text(name) and looks_like_text(value):
                self._tell(f"attribute {name} without {{% translate %}}: “{_short(value)}”")

    def _read_dynamic(self, name: str, value: str) -> None:
        if re.search(r"(?<!\w)_\(", value):
            self._tell(f"dynamic attributes are never translated: write {name[1:]}=\"{{% translate '…' %}}\"")
        elif name[1:] in HUMAN_ATTRIBUTES or _may_hold_text(name[1:]):
            self._read_quoted(name, value)

    def _read_quoted(self, name: str, value: str) -> None:
        for match in _QUOTED.finditer(value):
            text = match[1] or match[2] or ""
            if looks_like_text(text) or (name[1:] in HUMAN_ATTRIBUTES and has_words(text)):
                self._tell(f"dynamic attribute {name} holds the text “{_short(text)}”")

    def _tell(self, text: str) -> None:
        self.problems.append(Problem(self.path, self.getpos()[0], text))


def _may_hold_text(name: str) -> bool:
    return name not in TECHNICAL_ATTRIBUTES and not name.startswith(("x-", "hx-", "@", "data-", "aria-"))


def _in_tag(token: Token, path: str) -> Iterator[Problem]:
    """Literals that a tag or filter would show: `|default:"None"`, `{% field … placeholder="Search" %}`."""
    line = token.lineno or 1
    word = first_word(token)
    if token.token_type == TokenType.TEXT or word in TRANSLATE:
        return
    if re.search(r"\|\s*pluralize", token.contents):
        yield Problem(path, line, "pluralize knows English only: use {% blocktranslate count %}")
    for match in _FILTER.finditer(token.contents):
        text = match[2] or match[3] or ""
        if match[1] in LITERAL_FILTERS and looks_like_text(text.replace(",", " ")):
            yield Problem(path, line, f'filter {match[1]} holds the text “{_short(text)}”; mark it: _("…")')
    if word == "firstof" or (token.token_type == TokenType.VAR and token.contents[:1] in "\"'"):
        for match in _QUOTED.finditer(token.contents):
            if looks_like_text(match[1] or match[2] or ""):
                yield Problem(path, line, f"the literal “{_short(match[1] or match[2])}” is not marked")
    if token.token_type == TokenType.BLOCK:
        for match in _KEYWORD.finditer(token.contents):
            text = match[2] or match[3] or ""
            if match[1] in HUMAN_ATTRIBUTES and has_words(text):
                place = f"{match[1]} of {{% {word} %}}"
                yield Problem(path, line, f'{place} holds the text “{_short(text)}”; mark it: _("…")')


# Keyword arguments that people read, wherever they are given.
HUMAN_KEYWORDS = _words(
    "label help_text title verbose_name verbose_name_plural definition placeholder empty_label undo_label hint"
)
HUMAN_NAMES = HUMAN_KEYWORDS | {"error_messages"}
# Calls whose positional arguments people read: name → positions.
HUMAN_CALLS: dict[str, tuple[int, ...]] = {
    "NavItem": (1,),
    "PaletteCommand": (0,),
    "Metric": (2, 3),
    "EventKind": (2,),
    "ImportField": (1,),
    "ValidationError": (0,),
    "add_error": (1,),
    "notify": (1,),
    "ImportRefused": (0,),
    "MemberRefused": (1,),
    "BusinessRefused": (1,),
}
MESSAGE_LEVELS = frozenset(("debug", "info", "success", "warning", "error"))


def in_python(source: str, path: str) -> Iterator[Problem]:
    """Unmarked text of one module, as far as its place tells that people read it."""
    if "/config/" in path or "/operations/" in path:
        return  # The command line and the log speak English only.
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            yield from _in_call(node, path)
        elif isinstance(node, ast.ClassDef) and any(_name(base).endswith("Choices") for base in node.bases):
            yield from _in_choices(node, path)
        elif isinstance(node, ast.Assign) and {_name(target) for target in node.targets} & HUMAN_NAMES:
            yield from _literals(node.value, path, "this")


def _in_call(node: ast.Call, path: str) -> Iterator[Problem]:
    called = _name(node.func)
    if called in FUNCTIONS or called == "_":
        return
    positions = HUMAN_CALLS.get(called, ())
    if called in MESSAGE_LEVELS and isinstance(node.func, ast.Attribute) and _name(node.func.value) == "messages":
        positions = (1,)
    for position in positions:
        if position < len(node.args):
            yield from _literals(node.args[position], path, f"{called}()")
    for keyword in node.keywords:
        if keyword.arg in HUMAN_NAMES:
            yield from _literals(keyword.value, path, f"{keyword.arg}=")


def _in_choices(node: ast.ClassDef, path: str) -> Iterator[Problem]:
    for part in node.body:
        if isinstance(part, ast.Assign):
            if isinstance(part.value, ast.Tuple) and len(part.value.elts) == 2:
                yield from _literals(part.value.elts[1], path, f"a choice of {node.name}")
            elif isinstance(part.value, ast.Constant):
                yield Problem(path, part.lineno, f"a choice of {node.name} has no label; without labels use StrEnum")


def _literals(node: ast.expr, path: str, place: str) -> Iterator[Problem]:
    """Texts written plainly in an expression: constants, f-strings, values of a dict, both sides of % and +."""
    match node:
        case ast.Constant(value=str(text)) if has_words(text):
            yield Problem(path, node.lineno, f"{place} holds unmarked text: “{_short(text)}”")
        case ast.List(elts=values) | ast.Tuple(elts=values):
            for value in values:
                yield from _literals(value, path, place)
        case ast.JoinedStr(values=values):
            for value in values:
                if isinstance(value, ast.Constant):
                    yield from _literals(value, path, place)
        case ast.Dict(values=values):
            for value in values:
                yield from _literals(value, path, place)
        case ast.BinOp(left=left, right=right):
            yield from _literals(left, path, place)
            if isinstance(node.op, ast.Add):
                yield from _literals(right, path, place)
        case ast.IfExp(body=body, orelse=orelse):
            yield from _literals(body, path, place)
            yield from _literals(orelse, path, place)
        case _:
            return


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


_SCRIPT_TEXT = re.compile(r"""(["'`])((?:[A-Z][a-z]+|[А-ЯЁІЇЄҐ][а-яёіїєґ]*)(?:[ ,–…][^"'`]*)?)\1""")


def in_typescript(source: str, path: str) -> Iterator[Problem]:
    """Sentences in scripts: their texts come with the page, from the server. Errors for developers are left alone."""
    for number, line in enumerate(source.splitlines(), start=1):
        code = line.split("//")[0]
        if re.search(r"\bError\(|console\.|^\s*\*|^import ", code):
            continue
        for match in _SCRIPT_TEXT.finditer(code):
            if " " in match[2] or re.search(r"(textContent|innerText|ariaLabel|title|placeholder)\s*=", code):
                yield Problem(path, number, f"text in a script: “{_short(match[2])}”; let the page bring it")


def _short(text: str) -> str:
    plain = " ".join(text.replace(GAP, "…").split())
    return plain if len(plain) <= 60 else f"{plain[:59]}…"
