"""Writes of the sample business: «Зерно», five coffee shops, a web shop and a workshop that mends coffee machines.

Two years of visits that end on the day of building. Nobody in it exists: names are put together by chance, e-mails are
at example.com, .org and .net, phones have a zero where no number of Ukraine has one.

What is planted to be found:

* **One slow shop.** «Зерно біля Ринку» in Lviv loses orders week by week in the last four months, down to about a
  third, while the other shops grow. Its regulars come less often and newcomers stay away.
* **One product that comes back.** The travel mug «Дорога» is returned about once in five sales; other kitchenware
  about once in fifty.
* **December presents.** Most customers whom December brings to the web shop never buy a second time.
* **One town that waits.** Since four months most parcels to Dnipro come later than promised, elsewhere one in ten;
  who had to wait gives two points less.
* **A shop whose parcels go wrong.** Of the complaints of the last three months about half are about deliveries of
  «Зерно в саду»; they take longest, and most end without a solution.
* **Orders under way.** The latest orders of the web shop are new, in work or with the carrier, some are late now. A few
  carts stand full and forgotten.
* **What they say.** Scores after visits and deliveries, and twice a year whether they recommend us. The slow shop loses
  its good scores first; comments name the queue, the lid of the mug, the parcel that did not come.
* **The season.** The sea fills in summer, the university empties in summer, the web shop lives from November on.
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from zoneinfo import ZoneInfo

from django.db import transaction

from wayloop.accounts import api as accounts
from wayloop.business import api as business
from wayloop.commerce import api as commerce
from wayloop.customers import api as customers
from wayloop.demo.acquaintances import note_what_the_team_knows
from wayloop.demo.aims import set_goals
from wayloop.demo.asked import ask_the_guests
from wayloop.demo.complaints import work_on_complaints
from wayloop.demo.fates import fates_of, former_deliveries, till_method
from wayloop.demo.heard import close_the_loop
from wayloop.demo.house import keep_house
from wayloop.demo.lives import deliver, fill_carts, live
from wayloop.demo.opinions import give, opinions_of
from wayloop.demo.service import open_the_workshop
from wayloop.demo.story import CURRENCY, ZONE, Deal, Shopper, Story, tell_story
from wayloop.demo.text import BUSINESS, CATEGORIES, PRODUCTS, SHOPS
from wayloop.identity import api as identity
from wayloop.identity.api import IdentifierKind
from wayloop.kernel import clock
from wayloop.kernel.bulk import gather_statistics
from wayloop.ledger import api as ledger
from wayloop.surveys import api as surveys

SOURCE = "sample"
LANGUAGES = ("uk", "ru", "en")
# Deals and customers per transaction: each is well under a second, so that nobody who reads the stream waits for long.
STEP = 2500
PEOPLE_STEP = 800
SIGN_INS = tuple(
    (one.email, accounts.SAMPLE_PASSWORD, one.role.value.replace("_", " ")) for one in accounts.SAMPLE_MEMBERS
)


class NotASample(Exception):
    """A business made by people lives in this database; the sample never goes there."""


def is_built() -> bool:
    """Whether the sample business is here and complete: its members are made last."""
    return business.profile().is_sample and accounts.has_owner()


def build_sample_business() -> None:
    """Makes the sample business, or completes one that was begun and not finished; a finished one is left as it is.

    The same moment of set-up always gives the same business. Works in steps, each in a transaction of its own and each
    harmless when done twice. Raises `NotASample` when a real business lives here.
    """
    profile = business.profile()
    if (profile.name or accounts.has_owner()) and not profile.is_sample:
        raise NotASample("a business made by people lives here; the sample business goes into an empty home only")
    if is_built():
        return
    if not profile.name:
        _set_up()
    # The story ends when the building began, even when it is finished on another day.
    end = business.set_up_at() or clock.now()
    story = tell_story(end)
    ledger.ensure_months(instants=[deal.at for deal in (*story.orders, *story.returns)])
    commerce.name_products(
        source=SOURCE,
        codes=[product.code for product in PRODUCTS],
        names=[product.name for product in PRODUCTS],
        categories=[product.category for product in PRODUCTS],
    )
    commerce.name_categories(codes=list(CATEGORIES), names=list(CATEGORIES.values()))
    handles = _make_people(story.shoppers)
    places = [place.id for place in business.locations()]
    fates = fates_of(story, end)
    paid_by = {deal.number: till_method(deal, end) for deal in story.orders if deal.channel == "till"}
    paid_by |= {number: fate.method if fate.is_on_the_spot else "" for number, fate in fates.items()}
    _record(story.orders, handles, places, returns=False, paid_by=paid_by, open_numbers=fates)
    _record(story.returns, handles, places, returns=True)
    live(SOURCE, list(fates.values()))
    delivered = [*former_deliveries(story, end), *fates.values()]
    deliver(SOURCE, delivered)
    give(SOURCE, opinions_of(story, delivered, end), handles, places)
    fill_carts(SOURCE, story, handles, end)
    _note_sightings(story, handles, places)
    for start in range(0, len(handles), PEOPLE_STEP):
        # The worker would do so within minutes; whoever looks at once sees whole cards.
        customers.compute_traits(people=handles[start : start + PEOPLE_STEP])
    # Goals read numbers.
    gather_statistics()
    with transaction.atomic():
        members = accounts.create_sample_members()
        note_what_the_team_knows(story.shoppers, handles, [one.id for one in members])
        keep_house(story.shoppers, handles, members[0].id, SOURCE)
        ask_the_guests(story.shoppers, handles, places, LANGUAGES, end)
        set_goals([one.id for one in members], places)
        open_the_workshop(story.shoppers, handles, [one.id for one in members], places)
        team = [one.id for one in members]
        asks = surveys.publish_ready(key="support", languages=LANGUAGES)
        playbook = work_on_complaints(story.shoppers, handles, team, places, asks)
        close_the_loop(team, places, playbook, end)


def _set_up() -> None:
    business.set_up_business(
        name=BUSINESS,
        trade=business.Trade.CAFE,
        zone=ZONE,
        currency=CURRENCY,
        content_languages=LANGUAGES,
        locations=[business.NewLocation(name=shop.name, town=shop.town) for shop in SHOPS],
        is_sample=True,
    )


@transaction.atomic
def _make_people(shoppers: Sequence[Shopper]) -> list[int]:
    """The handle of each, in their order."""
    handles: dict[int, int] = {}
    for kind, mine in (
        (IdentifierKind.CARD, [one for one in shoppers if one.card]),
        (IdentifierKind.EXTERNAL, [one for one in shoppers if not one.card]),
    ):
        found = identity.resolve_handles(kind=kind, namespace=SOURCE, values=[one.known_as for one in mine])
        handles |= zip((one.index for one in mine), found, strict=True)
    for kind, namespace, values in (
        (IdentifierKind.EXTERNAL, SOURCE, {one.index: one.number for one in shoppers if one.card and one.number}),
        (IdentifierKind.EMAIL, "", {one.index: one.email for one in shoppers if one.email}),
        (IdentifierKind.PHONE, "", {one.index: one.phone for one in shoppers if one.phone}),
    ):
        identity.add_identifiers(
            kind=kind, namespace=namespace, handles=[handles[index] for index in values], values=list(values.values())
        )
    return [handles[one.index] for one in shoppers]


def _record(
    deals: Sequence[Deal],
    handles: Sequence[int],
    places: Sequence[int],
    *,
    returns: bool,
    paid_by: Mapping[str, str | None] = MappingProxyType({}),
    open_numbers: Container[str] = (),
) -> None:
    """`paid_by`: number → as in `DealColumns`; `open_numbers`: orders that are placed first, and live on later."""
    record = commerce.record_returns if returns else commerce.record_orders
    for channel in ("till", "web"):
        mine = [deal for deal in deals if deal.channel == channel]
        for start in range(0, len(mine), STEP):
            step = mine[start : start + STEP]
            columns = _deal_columns(step, channel, handles, places)
            if not returns:
                placed, completed = commerce.OrderStatus.PLACED, commerce.OrderStatus.COMPLETED
                columns = replace(
                    columns,
                    statuses=[placed if deal.number in open_numbers else completed for deal in step],
                    paid_by=[paid_by.get(deal.number) for deal in step],
                )
            record(deals=columns, lines=_line_columns(step))


def _deal_columns(
    deals: Sequence[Deal], channel: str, handles: Sequence[int], places: Sequence[int]
) -> commerce.DealColumns:
    zone = ZoneInfo(ZONE)
    return commerce.DealColumns(
        source=SOURCE,
        batch=SOURCE,
        is_news=False,
        channel=channel,
        numbers=[deal.number for deal in deals],
        handles=[None if deal.shopper is None else handles[deal.shopper] for deal in deals],
        happened_at=[deal.at for deal in deals],
        offset_minutes=[clock.offset_minutes(deal.at.astimezone(zone)) for deal in deals],
        currencies=[CURRENCY] * len(deals),
        rates=[Decimal(1)] * len(deals),
        location_ids=[None if deal.shop is None else places[deal.shop] for deal in deals],
    )


def _line_columns(deals: Sequence[Deal]) -> commerce.LineColumns:
    lines = [(place, *line) for place, deal in enumerate(deals) for line in deal.lines]
    return commerce.LineColumns(
        language=LANGUAGES[0],
        deals=[place for place, _product, _quantity, _cents in lines],
        product_codes=[product.code for _place, product, _quantity, _cents in lines],
        # Their names in three languages are there already.
        product_names=[""] * len(lines),
        quantities=[Decimal(quantity) for _place, _product, quantity, _cents in lines],
        unit_prices=[Decimal(cents).scaleb(-2) for _place, _product, _quantity, cents in lines],
    )


def _note_sightings(story: Story, handles: Sequence[int], places: Sequence[int]) -> None:
    """The first and the last time everybody was seen at each of their places."""
    seen: dict[tuple[int, int | None], tuple[datetime, datetime]] = {}
    for deal in (*story.orders, *story.returns):
        if deal.shopper is not None:
            first, last = seen.get((deal.shopper, deal.shop), (deal.at, deal.at))
            seen[deal.shopper, deal.shop] = min(first, deal.at), max(last, deal.at)
    sightings: list[list[tuple[Shopper, int | None, datetime]]] = [[] for _ in story.shoppers]
    for (index, shop), moments in seen.items():
        sightings[index] += [(story.shoppers[index], shop, moment) for moment in sorted(set(moments))]
    for start in range(0, len(sightings), PEOPLE_STEP):
        rows = [row for mine in sightings[start : start + PEOPLE_STEP] for row in mine]
        customers.note_sightings(columns=_customer_columns(rows, handles, places))


def _customer_columns(
    rows: Sequence[tuple[Shopper, int | None, datetime]], handles: Sequence[int], places: Sequence[int]
) -> customers.CustomerColumns:
    people = [one for one, _shop, _moment in rows]
    return customers.CustomerColumns(
        handles=[handles[one.index] for one in people],
        known_as=[one.known_as for one in people],
        seen_at=[moment for _one, _shop, moment in rows],
        source=SOURCE,
        names=[one.name for one in people],
        traits={
            "town": [one.town for one in people],
            "country": [one.country for one in people],
            "language": [one.language for one in people],
        },
        location_ids=[None if shop is None else places[shop] for _one, shop, _moment in rows],
    )
