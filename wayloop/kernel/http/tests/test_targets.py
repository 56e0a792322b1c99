"""What an address names, and which addresses are public."""

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wayloop.kernel.http import OutboundRefused, Reason, target_of
from wayloop.kernel.http.targets import is_public


@pytest.mark.parametrize(
    ("url", "normal"),
    [
        ("https://Example.COM", "https://example.com/"),
        ("http://example.com:80/a?b=c#d", "http://example.com/a?b=c"),
        ("https://example.com./", "https://example.com/"),
        ("https://приклад.укр/шлях?ключ=є", None),
        ("https://1.1.1.1/", "https://1.1.1.1/"),
        ("https://[2606:4700:4700:0::1111]/", "https://[2606:4700:4700::1111]/"),
    ],
)
def test_an_address_has_one_normal_form(url: str, normal: str | None) -> None:
    assert target_of(url).url == (
        normal or "https://xn--80aikifvh.xn--j1amh/%D1%88%D0%BB%D1%8F%D1%85?%D0%BA%D0%BB%D1%8E%D1%87=%D1%94"
    )


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("169.253.255.255", True),
        ("169.254.0.0", False),
        ("169.255.0.0", True),
        ("172.15.255.255", True),
        ("172.16.0.0", False),
        ("172.32.0.0", True),
        ("100.63.255.255", True),
        ("100.64.0.0", False),
        ("100.128.0.0", True),
        ("223.255.255.255", True),
        ("224.0.0.0", False),
        ("168.63.129.16", False),
        ("2606:4700:4700::1111", True),
        ("2001:4860:4860::8888", True),
        ("::ffff:8.8.8.8", False),
        ("64:ff9b::8.8.8.8", True),
        ("64:ff9b::10.0.0.1", False),
        ("2002:808:808::", False),
        ("2001:0:808:808::", False),
        ("fe80::1%lo", False),
        ("4000::1", False),
        ("2606:4700::200:5efe:10.0.0.1", False),
        ("2606:4700::200:5efe:8.8.8.8", True),
    ],
)
def test_an_address_is_public_or_not(address: str, public: bool) -> None:
    assert is_public(ip_address(address)) is public


@given(st.ip_addresses())
def test_nothing_that_python_knows_as_closed_is_public(address: object) -> None:
    found = ip_address(str(address))
    closed = found.is_private or found.is_loopback or found.is_multicast or found.is_link_local or found.is_reserved
    assert not (is_public(found) and closed) or str(found).startswith("64:ff9b::")


@given(st.text(max_size=60))
def test_any_text_is_refused_or_names_a_public_target(text: str) -> None:
    for url in (text, f"http://{text}/", f"https://{text}"):
        try:
            found = target_of(url)
        except OutboundRefused:
            continue
        assert found.url.isascii()
        assert target_of(found.url) == found
        assert found.literal is None or is_public(found.literal)


def test_another_port_is_opened_by_code_only() -> None:
    with pytest.raises(OutboundRefused) as refused:
        target_of("https://example.com:8443/")
    assert refused.value.reason is Reason.PORT
    assert target_of("https://example.com:8443/", frozenset({8443})).authority == "example.com:8443"
