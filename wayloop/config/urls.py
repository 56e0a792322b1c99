"""All addresses, put together from the contexts."""

from importlib.util import find_spec

from django.urls import include, path

# Each context owns its own addresses; the order is that of the house, from the shell down.
CONTEXT_URLS = (
    ("", "wayloop.web.urls"),
    ("", "wayloop.accounts.urls"),
    ("customers/", "wayloop.customers.urls"),
    ("orders/", "wayloop.commerce.urls"),
    ("imports/", "wayloop.imports.urls"),
)
urlpatterns = [path(prefix, include(module)) for prefix, module in CONTEXT_URLS if find_spec(module)]
