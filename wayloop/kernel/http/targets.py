"""What an address names, read so strictly that nothing else can read it differently; and which addresses are public."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from wayloop.kernel.http.messages import WEB_PORTS, OutboundRefused, Reason

LONGEST_URL = 4096
_DEFAULT_PORTS = {"http": 80, "https": 443}
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
# The last label decides (WHATWG URL, "ends in a number"): digits, or hexadecimal with 0x in front.
_NUMERIC = re.compile(r"[0-9]+|0x[0-9a-f]*")

# IANA special-purpose registries, everything that is not for the public internet; a closed list of our own, because
# `ipaddress.is_global` differs between versions of Python.
_NOT_PUBLIC_4 = [
    IPv4Network(block)
    for block in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    )
]  # fmt: skip
# Platforms that answer about their own machines at a public address.
_METADATA_4 = [IPv4Network("168.63.129.16/32")]
# Only this block is given to the public internet; loopback, mapped, local, link-local, multicast lie outside.
_UNICAST_6 = IPv6Network("2000::/3")
_NOT_PUBLIC_6 = [IPv6Network(block) for block in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")]
_NAT64 = IPv6Network("64:ff9b::/96")
# ISATAP: an IPv4 address behind these 32 bits of the interface part.
_ISATAP = (0x00005EFE, 0x02005EFE)


@dataclass(frozen=True)
class Target:
    """A checked address: where to connect, whom to ask for, and what to ask."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def literal(self) -> IPv4Address | IPv6Address | None:
        """The IP address when the host is written as one."""
        try:
            return ip_address(self.host)
        except ValueError:
            return None

    @property
    def authority(self) -> str:
        """The value of the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The address in its one normal form."""
        return f"{self.scheme}://{self.authority}{self.path}"

    @property
    def origin(self) -> tuple[str, str, int]:
        """What a caller's own headers are meant for."""
        return self.scheme, self.host, self.port


def target_of(url: str, ports: frozenset[int] = WEB_PORTS) -> Target:
    """Reads an address without asking any name server.

    Raises `OutboundRefused` for other schemes and ports, for credentials, for odd notations of IP addresses, and for
    addresses that are not public as written.
    """
    if len(url) > LONGEST_URL or any(ord(letter) <= 32 or 127 <= ord(letter) < 160 for letter in url) or "\\" in url:
        raise OutboundRefused(Reason.ADDRESS)
    try:
        parts = urlsplit(url)
        port = parts.port
        host = parts.hostname or ""
    except ValueError as error:
        raise OutboundRefused(Reason.ADDRESS) from error
    if parts.scheme not in _DEFAULT_PORTS:
        raise OutboundRefused(Reason.SCHEME)
    if "@" in parts.netloc:
        raise OutboundRefused(Reason.CREDENTIALS)
    if not host or ("[" in parts.netloc and ":" not in host):
        raise OutboundRefused(Reason.ADDRESS)
    found = Target(parts.scheme, host_of(host), port if port is not None else _DEFAULT_PORTS[parts.scheme], _path(url))
    if found.port not in ports:
        raise OutboundRefused(Reason.PORT)
    if found.literal is not None and not is_public(found.literal):
        raise OutboundRefused(Reason.NOT_PUBLIC)
    return found


def host_of(host: str) -> str:
    """The name of a server in its one form. Raises `OutboundRefused` for what is none, as for odd notations.

    Unlike `target_of` it says nothing of which addresses are public.
    """
    if ":" in host:
        if "%" in host:
            raise OutboundRefused(Reason.NOT_PUBLIC)
        try:
            return str(IPv6Address(host))
        except ValueError as error:
            raise OutboundRefused(Reason.ADDRESS) from error
    try:
        # Also brings full-width and other look-alike digits and dots to their plain form, before anything is checked.
        name = host.encode("idna").decode("ascii").lower().removesuffix(".")
    except UnicodeError as error:
        raise OutboundRefused(Reason.ADDRESS) from error
    labels = name.split(".")
    if len(name) > 253 or not all(map(_LABEL.fullmatch, labels)):
        raise OutboundRefused(Reason.ADDRESS)
    if _NUMERIC.fullmatch(labels[-1]):
        try:
            # Four plain decimals only; octal, hexadecimal, short and whole-number forms mean different things to
            # different programs.
            return str(IPv4Address(name))
        except ValueError as error:
            raise OutboundRefused(Reason.NOT_PUBLIC) from error
    return name


def _path(url: str) -> str:
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return "".join(letter if letter.isascii() else _escaped(letter) for letter in path)


def _escaped(letter: str) -> str:
    try:
        return "".join(f"%{byte:02X}" for byte in letter.encode())
    except UnicodeEncodeError as error:
        raise OutboundRefused(Reason.ADDRESS) from error


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether the address belongs to the public internet, and so does any address hidden inside it."""
    if isinstance(address, IPv4Address):
        return not any(address in block for block in _NOT_PUBLIC_4 + _METADATA_4)
    if address.scope_id:
        return False
    if address in _NAT64:
        # Networks without IPv4 reach every IPv4 server this way.
        return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
    if address not in _UNICAST_6 or any(address in block for block in _NOT_PUBLIC_6):
        return False
    if int(address) >> 32 & 0xFFFFFFFF in _ISATAP:
        return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
    return True


def all_public(addresses: Iterable[str]) -> bool:
    """Whether every one of the addresses is public; one that cannot be read is not."""
    try:
        return all(is_public(ip_address(address)) for address in addresses)
    except ValueError:
        return False
