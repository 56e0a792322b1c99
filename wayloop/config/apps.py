"""Binds what the contexts offer when Django is ready."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class ConfigApp(AppConfig):
    """The last application to start: by now every model is known."""

    name = "wayloop.config"

    def ready(self) -> None:
        """Loads each context's `offers` and `reactions`, which register themselves; Procrastinate loads `tasks`.

        Reactions come last: what somebody listens to may depend on what others offer.
        """
        autodiscover_modules("offers")
        autodiscover_modules("reactions")
