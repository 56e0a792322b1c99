"""A laboratory for the outbound client: a name server that lies, servers that send visitors on, and a canary.

`python -m tests.faults.ssrf_lab` prints one JSON object. In a network namespace of its own (`unshare -rnm`) the client
runs exactly as it is: the system's resolver asks our name server, public and private addresses are those of the
namespace's loopback, and the canary is whatever listens at an address that is not public. Elsewhere (`--plain`) the
resolver and the connections are lent, and every connection to an address that is not public goes to the canary.
All traffic stays on loopback.
"""

import contextlib
import datetime
import itertools
import json
import os
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, unquote

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from wayloop.kernel import http
from wayloop.kernel.http.wire import Network, dial

PUBLIC = ("93.184.215.14", "2606:2800:21f:cb07::1")  # any public addresses; they are on our loopback only
PRIVATE = (
    "169.254.169.254", "10.0.0.5", "172.16.0.5", "192.168.1.1", "100.64.0.1", "198.18.0.1", "168.63.129.16",
    "192.0.0.192", "fd00:ec2::254", "fe80::1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "::ffff:0:7f00:1",
)  # fmt: skip
# Written like addresses: every known way to hide one that is not public.
NOTATIONS = [
    "127.0.0.1", "127.0.0.2", "127.255.255.254", "127.1", "127.0.1", "127.0.0.1.", "2130706433", "017700000001",
    "0x7f000001", "0x7F000001", "0X7f000001", "0177.0.0.1", "0177.0.0.01", "00127.0.0.1", "127.000.000.001",
    "0x7f.0x0.0x0.0x1", "0x7f.1", "127.0x0.0.1", "127.0.0.0x1", "0", "00", "0x0", "0.0", "4294967295",
    "0.0.0.0",  # noqa: S104 - an address, not a socket
    "127.0.0.1%00", "127.0.0.1%2e", "127%2e0%2e0%2e1", "①②⑦.⓪.⓪.①", "１２７.０.０.１", "127。0。0。1", "127．0．0．1",
    "localhost", "LOCALHOST", "localhost.", "localhost.localdomain", "ip6-localhost", "sub.localhost",
    "10.0.0.5", "167772165", "0xa000005", "012.0.0.5", "172.16.0.5", "192.168.1.1", "192.168.257", "3232235777",
    "100.64.0.1", "198.18.0.1", "192.0.0.192", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "169.254.169.254", "2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "0xa9.0xfe.0xa9.0xfe", "169.254.43518",
    "169.16689662", "169.254.169.254.", "168.63.129.16",
    "[::]", "[::1]", "[0:0:0:0:0:0:0:1]", "[0000:0000:0000:0000:0000:0000:0000:0001]", "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]", "[::ffff:169.254.169.254]", "[::ffff:a9fe:a9fe]", "[::127.0.0.1]", "[::7f00:1]",
    "[::ffff:0:127.0.0.1]", "[64:ff9b::127.0.0.1]", "[64:ff9b::a9fe:a9fe]", "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]",
    "[2002:a9fe:a9fe::]", "[2001:0:4136:e378:8000:63bf:3fff:fdd2]", "[fe80::1]", "[fe80::1%25lo]", "[fe80::1%lo]",
    "[fc00::1]", "[fd00:ec2::254]", "[ff02::1]", "[100::1]", "[2001:db8::1]", "[fec0::1]",
    "[2606:2800:21f:cb07:0:5efe:7f00:1]", "[127.0.0.1]", "[v1.127]",
]  # fmt: skip
# Whole addresses that two programs may read differently.
ADDRESSES = [
    "http://public.test@127.0.0.1/", "http://127.0.0.1@public.test/", "http://public.test:80@127.0.0.1/",
    "http://127.0.0.1#@public.test/", "http://127.0.0.1?@public.test/", "http://public.test\\@127.0.0.1/",
    "http://127.0.0.1\\@public.test/", "http://127.0.0.1\t/", "http://127.0.0.1 /", " http://127.0.0.1/",
    "http://127.0.0.1\r\nHost: public.test/", "http:127.0.0.1/", "http:/127.0.0.1/", "http:///127.0.0.1/",
    "//127.0.0.1/", "hTTp://127.0.0.1/", "http://127.0.0.1:80/", "http://127.0.0.1:080/", "http://127.0.0.1:443/",
    "http://public.test:22/", "http://public.test:6379/", "http://public.test:5432/", "http://public.test:0/",
    "http://public.test:65536/", "http://public.test:80:80/", "file:///etc/passwd", "ftp://public.test/",
    "gopher://127.0.0.1:80/_GET", "dict://127.0.0.1:80/", "jar:http://127.0.0.1!/", "ldap://127.0.0.1/",
    "data:text/plain,x", "unix:///var/run/docker.sock", "http+unix://%2Fvar%2Frun%2Fdocker.sock/", "http://", "",
    "http://[::1/", "http://::1/", "http://public.test\x00.evil.test/", "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/", "http://-.test/",
]  # fmt: skip
# Names whose server answers with what is not public, all the time or among good answers.
NAMES: dict[str, list[str]] = {
    "public.test": [*PUBLIC],
    "wrong.test": [PUBLIC[0]],
    "loop.test": ["127.0.0.1"],
    "loop6.test": ["::1"],
    "zero.test": ["0.0.0.0"],  # noqa: S104 - an answer, not a socket
    "metadata.test": ["169.254.169.254"],
    "metadata6.test": ["fd00:ec2::254"],
    "ten.test": ["10.0.0.5"],
    "cgnat.test": ["100.64.0.1"],
    "mapped.test": ["::ffff:127.0.0.1"],
    "nat64.test": ["64:ff9b::a9fe:a9fe"],
    "sixtofour.test": ["2002:7f00:1::"],
    "local6.test": ["fe80::1"],
    "mixed.test": [PUBLIC[0], "127.0.0.1"],
    "mixed6.test": [PUBLIC[0], "::1"],
    "late.test": [PUBLIC[0], PUBLIC[0], "169.254.169.254"],
    "alias.test": ["loop.test"],
    "alias2.test": ["alias.test"],
    "127.0.0.1.public.test": ["127.0.0.1"],
    "приклад.test": ["127.0.0.1"],
}
CHANGING = {"rebind.test": [PUBLIC[0], "127.0.0.1"], "rebind2.test": ["169.254.169.254", PUBLIC[0]]}
REBINDINGS = 200


class Names:
    """A name server on UDP. Names of `CHANGING` get their next answer at every question, and a life of 0 seconds."""

    def __init__(self, port: int) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", port))
        self.address = self._socket.getsockname()
        self._turns = {name: itertools.cycle(answers) for name, answers in CHANGING.items()}
        self._known = {name.encode("idna").decode(): answers for name, answers in NAMES.items()}
        threading.Thread(target=self._serve, daemon=True).start()

    def find(self, name: str, kind: int) -> list[str]:
        """The answers for a name: kind 1 is IPv4, 28 is IPv6."""
        found = [next(self._turns[name])] if name in self._turns and kind == 1 else self._known.get(name, [])
        plain = [address for one in found for address in (self.find(one, kind) if one.endswith(".test") else [one])]
        return [address for address in plain if (":" in address) == (kind == 28)]

    def _serve(self) -> None:
        while True:
            question, sender = self._socket.recvfrom(512)
            with contextlib.suppress(OSError, IndexError, UnicodeError):
                self._socket.sendto(self._answer(question), sender)

    def _answer(self, question: bytes) -> bytes:
        labels, at = [], 12
        while question[at]:
            labels.append(question[at + 1 : at + 1 + question[at]].decode().lower())
            at += 1 + question[at]
        kind = int.from_bytes(question[at + 1 : at + 3], "big")
        rows = b""
        found = self.find(".".join(labels), kind) if kind in (1, 28) else []
        for address in found:
            raw = socket.inet_pton(socket.AF_INET6 if kind == 28 else socket.AF_INET, address)
            rows += b"\xc0\x0c" + kind.to_bytes(2, "big") + b"\0\1\0\0\0\0" + len(raw).to_bytes(2, "big") + raw
        known = ".".join(labels) in self._known or ".".join(labels) in self._turns
        flags = b"\x81\x80" if known else b"\x81\x83"
        return (
            question[:2] + flags + b"\0\1" + len(found).to_bytes(2, "big") + b"\0\0\0\0" + question[12 : at + 5] + rows
        )


class Servers:
    """Listens everywhere. At a public address it is a server that sends visitors on; elsewhere it is the canary."""

    def __init__(self, tls: ssl.SSLContext) -> None:
        self._tls = tls
        self.canary: Counter[str] = Counter()
        self.served: Counter[str] = Counter()

    def listen(self, family: socket.AddressFamily, place: str, port: int, *, canary: bool | None, secure: bool) -> int:
        """Answers the port. `canary`: None lets the address of each connection decide."""
        listening = socket.socket(family, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listening.bind((place, port))
        listening.listen(64)
        threading.Thread(target=self._accept, args=(listening, canary, secure), daemon=True).start()
        return int(listening.getsockname()[1])

    def _accept(self, listening: socket.socket, canary: bool | None, secure: bool) -> None:
        while True:
            connection, _ = listening.accept()
            own = str(connection.getsockname()[0])
            if canary if canary is not None else own not in PUBLIC:
                self.canary[own] += 1
                connection.close()
                continue
            threading.Thread(target=self._serve, args=(connection, secure), daemon=True).start()

    def _serve(self, connection: socket.socket, secure: bool) -> None:
        with contextlib.suppress(OSError, ValueError, IndexError), connection:
            connection.settimeout(5)
            plain = self._tls.wrap_socket(connection, server_side=True) if secure else connection
            asked = b""
            while b"\r\n\r\n" not in asked:
                asked += plain.recv(4096) or b"\r\n\r\n"
            path = asked.split(b" ")[1].decode()
            self.served[path.partition("?")[0]] += 1
            place = unquote(path.removeprefix("/go?")) if path.startswith("/go?") else path * (path == "/round")
            head = f"HTTP/1.1 302 Found\r\nLocation: {place}\r\n" if place else "HTTP/1.1 200 OK\r\n"
            plain.sendall(head.encode("utf-8", "replace") + b"Content-Length: 2\r\n\r\nok")
            plain.close()


def certificate(names: list[str]) -> tuple[ssl.SSLContext, Callable[[], ssl.SSLContext]]:
    """The server's side with a certificate for `names`, and the client's side that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Laboratory")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public = made.public_bytes(serialization.Encoding.PEM).decode()
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.NamedTemporaryFile(suffix=".pem") as file:
        file.write(public.encode() + private)
        file.flush()
        server.load_cert_chain(file.name)
    return server, lambda: ssl.create_default_context(cadata=public)


def outcome(request: http.Request) -> str:
    """What became of a request: its status, or the reason why it was not sent or failed."""
    try:
        return str(http.send(request).status)
    except http.OutboundError as error:
        return f"{type(error).__name__.removeprefix('Outbound').lower()}: {error.reason.value}"


def naive(host: str) -> None:
    """What a client without a guard does: whatever the system makes of the name, it connects to."""
    with contextlib.suppress(OSError, UnicodeError):
        socket.create_connection((host.strip("[]"), 80), timeout=1).close()


def prepare_namespace() -> None:
    """Gives the namespace's loopback its addresses and points the system's resolver to our name server."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    for address in (*PUBLIC, *PRIVATE):
        flags = ["nodad"] if ":" in address else []
        subprocess.run(["ip", "addr", "add", address, "dev", "lo", *flags], check=False, capture_output=True)
    with tempfile.NamedTemporaryFile("w", suffix=".conf", delete=False) as file:
        file.write("nameserver 127.0.0.1\noptions attempts:1 timeout:2\n")
    Path(file.name).chmod(0o644)
    subprocess.run(["mount", "--bind", file.name, str(Path("/etc/resolv.conf").resolve())], check=True)


def main(plain: bool) -> None:
    """Runs everything and prints what happened."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        os.environ[name] = "http://127.0.0.1:80"
    tls, trust = certificate(["public.test"])
    servers = Servers(tls)
    network = Network(trust=trust, note=lambda _, __: None)
    if plain:
        names = Names(0)
        ports = {
            (known, secure): servers.listen(socket.AF_INET, "127.0.0.1", 0, canary=not known, secure=secure)
            for known in (True, False)
            for secure in (True, False)
        }
        network.resolve = lambda host, _: names.find(host, 1) + names.find(host, 28)
        network.dial = lambda address, port, timeout: dial("127.0.0.1", ports[address in PUBLIC, port == 443], timeout)
    else:
        prepare_namespace()
        Names(53)
        for port in (80, 443):
            for family, place in ((socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::")):  # noqa: S104
                servers.listen(family, place, port, canary=None, secure=port == 443)
    found: dict[str, object] = {"mode": "plain" if plain else "namespace"}
    if not plain:
        # Proof that the canary sees what comes, and how much of this list a client without a guard would reach.
        for host in [*NOTATIONS, *NAMES, *(["rebind.test", "rebind2.test"] * 5)]:
            naive(host)
        seen = -1
        while seen < (seen := sum(servers.canary.values())):
            time.sleep(0.5)  # what the system has accepted is counted a moment later
        found["naive"] = seen
        found["naive_places"] = sorted(servers.canary)
        servers.canary.clear()
    with http.using(network):
        urls = [f"http://{host}/" for host in NOTATIONS] + ADDRESSES
        urls += [f"http://{name}/" for name in NAMES if name not in ("public.test", "wrong.test")]
        urls += [url.replace("http://", "https://", 1) for url in urls if url.startswith("http://")]
        direct = {url: outcome(http.Request(url)) for url in urls}
        led = {url: outcome(http.Request(f"http://public.test/go?{quote(url, safe='')}", redirects=3)) for url in urls}
        rebound = Counter(outcome(http.Request(f"http://{name}/")) for _ in range(REBINDINGS) for name in CHANGING)
        found |= {
            "good": [outcome(http.Request(f"{scheme}://public.test/")) for scheme in ("http", "https")],
            "led_good": outcome(http.Request("http://public.test/go?https://public.test/", redirects=1)),
            "wrong_certificate": outcome(http.Request("https://wrong.test/")),
            "downgrade": outcome(http.Request("https://public.test/go?http://public.test/", redirects=1)),
            "round": outcome(http.Request("http://public.test/round", redirects=5)),
            "unknown": outcome(http.Request("http://nobody.test/")),
            "other_port": outcome(http.Request("http://public.test/", ports=frozenset({8080}))),
        }
    time.sleep(0.5)
    found |= {
        "notations": len(NOTATIONS),
        "direct": direct,
        "led": led,
        "rebound": dict(rebound),
        "n": len(direct) + len(led) + sum(rebound.values()),
        "canary": sum(servers.canary.values()),
        "canary_places": sorted(servers.canary),
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main("--plain" in sys.argv)
