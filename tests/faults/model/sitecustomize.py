"""Lets the worker of a real installation know the model flow: Python imports this when its folder is on the path."""

import django

_setup = django.setup


def _setup_with_model(set_prefix: bool = True) -> None:
    _setup(set_prefix)
    import model_flow  # noqa: F401


django.setup = _setup_with_model
