"""The checks on a live installation. They read and change nothing. Django must be ready."""

import shutil
from collections.abc import Iterator

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext as _

from wayloop.contracts.doctor import Check, Finding, State, broken, good, notice
from wayloop.kernel.registry import offers
from wayloop.operations import queries
from wayloop.operations.backup_checks import CHECKS as BACKUP
from wayloop.operations.database import OLDEST_VERSION
from wayloop.operations.home import FORMAT, Home
from wayloop.operations.https_check import https
from wayloop.operations.major import is_behind
from wayloop.operations.postgres import MAJOR
from wayloop.operations.processes import is_locked
from wayloop.operations.schema import pending_migrations, unknown_migrations
from wayloop.operations.stream_checks import CHECKS as STREAM
from wayloop.operations.work_checks import CHECKS as WORK

LITTLE_SPACE, NO_SPACE = 2_000_000_000, 200_000_000  # bytes
WORKER_SILENT_SECONDS = 30
DURABLE = ("fsync", "full_page_writes", "synchronous_commit")


def examine() -> Iterator[tuple[str, Finding]]:
    """Asks every check, ours first, then those of the contexts; one that fails is broken and the others still run."""
    # Without its tables nothing of the contexts can be asked; `migrations` says so.
    for check in (*OWN, *(offers(Check) if queries.has_table("django_migrations") else ())):
        try:
            # A failed statement must not spoil the next check, and none may write.
            with transaction.atomic():
                yield check.name, check.ask()
        except (DatabaseError, OSError) as error:
            yield check.name, broken(str(error).strip().splitlines()[0])


def is_broken(findings: list[tuple[str, Finding]]) -> bool:
    """Whether anything needs mending."""
    return any(finding.state is State.BROKEN for _, finding in findings)


def _row(question: str, *values: str | int) -> tuple[object, ...]:
    with connection.cursor() as cursor:
        cursor.execute(question, values or None)
        return tuple(cursor.fetchone() or ())


def _home() -> Home:
    home = settings.HOME
    assert isinstance(home, Home)  # noqa: S101 - for the type checker; settings know no types
    return home


def home_format() -> Finding:
    """The home carries a format this program knows; `prepare` has refused a newer one before."""
    _home().prepare()
    return good(_("format %(number)s at %(path)s") % {"number": FORMAT, "path": _home().path})


def disk_space() -> Finding:
    """There is room to grow under the home."""
    free = shutil.disk_usage(_home().path).free
    text = _("%(free)s GB free under %(path)s") % {"free": f"{free / 1e9:.1f}", "path": _home().path}
    if free < NO_SPACE:
        return broken(_("%(text)s: make room before the database stops") % {"text": text})
    return notice(_("%(text)s: make room soon") % {"text": text}) if free < LITTLE_SPACE else good(text)


def database_version() -> Finding:
    """PostgreSQL is new enough."""
    number, text = _row("SELECT current_setting('server_version_num')::int / 10000, current_setting('server_version')")
    if int(str(number)) < OLDEST_VERSION:
        return broken(
            _("PostgreSQL %(text)s: %(oldest)s or newer is needed") % {"text": text, "oldest": OLDEST_VERSION}
        )
    behind = queries.is_embedded() and is_behind(_home())
    if behind:
        return notice(
            _("PostgreSQL %(text)s: stop Wayloop and start it again with `wayloop up` to get %(newest)s")
            % {"text": text, "newest": MAJOR}
        )
    return good(f"PostgreSQL {text}")


def durability() -> Finding:
    """What was confirmed survives a power failure."""
    values = {name: _row("SELECT current_setting(%s)", name)[0] for name in DURABLE}
    off = [name for name, value in values.items() if value == "off"]
    if off:
        return broken(
            _("%(names)s off: a power failure can lose data; switch on in postgresql.conf") % {"names": ", ".join(off)}
        )
    return good(", ".join(f"{name} {value}" for name, value in values.items()))


def database_role() -> Finding:
    """The program's own role has no rights over the server."""
    name, superuser, create_role, files = _row(
        "SELECT rolname, rolsuper, rolcreaterole, pg_has_role('pg_read_server_files', 'member') "
        "FROM pg_roles WHERE rolname = current_user"
    )
    if superuser or create_role or files:
        return broken(
            _("role %(name)s has rights over the server: use an ordinary role that owns the database only")
            % {"name": name}
        )
    return good(_("role %(name)s owns its database and nothing else") % {"name": name})


def migrations() -> Finding:
    """The tables are of this program's version."""
    if not queries.has_table("django_migrations"):
        return notice(_("an empty database: `wayloop up` makes the tables"))
    unknown, pending = unknown_migrations(), pending_migrations()
    if unknown:
        return broken(_("%(name)s is from a newer Wayloop: update the program") % {"name": unknown[-1]})
    if pending:
        return broken(
            _("%(count)s not applied, first %(name)s: start `wayloop up`") % {"count": len(pending), "name": pending[0]}
        )
    return good(_("all applied"))


def worker_is_alive() -> bool:
    """Whether a worker gave a sign of life lately."""
    (alive,) = _row(
        # One that was killed leaves its last heartbeat behind, but no connection.
        "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - make_interval(secs => %s) "
        "AND EXISTS (SELECT FROM pg_stat_activity WHERE application_name = 'wayloop worker')",
        WORKER_SILENT_SECONDS,
    )
    return bool(alive)


def worker() -> Finding:
    """Background work is being done, if the installation is started at all."""
    if not queries.has_table("procrastinate_workers"):
        return notice(_("not running: start `wayloop up`"))
    if worker_is_alive():
        return good(_("alive"))
    if is_locked(_home().run / "up.lock"):
        return broken(
            _("no sign of life for %(seconds)s seconds: see logs/worker.log of the home")
            % {"seconds": WORKER_SILENT_SECONDS}
        )
    return notice(_("not running: start `wayloop up`"))


OWN = (
    Check("home", home_format),
    Check("disk", disk_space),
    Check("database", database_version),
    Check("durability", durability),
    Check("role", database_role),
    Check("migrations", migrations),
    Check("worker", worker),
    *WORK,
    Check("https", https),
    *STREAM,
    *BACKUP,
)
