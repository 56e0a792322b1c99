"""People and companies from files: who is who, what is told of them, and what could not be read."""

import re
from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from wayloop.business import api as business
from wayloop.contracts.customers import CustomerColumns
from wayloop.contracts.imports import CountTold, ImportContext, ImportField, ImportOutcome
from wayloop.customers.entities.columns import CONTACT_FIELDS, CONTACTS, TIME_FIELDS, field_of, trait_fields
from wayloop.customers.entities.telling import here_already
from wayloop.customers.enums import About, CustomerKind
from wayloop.customers.models import Card, TraitDefinition
from wayloop.customers.rules.values import ValueRefused, read_value
from wayloop.customers.rules.words import fold
from wayloop.customers.services.bringing import NewNote, NewTie, bring_notes, bring_tags, bring_ties
from wayloop.customers.services.people import BY_HAND
from wayloop.customers.services.sightings import note_sightings
from wayloop.identity import api as identity
from wayloop.identity.api import IdentifierKind, Known
from wayloop.kernel import clock
from wayloop.kernel.ids import digest_key
from wayloop.ui.formats import number

NOBODY, PLACE = "nobody", "place"
_PHONES = re.compile(r"[;,/|\n]+")
_MAILS = re.compile(r"[;,\s]+")
_TAGS = re.compile(r"[;,|\n]+")
Texts = Mapping[str, Sequence[str]]


@dataclass
class _Rows:
    """Some rows on their way: their texts by field, and what of each row could not be read, with its label."""

    context: ImportContext
    texts: Texts
    moments: Mapping[str, Sequence[datetime | None]]
    count: int
    lost: dict[int, list[tuple[str, str]]] = field(default_factory=dict)

    def lose(self, place: int, label: Any, text: str) -> None:
        self.lost.setdefault(place, []).append((str(label), text))


class Told(ABC):
    """What people and companies have in common."""

    name: ClassVar[str]
    label: ClassVar[Any]
    rank: ClassVar[int]
    group_by = ""
    kind: ClassVar[CustomerKind]
    own_fields: ClassVar[Sequence[ImportField]]

    @property
    def fields(self) -> Sequence[ImportField]:
        """Its own, then every trait of the business that is not computed."""
        return (*self.own_fields, *trait_fields(self._definitions(), self._names()))

    def reason(self, code: str) -> str:
        return {
            NOBODY: _("The row names nobody: no number, phone, e-mail, messenger, card or name."),
            PLACE: _("There is no location of this name. Add it in the settings, or leave the column out."),
        }[code]

    def told(self, counts: Mapping[str, int]) -> Sequence[CountTold]:
        told = []
        if new := counts.get("new"):
            told.append(CountTold(self._new_in_words(new), "new"))
        told += here_already(counts.get("known", 0))
        if lost := counts.get("lost"):
            sentence = ngettext(
                "%(n)s value could not be read and stands in a note on its card",
                "%(n)s values could not be read and stand in notes on their cards",
                lost,
            )
            told.append(CountTold(sentence % {"n": number(lost)}, "lost"))
        return told

    def prepare(self, *, context: ImportContext, columns: Mapping[str, Sequence[Any]]) -> None:
        return

    def write(
        self, *, context: ImportContext, rows: Sequence[int], columns: Mapping[str, Sequence[Any]]
    ) -> ImportOutcome:
        named = set(columns)
        work = _Rows(
            context,
            {
                one.name: [value or "" for value in columns[one.name]] if one.name in named else [""] * len(rows)
                for one in self.fields
                if one.type == "text"
            },
            {name: columns[name] if name in named else [None] * len(rows) for name in ("created_at", "updated_at")},
            len(rows),
        )
        handles, refused = self._who(work)
        places = business.locations_named(set(work.texts["location"]) - {""})
        refused |= {
            place: PLACE
            for place, text in enumerate(work.texts["location"])
            if text and text not in places and place not in refused
        }
        mine = [place for place in range(len(rows)) if place not in refused]
        before = set(Card.objects.filter(person__in=handles.values()).values_list("person", flat=True))
        self._note(work, mine, handles, places)
        self._bring_more(work, mine, handles)
        people = {handles[place] for place in mine}
        things = {
            "new": sorted(people - before),
            "known": sorted(people & before),
            # What a row that stays out says stands in its file, not on a card.
            "lost": [handles[place] for place in mine for _value in work.lost.get(place, ())],
        }
        return ImportOutcome(
            {group: len(ids) for group, ids in things.items()},
            {rows[place]: code for place, code in refused.items()},
            {(group, "customer"): ids for group, ids in things.items()},
        )

    def _definitions(self) -> list[TraitDefinition]:
        about = About.COMPANY if self.kind == CustomerKind.COMPANY else About.PERSON
        return list(TraitDefinition.objects.filter(archived_at=None, is_computed=False, about__in=(About.ALL, about)))

    def _names(self) -> list[str]:
        return [one.name for one in self.own_fields]

    @abstractmethod
    def _new_in_words(self, new: int) -> str: ...

    def _title(self, work: _Rows, place: int) -> str:
        return work.texts["name"][place]

    @abstractmethod
    def _own_namespace(self, context: ImportContext) -> str: ...

    @abstractmethod
    def _who(self, work: _Rows) -> tuple[dict[int, int], dict[int, str]]: ...

    def _contacts(self, work: _Rows) -> list[tuple[IdentifierKind, list[str | None]]]:
        """Columns of contacts in normal form; a cell may hold several. What cannot be read is lost, not its row."""
        labels = {one.name: one.label for one in self.own_fields}
        found = []
        for name, kind in CONTACTS.items():
            cells = [_split(kind, text) for text in work.texts[name]]
            for part in range(max((len(cell) for cell in cells), default=0)):
                values = [cell[part] if part < len(cell) else None for cell in cells]
                told = [value for value in values if value]
                forms = dict(zip(told, identity.normal_forms(kind, told), strict=True))
                for place, value in enumerate(values):
                    if value and forms[value] is None:
                        work.lose(place, labels[name], value)
                found.append((kind, [value if value and forms[value] else None for value in values]))
        return found

    def _nameless(self, work: _Rows, places: Sequence[int]) -> tuple[dict[int, int], dict[int, str]]:
        """Who has a name and nothing that tells them apart is known by all that their row says."""
        named = [place for place in places if self._title(work, place)]
        keys = [self._key(work, place) for place in named]
        handles = identity.resolve_handles(
            kind=IdentifierKind.EXTERNAL, namespace=BY_HAND, values=keys, batch=work.context.batch
        )
        return dict(zip(named, handles, strict=True)), dict.fromkeys(set(places) - set(named), NOBODY)

    def _key(self, work: _Rows, place: int) -> str:
        told = (values[place] for values in work.texts.values())
        return digest_key(self.name, work.context.source, *told).hex

    def _note(self, work: _Rows, mine: Sequence[int], handles: Mapping[int, int], places: Mapping[str, int]) -> None:
        zone, now = ZoneInfo(work.context.zone), clock.now()
        created = [clock.instant_of(work.moments["created_at"][place], zone) for place in mine]
        updated = [clock.instant_of(work.moments["updated_at"][place], zone) for place in mine]
        note_sightings(
            columns=CustomerColumns(
                handles=[handles[place] for place in mine],
                known_as=[self._known_as(work, place) for place in mine],
                seen_at=[moment and min(moment, now) for moment in created],
                source=work.context.source,
                names=[self._title(work, place) for place in mine],
                traits={key: [values[place] for place in mine] for key, values in self._traits(work).items()},
                location_ids=[places.get(work.texts["location"][place]) for place in mine],
                told_at=[min(later or now, now) for later in updated],
                batch=work.context.batch,
                are_companies=self.kind == CustomerKind.COMPANY,
            )
        )

    def _traits(self, work: _Rows) -> dict[str, list[str]]:
        """Readable values by trait; the others are lost with their label."""
        taken, found = self._names(), {}
        for one in self._definitions():
            texts = work.texts[field_of(one.key, taken)]
            if not any(texts):
                continue
            bad = {text for text in set(texts) if text and not _is_readable(one, text, work.context.currency)}
            for place, text in enumerate(texts):
                if text in bad:
                    work.lose(place, one.title, text)
            found[one.key] = ["" if text in bad else text for text in texts]
        return found

    def _known_as(self, work: _Rows, place: int) -> str:
        cells = (work.texts[name][place] for name in ("number", "phone", "email", *CONTACTS))
        return next((text for text in cells if text), "") or self._title(work, place)

    def _bring_more(self, work: _Rows, mine: Sequence[int], handles: Mapping[int, int]) -> None:
        context = work.context
        tags = [(handles[place], _split_tags(work.texts["tags"][place])) for place in mine]
        left = bring_tags(tags=tags, batch=context.batch)
        for place, (handle, _named) in zip(mine, tags, strict=True):
            for name in left.get(handle, ()):
                work.lose(place, _("Tags"), name)
        notes = [
            NewNote(handles[place], text, digest_key("note", context.source, str(handles[place]), text))
            for place in mine
            if (text := work.texts["note"][place])
        ]
        for place in mine:
            if place in work.lost:
                told = "; ".join(f"{label}: “{text}”" for label, text in work.lost[place])
                key = digest_key("lost", context.source, str(handles[place]), *(text for _l, text in work.lost[place]))
                notes.append(
                    NewNote(handles[place], _("Could not be read from the file: %(told)s") % {"told": told}, key)
                )
        bring_notes(notes=notes, batch=context.batch)


class Customers(Told):
    """A file with one row per person."""

    name = "customers"
    label = gettext_lazy("Customers")
    rank = 20
    kind = CustomerKind.PERSON
    own_fields = (
        ImportField(
            "number", gettext_lazy("Customer number"), "text", longest=120,
            names=("customer id", "customer_id", "customer number", "user id", "id", "record id", "contact id",
                   "record id - contact", "номер клиента", "id клиента", "код", "номер клієнта", "id клієнта",
                   "код клиента", "код контрагента", "код клієнта"),
        ),
        ImportField(
            "name", gettext_lazy("Name"), "text", longest=200,
            names=("name", "full name", "customer name", "display name", "имя клиента", "фио", "наименование",
                   "наименование контакта", "полное имя", "піб", "повне ім'я", "клиент", "клієнт", "контрагент",
                   "покупатель", "покупець"),
        ),
        ImportField(
            "first_name", gettext_lazy("First name"), "text", longest=80,
            names=("first name", "firstname", "billing first name", "имя", "ім'я"),
        ),
        ImportField(
            "last_name", gettext_lazy("Last name"), "text", longest=80,
            names=("last name", "lastname", "surname", "billing last name", "фамилия", "прізвище"),
        ),
        ImportField(
            "patronymic", gettext_lazy("Patronymic"), "text", longest=80,
            names=("patronymic", "second name", "middle name", "отчество", "по батькові"),
        ),
        *CONTACT_FIELDS,
        ImportField(
            "company", gettext_lazy("Company"), "text", longest=200,
            names=("company", "company name", "associated company", "billing company", "default address company",
                   "компания", "компания контакта", "организация", "компанія"),
        ),
        ImportField(
            "company_number", gettext_lazy("Number of the company"), "text", longest=120,
            names=("company id", "associated company ids", "id компании", "id компанії"),
        ),
        ImportField(
            "position", gettext_lazy("Position"), "text", longest=80,
            names=("position", "job title", "title", "должность", "посада"),
        ),
        *TIME_FIELDS,
    )  # fmt: skip

    def _new_in_words(self, new: int) -> str:
        return ngettext("%(n)s new customer", "%(n)s new customers", new) % {"n": number(new)}

    def _title(self, work: _Rows, place: int) -> str:
        whole, first, last, patronymic = (
            work.texts[name][place] for name in ("name", "first_name", "last_name", "patronymic")
        )
        parts = (last, first, patronymic) if patronymic else (first, last)
        return whole or " ".join(part for part in parts if part)

    def _own_namespace(self, context: ImportContext) -> str:
        return context.source

    def _who(self, work: _Rows) -> tuple[dict[int, int], dict[int, str]]:
        contacts = self._contacts(work)
        own = Known(
            IdentifierKind.EXTERNAL, _none(work.texts["number"]), self._own_namespace(work.context), is_own=True
        )
        found = identity.recognise(
            columns=[own, *(Known(kind, values) for kind, values in contacts)],
            batch=work.context.batch,
            may_be=_without_companies,
        )
        handles = {place: handle for place, handle in enumerate(found) if handle is not None}
        more, refused = self._nameless(work, [place for place in range(work.count) if place not in handles])
        # A phone that a company has too is theirs as well.
        for kind, values in contacts:
            told = [place for place in more if values[place]]
            identity.add_identifiers(
                kind=kind,
                handles=[more[place] for place in told],
                values=[values[place] or "" for place in told],
                batch=work.context.batch,
            )
        return handles | more, refused

    def _bring_more(self, work: _Rows, mine: Sequence[int], handles: Mapping[int, int]) -> None:
        super()._bring_more(work, mine, handles)
        employed = [place for place in mine if work.texts["company"][place] or work.texts["company_number"][place]]
        if not employed:
            return
        names = [work.texts["company"][place] for place in employed]
        found = companies_named(
            context=work.context, names=names, numbers=[work.texts["company_number"][place] for place in employed]
        )
        note_sightings(
            columns=CustomerColumns(
                handles=found,
                known_as=[name or _("Company") for name in names],
                seen_at=[None] * len(found),
                source=work.context.source,
                names=names,
                told_at=[clock.now()] * len(found),
                batch=work.context.batch,
                are_companies=True,
            )
        )
        ties = [
            NewTie(handles[place], company, work.texts["position"][place])
            for place, company in zip(employed, found, strict=True)
        ]
        bring_ties(ties=ties, source=work.context.source, batch=work.context.batch)


class Companies(Told):
    """A file with one row per company."""

    name = "companies"
    label = gettext_lazy("Companies")
    rank = 10
    kind = CustomerKind.COMPANY
    own_fields = (
        ImportField(
            "number", gettext_lazy("Number of the company"), "text", longest=120,
            names=("company id", "id", "record id", "record id - company", "id компании", "код", "id компанії"),
        ),
        ImportField(
            "name", gettext_lazy("Name"), "text", longest=200,
            names=("company name", "name", "company", "название компании", "название", "наименование", "компания",
                   "наименование компании", "назва компанії", "назва", "организация"),
        ),
        *CONTACT_FIELDS,
        *TIME_FIELDS,
    )  # fmt: skip

    def _new_in_words(self, new: int) -> str:
        return ngettext("%(n)s new company", "%(n)s new companies", new) % {"n": number(new)}

    def _own_namespace(self, context: ImportContext) -> str:
        return company_namespace(context)

    def _who(self, work: _Rows) -> tuple[dict[int, int], dict[int, str]]:
        contacts = self._contacts(work)
        numbered = [place for place in range(work.count) if work.texts["number"][place] or work.texts["name"][place]]
        found = companies_named(
            context=work.context,
            names=[work.texts["name"][place] for place in numbered],
            numbers=[work.texts["number"][place] for place in numbered],
        )
        handles = dict(zip(numbered, found, strict=True))
        # People who work there have the same phone: it leads to whoever had it first.
        for kind, values in contacts:
            told = [place for place in handles if values[place]]
            identity.add_identifiers(
                kind=kind,
                handles=[handles[place] for place in told],
                values=[values[place] or "" for place in told],
                batch=work.context.batch,
            )
        return handles, dict.fromkeys(set(range(work.count)) - set(numbered), NOBODY)


def company_namespace(context: ImportContext) -> str:
    """Companies of a source are numbered apart from its people."""
    return f"{context.source[:30]}/companies"


def companies_named(*, context: ImportContext, names: Sequence[str], numbers: Sequence[str]) -> list[int]:
    """The company of each row, by its number in the source, else by its name; new ones get a handle."""
    found = identity.recognise(
        columns=[
            Known(IdentifierKind.EXTERNAL, _none(numbers), company_namespace(context), is_own=True),
            Known(IdentifierKind.EXTERNAL, [_company_key(name) for name in names], BY_HAND),
        ],
        batch=context.batch,
    )
    return [handle for handle in found if handle is not None]


def _company_key(name: str) -> str | None:
    """A name as a number of ours, which no page shows: the same name is the same company, as long as no number says
    otherwise."""
    plain = " ".join(re.findall(r"\w+", fold(name)))
    return f"company:{digest_key('company', plain).hex}" if plain else None


def _without_companies(handles: Sequence[int]) -> Collection[int]:
    companies = Card.objects.filter(person__in=handles, kind=CustomerKind.COMPANY).values_list("person", flat=True)
    return set(handles) - set(companies)


def _split(kind: IdentifierKind, text: str) -> list[str]:
    if kind == IdentifierKind.PHONE:
        # Spreadsheets keep a leading apostrophe so that a number stays a text.
        return [part.strip(" '") for part in _PHONES.split(text) if part.strip(" '")][:5]
    if kind == IdentifierKind.EMAIL:
        return [part for part in _MAILS.split(text) if part][:5]
    return [text] if text else []


def _split_tags(text: str) -> list[str]:
    return list(dict.fromkeys(" ".join(part.split()) for part in _TAGS.split(text) if part.strip()))


def _is_readable(trait: TraitDefinition, text: str, currency: str) -> bool:
    try:
        read_value(trait, text, currency=currency)
    except ValueRefused:
        return False
    return True


def _none(texts: Sequence[str]) -> list[str | None]:
    return [text or None for text in texts]
