"""Pages of agreements and service jobs: who reaches them, what they do, what they keep back."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from wayloop.accounts.testing import Member
from wayloop.commerce.enums import AgreementKind, Outcome
from wayloop.commerce.models import Agreement, AgreementDocument, Job, JobKind, JobMove, JobStage
from wayloop.commerce.services import agreements, job_kinds, jobs
from wayloop.commerce.services.agreements import Terms
from wayloop.commerce.services.jobs import JobDetails
from wayloop.customers.testing import card_address, see
from wayloop.kernel import clock
from wayloop.kernel.localised import Localised

MAY = datetime(2026, 5, 4, 8, tzinfo=UTC)
TODAY = date(2026, 5, 4)
DAY = timedelta(days=1)
STAGES = (("accepted", ""), ("in work", ""), ("ready", Outcome.DONE))
BOARD = {"HX-Request": "true", "HX-Target": "div#board"}
GARBAGE = ["", "x", "\x00", "'", "%", "\\", "-1", "9" * 40]


@pytest.fixture(autouse=True)
def _in_may() -> Any:
    with clock.standing_at(MAY):
        yield


@pytest.fixture
def kind(db: None) -> JobKind:
    stages = [job_kinds.NewStage(Localised.of(name, "en"), outcome) for name, outcome in STAGES]
    return job_kinds.add_kind(name=Localised.of("Repair", "en"), stages=stages)


def accept(kind: JobKind, title: str = "Grinder <b>", person: int | None = None, **details: Any) -> Job:
    whose = person or see("1", "Anna <i>Sad")
    return jobs.open_job(person=whose, kind_id=kind.pk, details=JobDetails(title, **details)).job


def agree(title: str = "Beans <b>", person: int | None = None, **others: Any) -> Agreement:
    given = {"kind": AgreementKind.CONTRACT, "title": title, "starts_on": TODAY} | others
    return agreements.add_agreement(person=person or see("1", "Anna <i>Sad"), terms=Terms(**given))


def stage(name: str) -> int:
    return JobStage.objects.get(name__texts__en=name).pk


def words(page: Any) -> str:
    main = page.content.decode().partition("<main")[2].partition("</main>")[0]
    return re.sub(r"(<[^>]*>|\s)+", " ", main)


def titles(client: Client, path: str) -> list[str]:
    return re.findall(r'row-link" href="[^"]+"[^>]*>([^<]*)<', client.get(path).content.decode())


def toast(page: Any) -> str:
    return " ".join(re.findall(r'class="toast-text">([^<]*)<', page.content.decode()))


def test_members_who_see_service_come_in_and_others_do_not(
    kind: JobKind, owner: Client, reader: Client, front_desk: Client, far_manager: Client, stranger: Client
) -> None:
    job, agreement = accept(kind), agree()
    pages = ["/service/", "/service/list/", f"/service/jobs/{job.uuid}/",
             "/service/agreements/", f"/service/agreements/{agreement.uuid}/"]  # fmt: skip
    for path in pages:
        who = (owner, reader, far_manager, front_desk, stranger)
        assert [one.get(path).status_code for one in who] == [200, 200, 200, 403, 302]


def test_who_may_only_look_changes_nothing(
    kind: JobKind, owner: Client, reader: Client, far_manager: Client, stranger: Client, fingerprints: Any
) -> None:
    job, agreement = accept(kind), agree()
    move, step = JobMove.objects.get(), agreements.AgreementStep.objects.get()
    whose = card_address(job.handle).split("/")[2]
    forms = [f"/service/jobs/new/{whose}/", f"/service/jobs/{job.uuid}/edit/", f"/service/agreements/new/{whose}/",
             *(f"/service/agreements/{agreement.uuid}/{what}/" for what in ("edit", "renew", "cancel"))]  # fmt: skip
    deeds = [f"/service/jobs/{job.uuid}/move/", f"/service/moves/{move.pk}/undo/", f"/service/steps/{step.pk}/undo/",
             f"/service/agreements/{agreement.uuid}/documents/"]  # fmt: skip
    settings = ["/service/kinds/", "/service/kinds/new/", f"/service/kinds/{kind.pk}/",
                f"/service/stages/{stage('ready')}/"]  # fmt: skip
    before = fingerprints()
    for who, status in ((reader, 403), (stranger, 302)):
        assert {who.get(path).status_code for path in [*forms, *settings]} == {status}
        assert {who.post(path).status_code for path in [*forms, *deeds, *settings[1:]]} == {status}
    assert {far_manager.get(path).status_code for path in settings} == {403}
    assert {owner.get(path).status_code for path in [*forms, *settings, "/service/jobs/new/?q=Anna"]} == {200}
    assert {owner.get(path).status_code for path in deeds} == {405}
    assert fingerprints() == before


def test_rows_of_another_location_are_nowhere(
    kind: JobKind, owner: Client, far_manager: Client, near_location: int, far_location: int
) -> None:
    near, far = see("1", "Anna", location=near_location), see("2", "Boris", location=far_location)
    hidden = accept(kind, "near job", near, location_id=near_location)
    accept(kind, "far job", far, location_id=far_location)
    contract = agree("near contract", near, location_id=near_location)
    agree("far contract", far, location_id=far_location)
    paths = ("/service/", "/service/list/", "/service/agreements/")
    assert [sorted(titles(owner, path)) for path in paths] == [
        ["far job", "near job"], ["far job", "near job"], ["far contract", "near contract"],
    ]  # fmt: skip
    assert [titles(far_manager, path) for path in paths] == [["far job"], ["far job"], ["far contract"]]
    pages = [f"/service/jobs/{hidden.uuid}/", f"/service/agreements/{contract.uuid}/"]
    assert [far_manager.get(path).status_code for path in pages] == [404, 404]
    tried = [f"{pages[0]}move/", f"{pages[1]}documents/", f"{pages[1]}cancel/", f"{pages[0]}edit/"]
    assert [far_manager.post(path).status_code for path in tried] == [404] * 4
    far_manager.post(f"/service/moves/{JobMove.objects.get(job=hidden).pk}/undo/")
    assert Job.objects.get(pk=hidden.pk).removed_at is None
    found = [re.findall(r"near \w+|far \w+", who.get("/search/?q=near").content.decode()) for who in (far_manager,)]
    assert found == [[]]


def test_names_are_texts_and_no_markup(kind: JobKind, owner: Client) -> None:
    job, agreement = accept(kind), agree()
    for path in ("/service/", "/service/list/", "/service/agreements/", f"/service/jobs/{job.uuid}/",
                 f"/service/agreements/{agreement.uuid}/", card_address(job.handle)):  # fmt: skip
        page = owner.get(path).content.decode()
        assert [sign in page for sign in ("Grinder <b>", "Beans <b>", "<i>Sad")] == [False] * 3


@pytest.mark.parametrize("path", ["/service/", "/service/list/", "/service/agreements/"])
def test_garbage_in_the_address_breaks_nothing(path: str, kind: JobKind, owner: Client) -> None:
    names = ("q", "kind", "stage", "state", "location", "customer", "mine", "after", "exact", "view")
    assert {owner.get(path, dict.fromkeys(names, value)).status_code for value in GARBAGE} == {200}


def test_there_is_no_page_of_nothing(kind: JobKind, owner: Client) -> None:
    paths = [f"/service/jobs/{uuid4()}/", f"/service/agreements/{uuid4()}/", f"/service/jobs/new/{uuid4()}/",
             "/service/kinds/0/", "/service/stages/0/"]  # fmt: skip
    assert [owner.get(path).status_code for path in paths] == [404] * 5


def test_a_job_is_moved_on_the_board_and_undone_from_the_toast(kind: JobKind, owner: Client) -> None:
    job = accept(kind)
    data = {"stage": stage("in work"), "seen": stage("accepted")}
    part = owner.post(f"/service/jobs/{job.uuid}/move/?view=board", data, headers=BOARD)
    assert (part.status_code, part.content.decode().lstrip().startswith('<div class="board"')) == (200, True)
    undo = re.search(r'action="(/service/moves/[^"]+)"', part.content.decode())
    assert undo is not None
    back = owner.post(undo[1].replace("&amp;", "&"))
    job.refresh_from_db()
    assert (back.url.partition("?")[0], job.stage_id) == ("/service/", stage("accepted"))


def test_without_script_a_move_leads_back_to_where_it_was_made(kind: JobKind, owner: Client) -> None:
    job = accept(kind)
    path, data = f"/service/jobs/{job.uuid}/move/", {"stage": stage("in work"), "seen": stage("accepted")}
    from_board = owner.post(f"{path}?kind={kind.pk}&mine=1&view=board&x=y", data)
    from_page = owner.post(path, {"stage": stage("ready"), "seen": stage("in work")})
    assert from_board.url == f"/service/?kind={kind.pk}&mine=1&view=board"
    assert from_page.url == f"/service/jobs/{job.uuid}/"


def test_the_second_of_two_members_is_told_who_was_quicker(kind: JobKind, owner: Client, far_manager: Client) -> None:
    job = accept(kind)
    path, seen = f"/service/jobs/{job.uuid}/move/?view=board", stage("accepted")
    far_manager.post(path, {"stage": stage("in work"), "seen": seen}, headers=BOARD)
    late = owner.post(path, {"stage": stage("ready"), "seen": seen}, headers=BOARD)
    job.refresh_from_db()
    told = "Fedir Far was quicker: the job stands in “in work” now. Look, and move it again."
    assert (late.status_code, told in late.content.decode(), job.stage_id) == (409, True, stage("in work"))


@pytest.mark.parametrize("sent", [{}, {"stage": "x", "seen": "y"}, {"stage": "9" * 30, "seen": ""}])
def test_a_move_to_nowhere_is_refused_in_one_line(sent: dict[str, str], kind: JobKind, owner: Client) -> None:
    job = accept(kind)
    page = owner.post(f"/service/jobs/{job.uuid}/move/?view=board", sent, headers=BOARD)
    assert (page.status_code, JobMove.objects.count()) == (409, 1)


def test_a_job_is_opened_for_a_customer_who_was_found(kind: JobKind, owner: Client, owner_member: Member) -> None:
    see("1", "Anna Sad")
    found = re.search(r'href="(/service/jobs/new/[^"]+)"', owner.get("/service/jobs/new/?q=Anna").content.decode())
    assert found is not None
    sent = {"kind": kind.pk, "title": "Grinder", "promised_on": "2026-05-06", "promised_time": "18:30",
            "member": owner_member.pk, "location": "", "price": "12.50"}  # fmt: skip
    refused = owner.post(found[1], sent | {"title": "", "promised_on": ""})
    opened = owner.post(found[1], sent, follow=True)
    job = Job.objects.get()
    assert (refused.status_code, "Choose the day too." in words(refused)) == (422, True)
    assert (job.title, job.member, job.price, job.currency) == ("Grinder", owner_member, 1250, "UAH")
    assert job.promised_at == datetime(2026, 5, 6, 15, 30, tzinfo=UTC)
    assert [part in words(opened) for part in ("Repair", "Grinder", "accepted", "Anna Sad", "Olena Sad")] == [True] * 5


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_day_that_nobody_lives_to_see_is_not_promised(day: str, kind: JobKind, owner: Client) -> None:
    whose = card_address(see("1", "Anna")).split("/")[2]
    sent = {"kind": kind.pk, "title": "Grinder", "promised_on": day, "promised_time": "00:00"}
    answer = owner.post(f"/service/jobs/new/{whose}/", sent)
    assert (answer.status_code, "between 1970 and 2199" in words(answer), Job.objects.count()) == (422, True, 0)


def test_a_change_made_meanwhile_is_not_overwritten(kind: JobKind, owner: Client) -> None:
    job, agreement = accept(kind, "Grinder"), agree("Beans")
    sent = {"title": "Mine", "member": "", "seen": 1}
    terms = {"kind": "contract", "title": "Mine", "number": "", "starts_on": "2026-05-04", "renewal": "none",
             "notice_days": 30, "period": "", "member": "", "seen": 1}  # fmt: skip
    for path, data in (
        (f"/service/jobs/{job.uuid}/edit/", sent),
        (f"/service/agreements/{agreement.uuid}/edit/", terms),
    ):
        first, second = owner.post(path, data), owner.post(path, data | {"title": "Theirs"})
        assert (first.status_code, second.status_code, "meanwhile" in words(second)) == (302, 422, True)
    job.refresh_from_db()
    agreement.refresh_from_db()
    assert (job.title, agreement.title) == ("Mine", "Mine")


def test_the_page_of_a_job_tells_who_moved_it_and_how_long_it_stayed(kind: JobKind, owner: Client) -> None:
    job = accept(kind, promised_at=MAY + timedelta(hours=1))
    with clock.standing_at(MAY + timedelta(hours=2)):
        owner.post(f"/service/jobs/{job.uuid}/move/", {"stage": stage("in work"), "seen": stage("accepted")})
        told = words(owner.get(f"/service/jobs/{job.uuid}/"))
    assert [part in told for part in ("late", "in work Olena Sad", "accepted by itself · stayed 2 hr")] == [True] * 3


def test_lists_are_filtered_by_what_their_address_says(
    kind: JobKind, owner: Client, owner_member: Member, near_location: int
) -> None:
    anna, boris = see("1", "Anna"), see("2", "Boris")
    accept(kind, "late", anna, promised_at=MAY - DAY, member_id=owner_member.pk)
    accept(kind, "elsewhere", boris, location_id=near_location)
    jobs.move_job(job_id=accept(kind, "done", boris).pk, stage_id=stage("ready"), seen_stage_id=stage("accepted"))
    found = {
        query: titles(owner, f"/service/list/?{query}")
        for query in ("", "state=late", "state=closed", "mine=1", f"location={near_location}", "q=elsew",
                      f"kind={kind.pk}&stage={stage('ready')}&state=all", f"customer={card_address(boris)[11:-1]}")
    }  # fmt: skip
    assert list(found.values()) == [
        ["late", "elsewhere"], ["late"], ["done"], ["late"], ["elsewhere"], ["elsewhere"], ["done"],
        ["done", "elsewhere"],
    ]  # fmt: skip
    assert titles(owner, "/service/?mine=1") == ["late"]


@pytest.mark.parametrize(("path", "queries"), [("/service/", 14), ("/service/list/", 13), ("/service/agreements/", 9)])
@pytest.mark.parametrize("rows", [1, 3])
def test_lists_ask_the_database_no_more_for_three_rows_than_for_one(
    path: str, queries: int, rows: int, kind: JobKind, owner: Client, owner_member: Member,
    django_assert_num_queries: Any,
) -> None:  # fmt: skip
    for number in range(rows):
        accept(kind, str(number), see(str(number), "x"), member_id=owner_member.pk)
        agree(str(number), see(str(number), "x"))
    with django_assert_num_queries(queries):
        owner.get(path)


def test_the_card_tells_of_jobs_and_agreements_in_sentences(kind: JobKind, owner: Client, reader: Client) -> None:
    anna = see("1", "Anna")
    job = accept(kind, "Grinder", anna, promised_at=MAY + timedelta(hours=1))
    agree("Beans", anna, ends_on=TODAY + 10 * DAY)
    with clock.standing_at(MAY + timedelta(hours=2)):
        owner.post(f"/service/jobs/{job.uuid}/move/", {"stage": stage("in work"), "seen": stage("accepted")})
        told = words(owner.get(card_address(anna)))
    number = job.number
    for part in (
        f"Repair {number}: Grinder promised by 4 May, 12:00",
        f"Repair {number}: now “in work” Grinder",
        "Contract: Beans from 4 May until 14 May",
        "Ends in 10 days: Beans last day 14 May",
        # The line of health, and the panels.
        "Late Grinder: promised by 4 May, 12:00 Open",
        f"Repair {number} in work, late",
        "Beans Ends in 10 days",
    ):
        assert part in told
    assert ["New job" in words(who.get(card_address(anna))) for who in (owner, reader)] == [True, False]


def test_home_tells_of_late_jobs_and_of_agreements_that_end(
    kind: JobKind, owner: Client, far_manager: Client, near_location: int
) -> None:
    accept(kind, promised_at=MAY - DAY, location_id=near_location)
    agree(ends_on=TODAY + DAY, location_id=near_location)
    told = [words(who.get("/")) for who in (owner, far_manager)]
    assert [("1 service job is late" in text, "1 agreement ends soon" in text) for text in told] == [
        (True, True), (False, False),
    ]  # fmt: skip


def test_an_agreement_is_made_renewed_cancelled_and_each_is_undone(owner: Client) -> None:
    anna = see("1", "Anna")
    sent = {
        "kind": "subscription",
        "title": "Beans",
        "starts_on": "2026-05-04",
        "ends_on": "2026-12-31",
        "renewal": "by_hand",
        "term_months": 6,
        "notice_days": 30,
        "price": "99",
        "period": "month",
        "member": "",
    }
    path = f"/service/agreements/new/{card_address(anna)[11:-1]}/"
    refused = owner.post(path, sent | {"ends_on": "2026-05-03", "period": ""})
    owner.post(path, sent)
    row = Agreement.objects.get()
    page = f"/service/agreements/{row.uuid}/"
    proposed = owner.get(f"{page}renew/").content.decode()
    renewed = owner.post(f"{page}renew/", {"day": "2027-06-30", "seen": 1}, follow=True)
    cancelled = owner.post(f"{page}cancel/", {"day": "2026-06-01", "seen": 2}, follow=True)
    late = owner.post(f"{page}cancel/", {"day": "2026-06-01", "seen": 2})
    told = words(owner.get(page))
    undone = re.search(r'action="(/service/steps/\d+/undo/)"', owner.get(page).content.decode())
    assert undone is not None
    back = words(owner.post(undone[1], follow=True))
    assert (refused.status_code, 'value="2027-06-30"' in proposed, late.status_code) == (422, True, 422)
    assert ["Renewed until 30 June 2027" in words(renewed), "Cancelled, still in force" in words(cancelled)] == [
        True
    ] * 2
    assert ["Take the cancellation back" in text for text in (told, back)] == [True, False]


def test_documents_are_attached_saved_as_files_taken_away_and_brought_back(
    owner: Client, reader: Client, far_manager: Client, far_location: int, near_location: int
) -> None:
    row = agree(location_id=near_location)
    page = f"/service/agreements/{row.uuid}/"
    nothing = owner.post(f"{page}documents/", {})
    # A browser would run it, were it shown: here it is only ever saved, and with no origin of ours.
    evil = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    for name, kind in (("logo.svg", "image/svg+xml"), ("page.xhtml", "application/xhtml+xml")):
        owner.post(f"{page}documents/", {"file": SimpleUploadedFile(name, evil, kind)})
    upload = SimpleUploadedFile('signed <b>"\u202efdp.html', b"<script>alert(1)</script>", "text/html")
    owner.post(f"{page}documents/", {"file": upload})
    saved = [reader.get(f"{page}documents/{one.pk}/") for one in AgreementDocument.objects.order_by("pk")]
    contents = [b"".join(one.streaming_content) for one in saved]
    assert (nothing.status_code, contents) == (422, [evil, evil, b"<script>alert(1)</script>"])
    safe = ("application/octet-stream", "sandbox; default-src 'none'", "nosniff", "attachment")
    assert [
        (
            one["Content-Type"], one["Content-Security-Policy"], one["X-Content-Type-Options"],
            one["Content-Disposition"].partition(";")[0],
        )
        for one in saved
    ] == [safe] * 3  # fmt: skip
    document = AgreementDocument.objects.latest("pk")
    file = f"{page}documents/{document.pk}/"
    assert (reader.post(f"{file}do/").status_code, far_manager.get(file).status_code) == (403, 404)
    other = agree("Other")
    assert owner.get(f"/service/agreements/{other.uuid}/documents/{document.pk}/").status_code == 404
    owner.post(f"{file}do/", {"do": "remove"})
    gone = owner.get(file).status_code
    owner.post(f"{file}do/")
    assert (gone, "signed &lt;b&gt;" in owner.get(page).content.decode()) == (404, True)


def test_a_customer_gets_a_document_by_a_signed_link_for_two_weeks(
    owner: Client, reader: Client, stranger: Client
) -> None:
    row = agree()
    page = f"/service/agreements/{row.uuid}/"
    owner.post(f"{page}documents/", {"file": SimpleUploadedFile("terms.pdf", b"terms")})
    links = [re.findall(r'data-copy="http[^"]+(/service/documents/[^"]+)"', who.get(page).content.decode())
             for who in (owner, reader)]  # fmt: skip
    ((link,), _nothing) = links
    saved = stranger.get(link)
    broken = stranger.get(link[:-3] + "xx/")
    with clock.standing_at(MAY + 14 * DAY):
        late = stranger.get(link)
    owner.post(f"{page}documents/{AgreementDocument.objects.get().pk}/do/", {"do": "remove"})
    gone = stranger.get(link)
    assert (links[1], b"".join(saved.streaming_content)) == ([], b"terms")
    assert saved["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert [one.status_code for one in (saved, broken, late, gone)] == [200, 404, 410, 410]
    assert ["This link is over" in one.content.decode() for one in (late, gone)] == [True, True]


def test_kinds_and_stages_are_kept_in_the_settings(owner: Client) -> None:
    owner.post("/service/kinds/new/", {"template": "repair"})
    kind = JobKind.objects.get()
    page = f"/service/kinds/{kind.pk}/"
    accept(kind)
    first = JobStage.objects.order_by("position").first()
    assert first is not None
    kept = owner.post(f"/service/stages/{first.pk}/do/", {"do": "archive"}, follow=True)
    owner.post(f"{page}stages/", {"stage-name_uk": "Помито", "stage-name_en": "Washed", "stage-outcome": ""})
    washed = stage("Washed")
    owner.post(f"/service/stages/{washed}/do/", {"do": "up"})
    owner.post(f"/service/stages/{washed}/", {"name_uk": "Чисто", "name_en": "Clean"})
    names = [str(one.name) for one in JobStage.objects.order_by("position")]
    away = owner.post(f"/service/stages/{washed}/do/", {"do": "archive"}, follow=True)
    empty = owner.post(f"{page}stages/", {"stage-name_uk": "", "stage-outcome": ""})
    owner.post(page, {"name_uk": "Майстерня", "name_en": "Workshop", "icon": "house", "usual_hours": "5"})
    owner.post(f"{page}do/", {"do": "archive"})
    kind.refresh_from_db()
    assert "1 job stands in “Accepted”. Move it to another stage first." in kept.content.decode()
    assert names[3:6] == ["In work", "Clean", "Ready"]
    assert ["Undo" in away.content.decode(), empty.status_code] == [True, 422]
    assert (str(kind.name), kind.icon, kind.usual_hours, kind.archived_at) == ("Workshop", "house", 5, MAY)
    assert dict(first.name.texts) == {"en": "Accepted", "ru": "Принято", "uk": "Прийнято"}


def test_before_there_are_kinds_the_board_says_what_to_do(owner: Client, reader: Client) -> None:
    told = [words(who.get("/service/")) for who in (owner, reader)]
    assert ["Add a kind of jobs" in text for text in told] == [True, False]
    whose = card_address(see("1", "Anna"))[11:-1]
    assert "There are no kinds of jobs yet" in words(owner.get(f"/service/jobs/new/{whose}/"))
