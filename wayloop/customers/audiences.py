"""Who is meant: saved lists as audiences, and conditions that others store and join."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from wayloop.accounts.api import Role
from wayloop.business import api as business
from wayloop.contracts.audiences import Chooser, PeopleSql
from wayloop.contracts.conditions import AllOf, Condition, NotSo, Operator, Where
from wayloop.contracts.scope import Scope
from wayloop.customers.enums import TraitType
from wayloop.customers.fields.address import chips, read_value
from wayloop.customers.fields.base import Eyes, Field, Kind
from wayloop.customers.fields.eyes import eyes_of
from wayloop.customers.fields.known import Fields, known_fields
from wayloop.customers.models import SavedView, TraitDefinition
from wayloop.customers.queries.conditions import ConditionRefused, as_json, compile_condition, from_json
from wayloop.customers.queries.saved import views_of
from wayloop.customers.queries.trait_sql import order_expression
from wayloop.kernel import clock

# What depends on who looks, or needs a text of its own, makes no condition of a rule.
LEFT_OUT = frozenset({"star", "text"})
DAYS = (7, 30, 90, 365)
MOST_OPTIONS = 60


@dataclass(frozen=True)
class Choice:
    """One sentence that can be chosen. `token` is what is sent; `needs`: number, money, date or text, typed beside."""

    token: str
    words: str
    needs: str = ""


class SavedLists:
    """Lists of customers that somebody saved. They hold whom their owner sees."""

    name = "views"
    label = gettext_lazy("Saved lists")

    def choices(self, member: Chooser) -> Sequence[tuple[str, str]]:
        return [(str(view.pk), view.name) for view in views_of(member.id)]

    def title(self, key: str) -> str | None:
        view = _view(key)
        return view.name if view else None

    def people(self, key: str, prefix: str) -> PeopleSql | None:
        view = _view(key)
        if view is None:
            return None
        owner = view.owner
        eyes = _eyes(owner.pk, str(owner.role), owner.scope)
        return _people(view.condition, eyes, prefix)


def sentences_for(member: Chooser) -> list[tuple[str, list[Choice]]]:
    """Sentences about customers that the member can choose from, under their groups."""
    fields = known_fields(eyes_of(member))
    groups: dict[str, list[Choice]] = {}
    for one in fields.values():
        if one.key not in LEFT_OUT:
            groups.setdefault(str(one.group), []).extend(_choices(one, fields))
    return list(groups.items())


def condition_of(member: Chooser, chosen: Sequence[tuple[str, str, bool]]) -> dict[str, Any]:
    """The stored form of these sentences, which all hold: token, what was typed beside it, whether it is denied.

    Raises `ConditionRefused` with one line for people.
    """
    eyes = eyes_of(member)
    fields = known_fields(eyes)
    parts: list[Condition] = []
    for token, typed, is_denied in chosen:
        key, _bar, rest = token.partition("|")
        operator, _bar, value = rest.partition("|")
        one = fields.get(key)
        if one is None or key in LEFT_OUT or operator not in one.operators:
            raise ConditionRefused(_("There is no filter “%(name)s” here.") % {"name": key[:60]})
        named: Operator = operator
        read = read_value(one, named, value or typed, eyes, fields)
        if read is None:
            raise ConditionRefused(_("“%(name)s” has no such value.") % {"name": one.label})
        sentence = Where(key, named, (read,))
        parts.append(NotSo(sentence) if is_denied else sentence)
    stored = as_json(AllOf(tuple(parts)))
    compile_condition(from_json(stored, fields), eyes, fields)
    return stored


def tokens_of(stored: Mapping[str, Any]) -> list[tuple[str, str, bool]]:
    """The sentences of a stored condition as they were chosen."""
    found = []
    for part in stored.get("all", ()):
        sentence = part.get("not", part)
        value = next(iter(sentence.get("values", ())), "")
        written = ("yes" if value else "no") if isinstance(value, bool) else str(value)
        # Of what is chosen whole the value stands in the token; what was typed stands beside it.
        is_typed = sentence["operator"] in ("from", "to", "begins")
        token = f"{sentence['field']}|{sentence['operator']}|{'' if is_typed else written}"
        found.append((token, written if is_typed else "", part is not sentence))
    return found


def words_of(stored: Mapping[str, Any]) -> str:
    """A stored condition in words; empty for everybody."""
    eyes = _plain_eyes()
    fields = known_fields(eyes)
    try:
        condition = from_json(stored, fields)
    except ConditionRefused as refusal:
        return str(refusal)
    told = []
    for part in condition.parts if isinstance(condition, AllOf) else ():
        sentence = part.part if isinstance(part, NotSo) else part
        if isinstance(sentence, Where):
            text = next((chip.text for chip in chips([sentence], eyes, fields)), "")
            told.append(_("not: %(sentence)s") % {"sentence": text} if isinstance(part, NotSo) else text)
    return "; ".join(told)


def people_of_condition(stored: Mapping[str, Any], prefix: str, scope: Scope) -> PeopleSql | None:
    """Whom a stored condition keeps, among those that the scope lets see; None when it cannot be read any more."""
    eyes = _plain_eyes(scope)
    return _people(stored, eyes, prefix)


def date_traits() -> list[tuple[str, str]]:
    """Key and name of each trait that is a day."""
    return [(one.key, str(one.title)) for one in _day_traits()]


def people_by_day(trait: str, prefix: str) -> PeopleSql | None:
    """Everybody who has this day, as `person` and `day`; None when there is no such trait."""
    found = next((one for one in _day_traits() if one.key == trait), None)
    if found is None:
        return None
    expression = order_expression(found).as_string(None)
    # Days lie there as ISO texts.
    text = f"SELECT c.person, ({expression})::text AS day FROM customers_card c WHERE {expression} IS NOT NULL"  # noqa: S608
    return PeopleSql(text)


def _day_traits() -> list[TraitDefinition]:
    # With an index or without: their days are looked up some times a day, by nobody who waits.
    return list(
        TraitDefinition.objects.filter(type=TraitType.DATE, takes_several=False, archived_at=None).order_by("pk")
    )


def _choices(one: Field, fields: Fields) -> Iterator[Choice]:
    label = str(one.label)

    def said(value: object) -> str:
        return _("%(name)s: %(values)s") % {"name": label, "values": value}

    if one.kind == Kind.CHOICE:
        for value, words in list(fields.options(one.key))[:MOST_OPTIONS]:
            yield Choice(f"{one.key}|is|{value}", said(words))
    elif one.kind == Kind.FLAG:
        yield Choice(f"{one.key}|is|yes", label)
    elif one.kind == Kind.MOMENT:
        for days in DAYS:
            last = ngettext("in the last %(n)s day", "in the last %(n)s days", days)
            yield Choice(f"{one.key}|within|{days}", said(last % {"n": days}))
    elif one.kind in (Kind.NUMBER, Kind.MONEY, Kind.DATE):
        needs = {Kind.NUMBER: "number", Kind.MONEY: "money", Kind.DATE: "date"}[one.kind]
        yield Choice(f"{one.key}|from|", said(_("from …")), needs)
        yield Choice(f"{one.key}|to|", said(_("up to …")), needs)
    elif one.kind == Kind.TEXT and "begins" in one.operators:
        yield Choice(f"{one.key}|begins|", said(_("begins with …")), "text")
    if one.may_be_unknown and one.kind != Kind.FLAG:
        yield Choice(f"{one.key}|known|yes", said(_("known")))


def _people(stored: Mapping[str, Any], eyes: Eyes, prefix: str) -> PeopleSql | None:
    fields = known_fields(eyes)
    try:
        where, values = compile_condition(from_json(stored or {"all": []}, fields), eyes, fields)
    except ConditionRefused:
        return None
    for name in sorted(values, key=len, reverse=True):
        where = where.replace(f"%({name})s", f"%({prefix}{name})s")
    named = {f"{prefix}{name}": value for name, value in values.items()}
    return PeopleSql(f"SELECT c.person FROM customers_card c WHERE {where}", named)  # noqa: S608 – our own text


def _plain_eyes(scope: Scope | None = None) -> Eyes:
    """Of the business itself: rules run when nobody looks."""
    return _eyes(0, str(Role.OWNER), scope or Scope())


def _eyes(member: int, role: str, scope: Scope) -> Eyes:
    profile = business.profile()
    return Eyes(member, role, scope, profile.zone_info, profile.currency, clock.now())


def _view(key: str) -> SavedView | None:
    if not (key.isascii() and key.isdigit() and len(key) < 19):
        return None
    return SavedView.objects.filter(pk=int(key), removed_at=None).select_related("owner").first()
