"""The outbound client in the laboratory: nothing that is written, answered or redirected leads to our own network."""

import json
import shutil
import subprocess
import sys
from collections import Counter
from typing import Any

import pytest

from tests.architecture.source import ROOT

NAMESPACE = ["unshare", "--map-root-user", "--net", "--mount"]


def has_namespaces() -> bool:
    """Whether this machine lets us make a network of our own."""
    if not all(map(shutil.which, ("unshare", "ip", "mount"))):
        return False
    return subprocess.run([*NAMESPACE, "ip", "link"], capture_output=True, check=False).returncode == 0


def run(*, plain: bool) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.faults.ssrf_lab", *(["--plain"] if plain else [])]
    done = subprocess.run(
        [*([] if plain else NAMESPACE), *command], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert isinstance(found, dict)
    return found


@pytest.fixture(scope="module", params=["namespace", "plain"])
def lab(request: pytest.FixtureRequest) -> dict[str, Any]:
    if request.param == "namespace" and not has_namespaces():
        pytest.skip("not run: no network namespaces here; the plain laboratory ran instead")
    return run(plain=request.param == "plain")


def test_the_canary_sees_no_connection(lab: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(
            f"\nSSRF, {lab['mode']}: N = {lab['n']} requests ({lab['notations']} notations; directly, over a redirect, "
            f"with a changing name), canary {lab['canary']}, without a guard {lab.get('naive', '–')}"
        )
    assert (lab["canary"], lab["canary_places"]) == (0, [])
    assert lab["notations"] >= 60


def test_the_canary_would_have_seen_one(lab: dict[str, Any]) -> None:
    if lab["mode"] == "plain":
        pytest.skip("not run: without a namespace there is nothing at these addresses")
    assert lab["naive"] >= 60
    assert {"127.0.0.1", "169.254.169.254", "::1"} <= set(lab["naive_places"])


def test_every_address_asked_for_directly_is_refused_with_a_reason(lab: dict[str, Any]) -> None:
    sent = {url: told for url, told in lab["direct"].items() if not told.startswith("refused: ")}
    assert set(sent.values()) <= {"failed: unknown_name"}


def test_a_redirect_leads_no_further_than_the_public_server_itself(lab: dict[str, Any]) -> None:
    # Some of the addresses are relative when a server sends visitors there: they stay on that server.
    stays = {"http:127.0.0.1/", "http:/127.0.0.1/", "http:///127.0.0.1/", "", "http://"}
    followed = {url for url, told in lab["led"].items() if told == "200"}
    assert followed <= stays


def test_a_name_that_changes_its_mind_is_reached_where_it_was_checked_or_not_at_all(lab: dict[str, Any]) -> None:
    assert set(lab["rebound"]) == {"200", "refused: not_public"}


def test_public_servers_are_reached_and_certificates_count(lab: dict[str, Any]) -> None:
    told = {name: lab[name] for name in ("good", "led_good", "wrong_certificate", "downgrade", "round", "unknown")}
    assert told == {
        "good": ["200", "200"],
        "led_good": "200",
        "wrong_certificate": "failed: certificate",
        "downgrade": "refused: downgrade",
        "round": "failed: redirects",
        "unknown": "failed: unknown_name",
    }
    assert lab["other_port"] == "refused: port"


def test_each_kind_of_refusal_was_met(lab: dict[str, Any]) -> None:
    kinds = Counter(lab["direct"].values())
    assert {f"refused: {name}" for name in ("not_public", "address", "scheme", "port", "credentials")} <= set(kinds)
