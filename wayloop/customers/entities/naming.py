"""Whom the rows of a file name: for files that tell what happened to customers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from wayloop.contracts.imports import UNREADABLE, ImportContext
from wayloop.identity import api as identity
from wayloop.identity.api import IdentifierKind, Known

# The customer is who the first of these leads to.
WHO = (("customer", IdentifierKind.EXTERNAL), ("email", IdentifierKind.EMAIL), ("phone", IdentifierKind.PHONE))


@dataclass(frozen=True)
class NamedRows:
    """`handles`: row → who it names; `known_as`: what those rows call them; `refused`: row → why it is nobody's.

    A row that names nobody is in none of them.
    """

    handles: Mapping[int, int]
    known_as: Mapping[int, str]
    refused: Mapping[int, str]


def recognise_rows(*, context: ImportContext, texts: Mapping[str, Sequence[str]]) -> NamedRows:
    """The customers of rows by the columns `customer` (their number in the source), `email` and `phone`.

    `texts`: the columns, empty texts where nothing is told. Writes as `identity.recognise`.
    """
    found = identity.recognise_readable(
        columns=[
            Known(
                kind,
                [text or None for text in texts[name]],
                namespace=context.source if kind == IdentifierKind.EXTERNAL else "",
                is_own=kind == IdentifierKind.EXTERNAL,
            )
            for name, kind in WHO
        ],
        batch=context.batch,
    )
    handles = {row: handle for row, handle in enumerate(found.handles) if handle is not None}
    return NamedRows(
        handles=handles,
        known_as={row: next(texts[name][row] for name, _kind in WHO if texts[name][row]) for row in handles},
        refused={row: f"{UNREADABLE}:{WHO[columns[-1]][0]}" for row, columns in found.unreadable.items()},
    )
