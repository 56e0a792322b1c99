"""The server's entry."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wayloop.config.settings")
django_application = get_asgi_application()

# Only now: it uses Django's database, and Django has to be ready.
from wayloop.operations.health import with_health  # noqa: E402

application = with_health(django_application)
