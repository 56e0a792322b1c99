"""The server's entry."""

import os
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wayloop.config.settings")
django_application = get_asgi_application()

# Only now: it uses Django's database, and Django has to be ready.
from django.conf import settings  # noqa: E402
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware  # noqa: E402

from wayloop.operations.health import with_health  # noqa: E402

_proxies = list(settings.ENVIRONMENT.trusted_proxies)
_behind: Any = django_application
if _proxies:
    _behind = ProxyHeadersMiddleware(_behind, trusted_hosts=_proxies)
application = with_health(_behind)
