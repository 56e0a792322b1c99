"""Toasts: what just happened, in one line, with a way back.

They travel as Django messages, so that they survive a redirect; answers to htmx carry them along by themselves.
"""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest
from django.utils.translation import gettext

_UNDO = "undo:"
_ICONS = {"good": "circle-check", "info": "info", "warn": "triangle-alert", "bad": "circle-alert"}
_KINDS = {messages.SUCCESS: "good", messages.INFO: "info", messages.WARNING: "warn", messages.ERROR: "bad"}
_LEVELS = {kind: level for level, kind in _KINDS.items()}


@dataclass(frozen=True)
class Toast:
    """One note: its text, how it ended (good, info, warn, bad), and where a POST takes it back (or empty)."""

    text: str
    kind: str
    undo_url: str
    undo_label: str

    @property
    def icon(self) -> str:
        return _ICONS[self.kind]


def notify(request: HttpRequest, text: str, *, kind: str = "good", undo_url: str = "") -> None:
    """Shows `text` on the next page or with the answer to htmx; with `undo_url` the toast has an Undo button.

    Good and informing toasts go by themselves, warnings and errors stay until they are closed.
    """
    messages.add_message(request, _LEVELS[kind], text, extra_tags=f"{_UNDO}{undo_url}" if undo_url else "")


def from_message(message: Message) -> Toast:
    """Any Django message as a toast; only those made by `notify` can carry an undo."""
    tags = message.extra_tags or ""
    return Toast(
        text=str(message.message),
        kind=_KINDS.get(message.level, "info"),
        undo_url=tags.removeprefix(_UNDO) if tags.startswith(_UNDO) else "",
        undo_label=gettext("Undo"),
    )
