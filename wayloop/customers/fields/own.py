"""The fields the card itself answers: kind, places, times, tags, stars, addresses."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from wayloop.business import api as business
from wayloop.contracts.conditions import Bind, Operator, Value
from wayloop.customers.enums import CustomerKind
from wayloop.customers.fields.base import Eyes, Field, Kind, compare, compare_moment
from wayloop.customers.queries.tags import active_tags, groups_of, tags_in_use

WHO, WHEN, WHERE = _("Who"), _("When"), _("Where")
TAGGED = "EXISTS (SELECT FROM customers_tagging t WHERE t.person = c.person AND t.tag_id = ANY ({tags}))"
STARRED = "EXISTS (SELECT FROM customers_star s WHERE s.person = c.person AND s.member_id = {member})"
REACHED = (
    "EXISTS (SELECT FROM api_identity_people p JOIN api_identity_identifiers i USING (handle) "
    "WHERE p.person = c.person AND i.kind = {kind})"
)


def _kind(operator: Operator, values: tuple[Value, ...], eyes: Eyes, bind: Bind) -> str:
    return compare("c.kind", operator, values, bind)


def _tag(operator: Operator, values: tuple[Value, ...], eyes: Eyes, bind: Bind) -> str:
    if operator == "known":
        text = TAGGED.format(tags=bind(tags_in_use()))
        return text if values[0] else f"NOT {text}"
    groups = groups_of([int(str(value)) for value in values])
    if operator == "all":
        return "(" + " AND ".join(TAGGED.format(tags=bind(group)) for group in groups) + ")"
    text = TAGGED.format(tags=bind([tag for group in groups for tag in group]))
    return text if operator == "is" else f"NOT {text}"


def _location(operator: Operator, values: tuple[Value, ...], eyes: Eyes, bind: Bind) -> str:
    if operator == "known":
        return f"c.location_ids {'<>' if values[0] else '='} '{{}}'"
    places = bind(list(values))
    if operator == "all":
        return f"c.location_ids @> {places}::bigint[]"
    text = f"c.location_ids && {places}::bigint[]"
    return text if operator == "is" else f"NOT ({text})"


def _star(operator: Operator, values: tuple[Value, ...], eyes: Eyes, bind: Bind) -> str:
    text = STARRED.format(member=bind(eyes.member))
    return text if values[0] else f"NOT {text}"


def _seen(operator: Operator, values: tuple[Value, ...], eyes: Eyes, bind: Bind) -> str:
    return compare_moment("c.seen_at", operator, values, eyes, bind)


def _first(operator: Operator, values: tuple[Value, ...], eyes: Eyes, bind: Bind) -> str:
    return compare_moment("c.first_seen_at", operator, values, eyes, bind)


def _email(operator: Operator, values: tuple[Value, ...], eyes: Eyes, bind: Bind) -> str:
    text = REACHED.format(kind=bind("email"))
    return text if values[0] else f"NOT {text}"


def _phone(operator: Operator, values: tuple[Value, ...], eyes: Eyes, bind: Bind) -> str:
    text = REACHED.format(kind=bind("phone"))
    return text if values[0] else f"NOT {text}"


def _person(operator: Operator, values: tuple[Value, ...], eyes: Eyes, bind: Bind) -> str:
    return f"c.person = ANY ({bind([int(str(value)) for value in values])}::bigint[])"


def _kinds(eyes: Eyes) -> Sequence[tuple[Value, str]]:
    return [(kind.value, str(kind.label)) for kind in CustomerKind]


def _tags(eyes: Eyes) -> Sequence[tuple[Value, str]]:
    return [(tag.id, tag.name) for tag in active_tags()]


def _places(eyes: Eyes) -> Sequence[tuple[Value, str]]:
    """The locations the reader sees: what is hidden must not even be named."""
    seen = eyes.scope.locations
    return [(place.id, str(place.name)) for place in business.locations() if seen is None or place.id in seen]


OWN = (
    Field("kind", _("Kind"), Kind.CHOICE, WHO, _kind, _kinds),
    Field("tag", _("Tag"), Kind.CHOICE, WHO, _tag, _tags, has_many=True, may_be_unknown=True),
    Field("star", _("Starred by me"), Kind.FLAG, WHO, _star),
    Field("email", _("Has an e-mail"), Kind.FLAG, WHO, _email),
    Field("phone", _("Has a phone"), Kind.FLAG, WHO, _phone),
    Field("seen", _("Seen last"), Kind.MOMENT, WHEN, _seen),
    Field("first", _("Seen first"), Kind.MOMENT, WHEN, _first),
    Field("location", _("Location"), Kind.CHOICE, WHERE, _location, _places, has_many=True, may_be_unknown=True),
)
# Those whose boxes somebody ticked; no filter of addresses.
PERSON = Field("person", _("Customer"), Kind.NUMBER, "", _person, without=("from", "to"))
