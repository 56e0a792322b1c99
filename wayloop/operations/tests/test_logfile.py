"""Logs do not fill the disk, and a full disk does not stop the program."""

from pathlib import Path

from wayloop.operations.logfile import LogFile


def test_a_grown_log_is_moved_aside_and_the_oldest_is_dropped(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "web.log", limit=10)
    for number in range(5):
        log.write(f"line {number} of the log\n".encode())
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        "web.log": "line 4 of the log\n",
        "web.log.1": "line 3 of the log\n",
        "web.log.2": "line 2 of the log\n",
    }


def test_a_log_that_another_program_writes_is_emptied_under_it(tmp_path: Path) -> None:
    path = tmp_path / "database.log"
    with path.open("ab", buffering=0) as server:
        server.write(b"a long line\n")
        LogFile(path, limit=10).shorten()
        server.write(b"next\n")
    assert (path.read_bytes(), (tmp_path / "database.log.1").read_bytes()) == (b"next\n", b"a long line\n")


def test_a_log_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    LogFile(tmp_path / "missing" / "web.log").write(b"lost\n")
    assert list(tmp_path.iterdir()) == []
