"""All addresses, put together from the contexts."""

from django.urls import include, path

from wayloop.config.rest.page import developers

handler400 = "wayloop.web.views.bad_request"
handler403 = "wayloop.web.views.permission_denied"
handler404 = "wayloop.web.views.not_found"
handler500 = "wayloop.web.views.server_error"

# Each context owns its own addresses.
urlpatterns = [
    # First: nobody comes more often than respondents, and looking an address up costs more the later it stands.
    path("", include("wayloop.surveys.page_urls")),
    path("", include("wayloop.web.urls")),
    path("", include("wayloop.accounts.urls")),
    path("customers/", include("wayloop.customers.urls")),
    path("orders/", include("wayloop.commerce.urls")),
    path("", include("wayloop.commerce.counter_urls")),
    path("products/", include("wayloop.commerce.product_urls")),
    path("service/", include("wayloop.commerce.service_urls")),
    path("", include("wayloop.work.urls")),
    path("imports/", include("wayloop.imports.urls")),
    path("numbers/", include("wayloop.metrics.urls")),
    path("scores/", include("wayloop.surveys.urls")),
    path("surveys/", include("wayloop.surveys.desk_urls")),
    path("", include("wayloop.voice.urls")),
    path("research/", include("wayloop.journeys.urls")),
    path("", include("wayloop.privacy.urls")),
    path("", include("wayloop.channels.urls")),
    path("messages/", include("wayloop.messaging.urls")),
    path("", include("wayloop.operations.urls")),
    path("api/v1/", include("wayloop.config.rest.urls")),
    path("developers/", developers, name="developers"),
]
