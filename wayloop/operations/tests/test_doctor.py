"""The doctor's findings, and that one failing check does not silence the others."""

import hashlib

import pytest
from django.db import connection

from wayloop.contracts.doctor import Check, State, good
from wayloop.kernel import files, registry
from wayloop.kernel.secrets import Place, Sealed, seal
from wayloop.kernel.stream.listeners import Listener, ensure_cursors
from wayloop.operations import doctor, stream_checks, work_checks
from wayloop.operations.models import BackupPlan

pytestmark = pytest.mark.django_db


def test_a_fresh_installation_is_well_but_not_started() -> None:
    own = {check.name for check in doctor.OWN}
    findings = {name: finding.state for name, finding in doctor.examine() if name in own}
    # These are of the machine, of its server and of the tests beside this one.
    of_the_server = dict.fromkeys(("durability", "role", "disk", "horizon"), State.GOOD)
    assert findings | of_the_server == {
        "home": State.GOOD,
        "disk": State.GOOD,
        "database": State.GOOD,
        "durability": State.GOOD,
        "role": State.GOOD,
        "migrations": State.GOOD,
        "worker": State.NOTICE,
        "jobs": State.GOOD,
        "due work": State.GOOD,
        "files": State.GOOD,
        "sealing keys": State.GOOD,
        "https": State.GOOD,
        "horizon": State.GOOD,
        "listeners": State.GOOD,
        "parked rows": State.GOOD,
        "backup": State.NOTICE,
        "restore trial": State.GOOD,
        "sending": State.GOOD,
    }


def test_a_check_of_a_context_is_asked_and_a_failing_one_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> doctor.Finding:
        with connection.cursor() as cursor:
            cursor.execute("SELECT nonsense")
        return good("never")

    own = [Check("sums", lambda: good("agree")), Check("nonsense", fail), Check("after", lambda: good("asked as well"))]
    monkeypatch.setitem(registry._items, Check, own)
    findings = dict(list(doctor.examine())[-3:])
    assert {name: finding.state for name, finding in findings.items()} == {
        "sums": State.GOOD,
        "nonsense": State.BROKEN,
        "after": State.GOOD,
    }
    assert findings["nonsense"].text == 'column "nonsense" does not exist'


def test_switched_off_durability_is_broken() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
    finding = doctor.durability()
    with connection.cursor() as cursor:
        cursor.execute("RESET synchronous_commit")
    assert finding.state is State.BROKEN
    assert "synchronous_commit" in finding.text


def test_a_job_that_gave_up_is_told() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status) "
            "VALUES ('default', 'x', '{}', 'failed')"
        )
    assert work_checks.jobs().state is State.NOTICE
    assert work_checks.jobs().text == "0 waiting, 0 stalled, 1 given up in the last days"


def test_a_kept_file_that_is_gone_or_cut_short_is_told() -> None:
    for content in (b"whole", b"gone", b"short"):
        files.store([content], "a.csv")
    places = {name: files.place_of(hashlib.sha256(name).hexdigest()) for name in (b"gone", b"short")}
    before = work_checks.kept_files()
    try:
        places[b"gone"].unlink()
        places[b"short"].write_bytes(b"sho")
        after = work_checks.kept_files()
    finally:
        for name, place in places.items():
            place.write_bytes(name)
    assert (before.state, after.state) == (State.GOOD, State.BROKEN)
    assert (before.text, after.text) == ("all 3 there", "missing or cut short: 2 of 3")


def test_a_secret_without_its_key_is_told() -> None:
    plan = BackupPlan.objects.create(id=1)
    plan.secret_key = seal("canary", Place.of(plan, "secret_key"))
    plan.save()
    before = work_checks.sealing_keys()
    plan.secret_key = Sealed(plan.secret_key[:1] + (99).to_bytes(2, "big") + plan.secret_key[3:])
    plan.save()
    after = work_checks.sealing_keys()
    assert (before.state, after.state) == (State.GOOD, State.BROKEN)
    assert after.text == "secrets/sealing-key-99 is missing: it seals rows of operations_backupplan"


def test_tables_of_a_newer_program_are_broken() -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('kernel', '9999_future', now())")
    assert doctor.migrations().text == "kernel.9999_future is from a newer Wayloop: update the program"


def test_a_listener_whose_parts_changed_is_not_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    before, now = (Listener("sums.split", digest=print, kinds=(), start="now", parts=parts) for parts in (4, 2))
    ensure_cursors(before)
    monkeypatch.setitem(registry._items, Listener, [now])
    finding = stream_checks.listeners()
    assert (finding.state, "sums.split does not run" in finding.text) == (State.BROKEN, True)
