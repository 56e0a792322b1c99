"""Figures of other contexts as fields, for readers to whom the computed traits would tell of hidden locations."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from wayloop.contracts.conditions import Bind, CustomerMeasure, Operator, Value
from wayloop.customers.fields.base import Compile, Eyes, Field, Kind, compare, compare_moment
from wayloop.kernel import registry

GROUP = _("Purchases")


def measure_fields(eyes: Eyes) -> Iterable[Field]:
    """A field for each figure that is offered; none for eyes that see everything."""
    if eyes.scope.sees_everything:
        return
    for measure in registry.offers(CustomerMeasure):  # type: ignore[type-abstract]
        kind = Kind(measure.kind)
        yield Field(
            measure.key, measure.label, kind, GROUP, _compiled(measure, kind), may_be_unknown=kind == Kind.MOMENT
        )


def _compiled(measure: CustomerMeasure, kind: Kind) -> Compile:
    def compiled(operator: Operator, values: tuple[Value, ...], eyes: Eyes, bind: Bind) -> str:
        figure = f"({measure.figure('c.person', eyes.scope, bind)})"
        if kind == Kind.MOMENT:
            return compare_moment(figure, operator, values, eyes, bind)
        return compare(f"coalesce({figure}, 0)", operator, values, bind)

    return compiled
