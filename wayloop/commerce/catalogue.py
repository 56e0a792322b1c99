"""What files of their own bring: lists of products, and agreements."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from wayloop.commerce.entities import WHO_FIELDS, OrderLines, note, who
from wayloop.commerce.enums import AgreementKind, PricePeriod, ProductKind, Renewal
from wayloop.commerce.models import Agreement, Product
from wayloop.commerce.order_parts import told_counts
from wayloop.commerce.rules import LARGEST, CommerceRefused
from wayloop.commerce.services.agreements import Terms, add_agreements, check_terms
from wayloop.commerce.services.products import list_products
from wayloop.contracts.imports import UNREADABLE, CountTold, ImportContext, ImportField, ImportOutcome
from wayloop.kernel.money import is_currency, to_minor
from wayloop.ledger import api as ledger
from wayloop.ui.formats import number

TWICE, NOBODY, TERMS = "twice", "nobody", "terms"
OF_CUSTOMERS = tuple(field for field in OrderLines.fields if field.name in (*WHO_FIELDS, "customer_name"))


class Products:
    """A list of products: one row each."""

    name = "products"
    label = gettext_lazy("Products")
    rank = 30
    group_by = "code"
    fields = (
        ImportField(
            "code", gettext_lazy("Product code"), "text", required=True, longest=120,
            names=("product code", "sku", "variant sku", "code", "product id", "id", "артикул", "код", "код товара",
                   "код товару"),
        ),
        ImportField(
            "name", gettext_lazy("Product name"), "text", longest=300,
            names=("product name", "name", "title", "product", "наименование", "название", "товар", "номенклатура",
                   "найменування",
                   "назва", "назва товару"),
        ),
        ImportField("name_en", gettext_lazy("Name in English"), "text", longest=300, names=("name en", "name (en)")),
        ImportField(
            "name_ru", gettext_lazy("Name in Russian"), "text", longest=300,
            names=("name ru", "name (ru)", "название (ru)", "назва (ru)"),
        ),
        ImportField(
            "name_uk", gettext_lazy("Name in Ukrainian"), "text", longest=300,
            names=("name uk", "name ua", "name (uk)", "name (ua)", "название (ua)", "назва (ua)"),
        ),
        ImportField(
            "category", gettext_lazy("Category of the product"), "text", longest=120,
            names=("category", "categories", "product category", "type", "категория", "группа", "раздел", "категорія",
                   "група", "товарная группа", "товарна група"),
        ),
        ImportField(
            "price", gettext_lazy("Price per unit"), "decimal", below=LARGEST,
            names=("price", "regular price", "variant price", "unit price", "rrp", "msrp", "цена", "розничная цена",
                   "ціна", "роздрібна ціна"),
        ),
        ImportField(
            "cost", gettext_lazy("Cost per unit"), "decimal", below=LARGEST,
            names=("cost", "cost per item", "purchase price", "себестоимость", "закупочная цена", "собівартість",
                   "закупівельна ціна"),
        ),
        ImportField("currency", gettext_lazy("Currency"), "text", longest=10, names=("currency", "валюта")),
        ImportField(
            "kind", gettext_lazy("Thing or service"), "text", choices=dict(ProductKind.choices),
            names=("kind", "product type", "вид", "тип", "тип товара", "тип товару"),
        ),
    )  # fmt: skip

    def reason(self, code: str) -> str:
        return {TWICE: _("This code stands in the file more than once. The first row counts.")}[code]

    def told(self, counts: Mapping[str, int]) -> Sequence[CountTold]:
        told = told_counts(counts, ngettext("%(n)s new product", "%(n)s new products", counts.get("new", 0)))
        if changed := counts.get("changed"):
            sentence = ngettext("%(n)s changed", "%(n)s changed", changed)
            told.append(CountTold(sentence % {"n": number(changed)}, "changed"))
        return told

    def prepare(self, *, context: ImportContext, columns: Mapping[str, Sequence[Any]]) -> None:
        return

    def write(
        self, *, context: ImportContext, rows: Sequence[int], columns: Mapping[str, Sequence[Any]]
    ) -> ImportOutcome:
        refused: dict[int, str] = {}
        told: dict[str, dict[str, Any]] = {}
        for index, row in enumerate(rows):
            one = {name: columns[name][index] for name in columns}
            currency = (one.get("currency") or context.currency).upper()
            if one["code"] in told:
                refused[row] = TWICE
            elif not is_currency(currency):
                refused[row] = f"{UNREADABLE}:currency"
            elif wrong := next((name for name in ("price", "cost") if (one.get(name) or 0) < 0), None):
                refused[row] = f"{UNREADABLE}:{wrong}"
            else:
                names = {context.language: one.get("name")} | {
                    language: one.get(f"name_{language}")
                    for language in ("en", "ru", "uk")
                    if one.get(f"name_{language}")
                }
                told[one["code"]] = {
                    **{name: one.get(name) for name in ("category", "price", "cost", "kind")},
                    "name": {language: text for language, text in names.items() if text},
                    "currency": currency,
                }
        listed = list_products(source=context.source, batch=context.batch, codes=list(told), told=list(told.values()))
        counts = {group: len(ids) for group, ids in listed.items()}
        return ImportOutcome(counts, refused, {(group, "product"): ids for group, ids in listed.items()})


class Agreements:
    """Contracts, subscriptions and warranties of customers: one row each, known by its number."""

    name = "agreements"
    label = gettext_lazy("Agreements")
    rank = 60
    group_by = ""
    fields = (
        ImportField(
            "number", gettext_lazy("Number of the agreement"), "text", required=True, longest=60,
            names=("contract number", "agreement number", "subscription id", "number", "номер договора", "договор",
                   "номер", "номер договору", "договір"),
        ),
        ImportField(
            "kind", gettext_lazy("What was agreed on"), "text", choices=dict(AgreementKind.choices),
            names=("kind", "type", "вид", "тип", "тип договора", "тип договору"),
        ),
        ImportField(
            "title", gettext_lazy("Title"), "text", longest=200,
            names=("title", "name", "plan", "subject", "название", "предмет", "тариф", "назва"),
        ),
        *OF_CUSTOMERS,
        ImportField(
            "starts_on", gettext_lazy("First day"), "date", required=True,
            names=("start date", "starts on", "start", "valid from", "дата начала", "начало", "действует с",
                   "дата початку", "початок", "діє з"),
        ),
        ImportField(
            "ends_on", gettext_lazy("Last day"), "date",
            names=("end date", "ends on", "end", "valid until", "expires", "дата окончания", "действует до",
                   "окончание", "дата закінчення", "діє до"),
        ),
        ImportField(
            "price", gettext_lazy("Price"), "decimal", below=LARGEST,
            names=("price", "amount", "fee", "стоимость", "сумма", "цена", "ціна", "вартість", "сума"),
        ),
        ImportField("currency", gettext_lazy("Currency"), "text", longest=10, names=("currency", "валюта")),
        ImportField(
            "period", gettext_lazy("What the price is for"), "text", choices=dict(PricePeriod.choices),
            names=("billing period", "period", "период", "періодичність", "период оплаты", "період оплати"),
        ),
        ImportField(
            "renewal", gettext_lazy("At its end"), "text", choices=dict(Renewal.choices),
            names=("renewal", "auto renewal", "продление", "пролонгация", "подовження", "пролонгація"),
        ),
        ImportField(
            "term_months", gettext_lazy("Another term, in months"), "decimal", below=Decimal(1000),
            names=("term months", "term", "срок, мес.", "срок", "термін, міс.", "термін"),
        ),
        ImportField(
            "product_code", gettext_lazy("Product code"), "text", longest=120,
            names=("product code", "sku", "артикул", "код товара", "код товару"),
        ),
    )  # fmt: skip

    def reason(self, code: str) -> str:
        return {
            NOBODY: _("There is nothing to know the customer by: a number, a phone or an e-mail."),
            TERMS: _("These terms cannot be: look at the days, the price with its period, and the length of a term."),
        }[code]

    def told(self, counts: Mapping[str, int]) -> Sequence[CountTold]:
        return told_counts(counts, ngettext("%(n)s new agreement", "%(n)s new agreements", counts.get("new", 0)))

    def prepare(self, *, context: ImportContext, columns: Mapping[str, Sequence[Any]]) -> None:
        days = {day for name in ("starts_on", "ends_on") for day in columns.get(name, ()) if day}
        ledger.ensure_months(instants={datetime.combine(day, time(12), ZoneInfo(context.zone)) for day in days})

    def write(
        self, *, context: ImportContext, rows: Sequence[int], columns: Mapping[str, Sequence[Any]]
    ) -> ImportOutcome:
        told = [{name: columns[name][index] for name in columns} for index in range(len(rows))]
        asked = [(one.get("customer"), one.get("phone"), one.get("email")) for one in told]
        people = {one[:3]: one[3:] for one in who(context, list(dict.fromkeys(asked)))}
        here: dict[tuple[str, int], int] = {
            (number, handle): agreement
            for number, handle, agreement in Agreement.objects.filter(
                number__in={one["number"] for one in told}
            ).values_list("number", "handle", "id")
        }
        codes = {one.get("product_code") for one in told} - {None}
        products = dict(Product.objects.filter(source=context.source, code__in=codes).values_list("code", "id"))
        refused: dict[int, str] = {}
        seen: dict[str, list[Any]] = {
            name: [] for name in ("handle", "known_as", "seen_at", "customer_name", "location_id", "town", "country")
        }
        new: dict[tuple[str, int], Terms] = {}
        known: list[tuple[str, int]] = []
        for row, one, key in zip(rows, told, asked, strict=True):
            handle, known_as, problem = people[key]
            currency = (one.get("currency") or context.currency).upper()
            if problem or handle is None:
                refused[row] = problem or NOBODY
                continue
            if not is_currency(currency):
                refused[row] = f"{UNREADABLE}:currency"
                continue
            if (one["number"], handle) in here or (one["number"], handle) in new:
                known.append((one["number"], handle))
                continue
            terms = _terms(one, currency, products)
            try:
                check_terms(terms=terms)
            except CommerceRefused:
                refused[row] = TERMS
                continue
            new[one["number"], handle] = terms
            for name, value in (
                ("handle", handle),
                ("known_as", known_as),
                ("seen_at", datetime.combine(one["starts_on"], time(12), ZoneInfo(context.zone)).astimezone(UTC)),
                ("customer_name", one.get("customer_name") or ""),
                ("location_id", None),
            ):
                seen[name].append(value)
        if new:
            people_of_new = [handle for _number, handle in new]
            made = add_agreements(people=people_of_new, terms=list(new.values()), is_history=True, batch=context.batch)
            here |= dict(zip(new, (one.pk for one in made), strict=True))
            note(context, seen)
        things = {
            ("new", "agreement"): [here[one] for one in new],
            ("known", "agreement"): [here[one] for one in known],
        }
        return ImportOutcome({"new": len(new), "known": len(known)}, refused, things)


def _terms(one: Mapping[str, Any], currency: str, products: Mapping[str, int]) -> Terms:
    kind = AgreementKind(one.get("kind") or AgreementKind.CONTRACT)
    price = one.get("price")
    return Terms(
        kind=kind,
        title=one.get("title") or str(kind.label),
        number=one["number"],
        starts_on=one["starts_on"],
        ends_on=one.get("ends_on"),
        price=None if price is None else to_minor(price, currency),
        currency="" if price is None else currency,
        period="" if price is None else PricePeriod(one.get("period") or PricePeriod.ONCE),
        renewal=Renewal(one.get("renewal") or Renewal.NONE),
        term_months=int(one["term_months"]) if one.get("term_months") else None,
        product_id=products.get(one.get("product_code") or ""),
    )
