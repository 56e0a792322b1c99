"""The web process: `python -m wayloop.operations.web PARENT SOCKET`, started by the supervisor only.

The listening socket comes from the supervisor, so that it stays open while this process is replaced: visitors wait for
a second instead of being turned away. The program is loaded at once, while another process brings the tables up to
date; serving begins when a line arrives on standard input.
"""

import os
import socket
import sys

import uvicorn

from wayloop.operations.processes import die_with

DRAIN_SECONDS = 8


def main(parent: int, listening: int) -> None:
    """Serves until it is told to stop; then finishes the requests it has, for `DRAIN_SECONDS` at most."""
    die_with(parent)
    config = uvicorn.Config(
        "wayloop.config.asgi:application",
        log_config=None,  # Django's settings decide
        access_log=False,
        lifespan="off",
        server_header=False,
        proxy_headers=False,
        ssl_certfile=os.environ.get("WAYLOOP_TLS_CERT") or None,
        ssl_keyfile=os.environ.get("WAYLOOP_TLS_KEY") or None,
        timeout_graceful_shutdown=DRAIN_SECONDS,
    )
    config.load()
    if not sys.stdin.readline():
        return
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=listening)])


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
