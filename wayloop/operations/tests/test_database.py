"""Commands borrow the database; external databases are checked before anything else happens."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from wayloop.operations import database as module
from wayloop.operations.database import Users, check_database, without_password
from wayloop.operations.errors import OperationError
from wayloop.operations.home import Home
from wayloop.operations.postgres import Server
from wayloop.operations.processes import wait_until


@pytest.fixture(scope="module")
def home(make_folder: Callable[[str], Path]) -> Iterator[Home]:
    home = Home(make_folder("borrowed") / "home")
    home.prepare()
    yield home
    Server(home).stop()


@pytest.fixture(autouse=True)
def _stopped(home: Home) -> None:
    Server(home).stop()
    (home.run / "database.borrowed").unlink(missing_ok=True)


def runs(home: Home) -> bool:
    return Server(home).running() is not None


def test_a_command_starts_the_database_and_stops_it_again(home: Home) -> None:
    with Users(home).present(Server(home)):
        assert runs(home)
    assert not runs(home)


def test_of_two_commands_the_last_one_stops_it(home: Home) -> None:
    first, second = Users(home).present(Server(home)), Users(home).present(Server(home))
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert runs(home)
    second.__exit__(None, None, None)
    assert not runs(home)


def test_a_running_database_is_left_alone(home: Home) -> None:
    Server(home).start()
    with Users(home).present(Server(home)):
        pass
    assert runs(home)


def test_what_up_takes_over_no_command_stops(home: Home) -> None:
    with Users(home).present(Server(home)):
        Users(home).keep(Server(home))
    assert runs(home)


def test_up_leaves_the_database_to_a_command_that_still_uses_it(home: Home) -> None:
    users = Users(home)
    users.keep(Server(home))
    with Users(home).present(Server(home)):
        assert users.leave_to_commands(Server(home)) is False
        assert runs(home)
    assert not runs(home)


def test_commands_that_come_and_go_at_once_agree(home: Home) -> None:
    failures: list[BaseException] = []

    def borrow() -> None:
        try:
            for _ in range(3):
                with Users(home).present(Server(home)):
                    assert runs(home)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=borrow) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert not runs(home)


@pytest.mark.parametrize(("ending", "stays"), [(signal.SIGTERM, False), (signal.SIGINT, False), (signal.SIGKILL, True)])
def test_a_command_that_is_ended_gives_the_database_back(home: Home, ending: signal.Signals, stays: bool) -> None:
    code = (
        "import sys, time; from pathlib import Path; from wayloop.operations.home import Home\n"
        "from wayloop.operations.database import Users, ended_politely\n"
        "from wayloop.operations.postgres import Server\n"
        "home = Home(Path(sys.argv[1]))\n"
        "with ended_politely(), Users(home).present(Server(home)):\n"
        "    print('ready', flush=True); time.sleep(60)\n"
    )
    command = subprocess.Popen(
        [sys.executable, "-c", code, str(home.path)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert command.stdout is not None
    assert command.stdout.readline() == b"ready\n"
    command.send_signal(ending)
    command.wait(timeout=120)
    command.stdout.close()
    assert runs(home) is stays
    # After kill -9 the next command is the last one out.
    with Users(home).present(Server(home)):
        pass
    assert not runs(home)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        assert isinstance(port, int)
        return port


def test_an_unreachable_database_is_told_without_its_password() -> None:
    with pytest.raises(OperationError) as caught:
        check_database(f"postgresql://wayloop:geheim@127.0.0.1:{free_port()}/name")
    assert "cannot be reached" in str(caught.value)
    assert "geheim" not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    ["postgresql://wayloop:geheim@127.0.0.1:notaport/name", "postgresql://[::1/name", "postgresql://a:geheim%zz@h/n"],
)
def test_an_address_that_cannot_be_read_is_told_without_its_password(url: str) -> None:
    with pytest.raises(OperationError) as caught:
        check_database(url)
    assert "geheim" not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("version", "encoding", "line"),
    [
        (140_011, "UTF8", "the database db/shop is PostgreSQL 14; Wayloop needs 15 or newer."),
        (150_018, "SQL_ASCII", "the database db/shop keeps text as SQL_ASCII; make it with ENCODING 'UTF8'."),
    ],
)
def test_a_database_that_does_not_fit_is_refused(
    monkeypatch: pytest.MonkeyPatch, version: int, encoding: str, line: str
) -> None:
    info = SimpleNamespace(server_version=version, parameter_status=lambda _: encoding)

    class Connection:
        def __init__(self) -> None:
            self.info = info

        def __enter__(self) -> "Connection":
            return self

        def __exit__(self, *_: object) -> None:
            pass

    monkeypatch.setattr(module.psycopg, "connect", lambda *_, **__: Connection())
    with pytest.raises(OperationError) as caught:
        check_database("postgresql://shop:geheim@db/shop")
    assert str(caught.value) == line


def test_the_database_of_this_run_fits() -> None:
    check_database(os.environ["DATABASE_URL"])


def test_a_password_is_never_part_of_what_people_see() -> None:
    assert without_password("postgresql://shop:geheim@db.example.com:6432/crm") == "db.example.com:6432/crm"


def test_waiting_gives_up() -> None:
    assert wait_until(lambda: False, seconds=0.05) is False


def test_a_newer_home_is_refused(tmp_path: Path) -> None:
    (tmp_path / "home.json").write_text('{"format": 999}')
    with pytest.raises(
        OperationError, match=r"^the home .* was made by a newer Wayloop \(format 999, .*Update the program.$"
    ):
        Home(tmp_path).prepare()
