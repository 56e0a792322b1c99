"""What the doctor says of the certificate, found out as a visitor would."""

import ssl

import pytest
from django.test import override_settings

from tests.certificates import Authority
from wayloop.config.environment import read_environment
from wayloop.contracts.doctor import State
from wayloop.operations.https_check import examine, https


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Whom visitors believe."""
    return Authority(tmp_path_factory.mktemp("tls"))


def test_a_certificate_is_examined_as_a_visitor_would(authority: Authority) -> None:
    believer, stranger = ssl.create_default_context(cafile=str(authority.path)), ssl.create_default_context()
    good = authority.issue("good", "crm.example.com", "10.1.2.3", days=20.5)
    short = authority.issue("short", "crm.example.com", days=5)
    over = authority.issue("over", "crm.example.com", days=-1)
    found = [
        examine(*good, "crm.example.com", believer),
        examine(*good, "10.1.2.3", believer),
        examine(*short, "crm.example.com", believer),
        examine(*over, "crm.example.com", believer),
        examine(*good, "other.example.com", believer),
        examine(*good, "crm.example.com", stranger),
    ]
    states = [State.GOOD, State.GOOD, State.NOTICE, State.BROKEN, State.BROKEN, State.BROKEN]
    words = ["20 days left", "20 days left", "renew it", "certificate has expired", "Hostname mismatch", "local issuer"]
    assert [one.state for one in found] == states
    assert [word in one.text for word, one in zip(words, found, strict=True)] == [True] * 6


@pytest.mark.parametrize(
    ("wishes", "state"),
    [
        ({}, State.GOOD),
        ({"WAYLOOP_HOST": "0.0.0.0"}, State.NOTICE),  # noqa: S104
        ({"WAYLOOP_URL": "http://crm.example.com"}, State.NOTICE),
        ({"WAYLOOP_URL": "https://crm.example.com"}, State.NOTICE),
        ({"WAYLOOP_URL": "https://crm.example.com", "WAYLOOP_TRUSTED_PROXIES": "10.0.0.0/8"}, State.GOOD),
    ],
)
def test_the_way_people_come_is_told(wishes: dict[str, str], state: State) -> None:
    with override_settings(ENVIRONMENT=read_environment(wishes)):
        assert https().state is state


def test_a_certificate_of_ones_own_is_looked_at(authority: Authority) -> None:
    cert, key = authority.issue("own", "localhost")
    wishes = {"WAYLOOP_TLS_CERT": str(cert), "WAYLOOP_TLS_KEY": str(key)}
    with override_settings(ENVIRONMENT=read_environment(wishes)):
        assert (https().state, "localhost" in https().text) == (State.BROKEN, True)
