"""What imports offer: their place in the navigation, and what needs a person."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from wayloop.accounts.api import Permission
from wayloop.contracts.home import AttentionLine, AttentionProvider
from wayloop.contracts.shell import NavItem, PaletteCommand
from wayloop.imports import queries
from wayloop.imports.enums import ImportState
from wayloop.kernel import clock
from wayloop.kernel.registry import offer
from wayloop.ui.formats import number

# After this an import that left rows behind is no news of the morning any more; it stays in the list of imports.
FRESH = timedelta(days=7)


class ImportAttention:
    """Imports that could not be, that left rows behind, or that run."""

    permission = Permission.IMPORTS_VIEW

    def lines(self, member: Any) -> Sequence[AttentionLine]:
        since = clock.now() - FRESH
        lines = []
        for run in queries.list_imports(limit=10):
            url = reverse("imports:page", args=[run.id])
            if run.state == ImportState.FAILED and run.created_at > since:
                lines.append(
                    AttentionLine(
                        "bad",
                        "triangle-alert",
                        _("“%(file)s” could not be brought in") % {"file": run.file_name},
                        run.problem,
                        _("See why"),
                        url,
                    )
                )
            elif run.is_unfinished:
                lines.append(
                    AttentionLine(
                        "info",
                        "file-up",
                        (
                            _("“%(file)s” is being taken back")
                            if run.state == ImportState.UNDOING
                            else _("“%(file)s” is being brought in")
                        )
                        % {"file": run.file_name},
                        "",
                        _("Watch"),
                        url,
                    )
                )
            elif run.state == ImportState.DONE and run.rows_refused and run.created_at > since:
                detail = ngettext(
                    "%(n)s row was left out, with its reason",
                    "%(n)s rows were left out, each with its reason",
                    run.rows_refused,
                ) % {"n": number(run.rows_refused)}
                lines.append(
                    AttentionLine(
                        "warn",
                        "triangle-alert",
                        _("“%(file)s” is in") % {"file": run.file_name},
                        detail,
                        _("See the rows"),
                        url,
                    )
                )
        return lines


offer(NavItem, NavItem("know", gettext_lazy("Imports"), "imports:list", "file-up", "g m", Permission.IMPORTS_VIEW, 30))
offer(
    PaletteCommand,
    PaletteCommand(
        gettext_lazy("Bring in files"),
        "imports:new",
        "file-up",
        gettext_lazy("import upload CSV"),
        None,
        Permission.IMPORTS_RUN,
        10,
    ),
)
offer(AttentionProvider, ImportAttention())
