"""Imports over the API."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from wayloop.accounts.testing import KeyBrowser
from wayloop.imports.models import Import


def send(key: KeyBrowser, content: bytes = b"a,b\n1,2\n") -> Any:
    return key._client.post("/api/v1/files", {"file": SimpleUploadedFile("orders.csv", content)})


@pytest.fixture
def sent(owner_key: KeyBrowser) -> dict[str, Any]:
    """A file that was kept."""
    told: dict[str, Any] = send(owner_key).json()
    return told


def test_a_file_is_kept_once(
    owner_key: KeyBrowser, reader_key: KeyBrowser, far_key: KeyBrowser, no_key: KeyBrowser, revoked_key: KeyBrowser
) -> None:
    first, second = send(owner_key), send(owner_key)
    assert (first.status_code, first.json()["size"], first.json()["id"]) == (201, 8, second.json()["id"])
    assert [send(key).status_code for key in (reader_key, far_key, no_key, revoked_key)] == [403, 403, 401, 401]
    assert owner_key.post("files", {}).status_code == 415


def test_a_run_is_started_read_and_stopped(
    owner_key: KeyBrowser, reader_key: KeyBrowser, far_key: KeyBrowser, no_key: KeyBrowser, revoked_key: KeyBrowser,
    sent: dict[str, Any],
) -> None:  # fmt: skip
    new = {"files": [{"id": sent["id"], "name": "orders.csv"}], "mapping": "online-retail", "is_trial": True}
    others = (reader_key, far_key, no_key, revoked_key)
    assert [key.post("imports", new).status_code for key in others] == [403, 403, 401, 401]
    assert Import.objects.count() == 0
    run = owner_key.post("imports", new)
    assert (run.status_code, run.json()["state"], run.json()["is_trial"]) == (201, "queued", True)
    path = f"imports/{run.json()['id']}"
    assert [key.get(path).status_code for key in (owner_key, *others)] == [200, 200, 403, 401, 401]
    assert [key.get(f"{path}/errors").status_code for key in (owner_key, *others)] == [404, 403, 403, 401, 401]
    assert [key.post(f"{path}/stop", {}).status_code for key in others] == [403, 403, 401, 401]
    assert owner_key.post(f"{path}/stop", {}).json()["state"] == "stopped"
    assert owner_key.post(f"{path}/resume", {}).json()["state"] == "queued"
    assert [key.get("imports").status_code for key in (owner_key, *others)] == [200, 200, 403, 401, 401]
    assert owner_key.get("imports/99999").status_code == 404


def test_what_cannot_be_a_run_is_told(owner_key: KeyBrowser, sent: dict[str, Any]) -> None:
    unknown = {"files": [{"id": "0" * 64, "name": "a.csv"}], "mapping": "online-retail"}
    assert owner_key.post("imports", unknown).json()["errors"][0]["pointer"] == "#/files/0/id"
    nothing = {"files": [{"id": sent["id"], "name": "a.csv"}], "mapping": "nothing"}
    assert owner_key.post("imports", nothing).json()["errors"][0]["pointer"] == "#/mapping"
    assert "online-retail" in {one["name"] for one in owner_key.get("mappings").json()["items"]}
