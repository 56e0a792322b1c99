"""The reference pages that are made from the program itself: `python -m scripts.reference` writes docs/reference/.

A test compares the pages with what would be written, so a setting, event kind, metric, permission or command without
its line fails the build.
"""

import ast
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import click
import django

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "reference"
CONTRACTS = "wayloop.contracts."
NOTE = "<!-- Made by `python -m scripts.reference`; change the program, not this page. -->\n"


def pages() -> dict[str, str]:
    """File name → text. Needs Django to be ready and no database."""
    from django.utils import translation  # app ready: texts are translated

    with translation.override("en"):
        return {
            "api.md": api_page(),
            "settings.md": settings_page(),
            "command-line.md": command_line_page(),
            "event-kinds.md": event_kinds_page(),
            "metrics.md": metrics_page(),
            "permissions.md": permissions_page(),
            "access.md": access_page(),
            "stream.md": stream_page(),
        }


def settings_page() -> str:
    """Every setting that is read from the environment."""
    from wayloop.config.environment import SETTINGS  # app ready: as in all functions here

    rows = [(f"`{one.name}`", one.default, one.meaning) for one in SETTINGS]
    return _page(
        "Settings",
        "Wayloop is set up by environment variables. All of them have a default; a wrong value ends the start with one "
        "line and exit code 2.",
        _table(("Variable", "Default", "What it does"), rows),
    )


def command_line_page() -> str:
    """Every command with its arguments and options."""
    from wayloop.config.cli import COMMANDS, cli  # app ready: as above

    context = click.Context(cli, info_name="wayloop")
    parts = []
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None
        usage = command.get_usage(click.Context(command, info_name=name, parent=context)).removeprefix("Usage: ")
        parts.append(f"## {name}\n\n{_one_line(command.help or COMMANDS[name][1])}\n\n```\n{usage}\n```\n")
        rows = [
            (", ".join(f"`{option}`" for option in one.opts), one.help or "")
            for one in command.params
            if isinstance(one, click.Option) and not one.hidden
        ]
        if rows:
            parts.append(_table(("Option", "Meaning"), rows))
    return _page(
        "Command line",
        "`wayloop COMMAND`, or `python -m wayloop COMMAND`. What a person can mend is told in one line with exit code "
        "2. With `--json`, the last line of standard output is one JSON object. A command other than `up` and `demo` "
        "starts the database it needs and leaves things as it found them.",
        "\n".join(parts).rstrip() + "\n",
    )


def event_kinds_page() -> str:
    """The catalogue of what can happen to a customer."""
    from wayloop.ledger.api import kinds  # app ready: as above

    rows = [(f"`{one.name}`", str(one.version), str(one.label), one.group) for one in kinds().values()]
    return _page(
        "Event kinds",
        "What the ledger can hold. A kind belongs to the context that writes it; a changed shape gets a new version.",
        _table(("Kind", "Version", "On the screen", "Filter of the timeline"), sorted(rows)),
    )


def metrics_page() -> str:
    """Every number that may be shown."""
    from wayloop.metrics.api import BY_NAME  # app ready: as above
    from wayloop.metrics.bands import CHANCE_A_YEAR, FAR
    from wayloop.metrics.standing import MEANINGS
    from wayloop.metrics.words import MEASURES

    rows = [
        (f"`{one.name}`", str(one.version), str(one.label), one.kind, str(one.definition)) for one in BY_NAME.values()
    ]
    standings = [(f"`{one.value}`", str(one.label), meaning) for one, meaning in MEANINGS.items()]
    alerts = [(f"`{one.name}`", str(MEASURES[one.name])) for one in BY_NAME.values()]
    chance = [(f"{days} days", f"{share:g}") for days, share in CHANCE_A_YEAR.items()]
    return _page(
        "Metrics",
        "A number that is not here is shown nowhere. `wayloop metrics NAME --json` prints one of them.",
        "\n".join(
            (
                _table(("Name", "Version", "On the screen", "Kind", "What is counted"), rows),
                f"## How a number stands to its goal\n\n{_table(('Standing', 'On the screen', 'When'), standings)}",
                "## Alerts\n\nGoals are looked at every night. An alert is raised once, when a number that was within "
                f"its band is worse than its goal by more than {FAR:g} standard errors; it is settled when the number "
                "is reached or close again. It names the part (location, channel, town, late or on time) that is worse "
                "than all others together by as much and weighs most.\n\n"
                + _table(("Goal over", "Alerts a year by chance alone, at most"), chance),
                _table(("Alert over", "What it proposes, unless the goal says what is done"), alerts),
            )
        ),
    )


def api_page() -> str:
    """Every operation of the REST API, and every problem."""
    from wayloop.config.rest.reading import Part, operations_by_tag  # app ready: as above
    from wayloop.config.rest.urls import document  # app ready: as above
    from wayloop.kernel.rest.problems import KINDS  # app ready: as above

    def table(title: str, parts: Sequence[Part]) -> str:
        rows = [(f"`{one.name}`", one.type, "yes" if one.is_required else "", one.meaning) for one in parts]
        return f"{title}:\n\n{_table(('Name', 'Type', 'Needed', 'Meaning'), rows)}\n" if rows else ""

    lines = []
    for tag, operations in operations_by_tag(document()).items():
        lines.append(f"## {tag}\n\n")
        for one in operations:
            answers = ", ".join(status for status, _meaning in one.answers)
            permission = f" Permission: `{one.permission}`." if one.permission else ""
            lines.append(f"### `{one.method} {one.path}`\n\n{one.description}{permission} Answers: {answers}.\n\n")
            for title, parts in (("Parameters", one.parameters), ("Sent", one.body), ("Answered", one.answer)):
                lines.append(table(title, parts))
    problems = [(f"`{code}`", str(kind.status), str(kind.title)) for code, kind in KINDS.items()]
    lines.append(f"## Problems\n\n{_table(('Code', 'Status', 'What it says'), problems)}")
    return _page(
        "REST API",
        "Under `/api/v1/`, with `Authorization: Bearer` and a key; as OpenAPI 3.1 at `/api/v1/openapi.json`. "
        "[How to use it](../how-to/api.md) has examples.",
        "".join(lines),
    )


def permissions_page() -> str:
    """Which role may do what."""
    from wayloop.accounts.api import Permission, Role  # app ready: as above
    from wayloop.accounts.enums import PERMISSIONS  # app ready: as above

    rows = [
        (f"`{one.value}`", str(one.label), *("yes" if one in PERMISSIONS[role] else "–" for role in Role))
        for one in Permission
    ]
    return _page(
        "Permissions",
        "Each view names one permission; a role is a set of them. What a member sees is also limited to their "
        "locations.",
        _table(("Permission", "Meaning", *(str(role.label) for role in Role)), rows),
    )


def access_page() -> str:
    """Every address of the program and who is let in."""
    from django.urls import URLPattern, URLResolver, get_resolver  # app ready: as above

    from wayloop.accounts.api import Role  # app ready: as above
    from wayloop.accounts.enums import PERMISSIONS  # app ready: as above

    rows: list[tuple[str, ...]] = []

    def walk(patterns: Iterable[URLPattern | URLResolver], path: str) -> None:
        for one in patterns:
            here = f"{path}{one.pattern}"
            if isinstance(one, URLResolver):
                walk(one.url_patterns, here)
                continue
            permission = getattr(one.callback, "permission", None)
            if here.startswith("api/"):
                door, roles = "an API key", "–"
            elif permission:
                allowed = [role for role in Role if permission in PERMISSIONS[role]]
                everybody = len(allowed) == len(Role)
                door, roles = f"`{permission}`", "all" if everybody else ", ".join(str(role.label) for role in allowed)
            elif getattr(one.callback, "login_required", True):
                door, roles = "signed in", "all"
            else:
                door, roles = "open", "everybody"
            rows.append((f"`/{here}`", door, roles))

    walk(get_resolver().url_patterns, "")
    return _page(
        "Access",
        "Every address of the program, what it asks for, and whose role has it. “Open” ones settle themselves who may: "
        "by password, signed link, token or address.",
        _table(("Address", "Asks for", "Roles"), sorted(set(rows))),
    )


def stream_page() -> str:
    """Who announces what, and who reacts to it."""
    from wayloop.kernel.stream.listeners import listeners  # app ready: as above

    known = listeners()
    told = announced_kinds()
    rows = []
    for kind in sorted(told | {kind: ("", set()) for one in known for kind in one.kinds if kind not in told}):
        version, contexts = told.get(kind, ("", set()))
        heard = sorted(one.name for one in known if kind in one.kinds)
        rows.append((f"`{kind}`", version, ", ".join(sorted(contexts)) or "–", ", ".join(heard) or "–"))
    reactions = [
        (
            f"`{one.name}`",
            ", ".join(f"`{kind}`" for kind in sorted(one.kinds)),
            ", ".join(f"`{kind}`" for kind in sorted(one.announces)) or "–",
            one.start,
            str(one.parts),
            str(one.deepest),
        )
        for one in sorted(known, key=lambda one: one.name)
    ]
    parts = [_table(("Kind", "Version", "Announced by", "Heard by"), rows), "## Reactions\n\n"]
    head = ("Listener", "Hears", "May announce", "Starts", "Parts", "Depth")
    parts.append(_table(head, reactions) if reactions else "No context reacts to facts yet.\n")
    return _page(
        "The stream",
        "Facts and events are rows of one stream; a listener digests each once. A listener announces what it has "
        "declared and nothing else, so these tables are the whole graph; a test keeps it free of circles without a "
        "limit of their own.",
        f"{parts[0]}\n{parts[1]}{parts[2]}",
    )


def announced_kinds() -> dict[str, tuple[str, set[str]]]:
    """Kind of a fact or an event → its version and the contexts whose code tells it."""
    from wayloop.kernel.stream.facts import kinds as facts  # app ready: as above
    from wayloop.ledger.api import kinds as events  # app ready: as above

    # A context's facts stand in `contracts`; others are those of benches and tests.
    shapes = {one.shape.__name__: one for one in facts().values() if one.shape.__module__.startswith(CONTRACTS)}
    found = {one.kind: (str(one.version), set[str]()) for one in shapes.values()}
    found |= {name: (str(one.version), set()) for name, one in events().items()}
    for path in sorted((ROOT / "wayloop").glob("*/**/*.py")):
        context = path.relative_to(ROOT / "wayloop").parts[0]
        if context in ("contracts", "kernel") or "tests" in path.parts or "migrations" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in shapes:
                found[shapes[ast.unparse(node.func).split(".")[-1]].kind][1].add(context)
            # Events are recorded by the name of their kind, a constant of the context that writes them.
            elif path.name == "enums.py" and isinstance(node, ast.Constant) and node.value in events():
                found[str(node.value)][1].add(context)
    return found


def _page(title: str, lead: str, body: str) -> str:
    return f"{NOTE}\n# {title}\n\n{lead}\n\n{body}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(map(_cell, line))} |\n" for line in lines)


def _cell(text: str) -> str:
    return _one_line(text).replace("|", "\\|")


def _one_line(text: str) -> str:
    return " ".join(text.split())


def main() -> None:
    """Writes the pages."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wayloop.config.settings")
    django.setup()
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
        print(f"docs/reference/{name}")


if __name__ == "__main__":
    main()
