"""The embedded server and the traps around it. Each test works on a home of its own, the slow ones share one."""

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from wayloop.operations import postgres
from wayloop.operations.errors import OperationError
from wayloop.operations.home import Home
from wayloop.operations.postgres import Server, memory_settings
from wayloop.operations.processes import is_alive, memory_size, processes_in, wait_until
from wayloop.operations.server_user import ServerUser, open_way

ROOT = os.geteuid() == 0


@pytest.fixture(scope="module")
def home(make_folder: Callable[[str], Path]) -> Iterator[Home]:
    home = Home(make_folder("server") / "home")
    home.prepare()
    Server(home).start()
    yield home
    Server(home).stop()


@pytest.fixture
def server(home: Home) -> Server:
    server = Server(home)
    server.start()
    return server


def ask(server: Server, question: str, *, admin: bool = False) -> tuple[object, ...]:
    with psycopg.connect(server.url(admin=admin), connect_timeout=5) as connection:
        row = connection.execute(question.encode()).fetchone()
    assert row is not None
    return row


def test_a_new_home_gets_a_durable_database_whose_role_has_no_special_rights(server: Server) -> None:
    assert ask(
        server,
        "SELECT current_user, pg_get_userbyid(datdba), rolsuper, rolcreatedb, rolcreaterole, rolreplication, "
        "pg_has_role('pg_read_server_files', 'member'), "
        "current_setting('fsync'), current_setting('synchronous_commit'), "
        "current_setting('full_page_writes'), current_setting('data_checksums'), current_setting('server_encoding') "
        "FROM pg_database, pg_roles WHERE datname = 'wayloop' AND rolname = current_user",
    ) == ("wayloop", "wayloop", False, False, False, False, False, "on", "on", "on", "on", "UTF8")


def test_it_listens_on_this_machine_only_and_wants_the_password(server: Server) -> None:
    assert ask(
        server,
        "SELECT current_setting('listen_addresses'), current_setting('unix_socket_directories')",
        admin=True,
    ) == ("127.0.0.1", "")
    found = server.running()
    assert found is not None
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(f"postgresql://wayloop:wrong@127.0.0.1:{found.port}/wayloop")


def test_secrets_are_for_the_owner_of_the_home_only(home: Home) -> None:
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in home.secrets.iterdir()}
    assert modes == {"signing-key": 0o600, "database": 0o600, "database-admin": 0o600}
    assert stat.S_IMODE(home.secrets.stat().st_mode) == 0o700


def test_cyrillic_has_capitals_and_stems(server: Server) -> None:
    assert ask(server, "SELECT lower('ЇЖАК ЁЖ'), to_tsvector('russian', 'книгами')::text") == ("їжак ёж", "'книг':1")


def test_the_server_comes_from_the_home_not_from_the_wheel(home: Home, server: Server) -> None:
    found = server.running()
    assert found is not None
    if sys.platform == "linux":
        assert Path(f"/proc/{found.pid}/exe").resolve().is_relative_to(home.binaries.resolve() / "18")
    assert (home.database / "PG_VERSION").read_text().strip() == "18"


def test_a_second_start_adopts_the_running_server(home: Home, server: Server) -> None:
    before = server.running()
    assert Server(home).start() == server.url()
    assert server.running() == before


def test_it_stops_and_starts_on_the_same_port(server: Server) -> None:
    url = server.url()
    server.stop()
    assert server.running() is None
    assert processes_in(server.data) == []
    assert server.start() == url


def test_killed_with_9_it_comes_back_with_what_was_committed(home: Home, server: Server) -> None:
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (n int)")
        connection.execute("INSERT INTO kept VALUES (1)")
        before = connection.execute("SELECT count(*) FROM kept").fetchone()
        found = server.running()
        assert found is not None
        os.kill(found.pid, signal.SIGKILL)
    assert wait_until(lambda: server.running() is None, seconds=5)
    Server(home).start()
    assert ask(server, "SELECT count(*) FROM kept") == before


def test_a_zombie_in_the_lock_file_is_dead(home: Home) -> None:
    server = Server(home)
    server.start()
    server.stop()
    zombie = subprocess.Popen([sys.executable, "-c", ""])
    assert wait_until(lambda: not is_alive(zombie.pid), seconds=10)
    write_lock_file(server, zombie.pid)
    os.kill(zombie.pid, 0)  # the system still knows the number
    server.start()
    zombie.wait()
    assert server.running() is not None


def test_a_number_that_belongs_to_another_program_now_is_no_server(home: Home) -> None:
    server = Server(home)
    server.start()
    server.stop()
    write_lock_file(server, os.getpid())
    assert server.running() is None
    server.start()
    assert server.running() is not None


def write_lock_file(server: Server, pid: int) -> None:
    """What a server that was killed leaves behind."""
    mark = server.data / "postmaster.pid"
    mark.write_text(f"{pid}\n{server.data}\n{int(time.time())}\n5432\n\n127.0.0.1\n        1         1\nready   \n")
    owner = server.data.stat()
    os.chown(mark, owner.st_uid, owner.st_gid)
    mark.chmod(0o600)


def test_a_port_taken_by_another_program_is_replaced(home: Home) -> None:
    server = Server(home)
    server.start()
    before = server.running()
    assert before is not None
    server.stop()
    import socket

    with socket.create_server(("127.0.0.1", before.port)):
        server.start()
        after = server.running()
    assert after is not None
    assert after.port != before.port


def test_settings_of_the_data_folder_win(home: Home) -> None:
    server = Server(home)
    server.stop()
    with (home.database / "postgresql.conf").open("a") as file:
        file.write("work_mem = '9MB'\n")
    server.start()
    assert ask(server, "SHOW work_mem") == ("9MB",)


@pytest.mark.parametrize(
    ("machine", "kept", "expected"),
    [(512, "128MB", "512MB"), (4_096, "512MB", "2048MB"), (65_536, "2048MB", "32768MB")],
)
def test_a_server_keeps_an_eighth_of_the_memory_within_bounds(machine: int, kept: str, expected: str) -> None:
    assert memory_settings(machine) == {"shared_buffers": kept, "effective_cache_size": expected}


def test_the_memory_of_this_machine_is_known() -> None:
    with open("/proc/meminfo", encoding="ascii") as file:
        told = next(int(line.split()[1]) // 1024 for line in file if line.startswith("MemTotal:"))
    assert 0 < memory_size() <= told


def test_what_the_server_refuses_is_told_in_one_line(home: Home) -> None:
    server = Server(home)
    server.stop()
    configuration = home.database / "postgresql.conf"
    before = configuration.read_text()
    configuration.write_text(before + "shared_buffers = '9PB'\n")
    with pytest.raises(OperationError, match=r"^the database does not start: .*shared_buffers.*$"):
        server.start()
    configuration.write_text(before)
    server.start()


def test_the_same_in_a_deep_folder_with_a_long_name_and_spaces(make_folder: Callable[[str], Path]) -> None:
    home = Home(make_folder("deep") / ("long name " * 12) / "дом" / "home")
    home.prepare()
    server = Server(home)
    server.start()
    assert len(str(home.path)) > 107
    assert ask(server, "SELECT 1") == (1,)
    server.stop()


def test_an_interrupted_making_does_not_poison_the_home(
    make_folder: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(make_folder("interrupted") / "home")
    home.prepare()
    run, calls = postgres.run, []

    def fail_at_the_second(command: list[Path | str], user: ServerUser, *, text: str = "") -> str:
        calls.append(command)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return run(command, user, text=text)

    monkeypatch.setattr(postgres, "run", fail_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        Server(home).start()
    assert not home.database.exists()
    (home.path / ".database-draft-1").mkdir()  # what kill -9 in the middle leaves
    monkeypatch.undo()
    server = Server(home)
    server.start()
    server.stop()
    assert [path.name for path in home.path.glob(".database*")] == []


def test_a_full_disk_is_told_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Home(tmp_path / "home")
    home.prepare()
    monkeypatch.setattr(postgres, "SPACE_TO_MAKE", 10**18)
    with pytest.raises(OperationError, match=r"^the disk is full: .* Make room and start again.$"):
        Server(home).start()


def test_a_disk_that_fills_while_the_database_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Home(tmp_path / "home")
    home.prepare()

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device", str(home.path))

    monkeypatch.setattr(postgres.shutil, "copy2", full)
    with pytest.raises(OperationError, match=r"^the disk is full under .*$"):
        Server(home).start()


def test_a_data_folder_without_its_version_is_refused(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.prepare()
    home.database.mkdir()
    if ROOT:
        os.chown(home.database, 65534, 65534)
    with pytest.raises(OperationError, match="is not a data folder of PostgreSQL"):
        Server(home).start()


def test_a_data_folder_of_a_version_we_do_not_bring_needs_its_own_server(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.prepare()
    home.database.mkdir()
    (home.database / "PG_VERSION").write_text("17\n")
    if ROOT:
        os.chown(home.database, 65534, 65534)
    with pytest.raises(OperationError, match="of PostgreSQL 17, and its server is missing"):
        Server(home).start()


@pytest.mark.skipif(not ROOT, reason="only root runs the server as another user")
def test_the_servers_user_passes_a_closed_folder_and_nobody_else_does(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    inner = closed / "home"
    inner.mkdir(parents=True)
    closed.chmod(0o700)
    told: list[str] = []
    user, other = ServerUser(64_321, 64_321, switch=True), ServerUser(64_322, 64_322, switch=True)
    open_way(user, inner, tell=told.append)
    if told:
        pytest.skip("this file system has no access lists")
    assert (user.can_enter(inner), other.can_enter(inner)) == (True, False)
    assert stat.S_IMODE(closed.stat().st_mode) & 0o007 == 0
    open_way(other, inner, tell=told.append)
    assert (user.can_enter(inner), other.can_enter(inner)) == (True, True)
