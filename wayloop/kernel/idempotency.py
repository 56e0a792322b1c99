"""The same POST twice has one effect: the second one gets the answer of the first.

The answer is stored in the transaction of the effect, so either both exist or none. For programs (`idempotent`): while
the first request runs, its twin is told to wait; the same key with another content is refused. For people
(`FormsOnceMiddleware`): a button pressed twice waits for the first and goes where that one went.
"""

import hashlib
import json
import re
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.template.response import SimpleTemplateResponse
from django.utils.translation import gettext as _

from wayloop.kernel import clock
from wayloop.kernel.ids import digest_key

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
KEPT = timedelta(days=7)
FORGOTTEN_AT_ONCE = 20  # expired answers removed with each new one, so that no clean-up has to be remembered
_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_TRY = "SELECT pg_try_advisory_xact_lock(%s)"
_WAIT = "SELECT pg_advisory_xact_lock(%s)"
_FIND = "SELECT fingerprint, status, headers::text, body FROM kernel_idempotency WHERE key = %s AND expires_at > %s"
_NOT_KEPT = frozenset({"set-cookie", "date"})

# The hidden field that each form of the kit brings along.
FORM_KEY = "form_key"
_FORM_KEY = re.compile(r"[0-9a-f]{32}")
_NO_CONTENT = ("csrfmiddlewaretoken", FORM_KEY)

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]
Refuse = Callable[[int, str, str], HttpResponse]


def idempotent(
    who: Callable[[HttpRequest], str], *, required: bool = True, refuse: Refuse | None = None
) -> Callable[[View[P]], View[P]]:
    """Makes a view safe to be called twice with the same `Idempotency-Key`.

    `who` names the caller (API key, visitor, form): one caller's key never meets another's. Without a key the answer is
    400, or, when not `required`, the view runs as always. The view runs inside one transaction; an error or a status of
    500 and more undoes it and stores nothing, so the caller may try again. Answers are kept for seven days. `refuse`
    makes the answer to a wrong use of keys from a status, a word and a line for people.
    """
    no = refuse or _refusal

    def guard(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            given = request.headers.get(HEADER)
            if given is None and not required:
                return view(request, *args, **kwargs)
            if given is None or not _KEY.fullmatch(given):
                return no(400, "key", _("Send an Idempotency-Key of 1 to 255 plain characters."))
            key = digest_key(who(request), given)
            return _once(key, _fingerprint(request), lambda: view(request, *args, **kwargs), refuse=no)

        return guarded

    return guard


class FormsOnceMiddleware:
    """A form of a member that is sent twice, as by an impatient finger, has one effect.

    Only where it led is kept: what is refused may be put right and sent again, and with another content it is another
    form. The view of a form with a key runs inside one transaction.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Runs the view itself when the request brings a key."""
        if request.method != "POST" or not request.user.is_authenticated:
            return None
        given = request.POST.get(FORM_KEY, "")
        if not _FORM_KEY.fullmatch(given):
            return None
        key = digest_key("form", str(request.user.pk), given, _form_content(request))
        return _once(key, b"", lambda: view(request, *args, **kwargs), keeps=HttpResponseRedirect)


def wait_for_twin(key: UUID) -> None:
    """Takes the key until the transaction ends, in whatever way; whoever else wants it waits so long."""
    with connection.cursor() as cursor:
        cursor.execute(_WAIT, [_lock_of(key)])


def _lock_of(key: UUID) -> int:
    return int.from_bytes(key.bytes[:8], "big", signed=True)


def _form_content(request: HttpRequest) -> str:
    told = sorted((name, values) for name, values in request.POST.lists() if name not in _NO_CONTENT)
    files = sorted((name, file.name, _digest(file)) for name, found in request.FILES.lists() for file in found)
    return json.dumps([request.get_full_path(), told, files])


def _digest(file: "UploadedFile[bytes]") -> str:
    """Of what is in a file: one that was put right has the same name, and may have the same size."""
    digest = hashlib.blake2b(digest_size=16)
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def _once(
    key: UUID,
    content: bytes,
    run: Callable[[], HttpResponse],
    *,
    keeps: type[HttpResponseBase] = HttpResponseBase,
    refuse: Refuse | None = None,
) -> HttpResponse:
    """Runs the request and keeps its answer, or gives the answer that was kept, in one transaction.

    With `refuse` a request whose twin runs, or that has another content under the same key, is refused; without it the
    twin is waited for, and the key is of the content already. Answers of another type than `keeps` are not kept.
    """
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        # Released with the transaction, in any way it ends.
        cursor.execute(_TRY if refuse else _WAIT, [_lock_of(key)])
        if refuse and cursor.fetchone() != (True,):
            refusal = refuse(409, "running", _("The same request is being worked on. Ask again in a moment."))
            refusal.headers["Retry-After"] = "1"
            return refusal
        cursor.execute(_FIND, [key, clock.now()])
        found = cursor.fetchone()
        if found is None:
            response = run()
            return _kept(key, content, response) if isinstance(response, keeps) else response
    fingerprint, status, headers, body = found
    if refuse and bytes(fingerprint) != content:
        return refuse(422, "content", _("This Idempotency-Key was used for another request. Choose a new one."))
    return HttpResponse(bytes(body), status=status, headers={**json.loads(headers), REPLAYED: "true"})


def _kept(key: UUID, content: bytes, response: HttpResponse) -> HttpResponse:
    if response.streaming:
        raise TypeError("an idempotent view gives a whole answer, not a stream")
    if isinstance(response, SimpleTemplateResponse):
        response.render()
    if response.status_code >= 500:
        transaction.set_rollback(True)
        return response
    headers = {name: value for name, value in response.headers.items() if name.lower() not in _NOT_KEPT}
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM kernel_idempotency WHERE key IN (SELECT key FROM kernel_idempotency WHERE expires_at <= %s "
            "ORDER BY expires_at LIMIT %s FOR UPDATE SKIP LOCKED)",
            [now, FORGOTTEN_AT_ONCE],
        )
        cursor.execute(
            "INSERT INTO kernel_idempotency (key, fingerprint, status, headers, body, expires_at) "
            "VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (key) DO UPDATE SET fingerprint = EXCLUDED.fingerprint, "
            "status = EXCLUDED.status, headers = EXCLUDED.headers, body = EXCLUDED.body, "
            "expires_at = EXCLUDED.expires_at",
            [key, content, response.status_code, json.dumps(headers), response.content, now + KEPT],
        )
    return response


def _fingerprint(request: HttpRequest) -> bytes:
    digest = hashlib.sha256()
    for part in (request.method or "", request.get_full_path(), request.headers.get("Content-Type", "")):
        raw = part.encode()
        digest.update(len(raw).to_bytes(4, "big") + raw)
    digest.update(request.body)
    return digest.digest()


def _refusal(status: int, code: str, message: str) -> HttpResponse:
    return JsonResponse({"error": {"code": f"idempotency_{code}", "message": message}}, status=status)
