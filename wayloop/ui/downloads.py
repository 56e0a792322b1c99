"""Files that are handed out: saved by the browser, never shown in the origin of our pages, whatever they hold."""

from io import BytesIO
from pathlib import Path

from django.http import FileResponse

# For browsers that show a file all the same: no scripts, no forms, no origin, nothing fetched.
POLICY = "sandbox; default-src 'none'"


def saved(content: Path | bytes, name: str, kind: str = "application/octet-stream") -> FileResponse:
    """The file as somebody saves it under `name`. `kind` is its type, for programs; people never choose it."""
    opened = BytesIO(content) if isinstance(content, bytes) else content.open("rb")
    answer = FileResponse(opened, as_attachment=True, filename=name, content_type=kind)
    answer.headers["Content-Security-Policy"] = POLICY
    return answer
