"""The program's settings with the model flow beside the contexts."""

from wayloop.config.settings import *  # noqa: F403
from wayloop.config.settings import INSTALLED_APPS

INSTALLED_APPS = ["tests.faults.stream_app", *INSTALLED_APPS]
