"""Pages as PDF files get what they are served with, and nothing else."""

import pytest

from wayloop.ui.pdf import HOST, served


def test_only_what_pages_are_served_with_is_handed_to_them() -> None:
    assert served(f"{HOST}/static/build/manifest.json").startswith(b"{")
    for address in (
        "http://127.0.0.1:9/static/build/manifest.json",
        f"{HOST}/customers/",
        f"{HOST}/static/../pdf.py",
        f"{HOST}/static/%2e%2e/pdf.py",
        f"{HOST}/static//etc/passwd",
        "file:///etc/passwd",
    ):
        with pytest.raises(ValueError, match="none of our files"):
            served(address)
