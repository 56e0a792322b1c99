"""What a request by script asks for."""

from django.http import HttpRequest


def asks_for(request: HttpRequest, element_id: str) -> bool:
    """Whether htmx wants only the part of the page with this id.

    htmx 4 names the target with its tag, as in `div#timeline-more`.
    """
    return request.headers.get("HX-Target", "").rpartition("#")[2] == element_id
