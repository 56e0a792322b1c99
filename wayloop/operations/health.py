"""Answers `/healthz`: is the web process alive, and does the database answer it?

It stands in front of Django's request handling (see `config/asgi.py`): no session, no sign-in, no host check can get in
its way.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import sync_to_async
from django.db import Error, close_old_connections, connection

from wayloop.operations import HEALTH_PATH

Application = Callable[[Any, Any, Any], Awaitable[None]]


def database_answers() -> bool:
    """Whether the database answers a query on this thread's connection."""
    close_old_connections()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        connection.close()
        return False
    return True


def with_health(application: Application) -> Application:
    """The application with `/healthz` in front: 200 `ok`, or 503 `database unreachable`. Plain text, never cached."""

    async def serve(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or scope["path"] != HEALTH_PATH:
            await application(scope, receive, send)
            return
        healthy = await sync_to_async(database_answers, thread_sensitive=True)()
        text = b"ok\n" if healthy else b"database unreachable\n"
        headers = [
            (b"content-type", b"text/plain"),
            (b"cache-control", b"no-store"),
            (b"content-length", str(len(text)).encode()),
        ]
        await send({"type": "http.response.start", "status": 200 if healthy else 503, "headers": headers})
        await send({"type": "http.response.body", "body": text if scope["method"] != "HEAD" else b""})

    return serve
