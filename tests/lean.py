"""What keeps thousands of tests cheap without changing what they see. A pytest plugin."""

import gc
from collections.abc import Iterator
from typing import Any

import pytest
from django.template.base import Template
from django.test.signals import template_rendered


@pytest.fixture(scope="session", autouse=True)
def _whole_pages_are_noted(django_test_environment: None) -> Iterator[None]:
    """Django notes each template a page is made of, with a copy of all it was given: hundreds for one page, as each
    component is a template. `answer.context` needs that of the page only."""
    noted = Template._render

    def render(self: Template, context: Any) -> Any:
        if context.template is self and not (self.name or "").startswith("cotton/"):
            template_rendered.send(sender=self, template=self, context=context)
        return self.nodelist.render(context)

    Template._render = render  # type: ignore[method-assign]
    yield
    Template._render = noted  # type: ignore[method-assign]


def pytest_collection_finish() -> None:
    """What is loaded by now stays: nobody needs to look through it again and again for what can go."""
    gc.collect()
    gc.freeze()
