"""The field of whatever is typed into the search of a list."""

from django.utils.translation import gettext_lazy as _

from wayloop.contracts.conditions import Bind, Operator, Value
from wayloop.customers.fields.base import Eyes, Field, Kind
from wayloop.customers.queries.finding import found_by_text


def _text(operator: Operator, values: tuple[Value, ...], eyes: Eyes, bind: Bind) -> str:
    text = "(" + " OR ".join(f"({found_by_text(str(value), eyes.scope, bind)})" for value in values) + ")"
    return f"NOT {text}" if operator == "not" else text


TEXT = Field("text", _("Search"), Kind.TEXT, "", _text, param="q")
