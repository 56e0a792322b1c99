"""A business of two locations in which every thing of a location carries its mark, and everybody who may ask."""

import time
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from wayloop.accounts.api import Permission, Role
from wayloop.accounts.fresh import MARK
from wayloop.accounts.links import RESET
from wayloop.accounts.models import ApiKey, Member, MemberSession
from wayloop.accounts.queries.invitations import reset_seal, token_of
from wayloop.accounts.services.factors import add_app
from wayloop.accounts.services.invitations import invite
from wayloop.accounts.services.keys import make_key
from wayloop.accounts.services.members import Rights, create_member, create_owner
from wayloop.accounts.services.sessions import note_session
from wayloop.accounts.testing import CAFE, PASSWORD, key_of
from wayloop.business import api as business
from wayloop.business.testing import Location
from wayloop.channels.models import Sender
from wayloop.commerce.document_links import link_to
from wayloop.commerce.enums import AgreementKind, DeliveryWay, OrderStatus, PaymentMethod
from wayloop.commerce.models import AgreementStep, Job, JobMove, JobStage, Order, Product, Return
from wayloop.commerce.services import agreements, deliveries, documents, greeting, job_kinds, jobs, payments, statuses
from wayloop.commerce.services.counter import record_visit
from wayloop.commerce.testing import Deal, buy, give_back
from wayloop.commerce.views.counter import UNDO
from wayloop.contracts.conditions import EVERYBODY, Where
from wayloop.contracts.ledger import EventColumns
from wayloop.contracts.scope import EVERYTHING
from wayloop.contracts.voice import Feedback
from wayloop.customers.enums import BulkKind, RelationKind
from wayloop.customers.fields.known import Fields
from wayloop.customers.fields.own import PERSON
from wayloop.customers.listing import desk_of
from wayloop.customers.models import Card, TraitDefinition
from wayloop.customers.queries.conditions import as_json
from wayloop.customers.services import bulk, notes, people, saved, tags, ties, traits
from wayloop.customers.testing import Sight, see_all
from wayloop.identity import api as identity
from wayloop.imports.drafting import start_draft
from wayloop.imports.rules import shipped_content
from wayloop.imports.services import save_mapping
from wayloop.imports.testing import as_csv, bring_in
from wayloop.journeys.api import NoteDetails, add_quote, mark_points, write_guide, write_note
from wayloop.kernel import clock, signing
from wayloop.kernel.files import hash_and_size, store
from wayloop.kernel.ids import digest_key, uuid7
from wayloop.kernel.localised import Localised
from wayloop.kernel.signing import sign
from wayloop.ledger import api as ledger
from wayloop.messaging.enums import Refused, State
from wayloop.messaging.models import LetterText, Message, Run
from wayloop.metrics.models import Alert, Annotation, Goal
from wayloop.privacy import links
from wayloop.privacy.enums import Channel, Purpose
from wayloop.privacy.services.pacing import add_limit
from wayloop.surveys.doors import Door, link_for_place, token_for
from wayloop.surveys.enums import QuestionType, Trigger
from wayloop.surveys.models import Answer, Score, Survey
from wayloop.surveys.services.asking import save_rule
from wayloop.surveys.services.closing import save_case_rule
from wayloop.surveys.services.invitations import invite as invite_to_survey
from wayloop.surveys.services.kiosks import add_kiosk
from wayloop.surveys.services.responses import take_answer
from wayloop.surveys.services.shares import link_of, share_results
from wayloop.surveys.testing import Given, asked, give, publish
from wayloop.voice.links import thanks_token
from wayloop.voice.models import Thanks
from wayloop.voice.services.changes import put_behind, write_change
from wayloop.work.models import CaseEntry, CaseStep, Cause, Stage
from wayloop.work.services.opening import CaseDetails, open_case
from wayloop.work.services.playbooks import PlaybookDetails, add_playbook
from wayloop.work.services.todos import TaskDetails, add_task
from wayloop.work.services.writing import note_case

# What stands in every text of a thing of a location; a request never holds it, so an answer has it from the thing.
NEAR, FAR = "Nearmark", "Farmark"
PHONES = {NEAR: "+380671110001", FAR: "+380671110002", "Common": "+380671110003"}
ACTORS = ("owner", "agent", "manager", "front", "reader", "partner", "nobody", "key")
# Those who see the far location only. What is of the near one is never for them.
LIMITED = ("agent", "manager", "partner", "key")
DOMAIN = "orchard.example.com"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@dataclass
class World:
    """Who asks, and the numbers of the things asked about."""

    pages: dict[str, Client] = field(default_factory=dict)
    programs: dict[str, Client] = field(default_factory=dict)
    ids: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["ids"][name]
        except KeyError:
            raise AttributeError(name) from None


def build() -> World:
    """Makes everything, in the transaction that is open."""
    cache.clear()
    world = World()
    _places(world)
    _members(world)
    _customers(world)
    _orders(world)
    _service(world)
    _work(world)
    _words(world)
    _surveys(world)
    _wishes(world)
    _loop(world)
    _files(world)
    _doors(world)
    _settings(world)
    return world


def _places(world: World) -> None:
    owner = create_owner(name="Olena Sad", email="olena@example.com", password=PASSWORD, language="en", business=CAFE)
    near = Location.objects.get()
    Location.objects.update(name=Localised.of(f"{NEAR} Podil", "uk"))
    far = Location.objects.create(name=Localised.of(f"{FAR} Lviv", "uk"), zone=CAFE.zone, town="Lviv", position=1)
    world.ids |= {"owner": owner, "near": near.pk, "far": far.pk}


def _members(world: World) -> None:
    far, near = [world.far], [world.near]
    wanted: dict[str, tuple[Role, list[int] | None]] = {
        "agent": (Role.AGENT, far), "manager": (Role.MANAGER, far), "front": (Role.FRONT_DESK, near),
        "reader": (Role.READER, None), "partner": (Role.PARTNER, far),
    }  # fmt: skip
    members = {"owner": world.owner} | {
        name: create_member(
            name=f"{name.title()} Member", email=f"{name}@example.com", password=PASSWORD, role=role,
            location_ids=places, language="en",
        )
        for name, (role, places) in wanted.items()
    }  # fmt: skip
    world.ids["members"] = members
    for name, member in members.items():
        world.pages[name] = client = Client(headers={"accept-language": "en"}, raise_request_exception=False)
        client.force_login(member)
        session = client.session
        # Fresh for longer than any machine takes.
        session[MARK] = int(time.time()) + 86_400
        session.save()
        note_session(member=member, key=str(session.session_key), agent="", address="127.0.0.1")
        world.programs[name] = _program(key_of(member, locations=member.location_ids))
    foreign = key_of(world.owner, locations=[world.far])
    world.pages["nobody"] = world.programs["nobody"] = _program("")
    world.pages["key"] = world.programs["key"] = _program(foreign)
    session_key = world.pages["owner"].session.session_key
    # As if used a moment ago: that is noted once a minute, and here in each request again.
    ApiKey.objects.update(used_at=clock.now() + timedelta(hours=1))
    world.ids["session"] = MemberSession.objects.get(key=session_key).pk


def _program(key: str) -> Client:
    headers = {"accept-language": "en"} | ({"authorization": f"Bearer {key}"} if key else {})
    return Client(headers=headers, raise_request_exception=False)


def _customers(world: World) -> None:
    day = clock.now() - timedelta(days=2)
    near, far, both, _again = see_all(
        Sight("770", f"{NEAR} Ana", day, world.near, town="Kyiv"),
        Sight("771", f"{FAR} Ana", day, world.far, town="Kyiv"),
        Sight("772", "Common Ana", day, world.near),
        Sight("772", "Common Ana", day, world.far),
    )
    for handle, name in ((near, NEAR), (far, FAR), (both, "Common")):
        identity.add_identifiers(kind=identity.IdentifierKind.PHONE, handles=[handle], values=[PHONES[name]])
        identity.add_identifiers(
            kind=identity.IdentifierKind.EMAIL, handles=[handle], values=[f"{name.lower()}@example.com"]
        )
    ledger.record_events(
        columns=EventColumns(
            kind="page.viewed", source="site", is_news=False, message_ids=["near"], handles=[both], occurred_at=[day],
            offset_minutes=[180], subject_kind="", subject_ids=[0], location_ids=[world.near],
            properties=[{"page": f"/{NEAR}"}],
        )
    )  # fmt: skip
    owner = world.owner.pk
    tie = ties.add_tie(first=near, second=both, kind=RelationKind.HOUSEHOLD, member_id=owner, role=f"{NEAR} aunt")
    gone = ties.add_tie(first=near, second=both, kind=RelationKind.KNOWS, member_id=owner)
    ties.remove_tie(tie_id=gone.pk)
    tag = tags.create_tag(name="Regulars")
    tags.add_tag(tag_id=tag, people=[near, far], member=owner)
    trait = TraitDefinition.objects.get(key="profession")
    desk = desk_of(_Looker(owner))
    world.ids |= {
        "near_person": near, "far_person": far, "both": both,
        "near_card": _uuid(near), "far_card": _uuid(far), "both_card": _uuid(both),
        "tie": tie.pk, "gone_tie": gone.pk, "tag": tag, "trait": trait.pk,
        "renamed": people.rename_customer(person=near, name=f"{NEAR} Anna", member_id=owner),
        "written": traits.set_trait(person=near, trait=trait, value=f"{NEAR} baker", seen=0, member_id=owner),
        "view": saved.save_view(
            member=owner, name=f"{NEAR} list", condition=as_json(EVERYBODY), sort="-seen", columns=[],
            is_shared=False, is_pinned=True,
        ),
        "bulk": bulk.press_bulk(
            kind=BulkKind.STAR, detail={}, condition=Where("person", "is", (near,)), eyes=desk.eyes,
            fields=Fields(desk.eyes, (PERSON,)),
        ).id,
    }  # fmt: skip


class _Looker:
    def __init__(self, member: int) -> None:
        self.id, self.role, self.scope = member, "owner", EVERYTHING


def _uuid(person: int) -> Any:
    return Card.objects.get(person=person).uuid


def _orders(world: World) -> None:
    day = clock.now() - timedelta(days=1)
    names = {"tea": "Tea"}
    common: dict[str, Any] = {"at": day, "status": "placed", "paid_by": "", "lines": (("tea", "1", "10.00"),)}
    buy(
        Deal(f"{NEAR}-1", "770", location=world.near, **common),
        Deal(f"{FAR}-1", "771", location=world.far, **common),
        Deal(f"{NEAR}-2", "772", location=world.near, **common),
        Deal(f"{FAR}-2", "772", location=world.far, **common),
        Deal(f"{NEAR}-3", location=world.near, **common),
        names=names,
    )
    back = {"at": day, "lines": (("tea", "1", "10.00"),)}
    give_back(
        Deal(f"{NEAR}-R", "770", location=world.near, of_order=f"{NEAR}-1", **back),
        Deal(f"{FAR}-R", "771", location=world.far, of_order=f"{FAR}-1", **back),
    )
    order, by = Order.objects.get(number=f"{NEAR}-1"), world.owner.pk
    step, payment, delivery = uuid7(), uuid7(), uuid7()
    statuses.change_status(order=order.pk, key=step, status=OrderStatus.CONFIRMED, by=by)
    payments.record_payment(order=order.pk, key=payment, method=PaymentMethod.CARD, amount=300, by=by)
    plan = deliveries.Plan(way=DeliveryWay.COURIER, carrier=f"{NEAR} Post", number=f"{NEAR}-TTN")
    deliveries.plan_delivery(order=order.pk, key=delivery, plan=plan)
    product = Product.objects.get(code="tea")
    world.ids |= {
        "near_order": order.uuid, "unpaid_order": Order.objects.get(number=f"{NEAR}-2").uuid,
        "far_order": Order.objects.get(number=f"{FAR}-1").uuid,
        "near_return": Return.objects.get(number=f"{NEAR}-R").uuid,
        "far_return": Return.objects.get(number=f"{FAR}-R").uuid,
        "step": step, "payment": payment, "delivery": delivery, "product": product.uuid,
    }  # fmt: skip


def _service(world: World) -> None:
    by, today = world.owner.pk, clock.now().date()
    kind = job_kinds.add_kind(
        name=Localised.of("Repair", "en"),
        stages=[job_kinds.NewStage(Localised.of(name, "en"), end) for name, end in (("new", ""), ("done", "done"))],
    )
    first, last = JobStage.objects.filter(kind=kind).order_by("position")
    made: dict[str, Any] = {}
    for name, person, place, mark in (
        ("near", world.near_person, world.near, NEAR),
        ("far", world.far_person, world.far, FAR),
        ("shared", world.both, world.near, NEAR),
    ):
        terms = agreements.Terms(
            AgreementKind.CONTRACT, f"{mark} beans", today, today + timedelta(days=300), location_id=place
        )
        agreement = agreements.add_agreement(person=person, terms=terms, by=by)
        details = jobs.JobDetails(f"{mark} grinder", location_id=place, agreement_id=agreement.pk)
        made[name] = (agreement, jobs.open_job(person=person, kind_id=kind.pk, details=details, by=by).job)
    near_agreement, near_job = made["near"]
    content = f"{NEAR} contract".encode()
    document = documents.attach_document(
        agreement_id=near_agreement.pk, name=f"{NEAR}.txt", size=len(content), chunks=[content], by=by
    )
    world.ids |= {
        "kind": kind.pk, "stage": first.pk, "last_stage": last.pk,
        "near_agreement": near_agreement.uuid, "far_agreement": made["far"][0].uuid,
        "near_job": near_job.uuid, "far_job": made["far"][1].uuid,
        "agreement_step": AgreementStep.objects.get(agreement=near_agreement).pk,
        "move": JobMove.objects.get(job=near_job).pk, "near_agreement_id": near_agreement.pk,
        "document": document.pk, "document_token": _token(link_to(document.pk)),
        "job_version": Job.objects.get(pk=near_job.pk).version,
    }  # fmt: skip


def _work(world: World) -> None:
    """Cases and tasks of both locations, and one that was given to the front desk."""
    by = world.owner.pk
    book = add_playbook(details=PlaybookDetails(Localised.of("Bad score", "en"), steps=["Call"], limit=10_000))
    made = {}
    for name, person, place, mark in (
        ("near", world.near_person, world.near, NEAR),
        ("far", world.far_person, world.far, FAR),
        ("front", world.near_person, world.near, NEAR),
    ):
        owner = world.members["front"].pk if name == "front" else None
        details = CaseDetails(f"{mark} soup", f"{mark} was cold", location_id=place, member_id=owner)
        case = open_case(person=person, details=details, playbook_id=book.pk, by=by)
        todo = TaskDetails(f"{mark} call", member_id=owner, location_id=place)
        made[name] = (case, add_task(details=todo, case_id=case.pk, by=by))
    near_case, near_task = made["near"]
    note = note_case(case_id=near_case.pk, text=f"{NEAR} is angry", by=by)
    stages = dict(Stage.objects.values_list("state", "pk"))
    world.ids |= {
        "book": book.pk, "cause": Cause.objects.earliest("pk").pk, "case_stage": stages["waiting"],
        "new_stage": stages["new"], "solved_stage": stages["solved"],
        "near_case": near_case.uuid, "far_case": made["far"][0].uuid, "front_case": made["front"][0].uuid,
        "near_task": near_task.uuid, "far_task": made["far"][1].uuid, "front_task": made["front"][1].uuid,
        "case_step": CaseStep.objects.get(case=near_case).pk, "case_note": note.pk,
        "case_move": CaseEntry.objects.filter(case=near_case).earliest("pk").pk,
    }  # fmt: skip


def _words(world: World) -> None:
    """What people wrote: notes, scores."""
    by = world.owner.pk
    note = notes.add_note(
        person=world.near_person, text=f"{NEAR} note", member_id=by, location_id=world.near, is_pinned=False
    )
    shared = notes.add_note(
        person=world.both, text=f"{NEAR} shared note", member_id=by, location_id=world.near, is_pinned=False
    )
    gone = notes.add_note(
        person=world.near_person, text=f"{NEAR} gone", member_id=by, location_id=world.near, is_pinned=False
    )
    notes.remove_note(note_id=gone.pk)
    give(
        *(
            Given("5", f"{mark}-{number}", comment=f"{mark} praise", at=clock.now() - timedelta(hours=3), handle=whose,
                  location=place)
            for number, (mark, whose, place) in enumerate((
                (NEAR, world.near_person, world.near), (FAR, world.far_person, world.far),
                (NEAR, world.both, world.near),
            ))
        )
    )  # fmt: skip
    email = f"{NEAR.lower()}@example.com"
    (point,) = identity.contact_points(kind=identity.IdentifierKind.EMAIL, values=[email])
    about = {"point": point, "handle": world.near_person}
    marketing = {"purpose": Purpose.MARKETING, "channel": Channel.EMAIL}
    world.ids |= {
        "preferences": _token(links.preferences_link(**about)),
        "unsubscribe": _token(links.unsubscribe_link(**about, **marketing)),
        "confirm": _token(links.confirm_link(**about, **marketing)),
        "limit": add_limit(purpose=Purpose.MARKETING, channel=Channel.EMAIL, most=2, days=7),
    }
    world.ids |= {"note": note.pk, "shared_note": shared.pk, "gone_note": gone.pk}


def _surveys(world: World) -> None:
    """One of the near location, and one of the whole business with a kiosk and a photo of the near one."""
    survey = publish(asked(QuestionType.TEXT, "why"), name=f"{NEAR} visit")
    of_all = publish(asked(QuestionType.FILE, "photo"), name="Photos")
    Survey.objects.filter(pk=survey.pk).update(location_id=world.near)
    photo = SimpleUploadedFile(f"{NEAR}.png", b"\x89PNG\r\n\x1a\n" + NEAR.encode())
    take_answer(door=Door(of_all, "qr", world.near), secret="p" * 22, question="photo", sent={}, upload=photo)
    said = {"secret": "w" * 22, "question": "why", "sent": {"a": [f"words of {NEAR}"]}}
    take_answer(door=Door(survey, "qr", world.near), **said)  # type: ignore[arg-type]
    share = share_results(survey_id=survey.pk, query="", scope=EVERYTHING, by=1, days=7)
    kiosk = add_kiosk(survey_id=of_all.pk, name=f"{NEAR} table", pin="1234", location_id=world.near)
    world.ids |= {
        "share": share.pk, "share_token": _token(link_of(share=share)),
        "survey": survey.link, "survey_uuid": survey.uuid, "survey_of_all": of_all.uuid, "kiosk": kiosk.pk,
        "place_link": _token(link_for_place(survey, world.near)),
        "invited": token_for(invite_to_survey(survey_id=survey.pk)),
        "kiosk_link": kiosk.link, "answer": Answer.objects.get(type=QuestionType.FILE).pk,
    }  # fmt: skip


def _wishes(world: World) -> None:
    """What is to become of each location, who is written to, and by whom."""
    now = clock.now()
    near, far, of_all = ("goal", NEAR, world.near), ("far_goal", FAR, world.far), ("goal_of_all", "Our", None)
    goals = {
        name: Goal.objects.create(
            metric="orders", kind="value", aim=5, period="30d", location_id=place, action=f"{mark} deed",
            created_at=now, changed_at=now,
        ).pk
        for name, mark, place in (near, far, of_all)
    }  # fmt: skip
    alerts = {
        f"{name}_alert": Alert.objects.create(
            goal_id=goal, raised_at=now, value=1, target=5, unit="orders", n=1, cut="channel",
            part=f"{NEAR if name == 'goal' else FAR if name == 'far_goal' else 'Our'} way", part_value=1, part_n=1,
        ).pk
        for name, goal in goals.items()
    }  # fmt: skip
    annotations = {
        name: Annotation.objects.create(day=now.date(), text=f"{mark} rain", location_id=place, written_at=now).pk
        for name, mark, place in (
            ("annotation", NEAR, world.near), ("far_annotation", FAR, world.far), ("annotation_of_all", "Our", None),
        )
    }  # fmt: skip
    run = Run.objects.create(title=f"{NEAR} run", subject_kind="survey", subject_id=1, opened_at=now)
    letter = LetterText.objects.create(digest=uuid7(), language="en", subject=f"{NEAR} news", blocks=[], made_at=now)
    about: dict[str, Any] = {
        "handle": world.near_person, "point": 1, "purpose": Purpose.SURVEY, "channel": Channel.EMAIL,
        "subject_kind": "survey", "subject_id": 1, "about_kind": "invitation", "letter": letter, "run": run,
        "asked_at": now, "next_at": now,
    }  # fmt: skip
    ends = {"state": State.REFUSED, "reason": Refused.DEAD_ADDRESS, "ended_at": now}
    refused = Message.objects.create(key=uuid7(), contact_key="1", about_id=1, **about, **ends)
    doubtful = Message.objects.create(key=uuid7(), contact_key="2", about_id=2, **about, state=State.DOUBTFUL)
    Sender.objects.create(brand_id=None, name="Café Orchard", address=f"hello@{DOMAIN}")
    rules = {
        name: save_rule(survey_id=Survey.objects.get(uuid=of).pk, name=f"{mark} rule", trigger=Trigger.ONCE).uuid
        for name, of, mark in (("ask_rule", world.survey_uuid, NEAR), ("rule_of_all", world.survey_of_all, "Our"))
    }
    world.ids |= goals | alerts | annotations | rules
    world.ids |= {"message_run": run.pk, "message": refused.pk, "doubtful": doubtful.pk}


def _loop(world: World) -> None:
    """A rule that opens cases, changes and notes of both locations, thanks whose words are shown."""
    rule = save_case_rule(
        name=f"{NEAR} rule", metric="nps", scale_low=0, scale_high=10, worst=6, location_id=world.near,
        playbook=world.book,
    )  # fmt: skip
    guide = write_guide(name=Localised.of("Visit", "uk"), way="mystery", points=["Greeted"], is_scored=True)
    day = date(2026, 5, 4)
    for name, mark, place, person in (
        ("near", NEAR, world.near, world.near_person),
        ("far", FAR, world.far, world.far_person),
    ):
        change = write_change(
            title=Localised.of(f"{mark} courier", "uk"), text=Localised.of(f"{mark} on time", "uk"), happened_on=day,
            location_id=place, by=None,
        )  # fmt: skip
        score = Score.objects.filter(location_id=place).latest("pk")
        said = Feedback(score.pk, person, place, score.happened_at, "", "")
        put_behind(change_id=change.pk, source="answer", things=[said])
        details = NoteDetails("mystery", f"{mark} visit", day, place, guide.pk, text=f"{mark} was quiet")
        note = write_note(details=details, by=None)
        mark_points(note_id=note.pk, marks={1: (5, f"{mark} at once")})
        add_quote(note_id=note.pk, text=f"{mark} said so", tags=f"{mark} tag")
        thanks = Thanks.objects.create(
            uuid=uuid4(), score=score.pk, handle=person, person=person, location_id=place, code=mark[:4].upper(),
            state="told", due_at=score.happened_at, until=score.happened_at, quote=f"{mark} is good",
            shown_name=mark, allowed_at=score.happened_at,
        )  # fmt: skip
        world.ids |= {f"{name}_change": change.uuid, f"{name}_note": note.uuid, f"{name}_score": score.pk}
        if name == "near":
            world.ids |= {"thanks": thanks_token(thanks.pk), "thanks_row": thanks.pk}
    world.ids |= {"case_rule": rule.uuid, "guide": guide.pk}


def _token(link: str) -> str:
    return link.rstrip("/").rpartition("/")[2]


def _files(world: World) -> None:
    run = bring_in(as_csv(), name=f"{NEAR}.csv")
    stored = store([as_csv()], f"{NEAR}.csv")
    save_mapping(name="mine", title="Mine", content=shipped_content("online-retail"))
    world.ids |= {
        "run": run.pk, "draft": start_draft(files=[(stored, f"{NEAR}.csv")], mapping="online-retail"),
        "file": hash_and_size(stored)[0],
    }  # fmt: skip


def _doors(world: World) -> None:
    """Invitations, links, keys, factors, a tap at the counter."""
    owner: Member = world.owner
    add_app(member=owner, secret=SECRET)
    factor = Authenticator.objects.get(user=owner, type="totp").pk
    reader, front = world.members["reader"], world.members["front"]
    invitation = invite(email="new@example.com", rights=Rights(Role.AGENT), days=7, by=owner)
    key, _text = make_key(member=owner, name="Web shop", permissions=[Permission.ORDERS_VIEW], location_ids=None)
    now, tap = clock.now(), digest_key(str(uuid7()), "visit")
    record_visit(key=tap, location_id=world.near, handle=world.near_person, happened_at=now)
    value = f"{front.pk} visit {tap} {world.near_person} {now.isoformat()}"
    world.ids |= {
        "factor": factor, "invitation": invitation.pk, "join": token_of(invitation),
        "reset": sign(RESET, f"{reader.pk}.{reset_seal(reader)}"), "api_key": key.pk, "reader": reader,
        "undo": signing.sign(UNDO, value),
    }  # fmt: skip


def _settings(world: World) -> None:
    today = clock.now().date()
    brand = business.add_brand(name=Localised.of("Orchard", "uk"))
    business.enter_rates(currency="EUR", days=[today - timedelta(days=3)], rates=[Decimal(45)], by=world.owner.pk)
    week = (((business.Span(540, 1080),)),) * 7
    version = business.change_hours(
        location=None, valid_from=None, week=week, calendar=business.HolidayCalendar(""), by=None
    )
    special = business.add_special_days(
        location=None,
        special=business.NewSpecial(
            first_day=date(today.year + 1, 2, 3), last_day=date(today.year + 1, 2, 3), title=Localised.of("Tea", "uk"),
            week=((),) * 7,
        ),
        by=None,
    )  # fmt: skip
    point = greeting.add_point(text=Localised.of("Smiled", "en"))
    world.ids |= {"brand": brand, "version": version, "special": special, "point": point}
