"""What can be known of customers."""

from collections.abc import Sequence

from django.db.models import QuerySet

from wayloop.accounts.api import Role
from wayloop.contracts.scope import Scope
from wayloop.customers.enums import About, CustomerKind
from wayloop.customers.models import TraitDefinition
from wayloop.customers.rules.sight import sights_of


def all_definitions() -> dict[str, TraitDefinition]:
    """Key → definition, archived ones too, in their order."""
    return {one.key: one for one in TraitDefinition.objects.all()}


def definitions_for(role: Role, scope: Scope, kind: str | None = None) -> list[TraitDefinition]:
    """The traits in use that a member of this role and scope may see, in their order; `kind`: of such customers only.

    Computed ones are worked out over all locations, so they are nothing for those who see some.
    """
    found = _seen(role, scope)
    if kind is not None:
        about = About.COMPANY if kind == CustomerKind.COMPANY else About.PERSON
        found = found.filter(about__in=(About.ALL, about))
    return list(found)


def definition_for(key: str, role: Role, scope: Scope) -> TraitDefinition | None:
    """The trait in use of this key, when a member of this role and scope may see it."""
    return _seen(role, scope).filter(key=key).first()


def wanted_definitions(keys: Sequence[str]) -> dict[str, TraitDefinition]:
    """Key → definition of these traits."""
    return {one.key: one for one in TraitDefinition.objects.filter(key__in=keys)}


def _seen(role: Role, scope: Scope) -> QuerySet[TraitDefinition]:
    found = TraitDefinition.objects.filter(archived_at=None, sight__in=sights_of(role))
    return found if scope.sees_everything else found.filter(is_computed=False)
