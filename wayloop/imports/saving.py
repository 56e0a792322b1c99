"""Mappings as files a person can read, keep and bring back; and their keeping under a name."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from wayloop.imports.models import SavedMapping
from wayloop.imports.rules import ImportRefused, shipped_names
from wayloop.imports.services import save_mapping
from wayloop.kernel import clock

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_DIGITS = re.compile(r"\d[\d._ -]*\d|\d")


def save_as(*, title: str, content: Mapping[str, Any], created_by: str = "") -> str:
    """Keeps a mapping under this title for files like these; answers its name, by which the command line knows it.

    Raises `ImportRefused` with one line when it cannot be kept.
    """
    name = _name(title)
    save_mapping(name=name, title=name, content=_for_next_time(content), created_by=created_by)
    return name


@transaction.atomic
def rename_mapping(*, name: str, title: str) -> None:
    """Calls a mapping made here otherwise.

    Raises `ImportRefused` with one line when the name is taken or none.
    """
    new = _name(title)
    if new != name and SavedMapping.objects.filter(name=new).exists():
        raise ImportRefused(_("There is a mapping “%(name)s” already.") % {"name": new})
    SavedMapping.objects.filter(name=name).update(name=new, title=title, changed_at=clock.now())


def _name(title: str) -> str:
    # In addresses and on the command line.
    name = title.replace("/", "-").replace("\0", "").strip()[:60]
    if not name:
        raise ImportRefused(_("Give the mapping a name."))
    if name in shipped_names():
        raise ImportRefused(_("“%(name)s” is a mapping of the program. Choose another name.") % {"name": name})
    return name


def _for_next_time(content: Mapping[str, Any]) -> dict[str, Any]:
    """Files of next month have other numbers in their names."""
    files = {key: _DIGITS.sub("*", pattern) for key, pattern in content.get("files", {}).items()}
    kept = {key: value for key, value in content.items() if key != "title"}
    # Where two names differ by nothing else, the numbers are what tells them apart.
    return kept | ({"files": files} if files and len(set(files.values())) == len(files) else {})


def as_toml(content: Mapping[str, Any]) -> str:
    """The content as the text of a mapping file; `rules.read_toml` reads it back."""
    lines: list[str] = []
    _write(lines, content, "")
    return "\n".join(lines).strip() + "\n"


def _write(lines: list[str], table: Mapping[str, Any], path: str) -> None:
    plain = {key: value for key, value in table.items() if not _is_section(value)}
    lines += [f"{_key(key)} = {_value(value)}" for key, value in plain.items()]
    for key, value in table.items():
        if key in plain:
            continue
        inner = f"{path}.{_key(key)}" if path else _key(key)
        for part, mark in (
            [(value, f"[{inner}]")] if isinstance(value, Mapping) else [(each, f"[[{inner}]]") for each in value]
        ):
            lines += ["", mark]
            _write(lines, part, inner)


def _is_section(value: Any) -> bool:
    if isinstance(value, Mapping):
        return bool(value) and not _is_small(value)
    return (
        bool(value)
        and isinstance(value, Sequence)
        and not isinstance(value, str)
        and all(isinstance(each, Mapping) for each in value)
    )


def _is_small(value: Mapping[str, Any]) -> bool:
    return set(value) == {"first"}


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(key)} = {_value(each)}" for key, each in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    # Texts, numbers and yes or no are written in TOML as in JSON; only the sign of DEL is not.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _value(key)
