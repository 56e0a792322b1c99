"""Sites of the business that may show surveys in a frame."""

from django.db import transaction
from django.utils.translation import gettext as _

from wayloop.kernel import clock
from wayloop.surveys.models import Site
from wayloop.surveys.popin import read_origin
from wayloop.surveys.rules import SurveyRefused

MOST_SITES = 30


@transaction.atomic
def add_site(*, origin: str) -> Site:
    """Lets a site show surveys; one that may already stays as it is. Raises `SurveyRefused`."""
    if Site.objects.count() >= MOST_SITES:
        raise SurveyRefused(_("30 sites are enough: take one away first."))
    return Site.objects.get_or_create(origin=read_origin(origin), defaults={"added_at": clock.now()})[0]


@transaction.atomic
def remove_site(*, origin: str) -> None:
    """Surveys are not shown there any more."""
    Site.objects.filter(origin=origin).delete()
