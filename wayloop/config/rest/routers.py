"""The routers of the contexts, in the order of the reference."""

from django.utils.module_loading import import_string

from wayloop.kernel.rest.routes import Routes

# By name, as addresses are included: the root knows all, and nobody else's face has to show its endpoints.
PLACES = (
    "wayloop.accounts.endpoints.routes",
    "wayloop.customers.endpoints.people.routes",
    "wayloop.customers.endpoints.traits.routes",
    "wayloop.customers.endpoints.events.routes",
    "wayloop.commerce.endpoints.orders.routes",
    "wayloop.commerce.endpoints.products.routes",
    "wayloop.work.endpoints.routes",
    "wayloop.surveys.endpoints.scores.routes",
    "wayloop.surveys.endpoints.results.routes",
    "wayloop.imports.endpoints.routes",
    "wayloop.metrics.endpoints.routes",
)


def all_routes() -> tuple[Routes, ...]:
    """Those of all contexts."""
    return tuple(import_string(place) for place in PLACES)
