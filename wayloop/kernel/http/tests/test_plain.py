"""Connections to mail servers: nowhere but to public addresses, or to one's own house when an owner said so."""

import re
import socket

import pytest

from wayloop.kernel import http
from wayloop.kernel.http.wire import Network


class Dialled(Exception):
    """A connection would be made."""


def network(*addresses: str) -> Network:
    """A name server that answers this, and no way out."""

    def dial(address: str, port: int, timeout: float) -> socket.socket:
        raise Dialled(address)

    return Network(resolve=lambda host, port: list(addresses), dial=dial, note=lambda host, port: None)


@pytest.mark.parametrize("may_be_local", [False, True])
@pytest.mark.parametrize(
    "addresses",
    [
        ["169.254.169.254"], ["168.63.129.16"], ["0.0.0.1"], ["224.0.0.1"], ["100.64.0.1"], ["fe80::1"], ["::"],
        ["::ffff:169.254.169.254"], ["64:ff9b::a9fe:a9fe"], ["93.184.215.14", "169.254.169.254"], ["nonsense"],
        ["93.184.215.14", "127.0.0.1"],
    ],
)  # fmt: skip
def test_no_leave_reaches_what_is_neither_public_nor_ones_own(addresses: list[str], may_be_local: bool) -> None:
    with pytest.raises(http.OutboundRefused):
        http.connect("mx.example.com", 587, may_be_local=may_be_local, network=network(*addresses))


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "172.20.0.5", "192.168.1.9", "::1", "fd00::5"])
def test_a_server_in_the_house_is_reached_by_leave_only(address: str) -> None:
    with pytest.raises(http.OutboundRefused):
        http.connect("mail.local", 587, network=network(address))
    with pytest.raises(Dialled, match=re.escape(address)):
        http.connect("mail.local", 1025, may_be_local=True, network=network(address))


@pytest.mark.parametrize(
    ("port", "may_be_local"), [(22, True), (80, True), (5432, False), (1025, False), (70000, True)]
)
def test_only_ports_of_mail_are_reached(port: int, may_be_local: bool) -> None:
    with pytest.raises(http.OutboundRefused):
        http.connect("mx.example.com", port, may_be_local=may_be_local, network=network("127.0.0.1"))


@pytest.mark.parametrize(
    "host", ["", "a b", "0x7f.1", "2130706433", "127.1", "a/b", "user@mx.example.com", "fe80::1%eth0"]
)
def test_odd_names_are_none(host: str) -> None:
    with pytest.raises(http.OutboundRefused):
        http.connect(host, 587, may_be_local=True, network=network("93.184.215.14"))


def test_a_public_server_is_reached() -> None:
    with pytest.raises(Dialled, match=r"93\.184\.215\.14"):
        http.connect("mx.example.com", 465, network=network("93.184.215.14"))
