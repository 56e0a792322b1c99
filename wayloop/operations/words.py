"""The doctor's checks in words for people: what is looked at, and what to do when it is not well."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

# Not the one that collects texts: these were marked where they are raised.
from django.utils.translation.trans_real import gettext as in_language

from wayloop.contracts.doctor import Check
from wayloop.contracts.shell import Text
from wayloop.kernel.registry import offers


@dataclass(frozen=True)
class Words:
    """A check's name on the screen and the advice for when it is not well."""

    label: Text
    advice: Text


OWN = {
    "home": Words(
        _("Folder of the installation"), _("Look whether the folder exists and may be written to, then start anew.")
    ),
    "disk": Words(
        _("Space on the disk"), _("Remove what is not needed or give the machine a larger disk. A full one stops all.")
    ),
    "database": Words(_("Database"), _("Install a newer PostgreSQL and let the address of the database lead there.")),
    "durability": Words(
        _("Safety on power failure"), _("Switch the named settings on in postgresql.conf and restart the database.")
    ),
    "role": Words(
        _("Rights of the database user"),
        _("Give Wayloop a database user of its own that owns this database and nothing else."),
    ),
    "migrations": Words(_("Tables of this version"), _("Stop Wayloop and start it again with “wayloop up”.")),
    "worker": Words(
        _("Background worker"),
        _("Start everything with “wayloop up”. If it runs already, the file logs/worker.log names the cause."),
    ),
    "jobs": Words(
        _("Background jobs"),
        _("The file logs/worker.log says why they failed. Mend that, then let them be done again below."),
    ),
    "https": Words(_("HTTPS"), _("Renew the certificate, with its whole chain, and restart Wayloop.")),
    "backup": Words(
        _("Backup"),
        _("Look whether the disk or share is connected and has room. The page Backup says what hinders it."),
    ),
    "restore trial": Words(
        _("Restore, tried"), _("Choose another place for backups, or look at its disk; then try it on the page Backup.")
    ),
    "sending": Words(
        _("Sending"), _("After a restore look through what waits, then let it be sent on the page Backup.")
    ),
    "due work": Words(_("Scheduled work"), _("Mend what logs/worker.log names, then let it be done again below.")),
    "files": Words(
        _("Kept files"),
        _("Bring the folder “files” of the home back from the last backup."),
    ),
    "sealing keys": Words(
        _("Keys of secrets"), _("Bring the folder “secrets” of the home back from the last backup, then start anew.")
    ),
    "horizon": Words(
        _("Long transactions"), _("Close the program that is named here: while it writes, reactions have to wait.")
    ),
    "listeners": Words(
        _("Reactions to events"), _("Nothing is lost. The file logs/worker.log says what they wait for.")
    ),
    "parked rows": Words(_("Events set aside"), _("Mend what the error names, then let these events be read again.")),
}


def said(sentence: str, values: Mapping[str, str]) -> str:
    """The sentence of an `OperationError` and its values, in the language of whoever looks."""
    text = in_language(sentence) if sentence else ""
    return text % {name: in_language(value) for name, value in values.items()} if values else text


def words_of(name: str) -> Words:
    """The words for a check: ours, those the check brought along, or its plain name."""
    if name in OWN:
        return OWN[name]
    check = next((one for one in offers(Check) if one.name == name), None)
    return Words(
        (check and check.label) or name,
        (check and check.advice) or _("The file logs/web.log in the folder of the installation says more."),
    )
