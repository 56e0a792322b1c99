"""SQL of a context names its own tables and what others publish; published relations are as they are described."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from importlib import import_module
from typing import get_args, get_type_hints
from uuid import UUID

import pytest
from django.apps import apps
from django.db import connection

from tests.architecture.source import OPEN, Module, layers, modules, texts, tree

NAMED = re.compile(
    r"\b(?:FROM|JOIN|INTO|TABLE|(?<!FOR )(?<!DO )UPDATE)\s+(?:ONLY\s+|IF (?:NOT )?EXISTS\s+)?"
    r"([a-z_][a-z0-9_.]*)(\s*\()?"
)
LOOKS_LIKE_SQL = re.compile(r"\b(SELECT|INSERT INTO|UPDATE|DELETE FROM|CREATE|TRUNCATE|JOIN)\b")
# FROM is a word of these functions too: extract(epoch FROM moment), IS DISTINCT FROM other.
FROM_INSIDE = re.compile(r"\b(?:extract|trim|substring|overlay)\s*\([^()]*?\bFROM\b|DISTINCT FROM", re.IGNORECASE)
SYSTEM = ("pg_", "information_schema")
TYPES = {
    int: {"bigint", "integer", "smallint"},
    str: {"text", "character varying", "character"},
    UUID: {"uuid"},
    datetime: {"timestamp with time zone"},
    date: {"date"},
    Decimal: {"numeric"},
    bool: {"boolean"},
    bytes: {"bytea"},
    dict: {"jsonb"},
}


def relation_modules() -> list[Module]:
    return [module for module in modules() if module.path.name == "relations.py"]


def relations() -> dict[str, tuple[str, type]]:
    """Published relation → its context and the dataclass that types it."""
    return {
        name: (module.context, shape)
        for module in relation_modules()
        for name, shape in import_module(module.name).RELATIONS.items()
    }


def foreign_names(text: str, context: str, *, is_duckdb: bool = False) -> Iterator[str]:
    """Tables in a piece of SQL that `context` must not name."""
    tables = {model._meta.db_table: model._meta.app_label for model in apps.get_models(include_auto_created=True)}
    published = relations()
    plain = FROM_INSIDE.sub(" ", text)
    bound = set(re.findall(r"(?:\bWITH|\bRECURSIVE|\),)\s+([a-z_]\w*)\s+AS\b", plain))
    found = {match[1]: bool(match[2]) for match in NAMED.finditer(plain)} if LOOKS_LIKE_SQL.search(plain) else {}
    # A name may also travel alone: as an argument of copy_rows, as a value that is put into SQL.
    alone = set(re.findall(r"[a-z_][a-z0-9_]*", plain)) & (tables.keys() | published.keys())
    for name in sorted(found.keys() | alone):
        owner = published[name][0] if name in published else tables.get(name, "")
        is_below = owner == context or (name in published and layers()[owner] > layers()[context]) or owner == "kernel"
        if owner and not is_below:
            yield name
        elif owner or is_duckdb or found[name] or name in bound:
            continue
        elif not name.startswith((f"{context}_", f"api_{context}_", "kernel_", *SYSTEM)):
            yield name


def test_sql_names_own_tables_and_published_relations_only() -> None:
    wrong = []
    for module in modules():
        if module.context in {"", "config", "operations", *OPEN} or module.is_test or module.name.endswith(".text"):
            continue
        for line, text in texts(tree(module)):
            is_duckdb = re.search(r"^import duckdb", module.text, re.MULTILINE) is not None
            wrong += [
                f"{module.place}:{line} names {name}"
                for name in foreign_names(text, module.context, is_duckdb=is_duckdb)
            ]
    assert "\n".join(wrong) == ""


@pytest.mark.parametrize(
    ("sql", "context", "told"),
    [
        ("SELECT 1 FROM identity_person", "identity", []),
        ("SELECT 1 FROM identity_person", "commerce", ["identity_person"]),
        ("SELECT 1 FROM x JOIN api_identity_people p ON true", "identity", ["x"]),
        ("SELECT 1 FROM api_identity_people", "commerce", []),
        ("SELECT 1 FROM api_commerce_orders", "identity", ["api_commerce_orders"]),
        ("INSERT INTO commerce_staged SELECT 1 FROM generate_series(1, 2)", "commerce", []),
        ("UPDATE ledger_event SET kind = ''", "metrics", ["ledger_event"]),
        ("WITH buyers AS (SELECT 1) SELECT extract(epoch FROM now()) FROM buyers", "commerce", []),
        ("SELECT 1 FROM pg_class, information_schema.tables", "commerce", []),
        ("identity_person", "commerce", ["identity_person"]),
        ("INSERT INTO metrics_x VALUES (1) ON CONFLICT DO UPDATE SET a = 1", "metrics", []),
        ("SELECT 1 FROM metrics_x FOR UPDATE", "metrics", []),
    ],
)
def test_a_foreign_table_in_sql_would_be_found(sql: str, context: str, told: list[str]) -> None:
    assert list(foreign_names(sql, context)) == told


def test_relations_are_named_after_their_context() -> None:
    assert [name for name, (context, _) in relations().items() if not name.startswith(f"api_{context}_")] == []


def test_relations_have_the_columns_they_promise(db: None) -> None:
    wrong = []
    for name, (_, shape) in relations().items():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT column_name, data_type FROM information_schema.columns "
                "WHERE table_schema = current_schema() AND table_name = %s ORDER BY ordinal_position",
                [name],
            )
            columns = dict(cursor.fetchall())
        hints = get_type_hints(shape)
        if list(columns) != list(hints):
            wrong.append(f"{name} has {list(columns)}, {shape.__name__} promises {list(hints)}")
            continue
        for column, hint in hints.items():
            plain = next((part for part in get_args(hint) if part is not type(None)), hint)
            if columns[column] not in TYPES[plain]:
                wrong.append(f"{name}.{column} is {columns[column]}, {shape.__name__} promises {hint}")
    assert "\n".join(wrong) == ""


def test_every_published_view_is_described(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT viewname FROM pg_views WHERE schemaname = current_schema() AND viewname LIKE 'api\\_%'")
        views = {name for (name,) in cursor.fetchall()}
    assert views == relations().keys()
