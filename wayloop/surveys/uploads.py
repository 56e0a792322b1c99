"""Files of respondents: photos and PDFs, told by their first bytes and not by their names."""

import re
from collections.abc import Mapping
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from wayloop.surveys.document.answers import AnswerRefused

LARGEST = 10 * 1024 * 1024
_BEGINNINGS: Mapping[str, tuple[bytes, ...]] = {
    "jpg": (b"\xff\xd8\xff",),
    "png": (b"\x89PNG\r\n\x1a\n",),
    "gif": (b"GIF87a", b"GIF89a"),
    "pdf": (b"%PDF-",),
}
_HEIC = (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftyphevc", b"ftypavif")
ACCEPTED = "image/jpeg,image/png,image/gif,image/webp,image/heic,application/pdf"


def check_upload(upload: "UploadedFile[Any]") -> str:
    """The name to keep a file under: its own words and the ending of what it is. Raises `AnswerRefused`."""
    if (upload.size or 0) > LARGEST:
        raise AnswerRefused(_("The file is larger than 10 MB. Send a smaller one, or a photo of it."))
    head = upload.read(32)
    upload.seek(0)
    kind = _kind_of(head)
    if kind is None:
        raise AnswerRefused(_("Only photos and PDF files can be sent here."))
    stem = re.sub(r"[^\w.-]+", " ", (upload.name or "").rpartition(".")[0] or "file").strip(" .") or "file"
    return f"{stem[:80]}.{kind}"


def _kind_of(head: bytes) -> str | None:
    for kind, beginnings in _BEGINNINGS.items():
        if head.startswith(beginnings):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    return "heic" if head[4:12] in _HEIC else None
