"""What is sent to each address of the matrix.

An address whose parts are known from its neighbours needs no word here, nor does a form that may be empty. What is
told beside the first request of an address is a request more: another number in the body, another place in the address.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.flows.access.program import PART
from tests.flows.access.world import DOMAIN, NEAR, PHONES, World
from wayloop.accounts.testing import PASSWORD
from wayloop.imports import inbox, watching
from wayloop.imports.testing import as_csv
from wayloop.kernel import clock

KEY = str(UUID(int=7))
WRITTEN_BY_ALL = "seven calm rivers"
# Which thing a part of an address names, by how the address begins; the first that fits.
PARTS: tuple[tuple[str, str, str], ...] = (
    ("/customers/lists/", "view_id", "view"), ("/customers/lists/", "what", "=name"),
    ("/customers/changes/", "action_id", "bulk"), ("/customers/changes/", "what", "=undo"),
    ("/customers/tags/", "tag_id", "tag"), ("/customers/tags/", "what", "=edit"),
    ("/customers/traits/", "trait_id", "trait"),
    ("/customers/<uuid:uuid>/name/", "value_id", "renamed"),
    ("/customers/<uuid:uuid>/traits/", "value_id", "written"),
    ("/customers/", "key", "=profession"), ("/customers/", "note_id", "note"), ("/customers/", "tie_id", "tie"),
    ("/customers/", "uuid", "near_card"),
    ("/orders/steps/", "uuid", "step"), ("/orders/payments/", "uuid", "payment"),
    ("/orders/deliveries/", "uuid", "delivery"), ("/orders/deliveries/", "status", "=planned"),
    ("/orders/returns/", "uuid", "near_return"), ("/orders/", "uuid", "near_order"),
    ("/products/", "uuid", "product"), ("/counter/undo/", "token", "undo"), ("/counter/", "uuid", "near_card"),
    ("/service/jobs/", "uuid", "near_job"), ("/service/jobs/", "customer", "near_card"),
    ("/service/moves/", "move_id", "move"), ("/service/kinds/", "kind_id", "kind"),
    ("/service/stages/", "stage_id", "stage"), ("/service/steps/", "step_id", "agreement_step"),
    ("/service/documents/", "token", "document_token"), ("/service/agreements/", "customer", "near_card"),
    ("/service/agreements/", "uuid", "near_agreement"), ("/service/agreements/", "document_id", "document"),
    ("/cases/new/", "customer", "near_card"), ("/cases/playbooks/", "playbook_id", "book"),
    ("/cases/playbooks/", "row_id", "book"), ("/cases/stages/", "stage_id", "case_stage"),
    ("/cases/stages/", "row_id", "case_stage"), ("/cases/causes/", "cause_id", "cause"),
    ("/cases/causes/", "row_id", "cause"), ("/cases/moves/", "entry_id", "case_move"),
    ("/cases/entries/", "entry_id", "case_note"), ("/cases/", "step_id", "case_step"), ("/cases/", "uuid", "near_case"),
    ("/tasks/", "uuid", "near_task"), ("/api/v1/cases/", "case", "near_case"),
    ("/imports/look/", "draft_id", "draft"), ("/imports/mappings/", "name", "=mine"), ("/imports/", "import_id", "run"),
    ("/imports/", "table", "=0"), ("/imports/", "group", "=new"),
    ("/imports/watched/", "name", "=mine"),
    ("/numbers/goals/alerts/", "number", "goal_alert"), ("/numbers/goals/review/", "name", "=2026-Q1"),
    ("/numbers/goals/", "number", "goal"), ("/numbers/annotations/", "number", "annotation"),
    ("/numbers/", "name", "=orders"),
    ("/messages/runs/", "number", "message_run"), ("/messages/", "number", "message"),
    ("/settings/consent-texts/", "purpose", "=marketing"), ("/settings/consent-texts/", "language", "=en"),
    ("/settings/mail/sender/", "brand", "brand"), ("/surveys/cases/", "rule", "case_rule"),
    ("/surveys/", "rule", "ask_rule"),
    ("/settings/places/", "number", "near"), ("/settings/brands/", "number", "brand"),
    ("/settings/hours/special/", "number", "special"), ("/settings/greeting/", "number", "point"),
    ("/settings/doctor/", "number", "=1"), ("/settings/doctor/", "deed", "=again"),
    ("/settings/doctor/", "what", "=jobs"),
    ("/surveys/answers/", "answer_id", "answer"), ("/surveys/kiosks/", "kiosk_id", "kiosk"),
    ("/scores/", "score", "near_score"),
    ("/changes/", "uuid", "near_change"), ("/thanks/", "token", "thanks"),
    ("/research/guides/", "guide_id", "guide"), ("/research/", "uuid", "near_note"),
    ("/surveys/", "what", "=answers"), ("/surveys/", "kind", "=csv"), ("/surveys/", "number", "share"),
    ("/r/", "token", "share_token"),
    ("/surveys/", "uuid", "survey_uuid"), ("/kiosk/", "link", "kiosk_link"),
    ("/s/", "token", "survey"), ("/s/", "secret", "=AAAAAAAAAAAAAAAAAAAAAA"),
    ("/survey-theme/", "spec", "=4b53c2-light-soft"),
    ("/preferences/", "token", "preferences"), ("/unsubscribe/", "token", "unsubscribe"),
    ("/confirm/", "token", "confirm"), ("/settings/contact-rules/", "number", "limit"),
    ("/settings/team/invitations/", "number", "invitation"), ("/settings/team/", "number", "reader.pk"),
    ("/settings/keys/", "number", "api_key"), ("/me/second-factor/", "number", "factor"),
    ("/me/sessions/", "number", "session"), ("/join/", "token", "join"), ("/new-password/", "token", "reset"),
    ("/api/v1/customers/", "customer", "near_card"), ("/api/v1/", "trait", "=profession"),
    ("/api/v1/orders/", "order", "near_order"), ("/api/v1/products/", "product", "product"),
    ("/api/v1/surveys/", "survey", "survey_uuid"), ("/api/v1/imports/", "number", "run"),
    ("/api/v1/metrics/", "name", "=orders"),
)  # fmt: skip


class Unknown(Exception):
    """A part of an address of which nobody has said what it names."""


@dataclass(frozen=True)
class Sent:
    """One request. `note`: what is unusual about it, as the table tells it.

    `at`: other things for parts of the address. `form` and `content` (JSON) are made when the world is there.
    """

    note: str = ""
    form: Callable[[World], dict[str, Any]] | dict[str, Any] = field(default_factory=dict)
    content: Callable[[World], Any] | None = None
    query: Callable[[World], dict[str, Any]] | dict[str, Any] = field(default_factory=dict)
    at: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    # What lies outside the database and is made anew before each request.
    before: Callable[[], Any] | None = None

    def path(self, world: World, address: str) -> str:
        """The address with its parts filled in."""
        given = dict(self.at)

        def fill(found: Any) -> str:
            name = found[2]
            thing = given.get(name) or next(
                (thing for begin, part, thing in PARTS if part == name and address.startswith(begin)), None
            )
            if thing is None:
                raise Unknown(f"say in PARTS of tests/flows/access/sent.py what “{name}” of {address} names")
            return _value(world, thing)

        query = self.query(world) if callable(self.query) else self.query
        return PART.sub(fill, address) + (f"?{urlencode(query, doseq=True)}" if query else "")

    def body(self, world: World) -> tuple[Any, str | None]:
        """What goes along, and its type when it is JSON."""
        if self.content is not None:
            return json.dumps(self.content(world)), "application/json"
        return (self.form(world) if callable(self.form) else self.form), None


def _value(world: World, thing: str) -> str:
    if thing.startswith("="):
        return thing[1:]
    name, _dot, part = thing.partition(".")
    found = getattr(world, name)
    return str(getattr(found, part) if part else found)


def requests_for(method: str, address: str) -> list[Sent]:
    """All requests of a line's address; one plain one where nothing is told."""
    told = SENT.get(f"{method} {address}")
    if told is None and address.startswith("/api/") and method != "GET":
        return [Sent(content=lambda world: {})]
    return told or [Sent()]


def file(name: str, content: bytes) -> Callable[[World], dict[str, Any]]:
    """A form with one file, made anew for each time it is sent."""
    return lambda world: {name: SimpleUploadedFile("orders.csv", content)}


def _api_order(number: str, **more: str) -> Callable[[World], dict[str, Any]]:
    def make(world: World) -> dict[str, Any]:
        line = {"code": "tea", "name": "Tea", "quantity": "1", "unit_price": "10.00"}
        order = {"number": number, "happened_at": clock.now().isoformat(), "lines": [line]}
        return order | {name: _plain(getattr(world, thing)) for name, thing in more.items()}

    return make


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value


def _batch(one: Callable[[World], dict[str, Any]]) -> Callable[[World], dict[str, Any]]:
    return lambda world: {"source": "till", "items": [one(world)]}


def _with(one: Callable[[World], dict[str, Any]], **more: Any) -> Callable[[World], dict[str, Any]]:
    return lambda world: one(world) | more


def _event(**more: str) -> Callable[[World], dict[str, Any]]:
    def make(world: World) -> dict[str, Any]:
        event: dict[str, Any] = {"kind": "page.viewed", "message_id": "m-1", "occurred_at": clock.now().isoformat()}
        event |= {"properties": {"page": "/tea"}}
        return event | {name: _plain(getattr(world, thing)) for name, thing in more.items()}

    return make


def _score(**more: str) -> Callable[[World], dict[str, Any]]:
    def make(world: World) -> dict[str, Any]:
        score = {"metric": "csat", "value": "5", "happened_at": clock.now().isoformat(), "number": "s-1"}
        return score | {name: _plain(getattr(world, thing)) for name, thing in more.items()}

    return make


def _watched() -> None:
    watching.watch(mapping="mine")


def _unwatched() -> None:
    if any(folder.name == "mine" for folder in inbox.folders()):
        watching.stop_watching(mapping="mine")


FAR_CARD = (("uuid", "far_card"),)
BOTH_CARD = (("uuid", "both_card"),)
OF_ALL = (("uuid", "survey_of_all"),)
RULE_OF_ALL = (*OF_ALL, ("rule", "rule_of_all"))
RULE = {
    "name": "Everybody", "trigger": "once", "day_offset": "0", "delay": "2", "unit": "hours", "share": "100",
    "did_days": "30", "patience_days": "3", "remind_days": "0", "expire_days": "30",
}  # fmt: skip
GOAL = {"metric": "orders", "kind": "value", "aim": "5", "period": "30d"}
CASE_RULE = {"name": "Bad", "question": "nps 0-10", "worst": "6"}
CHANGE = {"title_uk": "Courier", "text_uk": "On time", "happened_on": "2026-05-04"}
NOTE = {"title": "Talk", "way": "interview", "happened_on": "2026-05-04", "people": "1", "consent": "given"}
GUIDE = {"name_uk": "Visit", "way": "mystery", "points": "Greeted"}
KIOSK = {"name": "By the door", "pin": "1234"}
CHOICE = {"role": "analyst", "sees": "all"}
DAY = {"starts_on": "2026-12-01"}
AGREEMENT = {
    "kind": "contract", "title": "Beans", "starts_on": "2026-12-01", "renewal": "none", "notice_days": "30",
}  # fmt: skip
CASE = {"title": "Cold soup", "said": "", "kind": "", "severity": "low", "member": "", "hours": "2"}
PLAYBOOK = {
    "name_uk": "Погана оцінка", "name_en": "Bad", "kind": "score", "severity": "low", "owner_rule": "nobody",
    "hours": "8",
}  # fmt: skip
JOB = {"title": "Grinder"}
PRODUCT = {"name_uk": "Чай", "name_en": "Tea", "kind": "product", "price": "2.50", "currency": "UAH"}
WEEK = {f"d{day}_0_{end}": time for day in range(7) for end, time in (("from", "09:00"), ("to", "18:00"))}
TRAIT = {"label_uk": "Помел", "group": "other", "about": "all", "sight": "staff", "type": "text"}
PROFILE = {
    "name": "Café Orchard", "trade": "cafe", "currency": "UAH", "content_languages": ["uk", "en"],
    "main_language": "uk",
}  # fmt: skip
SENT: dict[str, list[Sent]] = {
    # Search and lists: the word is one of both locations, so that it stands in no answer by itself.
    "GET /search/": [
        Sent("q=ana", query={"q": "ana"}),
        Sent("q=phone of near", query={"q": PHONES[NEAR]}),
        Sent("q=order", query={"q": f"{NEAR}-1"[:4]}),
    ],
    "GET /customers/": [
        Sent(),
        Sent("q=ana", query={"q": "ana"}),
        Sent("location=near", query=lambda world: {"location": world.near}),
        Sent("list of another", query=lambda world: {"view": world.view}),
    ],
    "GET /customers/<uuid:uuid>/": [
        Sent(),
        Sent("of far", at=FAR_CARD),
        Sent("of both", at=BOTH_CARD),
        Sent("of both, timeline", at=BOTH_CARD, headers=(("HX-Request", "true"), ("HX-Target", "div#timeline"))),
        Sent("of both, notes", at=BOTH_CARD, headers=(("HX-Request", "true"), ("HX-Target", "section#notes"))),
    ],
    "GET /customers/<uuid:uuid>/ties/": [
        Sent(),
        Sent("of both", at=BOTH_CARD),
        Sent("of both, q=ana", at=BOTH_CARD, query={"q": "ana"}),
    ],
    "GET /customers/<uuid:uuid>/ties/<int:tie_id>/": [Sent(), Sent("of both", at=BOTH_CARD)],
    "POST /customers/<uuid:uuid>/ties/<int:tie_id>/": [
        Sent(form={"role": "aunt"}),
        Sent("of both", form={"role": "aunt"}, at=BOTH_CARD),
    ],
    "POST /customers/<uuid:uuid>/ties/<int:tie_id>/remove/": [Sent(), Sent("of both", at=BOTH_CARD)],
    "POST /customers/<uuid:uuid>/ties/<int:tie_id>/restore/": [
        Sent(at=(("tie_id", "gone_tie"),)),
        Sent("of both", at=(("tie_id", "gone_tie"), *BOTH_CARD)),
    ],
    "POST /customers/<uuid:uuid>/ties/": [
        Sent(form=lambda world: {"side": "partner:to", "other": world.both_card}),
        Sent("far with near", at=FAR_CARD, form=lambda world: {"side": "partner:to", "other": world.near_card}),
    ],
    "GET /customers/<uuid:uuid>/notes/<int:note_id>/": [
        Sent(),
        Sent("of both", at=(("note_id", "shared_note"), *BOTH_CARD)),
        Sent("near's at far", at=FAR_CARD),
    ],
    "POST /customers/<uuid:uuid>/notes/": [
        Sent(form={"text": "Hello"}),
        Sent("of far", form={"text": "Hello"}, at=FAR_CARD),
    ],
    "POST /customers/<uuid:uuid>/notes/<int:note_id>/edit/": [
        Sent(form={"text": "Hello", "seen": "1"}),
        Sent("of both", form={"text": "Hello", "seen": "1"}, at=(("note_id", "shared_note"), *BOTH_CARD)),
    ],
    "POST /customers/<uuid:uuid>/notes/<int:note_id>/pin/": [
        Sent(form={"pin": "yes"}),
        Sent("of both", form={"pin": "yes"}, at=(("note_id", "shared_note"), *BOTH_CARD)),
    ],
    "POST /customers/<uuid:uuid>/notes/<int:note_id>/remove/": [
        Sent(),
        Sent("of both", at=(("note_id", "shared_note"), *BOTH_CARD)),
    ],
    "POST /customers/<uuid:uuid>/notes/<int:note_id>/restore/": [Sent(at=(("note_id", "gone_note"),))],
    "POST /customers/<uuid:uuid>/name/": [
        Sent(form={"name": "Hanna"}),
        Sent("of far", form={"name": "Hanna"}, at=FAR_CARD),
    ],
    "POST /customers/<uuid:uuid>/name/<int:value_id>/undo/": [Sent(), Sent("near's at far", at=FAR_CARD)],
    "POST /customers/<uuid:uuid>/contacts/new/": [
        Sent(form={"kind": "phone", "value": "+380671119999"}),
        Sent("far, phone of near", at=FAR_CARD, form={"kind": "phone", "value": PHONES[NEAR]}),
    ],
    "POST /customers/<uuid:uuid>/contacts/remove/": [
        Sent(form={"kind": "phone", "value": PHONES[NEAR]}),
        Sent("far, phone of near", at=FAR_CARD, form={"kind": "phone", "value": PHONES[NEAR]}),
    ],
    "POST /customers/<uuid:uuid>/traits/<slug:key>/write/": [
        Sent(form=lambda world: {"trait-value": "Baker", "trait-seen": world.written}),
        Sent("of far", form={"trait-value": "Baker", "trait-seen": "0"}, at=FAR_CARD),
    ],
    "POST /customers/<uuid:uuid>/traits/<int:value_id>/undo/": [Sent(), Sent("near's at far", at=FAR_CARD)],
    "POST /customers/<uuid:uuid>/star/": [Sent(), Sent("of far", at=FAR_CARD)],
    "POST /customers/<uuid:uuid>/tags/": [
        Sent(form=lambda world: {"remove": world.tag}),
        Sent("of far", form=lambda world: {"remove": world.tag}, at=FAR_CARD),
    ],
    "POST /customers/new/": [
        Sent(form={"kind": "person", "name": "Hanna Ivy"}),
        Sent("phone of near", form={"kind": "person", "name": "Hanna Ivy", "phone": PHONES[NEAR]}),
        Sent("location=near", form=lambda world: {"kind": "person", "name": "Hanna Ivy", "location": world.near}),
        Sent("location=far", form=lambda world: {"kind": "person", "name": "Hanna Ivy", "location": world.far}),
    ],
    "POST /customers/changes/press/": [
        Sent("star near", form=lambda world: {"do": "star", "person": world.near_person}),
        Sent("tag near", form=lambda world: {"do": "untag", "tag_remove": world.tag, "person": world.near_person}),
        Sent(
            "tag near and far",
            form=lambda world: {
                "do": "untag",
                "tag_remove": world.tag,
                "person": [world.near_person, world.far_person],
            },
        ),
        Sent("tag all", form=lambda world: {"do": "untag", "tag_remove": world.tag, "all": "1"}),
        Sent(
            "trait of near",
            form=lambda world: {"do": "trait", "trait": "profession", "value": "Cook", "person": world.near_person},
        ),
    ],
    "GET /customers/changes/value/": [Sent(query={"trait": "profession"})],
    "POST /customers/lists/save/": [
        Sent(form={"name": "Mine", "query": ""}),
        Sent("over another's", form=lambda world: {"over": world.view, "query": ""}),
    ],
    "POST /customers/lists/<int:view_id>/<slug:what>/": [
        Sent(form={"name": "Other"}),
        Sent("share", at=(("what", "=share"),)),
        Sent("delete", at=(("what", "=delete"),)),
    ],
    "POST /customers/tags/new/": [Sent(form={"name": "New"})],
    "POST /customers/tags/<int:tag_id>/<slug:what>/": [
        Sent(form={"name": "Other"}),
        Sent("archive", at=(("what", "=archive"),)),
    ],
    "POST /customers/traits/new/": [Sent(form=TRAIT)],
    "POST /customers/traits/<int:trait_id>/move/": [Sent(form={"to": "up"})],
    # Orders.
    "GET /orders/": [
        Sent(),
        Sent("customer=near", query=lambda world: {"customer": world.near_card}),
        Sent("customer=both", query=lambda world: {"customer": world.both_card}),
    ],
    "GET /orders/<uuid:uuid>/": [Sent(), Sent("of far", at=(("uuid", "far_order"),))],
    "GET /orders/returns/<uuid:uuid>/": [Sent(), Sent("of far", at=(("uuid", "far_return"),))],
    "POST /orders/<uuid:uuid>/step/": [
        Sent(form={"do": "ready", "key": KEY}),
        Sent("of far", form={"do": "confirmed", "key": KEY}, at=(("uuid", "far_order"),)),
    ],
    "POST /orders/<uuid:uuid>/paid/": [
        Sent(form={"method": "card", "key": KEY, "seen": "1000"}, at=(("uuid", "unpaid_order"),))
    ],
    "POST /orders/<uuid:uuid>/payment/": [Sent(form={"method": "card", "key": KEY, "amount": "1", "currency": "UAH"})],
    "POST /orders/<uuid:uuid>/refund/": [Sent(form={"method": "card", "key": KEY, "amount": "1", "currency": "UAH"})],
    "POST /orders/<uuid:uuid>/delivery/": [Sent(form={"key": KEY, "way": "courier"})],
    "POST /orders/deliveries/<uuid:uuid>/": [Sent(form={"key": KEY, "way": "pickup"})],
    "POST /orders/deliveries/<uuid:uuid>/step/": [Sent(form={"do": "done"})],
    "POST /orders/carts/": [Sent(form={"hours": "5"})],
    "GET /orders/buyers/": [Sent(query={})],
    # Products belong to the whole business.
    "POST /products/new/": [Sent(form=PRODUCT)],
    "POST /products/<uuid:uuid>/edit/": [Sent(form=PRODUCT)],
    "POST /products/<uuid:uuid>/deed/": [Sent(form={"do": "archive"})],
    # The counter.
    "GET /counter/": [
        Sent(),
        Sent("q=phone of near", query={"q": PHONES[NEAR], "go": ""}),
        Sent("q=ana", query={"q": "ana"}),
    ],
    "GET /counter/<uuid:uuid>/": [Sent(), Sent("of far", at=FAR_CARD)],
    "POST /counter/<uuid:uuid>/visit/": [Sent(form={"key": KEY}), Sent("of far", form={"key": KEY}, at=FAR_CARD)],
    "POST /counter/<uuid:uuid>/purchase/": [
        Sent(form={"key": KEY, "amount": "10"}),
        Sent("of far", form={"key": KEY, "amount": "10"}, at=FAR_CARD),
    ],
    "POST /counter/new/": [
        Sent(form={"name": "Hanna Ivy", "phone": "+380671119999"}),
        Sent("phone of near", form={"name": "Hanna Ivy", "phone": PHONES[NEAR]}),
    ],
    "POST /counter/till/": [
        Sent("location=near", form=lambda world: {"location": world.near}),
        Sent("location=far", form=lambda world: {"location": world.far}),
    ],
    # Agreements and jobs.
    "GET /service/": [Sent(), Sent("location=near", query=lambda world: {"location": world.near})],
    "GET /service/list/": [
        Sent(),
        Sent("location=near", query=lambda world: {"location": world.near}),
        Sent("customer=near", query=lambda world: {"customer": world.near_card}),
    ],
    "GET /service/agreements/": [
        Sent(query={"state": "all"}),
        Sent("customer=near", query=lambda world: {"customer": world.near_card}),
    ],
    "GET /service/jobs/new/": [Sent("q=ana", query={"q": "ana"})],
    "GET /service/agreements/new/": [Sent("q=ana", query={"q": "ana"})],
    "POST /service/jobs/new/": [Sent("q=ana", query={"q": "ana"})],
    "POST /service/agreements/new/": [Sent("q=ana", query={"q": "ana"})],
    "GET /service/jobs/<uuid:uuid>/": [Sent(), Sent("of far", at=(("uuid", "far_job"),))],
    "GET /service/agreements/<uuid:uuid>/": [Sent(), Sent("of far", at=(("uuid", "far_agreement"),))],
    "POST /service/jobs/new/<uuid:customer>/": [
        Sent(form=lambda world: JOB | {"kind": world.kind}),
        Sent(
            "far, location=near",
            at=(("customer", "far_card"),),
            form=lambda world: JOB | {"kind": world.kind, "location": world.near},
        ),
        Sent(
            "far, agreement of near",
            at=(("customer", "far_card"),),
            form=lambda world: JOB | {"kind": world.kind, "agreement": world.near_agreement_id},
        ),
    ],
    "POST /service/jobs/<uuid:uuid>/edit/": [
        Sent(form=lambda world: JOB | {"seen": world.job_version}),
        Sent(
            "far, location=near",
            at=(("uuid", "far_job"),),
            form=lambda world: JOB | {"seen": world.job_version, "location": world.near},
        ),
    ],
    "POST /service/jobs/<uuid:uuid>/move/": [
        Sent(form=lambda world: {"stage": world.last_stage, "seen": world.stage}),
        Sent("of far", at=(("uuid", "far_job"),), form=lambda world: {"stage": world.last_stage, "seen": world.stage}),
    ],
    "POST /service/agreements/new/<uuid:customer>/": [
        Sent(form=AGREEMENT),
        Sent(
            "far, location=near",
            at=(("customer", "far_card"),),
            form=lambda world: AGREEMENT | {"location": world.near},
        ),
    ],
    "POST /service/agreements/<uuid:uuid>/edit/": [Sent(form=AGREEMENT | {"seen": "1"})],
    "POST /service/agreements/<uuid:uuid>/renew/": [Sent(form={"day": "2028-12-01", "seen": "1"})],
    "POST /service/agreements/<uuid:uuid>/cancel/": [Sent(form={"day": "2027-12-01", "seen": "1"})],
    "POST /service/agreements/<uuid:uuid>/documents/": [Sent(form=file("file", b"x"))],
    "GET /service/agreements/<uuid:uuid>/documents/<int:document_id>/": [
        Sent(),
        Sent("near's at far", at=(("uuid", "far_agreement"),)),
    ],
    "POST /service/agreements/<uuid:uuid>/documents/<int:document_id>/do/": [
        Sent(form={"do": "remove"}),
        Sent("near's at far", form={"do": "remove"}, at=(("uuid", "far_agreement"),)),
    ],
    "POST /service/kinds/new/": [Sent(form={"template": "repair"})],
    "POST /service/kinds/<int:kind_id>/": [Sent(form={"name_en": "Repairs", "icon": "wrench"})],
    "POST /service/kinds/<int:kind_id>/do/": [Sent(form={"do": "archive"})],
    "POST /service/kinds/<int:kind_id>/stages/": [Sent(form={"name_uk": "Перевірка", "name_en": "Check"})],
    "POST /service/stages/<int:stage_id>/": [Sent(form={"name_en": "Fresh"})],
    "POST /service/stages/<int:stage_id>/do/": [Sent(form={"do": "down"})],
    "GET /cases/": [Sent(), Sent("location=near", query=lambda world: {"location": world.near})],
    "GET /cases/list/": [
        Sent("all", query={"which": "all"}),
        Sent("location=near", query=lambda world: {"which": "all", "location": world.near}),
        Sent("of near's customer", query=lambda world: {"customer": world.near_card}),
    ],
    "GET /cases/loop/": [Sent("by location", query={"by": "location"})],
    "GET /cases/new/": [Sent("q=ana", query={"q": "ana"})],
    "POST /cases/new/": [
        Sent("nobody, location=near", query={"nobody": "1"}, form=lambda world: CASE | {"location": world.near})
    ],
    "POST /cases/new/<uuid:customer>/": [
        Sent(form=CASE),
        Sent("far, location=near", at=(("customer", "far_card"),), form=lambda world: CASE | {"location": world.near}),
    ],
    "GET /cases/<uuid:uuid>/": [
        Sent(),
        Sent("of far", at=(("uuid", "far_case"),)),
        Sent("given to front", at=(("uuid", "front_case"),)),
    ],
    "POST /cases/<uuid:uuid>/edit/": [
        Sent(form=CASE | {"kind": "other", "seen": "1"}),
        Sent(
            "far, location=near",
            at=(("uuid", "far_case"),),
            form=lambda world: CASE | {"kind": "other", "seen": "1", "location": world.near},
        ),
    ],
    "POST /cases/<uuid:uuid>/move/": [
        Sent(form=lambda world: {"stage": world.solved_stage, "seen": world.new_stage}),
        Sent(
            "of far",
            at=(("uuid", "far_case"),),
            form=lambda world: {"stage": world.solved_stage, "seen": world.new_stage},
        ),
        Sent(
            "given to front",
            at=(("uuid", "front_case"),),
            form=lambda world: {"stage": world.solved_stage, "seen": world.new_stage},
        ),
    ],
    "POST /cases/<uuid:uuid>/give/": [
        Sent(form=lambda world: {"member": world.owner.pk, "seen": ""}),
        Sent("far, to front", at=(("uuid", "far_case"),), form=lambda world: {"member": world.members["front"].pk}),
    ],
    "POST /cases/<uuid:uuid>/note/": [
        Sent(form={"text": "Called"}),
        Sent("given to front", at=(("uuid", "front_case"),), form={"text": "Called"}),
    ],
    "POST /cases/<uuid:uuid>/cause/": [Sent(form=lambda world: {"cause": world.cause})],
    "POST /cases/<uuid:uuid>/compensation/": [Sent(form={"amount": "10"})],
    "POST /cases/<uuid:uuid>/steps/<int:step_id>/": [
        Sent(form={"done": "1"}),
        Sent("near's at far", form={"done": "1"}, at=(("uuid", "far_case"),)),
    ],
    "POST /cases/playbooks/new/": [Sent(form=PLAYBOOK)],
    "POST /cases/playbooks/<int:playbook_id>/": [Sent(form=PLAYBOOK | {"seen": "1"})],
    "POST /cases/playbooks/<int:row_id>/do/": [Sent(form={"do": "archive"})],
    "POST /cases/stages/": [Sent(form={"stage-name_uk": "Перевірка", "stage-state": "working"})],
    "POST /cases/stages/<int:stage_id>/": [Sent(form={"name_en": "Fresh"})],
    "POST /cases/stages/<int:row_id>/do/": [Sent(form={"do": "archive"})],
    "POST /cases/causes/": [Sent(form={"cause-name_uk": "Погода"})],
    "POST /cases/causes/<int:cause_id>/": [Sent(form={"name_en": "Weather"})],
    "POST /cases/causes/<int:row_id>/do/": [Sent(form={"do": "archive"})],
    "GET /tasks/": [Sent(), Sent("everybody's", query={"whose": "all"})],
    "POST /tasks/new/": [
        Sent(form={"title": "Call"}),
        Sent("of near's case", query=lambda world: {"case": world.near_case}, form={"title": "Call"}),
    ],
    "GET /tasks/<uuid:uuid>/": [
        Sent(),
        Sent("of far", at=(("uuid", "far_task"),)),
        Sent("given to front", at=(("uuid", "front_task"),)),
    ],
    "POST /tasks/<uuid:uuid>/": [Sent(form={"title": "Call", "seen": "1"})],
    "POST /tasks/<uuid:uuid>/do/": [
        Sent(form={"do": "done"}),
        Sent("given to front", form={"do": "done"}, at=(("uuid", "front_task"),)),
    ],
    "GET /api/v1/cases": [Sent("all", query={"which": "all"})],
    "GET /api/v1/cases/<uuidstr:case>": [Sent(), Sent("of far", at=(("case", "far_case"),))],
    "POST /api/v1/cases": [Sent("location=near", content=lambda world: {"title": "Cold soup", "location": world.near})],
    "PATCH /api/v1/cases/<uuidstr:case>": [Sent(content=lambda _world: {"title": "Warm soup"})],
    "POST /api/v1/cases/<uuidstr:case>/moves": [Sent(content=lambda _world: {"state": "solved"})],
    "POST /api/v1/cases/<uuidstr:case>/notes": [Sent(content=lambda _world: {"text": "Called"})],
    # What follows an answer: rules are the whole business's, changes and research belong to places.
    "POST /surveys/cases/new/": [Sent(form=lambda world: CASE_RULE | {"playbook": world.book})],
    "POST /surveys/cases/<uuid:rule>/": [Sent(form=lambda world: CASE_RULE | {"playbook": world.book})],
    "POST /surveys/cases/<uuid:rule>/do/": [Sent(form={"do": "stop"})],
    "GET /changes/<uuid:uuid>/": [Sent(), Sent("of far", at=(("uuid", "far_change"),))],
    "POST /changes/new/": [Sent(form=CHANGE)],
    "POST /changes/<uuid:uuid>/edit/": [Sent(form=CHANGE | {"seen": "1"})],
    "POST /changes/<uuid:uuid>/behind/": [Sent(form={"what": "case|", "days": "365"})],
    "POST /changes/<uuid:uuid>/do/": [Sent(form={"do": "tell"})],
    "GET /thanks/": [Sent(), Sent("words", query={"words": "1"})],
    "POST /thanks/": [Sent(form={"is_on": "on"})],
    "POST /thanks/do/": [Sent(form=lambda world: {"do": "hide", "row": world.thanks_row})],
    "POST /thanks/<str:token>/": [Sent(form={"agree": "1", "quote": "Good", "name": "A."})],
    "GET /research/": [Sent(), Sent("location=near", query=lambda world: {"location": world.near})],
    "GET /research/<uuid:uuid>/": [Sent(), Sent("of far", at=(("uuid", "far_note"),))],
    "POST /research/new/": [Sent("location=near", form=lambda world: NOTE | {"location": world.near})],
    "POST /research/<uuid:uuid>/edit/": [
        Sent(form=lambda world: NOTE | {"location": world.near, "seen": "1"}),
        Sent(
            "far, location=near",
            form=lambda world: NOTE | {"location": world.near, "seen": "1"},
            at=(("uuid", "far_note"),),
        ),
    ],
    "POST /research/<uuid:uuid>/quotes/": [Sent(form={"text": "Too long", "tone": "-1"})],
    "POST /research/<uuid:uuid>/person/": [
        Sent(form=lambda world: {"person": world.near_card}),
        Sent("of far, near's customer", at=(("uuid", "far_note"),), form=lambda world: {"person": world.near_card}),
        Sent("of far, nobody", at=(("uuid", "far_note"),)),
    ],
    "POST /research/<uuid:uuid>/marks/": [Sent(form={"mark-1": "3"})],
    "POST /research/<uuid:uuid>/do/": [Sent(form={"do": "remove"})],
    "POST /research/guides/new/": [Sent(form=GUIDE)],
    "POST /research/guides/<int:guide_id>/": [Sent(form=GUIDE)],
    "POST /research/guides/<int:guide_id>/do/": [Sent(form={"do": "archive"})],
    # Imports write for all locations.
    "POST /imports/new/": [
        Sent(form=lambda world: {"given": SimpleUploadedFile("orders.csv", as_csv()), "mapping": "online-retail"})
    ],
    "POST /imports/look/<int:draft_id>/": [Sent(form={"do": "bring"})],
    "POST /imports/mappings/<str:name>/rename/": [Sent(form={"title": "Other"})],
    "POST /imports/mappings/upload/": [Sent(form=file("file", b"x"))],
    "POST /imports/watched/add/": [Sent(form={"mapping": "mine"}, before=_unwatched)],
    "POST /imports/watched/<str:name>/stop/": [Sent(before=_watched)],
    "POST /imports/watched/<str:name>/again/": [Sent(before=_unwatched)],
    # Surveys: one of the near location, one of the whole business with a kiosk and an answer of the near one.
    "GET /surveys/": [Sent(), Sent("archived", query={"archived": "1"})],
    "GET /surveys/<uuid:uuid>/": [Sent(), Sent("of all", at=OF_ALL)],
    "GET /surveys/<uuid:uuid>/share/": [
        Sent(),
        Sent("of all, at near", at=OF_ALL, query=lambda world: {"at": world.near}),
    ],
    "GET /surveys/<uuid:uuid>/share/card/": [
        Sent(query=lambda world: {"at": world.near}),
        Sent("of all, at near", at=OF_ALL, query=lambda world: {"at": world.near}),
    ],
    "GET /surveys/<uuid:uuid>/build/": [Sent(), Sent("of all", at=OF_ALL)],
    "POST /surveys/new/": [Sent(form={"ready": "empty"})],
    "POST /surveys/<uuid:uuid>/do/": [
        Sent(form={"do": "publish"}),
        Sent("of all, archive", form={"do": "archive"}, at=OF_ALL),
    ],
    "POST /surveys/<uuid:uuid>/build/save/": [Sent(form={"q": "why", "text": "Why?"})],
    "POST /surveys/<uuid:uuid>/build/change/": [Sent(form={"do": "add", "type": "text"})],
    "POST /surveys/<uuid:uuid>/share/link/": [Sent(form={"first_name": "Hanna"}), Sent("of all", at=OF_ALL)],
    "POST /surveys/<uuid:uuid>/kiosks/": [
        Sent(form=KIOSK),
        Sent("of all, at near", form=lambda world: KIOSK | {"at": world.near}, at=OF_ALL),
    ],
    "POST /surveys/<uuid:uuid>/sites/": [
        Sent(form={"origin": "https://shop.example.com"}),
        Sent("of all", form={"origin": "https://shop.example.com"}, at=OF_ALL),
    ],
    "GET /surveys/<uuid:uuid>/ask/": [Sent(), Sent("of all", at=OF_ALL)],
    "GET /surveys/<uuid:uuid>/ask/<uuid:rule>/": [
        Sent(),
        Sent("of all", at=RULE_OF_ALL),
        Sent("near's at the one of all", at=OF_ALL),
    ],
    "POST /surveys/<uuid:uuid>/ask/new/": [Sent(form=RULE), Sent("of all", form=RULE, at=OF_ALL)],
    "POST /surveys/<uuid:uuid>/ask/<uuid:rule>/change/": [Sent(form=RULE), Sent("of all", form=RULE, at=RULE_OF_ALL)],
    "POST /surveys/<uuid:uuid>/ask/<uuid:rule>/do/": [
        Sent(form={"do": "remove"}),
        Sent("of all", form={"do": "remove"}, at=RULE_OF_ALL),
        Sent("of all, start", form={"do": "start"}, at=RULE_OF_ALL),
    ],
    "POST /surveys/kiosks/<int:kiosk_id>/remove/": [Sent(form={"do": "remove"})],
    "POST /kiosk/<str:link>/": [Sent(form={"pin": "1234"}), Sent("wrong", form={"pin": "4321"})],
    # Scores and numbers.
    "GET /scores/": [Sent(), Sent("location=near", query=lambda world: {"location": world.near})],
    "GET /numbers/<slug:name>/": [Sent(), Sent("by=location", query={"by": "location"})],
    "GET /numbers/goals/<int:number>/": [
        Sent(),
        Sent("of far", at=(("number", "far_goal"),)),
        Sent("of all", at=(("number", "goal_of_all"),)),
    ],
    "GET /numbers/parity/": [Sent(), Sent("by=location", query={"by": "location", "period": "12m"})],
    "POST /numbers/annotations/": [
        Sent(form={"day": "2026-05-04", "text": "Rain"}),
        Sent("at near", form=lambda world: {"day": "2026-05-04", "text": "Rain", "location_id": world.near}),
        Sent("at far", form=lambda world: {"day": "2026-05-04", "text": "Rain", "location_id": world.far}),
    ],
    "POST /numbers/annotations/<int:number>/remove/": [
        Sent(),
        Sent("of far", at=(("number", "far_annotation"),)),
        Sent("of all", at=(("number", "annotation_of_all"),)),
    ],
    "POST /numbers/annotations/<int:number>/back/": [Sent(), Sent("of all", at=(("number", "annotation_of_all"),))],
    "POST /numbers/goals/new/": [
        Sent(form=GOAL),
        Sent("at near", form=lambda world: GOAL | {"location_id": world.near}),
        Sent("at far", form=lambda world: GOAL | {"location_id": world.far}),
    ],
    "POST /numbers/goals/<int:number>/": [
        Sent(form=lambda world: GOAL | {"location_id": world.near}),
        Sent("far to near", form=lambda world: GOAL | {"location_id": world.near}, at=(("number", "far_goal"),)),
    ],
    "POST /numbers/goals/<int:number>/archive/": [Sent(), Sent("of all", at=(("number", "goal_of_all"),))],
    "POST /numbers/goals/alerts/<int:number>/take/": [
        Sent(),
        Sent("of far", at=(("number", "far_goal_alert"),)),
        Sent("of all", at=(("number", "goal_of_all_alert"),)),
    ],
    "POST /numbers/goals/alerts/<int:number>/leave/": [Sent(), Sent("of all", at=(("number", "goal_of_all_alert"),))],
    # Messages are of the whole business, as is how mail leaves.
    "POST /messages/doubtful/": [
        Sent(form=lambda world: {"message": world.doubtful}),
        Sent("again", form=lambda world: {"message": world.doubtful, "do": "again"}),
    ],
    "POST /messages/doubtful/undo/": [Sent(form=lambda world: {"message": world.doubtful})],
    "GET /messages/": [Sent(), Sent("doubtful", query={"state": "doubtful"})],
    "GET /messages/runs/<int:number>/": [
        Sent(),
        Sent("by script", headers=(("HX-Request", "true"), ("HX-Target", "div#run-progress"))),
    ],
    "POST /settings/consent-texts/<str:purpose>/<str:language>/": [Sent(form={"body": "I agree to get news."})],
    "POST /settings/mail/switch/": [Sent(form={"do": "off"})],
    "POST /settings/mail/server/": [
        Sent(form={"host": "127.0.0.1", "port": "2525", "security": "none", "may_be_local": "on", "per_minute": "60"})
    ],
    "POST /settings/mail/sender/<int:brand>/": [Sent(form={"name": "Orchard", "address": f"shop@{DOMAIN}"})],
    "POST /settings/mail/signing/": [Sent(form={"domain": DOMAIN, "do": "make"})],
    # Members, their own pages.
    "POST /sign-in/": [Sent(form={"login": "reader@example.com", "password": PASSWORD})],
    "POST /me/": [Sent(form={"name": "Somebody", "language": "en", "theme": "dark", "density": "roomy"})],
    "POST /me/password/": [Sent(form={"current_password": PASSWORD, "new_password": WRITTEN_BY_ALL})],
    "POST /me/confirm/": [Sent(form={"password": PASSWORD})],
    "POST /me/language/": [Sent(form={"language": "uk"})],
    "POST /me/theme/": [Sent(form={"theme": "dark"})],
    "POST /me/density/": [Sent(form={"density": "roomy"})],
    "POST /join/<str:token>/": [Sent(form={"name": "Nadia New", "password": WRITTEN_BY_ALL})],
    "POST /new-password/<str:token>/": [Sent(form={"password": WRITTEN_BY_ALL})],
    "POST /settings/team/invite/": [
        Sent(form={"role": "agent", "sees": "all", "email": "other@example.com", "days": "7"})
    ],
    "POST /settings/team/invitations/<int:number>/do/": [Sent(form={"do": "withdraw"})],
    "POST /settings/team/<int:number>/": [Sent(form=CHOICE)],
    "POST /settings/team/<int:number>/do/": [
        Sent("off", form={"do": "off"}),
        Sent("new password", form={"do": "password"}),
        Sent("factors", form={"do": "factors"}),
    ],
    "POST /settings/keys/new/": [
        Sent(form={"name": "Till", "permissions": ["orders.view"], "days": "30"}),
        Sent(
            "location=near",
            form=lambda world: {
                "name": "Till",
                "permissions": ["orders.view"],
                "days": "30",
                "locations": [world.near],
            },
        ),
        Sent("rights of owners", form={"name": "Till", "permissions": ["settings.change"], "days": "30"}),
    ],
    "POST /settings/security/second-factor/": [Sent(form={"roles": ["marketer"]})],
    # Settings of the business.
    "POST /settings/business/": [Sent(form=PROFILE)],
    "POST /settings/business/zone/": [Sent(form={"zone": "Europe/Warsaw", "when": "move", "from_day": "2026-12-01"})],
    "POST /settings/places/new/": [Sent(form={"name_uk": "Оболонь", "zone": "Europe/Kyiv"})],
    "POST /settings/places/<int:number>/": [Sent(form={"name_uk": "Поділ", "zone": "Europe/Kyiv"})],
    "POST /settings/places/<int:number>/do/": [Sent(form={"do": "archive"})],
    "POST /settings/brands/new/": [Sent(form={"name_uk": "Сад"})],
    "POST /settings/brands/<int:number>/": [Sent(form={"name_uk": "Сад"})],
    "POST /settings/brands/<int:number>/do/": [Sent(form={"do": "archive"})],
    "GET /settings/hours/": [Sent(), Sent("location=near", query=lambda world: {"location": world.near})],
    "POST /settings/hours/week/": [Sent(form=WEEK | {"when": "later", "from_day": "2027-01-01", "country": ""})],
    "POST /settings/hours/do/": [Sent(form=lambda world: {"do": "back", "version": world.version})],
    "POST /settings/hours/special/new/": [Sent(form={"first_day": "2027-02-04"})],
    "POST /settings/hours/special/<int:number>/": [Sent(form={"first_day": "2027-02-05"})],
    "POST /settings/hours/special/<int:number>/do/": [Sent(form={"do": "remove"})],
    "POST /settings/currencies/use/": [Sent(form={"currency": "PLN"})],
    "POST /settings/currencies/rate/": [
        Sent(form={"currency": "EUR", "day": "2026-11-01", "units": "1", "rate": "45"})
    ],
    "POST /settings/currencies/rates/": [Sent(form={"currency": "EUR", "lines": "2026-11-01 45"})],
    "POST /settings/currencies/rate/remove/": [Sent(form={"currency": "EUR", "day": "2026-11-01"})],
    "POST /settings/greeting/new/": [Sent(form={"text_uk": "Привітались"})],
    "POST /settings/greeting/<int:number>/": [Sent(form={"text_en": "Smiled a lot"})],
    "POST /settings/greeting/<int:number>/do/": [Sent(form={"do": "archive"})],
    "POST /gallery/toast/": [Sent(form={"kind": "good"})],
    "GET /products/categories/name/": [Sent(query={"code": "none"})],
    "POST /products/categories/name/": [Sent(query={"code": "none"})],
    # The API: each comes with a key of their own, the last one with a key of the owner that sees the far location.
    "GET /api/v1/customers": [
        Sent(),
        Sent("location=near", query=lambda world: {"location": world.near}),
        Sent("fields=id", query={"fields": "id,name"}),
    ],
    "POST /api/v1/customers/search": [
        Sent("q=ana", content=lambda world: {"q": "ana", "total": True}),
        Sent("q=phone of near", content=lambda world: {"q": PHONES[NEAR]}),
        Sent(
            "condition: person near",
            content=lambda world: {"condition": {"field": "location", "operator": "is", "values": [str(world.near)]}},
        ),
    ],
    "POST /api/v1/customers": [
        Sent(content=lambda world: {"name": "Hanna Ivy"}),
        Sent("phone of near", content=lambda world: {"name": "Hanna Ivy", "phone": PHONES[NEAR]}),
        Sent("location=near", content=lambda world: {"name": "Hanna Ivy", "location": world.near}),
    ],
    "GET /api/v1/customers/<uuidstr:customer>": [
        Sent(),
        Sent("of far", at=(("customer", "far_card"),)),
        Sent("of both", at=(("customer", "both_card"),)),
    ],
    "PATCH /api/v1/customers/<uuidstr:customer>": [Sent(content=lambda world: {"name": "Hanna"})],
    "POST /api/v1/customers/<uuidstr:customer>/contacts": [
        Sent(content=lambda world: {"kind": "phone", "value": "+380671119999"}),
        Sent(
            "far, phone of near",
            at=(("customer", "far_card"),),
            content=lambda world: {"kind": "phone", "value": PHONES[NEAR]},
        ),
    ],
    "POST /api/v1/customers/<uuidstr:customer>/contacts/remove": [
        Sent(content=lambda world: {"kind": "phone", "value": PHONES[NEAR]}),
    ],
    "GET /api/v1/customers/<uuidstr:customer>/events": [Sent(), Sent("of both", at=(("customer", "both_card"),))],
    "PUT /api/v1/customers/<uuidstr:customer>/traits/<trait>": [Sent(content=lambda world: {"value": "Cook"})],
    "POST /api/v1/customers/traits": [
        Sent(
            "near in the body",
            content=lambda world: {
                "source": "crm",
                "items": [{"customer": str(world.near_card), "trait": "profession", "value": "Cook"}],
            },
        ),
    ],
    "POST /api/v1/events": [
        Sent(
            "near in the body", content=lambda world: {"source": "site", "items": [_event(customer="near_card")(world)]}
        ),
        Sent(
            "far at near",
            content=lambda world: {"source": "site", "items": [_event(customer="far_card", location="near")(world)]},
        ),
    ],
    "GET /api/v1/orders": [
        Sent(query={"total": "true"}),
        Sent("customer=near", query=lambda world: {"customer": world.near_card}),
    ],
    "GET /api/v1/orders/<uuidstr:order>": [Sent(), Sent("of far", at=(("order", "far_order"),))],
    "POST /api/v1/orders": [
        Sent("of near", content=_with(_api_order("S-1", customer="near_card"), source="till")),
        Sent("far at near", content=_with(_api_order("S-2", customer="far_card", location="near"), source="till")),
        Sent("number of near", content=_with(_api_order(f"{NEAR}-1", customer="far_card"), source="shop")),
        Sent("of far", content=_with(_api_order("S-3", customer="far_card", location="far"), source="till")),
    ],
    "POST /api/v1/orders/batch": [
        Sent("of near", content=_batch(_api_order("S-1", customer="near_card"))),
        Sent("far at near", content=_batch(_api_order("S-2", customer="far_card", location="near"))),
    ],
    "POST /api/v1/orders/<uuidstr:order>/status": [Sent(content=lambda world: {"status": "ready"})],
    "POST /api/v1/orders/<uuidstr:order>/payments": [
        Sent(content=lambda world: {"method": "card", "amount": {"amount": "1.00", "currency": "UAH"}})
    ],
    "POST /api/v1/products": [Sent(content=lambda world: {"names": {"en": "Cup"}})],
    "PATCH /api/v1/products/<uuidstr:product>": [Sent(content=lambda world: {"category": "drinks"})],
    "GET /api/v1/surveys/<uuidstr:survey>/results": [
        Sent(),
        Sent("of all", at=(("survey", "survey_of_all"),)),
        Sent("of all, location=near", at=(("survey", "survey_of_all"),), query=lambda world: {"location": world.near}),
    ],
    "GET /api/v1/scores": [Sent(), Sent("location=near", query=lambda world: {"location": world.near})],
    "POST /api/v1/scores": [
        Sent("near in the body", content=_batch(_score(customer="near_card"))),
        Sent("at near", content=_batch(_score(location="near"))),
    ],
    "POST /api/v1/files": [Sent(form=file("file", b"a,b\n1,2\n"))],
    "POST /api/v1/imports": [
        Sent(content=lambda world: {"files": [{"id": world.file, "name": "orders.csv"}], "mapping": "online-retail"})
    ],
    "GET /api/v1/metrics/<name>": [Sent(), Sent("by=location", query={"by": "location"})],
}
