"""The reference of the API as a page, for members who look after the place."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from wayloop.accounts.api import Permission, permission_required
from wayloop.config.rest.reading import operations_by_tag
from wayloop.config.rest.urls import document
from wayloop.kernel.rest.problems import KINDS


@require_safe
@permission_required(Permission.SETTINGS_VIEW)
def developers(request: HttpRequest) -> HttpResponse:
    """Every operation with its fields, and every problem by its code."""
    context = {"groups": operations_by_tag(document()), "problems": KINDS}
    return render(request, "config/developers.html", context)
