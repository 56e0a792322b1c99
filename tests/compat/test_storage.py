"""Backups in object storage, against a real server of that protocol (s3rver, MIT).

It knows who may come and whether their clock is right, and does not work out signatures: those are held against
published examples. It is not installed with the rest: `npm install s3rver` somewhere, and TEST_S3RVER names its
bin/s3rver.js. The client is the one of the product; only the name of the storage leads to this machine, and a relay in
between is slow or cuts connections.
"""

import datetime
import os
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import psycopg
import pytest

from tests.certificates import Authority
from tests.faults.installation import free_port
from wayloop.kernel import http
from wayloop.kernel.http.wire import Network, dial
from wayloop.operations.backup import restoring, storage
from wayloop.operations.backup.making import Backups, key_of
from wayloop.operations.backup.places import Missing, PlaceUnreachable
from wayloop.operations.backup.repository import Repository
from wayloop.operations.backup.storage import Access, Storage
from wayloop.operations.backup.trial import checksums
from wayloop.operations.home import Home
from wayloop.operations.postgres import Server
from wayloop.operations.processes import wait_until

PROGRAM = Path(os.environ.get("TEST_S3RVER", "none"))
NODE = Path("node")
PUBLIC = "93.184.215.14"  # any public address; nothing goes there
ACCESS = Access("https://s3.test", "shop", "us-east-1", "S3RVER", "S3RVER", "backups/wayloop")
pytestmark = pytest.mark.skipif(not PROGRAM.is_file(), reason="TEST_S3RVER names no server")


@dataclass
class Relay:
    """Between client and server: passes on, slowly (bytes a second), or cuts the next connections after some bytes."""

    upstream: int
    rate: float = 0
    cuts: list[int] = field(default_factory=list)
    connections: int = 0

    def __post_init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            client, _ = self._listening.accept()
            self.connections += 1
            server = socket.create_connection(("127.0.0.1", self.upstream))
            left = self.cuts.pop(0) if self.cuts else -1
            for source, target, most in ((client, server, left), (server, client, -1)):
                threading.Thread(target=self._pass, args=(source, target, most), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, left: int) -> None:
        try:
            while data := source.recv(16_384):
                if 0 <= left <= len(data):
                    break
                left -= len(data) * (left > 0)
                target.sendall(data)
                if self.rate:
                    time.sleep(len(data) / self.rate)
        except OSError:
            pass
        for one in (source, target):
            one.close()


@pytest.fixture(scope="module")
def relay(make_folder: Callable[[str], Path]) -> Iterator[Relay]:
    """A running server with an empty bucket, reached by the product's own client."""
    folder, port = make_folder("s3"), free_port()
    authority = Authority(folder)
    certificate, key = authority.issue("s3", "s3.test")
    context = ssl.create_default_context(cafile=str(authority.path))
    (folder / "data" / "shop").mkdir(parents=True)
    server = subprocess.Popen(
        [NODE, PROGRAM, "-d", folder / "data", "-a", "127.0.0.1", "-p", str(port), "-s", "--key", key,
         "--cert", certificate, "--no-vhost-buckets"],
        # Its token for the next page is made by a cipher that today's OpenSSL calls old.
        stdout=subprocess.DEVNULL, env=os.environ | {"NODE_OPTIONS": "--openssl-legacy-provider"},
    )  # fmt: skip
    try:
        made = Relay(port)
        assert wait_until(lambda: is_open(port), seconds=60)
        network = Network(
            resolve=lambda *_: [PUBLIC], dial=lambda _, __, patience: dial("127.0.0.1", made.port, patience),
            trust=lambda: context,
        )  # fmt: skip
        with http.using(network):
            yield made
    finally:
        server.terminate()
        server.wait()


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_a_home_is_backed_up_there_and_comes_back_with_every_table(
    relay: Relay, make_folder: Callable[[str], Path]
) -> None:
    folder = make_folder("s3-home")
    home, place = Home(folder / "home"), Storage(ACCESS)
    home.prepare()
    server = Server(home, settings={"fsync": "off"})
    server.start()
    try:
        with psycopg.connect(server.url(), autocommit=True) as connection:
            connection.execute("CREATE TABLE words (id bigserial PRIMARY KEY, text text)")
            connection.execute(
                "INSERT INTO words (text) SELECT repeat(md5(i::text), 9) FROM generate_series(1, 60000) i"
            )
        repository = Repository.make(place, key_of(home))
        backups = Backups(server, repository)
        made = backups.make()
        with psycopg.connect(server.url(), autocommit=True) as connection:
            connection.execute("INSERT INTO words (text) VALUES ('later')")
        assert backups.bring()
        with psycopg.connect(server.url(admin=True)) as connection:
            sums = checksums(connection)
    finally:
        server.stop()
    objects = sum(1 for _ in place.names(""))
    begun = time.monotonic()
    again = Home(folder / "again")
    restoring.restore(Repository.open(place, key_of(home)), again, tell=lambda _: None)
    taken = time.monotonic() - begun
    try:
        with psycopg.connect(Server(again).url(admin=True)) as connection:
            found = checksums(connection)
    finally:
        Server(again).stop()
    print(
        f"\n  {made.read / 1e6:.0f} MB to a storage in {made.seconds:.1f} s ({made.written / 1e6:.0f} MB, {objects} "
        f"objects, {relay.connections} connections), back in {taken:.1f} s",
        end="",
    )
    assert found == sums


def test_objects_larger_than_any_of_ours_go_in_one_piece_and_more_than_a_page_of_them_are_listed(relay: Relay) -> None:
    place = Storage(ACCESS)
    # The largest we write are segments of 16 MB and lists; the protocol takes 5 GB at once.
    large = os.urandom(40_000_000)
    place.put("large", large)
    assert place.get("large") == large
    place.delete("large")
    for number in range(1005):
        place.put(f"many/{number:04}", b"")
    assert [found.name for found in place.names("many/")] == [f"many/{number:04}" for number in range(1005)]
    with pytest.raises(Missing):
        place.get("large")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"key": "NOBODY"}, "it does not know this access key"),
        ({"bucket": "nowhere"}, "it has no such bucket (NoSuchBucket)"),
    ],
)
def test_what_is_wrong_is_told_in_words(relay: Relay, change: dict[str, str], told: str) -> None:
    place = Storage(replace(ACCESS, **change))
    for attempt in (lambda: place.put("a", b"a"), lambda: place.get("a"), lambda: list(place.names(""))):
        with pytest.raises(PlaceUnreachable) as refused:
            attempt()
        assert str(refused.value) == f"the storage {place.label} refuses: {told}."


def test_a_clock_that_is_wrong_is_told(relay: Relay, monkeypatch: pytest.MonkeyPatch) -> None:
    class Late(datetime.datetime):
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> "Late":
            found = datetime.datetime.now(tz) - datetime.timedelta(minutes=20)
            return cls.fromtimestamp(found.timestamp(), tz)

    monkeypatch.setattr(storage, "datetime", Late)
    with pytest.raises(PlaceUnreachable, match=r"refuses: the clock of this machine is wrong: set it, then it goes on"):
        Storage(ACCESS).put("a", b"a")


def test_cut_connections_are_tried_again_and_a_slow_link_only_takes_longer(relay: Relay) -> None:
    waited: list[float] = []
    place, content = Storage(ACCESS, pause=waited.append), os.urandom(1_000_000)
    relay.cuts = [2_000, 300_000, 900_000]
    place.put("cut", content)
    assert (place.get("cut"), len(waited)) == (content, 3)
    relay.cuts = [2_000] * 4
    # It depends on the moment how the system tells of the cut.
    with pytest.raises(PlaceUnreachable, match=r"does not answer: it(s answer broke off| takes no connection)"):
        place.put("never", content)
    relay.rate = 200_000
    begun = time.monotonic()
    try:
        place.put("slow", content)
    finally:
        relay.rate = 0
    taken = time.monotonic() - begun
    print(f"\n  1 MB at 200 kB/s in {taken:.1f} s", end="")
    assert (place.get("slow"), taken > 4) == (content, True)
