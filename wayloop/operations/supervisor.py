"""`wayloop up`: keeps database, web and worker of one home alive until it is told to stop. No Django here.

One thread decides everything; others only read what children print and ask web for its health. The listening socket is
opened here and lent to the web process.
"""

import contextlib
import http.client
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from wayloop.operations import HEALTH_PATH
from wayloop.operations.database import SETTINGS_MODULE, Users, check_database
from wayloop.operations.errors import OperationError
from wayloop.operations.home import Home
from wayloop.operations.logfile import LogFile
from wayloop.operations.postgres import Server
from wayloop.operations.processes import LockTaken, locked, wait_until

TICK = 0.2  # seconds between two looks at the children
SILENT_SECONDS = 20.0  # web that gives no answer for so long is replaced
START_SECONDS = 40.0  # the same for web that has not answered yet; doubled each time it was in vain
MOST_DOUBLED = 3  # on a machine without time, replacing what starts would take the time it needs
STEADY_SECONDS = 30.0  # a child that lived so long starts again at once
NAMED_ERROR = re.compile(r"^(?!DETAIL|HINT|CONTEXT)[A-Za-z_][\w.]*(?:: .*)?$", re.MULTILINE)
LONGEST_PAUSE = 2.0  # between two starts of a child that keeps ending
STOP_SECONDS = 20.0  # web and worker have so long to finish


@dataclass(frozen=True)
class Plan:
    """What to run: where it listens, the one address people open, the database, sample business or not, and the files
    of certificate and key when web speaks https itself."""

    host: str
    port: int
    url: str
    database_url: str | None = None
    sample: bool = False
    tls: tuple[Path, Path] | None = None


class _StopRequested(BaseException):
    """Ctrl-C or SIGTERM arrived while something long was under way."""


@dataclass
class Child:
    """One supervised process and its history."""

    name: str
    module: str
    process: subprocess.Popen[bytes] | None = None
    since: float = 0.0  # wall clock
    begun: float = 0.0  # monotonic, as all times below
    ended: float = 0.0
    failures: int = 0
    restarts: int = 0
    missed: bool = False  # has ended and is not known to work again
    is_ready: bool = False  # has said so itself (the worker does)
    in_vain: int = 0  # how often in a row it was replaced before it gave any answer (web)

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def may_start(self) -> bool:
        """Whether the pause after the last ends is over: none twice, then 0.5, 1, 2 seconds."""
        pause = min(0.0625 * 2**self.failures, LONGEST_PAUSE) if self.failures > 2 else 0.0
        return time.monotonic() >= self.ended + pause


class Supervisor:
    """Runs one home. `tell` gets the lines for the terminal."""

    def __init__(self, home: Home, plan: Plan, *, tell: Callable[[str], None] = print) -> None:
        self.home = home
        self.plan = plan
        self._say = tell
        self._server = None if plan.database_url else Server(home, tell=self._tell)
        self._users = Users(home)
        self._url = plan.database_url or ""
        self._web = Child("web", "wayloop.operations.web")
        self._worker = Child("worker", "wayloop.operations.worker")
        self._children = (self._web, self._worker)
        self._database_since = 0.0
        self._database_restarts = 0
        self._database_failures = 0
        self._database_next = 0.0
        self._logs = {name: LogFile(home.logs / f"{name}.log") for name in ("web", "worker", "prepare", "database")}
        self._listening: socket.socket | None = None
        self._health = _Health(plan)
        self._stops = 0
        self._may_interrupt = False
        self._since = time.time()

    def run(self) -> None:
        """Starts everything, watches it, and comes back when all of it has been stopped. Raises `OperationError`."""
        self.home.prepare()
        with ExitStack() as stack:
            try:
                stack.enter_context(locked(self.home.run / "up.lock", wait=False))
            except LockTaken:
                raise OperationError(self._already_running()) from None
            self._listening = stack.enter_context(listen(self.plan.host, self.plan.port))
            stack.enter_context(self._signals())
            try:
                with self._interruptible():
                    self._start()
                self._watch()
            except _StopRequested:
                pass
            finally:
                self._stop()

    # Starting

    def _start(self) -> None:
        if self._server is None:
            check_database(self._url)
        else:
            self._users.bring_to_newest(self._server, tell=self._tell)
            self._url = self._users.keep(self._server)
            self._database_since = time.time()
        # Both load the program, which takes most of the start: side by side.
        self._launch(self._web)
        told = self._prepare()
        self._let_serve()
        self._launch(self._worker)
        self._health.start()
        while self._web.is_running and not self._health.answered_since(self._web.begun):
            if time.monotonic() - self._web.begun > START_SECONDS:
                break
            time.sleep(0.05)
        if not self._web.is_running:
            raise OperationError(f"web does not start: {self._last_words('web')} More in {self._logs['web'].path}")
        self._write_state()
        self._say(self._banner(told))

    def _prepare(self) -> dict[str, Any]:
        """Migrations and the sample business, in a process of their own."""
        command = [
            sys.executable,
            "-m",
            "wayloop.operations.prepare",
            str(os.getpid()),
            *(["sample"] if self.plan.sample else []),
        ]
        process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self._environment("command"),
            start_new_session=True,
        )
        # What it says while it works goes to the terminal at once, what it logs only to its file.
        errors: list[str] = []
        reader = threading.Thread(target=self._read_prepare, args=(process, errors), daemon=True)
        reader.start()
        try:
            output = process.stdout.read() if process.stdout else b""
            process.wait()
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        reader.join(timeout=2)
        if process.returncode == 2 and errors and errors[-1].startswith("wayloop: "):
            raise OperationError(errors[-1].removeprefix("wayloop: "))
        if process.returncode:
            reason = errors[-1] if errors else f"exit code {process.returncode}"
            raise OperationError(f"the database cannot be prepared: {reason}. More in {self._logs['prepare'].path}")
        told = json.loads(output.splitlines()[-1])
        return told if isinstance(told, dict) else {}

    def _read_prepare(self, process: subprocess.Popen[bytes], errors: list[str]) -> None:
        for line in process.stderr or ():
            self._logs["prepare"].write(line)
            text = line.decode(errors="replace").strip()
            if text:
                errors.append(text)
            if text.endswith("…"):
                self._tell(text)

    def _launch(self, child: Child) -> None:
        lent = (self._listening.fileno(),) if child is self._web and self._listening else ()
        command = [sys.executable, "-m", child.module, str(os.getpid()), *map(str, lent)]
        # A session of its own: Ctrl-C in the terminal reaches us only, and we stop things in their order.
        child.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=self._environment(child.name),
            start_new_session=True,
            pass_fds=lent,
        )
        child.begun, child.since, child.is_ready = time.monotonic(), time.time(), False
        threading.Thread(target=self._read, args=(child, child.process), daemon=True).start()

    def _let_serve(self) -> None:
        """Web has loaded the program, or is about to; from here on it may answer."""
        if self._web.process and self._web.process.stdin:
            with contextlib.suppress(OSError):
                self._web.process.stdin.write(b"serve\n")
                self._web.process.stdin.flush()
        self._web.begun = time.monotonic()
        self._health.expect()

    def _environment(self, process: str) -> dict[str, str]:
        own = {
            "WAYLOOP_HOME": str(self.home.path),
            "WAYLOOP_PORT": str(self.plan.port),
            "WAYLOOP_HOST": self.plan.host,
            "WAYLOOP_URL": self.plan.url,
        }
        # The sample business speaks http whatever is set: it is for this machine.
        own |= dict(zip(("WAYLOOP_TLS_CERT", "WAYLOOP_TLS_KEY"), map(str, self.plan.tls or ("", "")), strict=True))
        own["DJANGO_SETTINGS_MODULE"] = SETTINGS_MODULE
        return os.environ | own | {"DATABASE_URL": self._url, "WAYLOOP_PROCESS": process, "PYTHONUNBUFFERED": "1"}

    def _read(self, child: Child, process: subprocess.Popen[bytes]) -> None:
        """Everything a child prints goes to its log; what is an error goes to the terminal as well, in short."""
        for line in process.stdout or ():
            self._logs[child.name].write(line)
            level, text = read_log_line(line)
            if text == "wayloop.worker: ready" and process is child.process:
                child.is_ready = True
            if level in ("error", "critical"):
                self._tell(f"{child.name}: {text[:200]}")

    # Watching

    def _watch(self) -> None:
        next_shortening = 0.0
        while not self._stops:
            changed = self._look_after_database()
            for child in self._children:
                changed |= self._look_after(child)
            if self._health.answered_since(self._web.begun):
                self._web.in_vain = 0
            if self._web.is_running and (silent := self._health.silent_for(self._web.begun, self._web.in_vain)):
                self._tell(f"web gives no answer for {silent:.0f} s; it is replaced")
                self._web.in_vain += 1
                self._end(self._web)
            if changed:
                self._write_state()
            if time.monotonic() > next_shortening:
                next_shortening = time.monotonic() + 60
                self._logs["database"].shorten()
            time.sleep(TICK)

    def _look_after(self, child: Child) -> bool:
        """Starts a child again when it has ended; returns whether anything changed."""
        if child.is_running:
            if child.missed and (child.is_ready or (child is self._web and self._health.answered_since(child.begun))):
                child.missed = False
                self._tell(f"{child.name} is back after {time.monotonic() - child.ended:.1f} s")
            return False
        if child.process is not None:
            now = time.monotonic()
            child.failures = 1 if now - child.begun > STEADY_SECONDS else child.failures + 1
            child.ended, child.missed = now, True
            self._tell(f"{child.name} ended ({_how(child.process.returncode)}){self._hint(child)}; it starts again")
            child.process = None
        if not child.may_start:
            return False
        child.restarts += 1
        self._launch(child)
        if child is self._web:
            self._let_serve()
        return True

    def _hint(self, child: Child) -> str:
        return f", {child.failures} times in a row: {self._last_words(child.name)}" if child.failures > 2 else ""

    def _look_after_database(self) -> bool:
        if self._server is None or self._server.running() is not None or time.monotonic() < self._database_next:
            return False
        begun = time.monotonic()
        if not self._database_failures:
            self._tell("the database ended; it starts again")
        try:
            with self._interruptible():
                url = self._users.keep(self._server)
        except OperationError as error:
            self._database_failures += 1
            self._database_next = time.monotonic() + min(0.5 * 2**self._database_failures, LONGEST_PAUSE)
            if self._database_failures in (1, 5) or self._database_failures % 50 == 0:
                self._tell(str(error))
            return False
        self._database_failures = 0
        self._database_restarts += 1
        self._database_since = time.time()
        self._tell(f"the database is back after {time.monotonic() - begun:.1f} s")
        if url != self._url:
            # Its port was taken meanwhile: the children know the old one.
            self._url = url
            for child in self._children:
                self._end(child)
        return True

    # Stopping

    def _stop(self) -> None:
        """Web and worker finish what they have, then the database stops. A second Ctrl-C ends them at once."""
        begun, told = time.monotonic(), False
        for child in self._children:
            if child.is_running and child.process:
                child.process.terminate()
        while any(child.is_running for child in self._children):
            if self._stops > 1 or time.monotonic() - begun > STOP_SECONDS:
                for child in self._children:
                    if child.is_running and child.process:
                        child.process.kill()
            elif time.monotonic() - begun > 1.5 and not told:
                told = True
                self._tell("finishing what is under way; Ctrl-C again ends it at once")
            time.sleep(0.05)
        self._health.stop()
        if (
            self._server is not None
            and self._url
            and not self._users.leave_to_commands(self._server)
            and self._server.running()
        ):
            self._tell("the database stays until the wayloop command that uses it has finished")
        (self.home.run / "state.json").unlink(missing_ok=True)

    def _end(self, child: Child) -> None:
        """Ends one child: politely for three seconds, then at once."""
        if child.process is None:
            return
        child.process.terminate()
        if not wait_until(lambda: not child.is_running, seconds=3):
            child.process.kill()
        child.process.wait()

    @contextmanager
    def _signals(self) -> Iterator[None]:
        def asked(number: int, _: FrameType | None) -> None:
            self._stops += 1
            if self._stops == 1:
                self._tell("stopping…")
            if self._may_interrupt:
                self._may_interrupt = False
                raise _StopRequested

        before = {number: signal.signal(number, asked) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    @contextmanager
    def _interruptible(self) -> Iterator[None]:
        """Inside the block a request to stop breaks off what is under way; elsewhere it waits for the next look."""
        self._may_interrupt = True
        try:
            if self._stops:
                raise _StopRequested
            yield
        finally:
            self._may_interrupt = False

    # Telling

    def _tell(self, line: str) -> None:
        with contextlib.suppress(OSError):
            self._say(f"{time.strftime('%H:%M:%S')}  {line}")

    def _banner(self, told: dict[str, Any]) -> str:
        lines = ["", f"  Wayloop is ready: {self.plan.url}", ""]
        sign_ins = told.get("sign_ins") or []
        if sign_ins:
            widths = [max(len(line[column]) for line in sign_ins) for column in range(len(sign_ins[0]))]
            lines.append("  The sample business. Sign in as")
            lines += [
                "    " + "   ".join(word.ljust(width) for word, width in zip(line, widths, strict=True))
                for line in sign_ins
            ]
            lines.append("")
        return "\n".join([*lines, "  Ctrl-C stops everything.", ""])

    def _write_state(self) -> None:
        """Who runs since when, for `wayloop doctor` and for people: HOME/run/state.json."""
        found = self._server.running() if self._server else None
        state = {
            "supervisor": os.getpid(),
            "since": self._since,
            "address": self.plan.url,
            "port": self.plan.port,
            "processes": {
                child.name: {
                    "pid": child.process.pid if child.process else None,
                    "since": child.since,
                    "restarts": child.restarts,
                }
                for child in self._children
            },
        }
        if found:
            state["processes"] |= {
                "database": {"pid": found.pid, "since": self._database_since, "restarts": self._database_restarts}
            }  # type: ignore[operator]
        target = self.home.run / "state.json"
        with contextlib.suppress(OSError):
            draft = target.with_suffix(".draft")
            draft.write_text(json.dumps(state), encoding="utf-8")
            draft.replace(target)

    def _last_words(self, name: str) -> str:
        try:
            lines = self._logs[name].path.read_bytes()[-16_000:].splitlines()
        except OSError:
            lines = []
        return next((read_log_line(line)[1][:200] for line in reversed(lines) if line.strip()), "it said nothing.")

    def _already_running(self) -> str:
        state = read_state(self.home)
        where = f" at {state['address']} (process {state['supervisor']})" if state else ""
        return f"Wayloop already runs in {self.home.path}{where}. Open it, or stop it first."


class _Health:
    """Asks web for its health from a thread of its own and remembers when it last gave any answer."""

    def __init__(self, plan: Plan) -> None:
        self._host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(plan.host, plan.host)  # noqa: S104
        self._port = plan.port
        self._tls = _believing() if plan.tls else None
        self._answered = 0.0
        self._expected = 0.0
        self._stopped = threading.Event()

    def start(self) -> None:
        threading.Thread(target=self._ask_again, daemon=True).start()

    def stop(self) -> None:
        self._stopped.set()

    def expect(self) -> None:
        """A new web process is coming: asks often until it answers."""
        self._expected = time.monotonic()

    def answered_since(self, moment: float) -> bool:
        return self._answered > moment

    def silent_for(self, begun: float, in_vain: int) -> float:
        """The seconds for which web has given no answer when those are too many, else 0.

        `begun` is when it was started, `in_vain` how often in a row it was replaced without any answer.
        """
        patience = SILENT_SECONDS if self._answered > begun else START_SECONDS * 2 ** min(in_vain, MOST_DOUBLED)
        silent = time.monotonic() - max(begun, self._answered)
        return silent if silent > patience else 0.0

    def _ask_again(self) -> None:
        while not self._stopped.is_set():
            asked = time.monotonic()
            connection = (
                http.client.HTTPSConnection(self._host, self._port, timeout=5, context=self._tls)
                if self._tls
                else http.client.HTTPConnection(self._host, self._port, timeout=5)
            )
            try:
                connection.request("GET", HEALTH_PATH)
                connection.getresponse().read()
                # The moment of asking: an answer of the former process must not count for the new one.
                self._answered = asked
            except (OSError, http.client.HTTPException):
                pass
            finally:
                connection.close()
            end = time.monotonic() + 3.0
            while self._answered > self._expected and time.monotonic() < end and not self._stopped.is_set():
                self._stopped.wait(0.2)
            self._stopped.wait(0.1)


def _believing() -> ssl.SSLContext:
    """Our own web process is asked by its address, for which no certificate is made out."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def read_log_line(line: bytes) -> tuple[str, str]:
    """Level and words of what a child wrote: of a line of its log, or (without a level) of anything else it printed."""
    text = line.decode(errors="replace").strip()
    try:
        found = json.loads(text)
        # The last line that begins with the name of an error; a database goes on with the place in its statement.
        trace = next(reversed(NAMED_ERROR.findall(str(found.get("trace", "")))), "")
        return str(found["level"]), f"{found['logger']}: {found['event']}" + (f" ({trace})" if trace else "")
    except (ValueError, KeyError, TypeError, AttributeError):
        return "", text


@contextmanager
def listen(host: str, port: int) -> Iterator[socket.socket]:
    """The listening socket. Raises `OperationError` when the port is taken or the address is not ours."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, kind)
    except OSError as error:
        raise OperationError(f"WAYLOOP_HOST={host} is no address of this machine: {error.strerror}.") from error
    with listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind(address)
            listening.listen(512)
        except PermissionError as error:
            raise OperationError(f"port {port} needs special rights. Set WAYLOOP_PORT to one above 1023.") from error
        except OSError as error:
            if error.errno != 98 and "in use" not in str(error):
                raise OperationError(f"WAYLOOP_HOST={host} is no address of this machine: {error.strerror}.") from error
            raise OperationError(
                f"port {port} is taken by another program. Stop that one, or set WAYLOOP_PORT to a free port."
            ) from error
        yield listening


def read_state(home: Home) -> dict[str, Any] | None:
    """What the running supervisor of this home wrote down, or None."""
    try:
        state = json.loads(Path(home.run / "state.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return state if isinstance(state, dict) else None


def _how(code: int | None) -> str:
    if code is not None and code < 0:
        return f"killed by signal {-code}"
    return f"exit code {code}"
