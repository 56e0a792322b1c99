"""What is written of the API is so: the examples work, the page shows every operation."""

import json
import re
import shlex
from pathlib import Path
from urllib.parse import urlsplit

from django.test import Client

from wayloop.accounts.testing import KeyBrowser

GUIDE = Path(__file__).resolve().parents[3] / "docs" / "how-to" / "api.md"


def examples() -> list[list[str]]:
    blocks = re.findall(r"```\n(curl .*?)\n```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    return [shlex.split(block) for block in blocks]


def run(words: list[str], key: KeyBrowser) -> int:
    """Asks as curl would."""
    url = urlsplit(next(word for word in words if word.startswith("$WAYLOOP")).replace("$WAYLOOP", "http://testserver"))
    headers = dict(re.split(": ?", words[place + 1], maxsplit=1) for place, word in enumerate(words) if word == "-H")
    headers = {name: value.replace("$KEY", key.key or "") for name, value in headers.items()}
    client, path = Client(headers=headers), f"{url.path}?{url.query}"
    if "-d" not in words:
        return client.get(path).status_code
    content = words[words.index("-d") + 1]
    return client.post(path, json.loads(content), content_type="application/json").status_code


def test_the_examples_of_the_guide_work(owner_key: KeyBrowser) -> None:
    codes = [run(words, owner_key) for words in examples()]
    assert codes == [200, 200, 200, 201, 200, 200, 200, 200, 200]


def test_the_reference_is_for_those_who_look_after_the_place(
    owner: Client, reader: Client, front_desk: Client, stranger: Client
) -> None:
    answers = [one.get("/developers/") for one in (owner, reader, front_desk, stranger)]
    assert [one.status_code for one in answers] == [200, 200, 403, 302]
    page = answers[0].content.decode()
    document = owner.get("/api/v1/openapi.json").json()
    names = {one["operationId"] for methods in document["paths"].values() for one in methods.values()}
    assert {name for name in names if f'id="{name}"' not in page} == set()
    assert 'id="problem-version_differs"' in page
