"""What can be known of customers."""

from collections.abc import Sequence

from wayloop.accounts.api import Role
from wayloop.customers.enums import About, CustomerKind
from wayloop.customers.models import TraitDefinition
from wayloop.customers.rules.sight import sights_of


def all_definitions() -> dict[str, TraitDefinition]:
    """Key → definition, archived ones too, in their order."""
    return {one.key: one for one in TraitDefinition.objects.all()}


def definitions_for(role: Role, kind: str | None = None) -> list[TraitDefinition]:
    """The traits in use that a member of this role may see, in their order; `kind`: those of such customers only."""
    found = TraitDefinition.objects.filter(archived_at=None, sight__in=sights_of(role))
    if kind is not None:
        about = About.COMPANY if kind == CustomerKind.COMPANY else About.PERSON
        found = found.filter(about__in=(About.ALL, about))
    return list(found)


def definition_for(key: str, role: Role) -> TraitDefinition | None:
    """The trait in use of this key, when a member of this role may see it."""
    return TraitDefinition.objects.filter(key=key, archived_at=None, sight__in=sights_of(role)).first()


def wanted_definitions(keys: Sequence[str]) -> dict[str, TraitDefinition]:
    """Key → definition of these traits."""
    return {one.key: one for one in TraitDefinition.objects.filter(key__in=keys)}
