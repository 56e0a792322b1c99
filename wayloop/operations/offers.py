"""What operations offer: places in the navigation, what needs an owner, the loop that keeps the backup up to date."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from wayloop.accounts.api import Permission
from wayloop.business import api as business
from wayloop.contracts.beside import Beside
from wayloop.contracts.home import AttentionLine, AttentionProvider
from wayloop.contracts.shell import NavItem
from wayloop.kernel import sending
from wayloop.kernel.registry import offer
from wayloop.operations import aside, queries
from wayloop.operations.tasks import keep_backup
from wayloop.ui.formats import number


class BackupAttention:
    """Backups that are missing, too old or cannot be brought back; sending that is held back."""

    permission = Permission.SETTINGS_CHANGE

    def lines(self, member: Any) -> Sequence[AttentionLine]:
        """See `AttentionProvider`."""
        found, url, lines = queries.backups(), reverse("backup"), []
        if sending.held():
            detail = _("The installation was brought back from a backup.")
            lines.append(AttentionLine("warn", "send", _("Nothing is being sent"), detail, _("Look"), url))
        if not found.is_set_up and business.profile().is_sample:
            return lines
        if not found.is_set_up:
            detail = _("A disk that breaks would take everything along.")
            lines.append(
                AttentionLine("warn", "archive-restore", _("Nothing is backed up yet"), detail, _("Set up"), url)
            )
        elif found.is_late:
            text, problem = _("The backup is too old"), capfirst(found.plan.hindrance)
            lines.append(AttentionLine("bad", "archive-restore", text, problem, _("See why"), url))
        elif found.is_untried:
            problem = capfirst(found.last_trial.hindrance) if found.last_trial else ""
            text = _("The backup could not be brought back")
            lines.append(AttentionLine("bad", "archive-restore", text, problem, _("See why"), url))
        return lines


class AsideAttention:
    """Events, jobs and scheduled work that nobody tries any more."""

    permission = Permission.SETTINGS_CHANGE

    def lines(self, member: Any) -> Sequence[AttentionLine]:
        """See `AttentionProvider`."""
        waiting = aside.count()
        if not waiting:
            return []
        text = ngettext("%(n)s piece of work was set aside", "%(n)s pieces of work were set aside", waiting) % {
            "n": number(waiting)
        }
        detail = _("It failed again and again. Mend the cause, then let it be done again.")
        return [AttentionLine("bad", "circle-x", text, detail, _("See why"), f"{reverse('doctor')}#aside")]


offer(
    NavItem,
    NavItem(
        step="settings",
        label=gettext_lazy("Backup"),
        url_name="backup",
        icon="archive-restore",
        permission=Permission.SETTINGS_CHANGE.value,
        order=790,
        note=gettext_lazy("How old it is, where it goes, how to bring it back"),
    ),
)
offer(
    NavItem,
    NavItem(
        step="settings",
        label=gettext_lazy("Health"),
        url_name="doctor",
        icon="activity",
        permission=Permission.SETTINGS_CHANGE.value,
        order=800,
        note=gettext_lazy("Whether everything behind the pages works"),
    ),
)
offer(AttentionProvider, BackupAttention())
offer(AttentionProvider, AsideAttention())
offer(Beside, Beside("backup", keep_backup))
