"""Files that somebody looked at and left are forgotten when their time has come, and nothing else is."""

from datetime import timedelta

import pytest

from wayloop.imports import drafting
from wayloop.imports.drafting import forget_drafts, run_draft, start_draft
from wayloop.imports.models import ImportDraft
from wayloop.imports.rules import ImportRefused
from wayloop.imports.services import run_import
from wayloop.imports.testing import ROWS, Import, as_csv, bring_in
from wayloop.kernel import clock
from wayloop.kernel.files import store
from wayloop.kernel.models import StoredFile

pytestmark = pytest.mark.django_db
OLD = drafting.KEPT + timedelta(hours=1)


def draft_of(content: bytes, *, is_old: bool) -> ImportDraft:
    row = ImportDraft.objects.get(id=start_draft(files=[(store([content], "a.csv"), "a.csv")], mapping="online-retail"))
    if is_old:
        row.created_at = clock.now() - OLD
        row.save()
        StoredFile.objects.filter(pk=row.files[0][0]).update(created_at=clock.now() - OLD)
    return row


def kept() -> set[int]:
    return set(StoredFile.objects.values_list("id", flat=True))


def test_old_drafts_go_with_their_files_unless_somebody_needs_them() -> None:
    left, shared, brought, young = (as_csv(ROWS[: number + 1]) for number in range(4))
    gone = draft_of(left, is_old=True).files[0][0]
    stays = [
        draft_of(shared, is_old=True).files[0][0],
        draft_of(brought, is_old=True).files[0][0],
        draft_of(young, is_old=False).files[0][0],
    ]
    again = draft_of(shared, is_old=False)
    bring_in(brought)
    assert forget_drafts() == 3
    assert (set(stays) <= kept(), gone in kept()) == (True, False)
    assert set(ImportDraft.objects.values_list("id", flat=True)) == {again.pk, again.pk - 1}
    assert forget_drafts() == 0


def test_old_trials_go_with_the_rows_they_showed_and_imports_stay() -> None:
    run = bring_in(as_csv(), is_trial=True)
    real = bring_in(as_csv(ROWS[:5]))
    assert run.errors_id
    assert run.errors_id in kept()
    Import.objects.update(created_at=clock.now() - OLD)
    StoredFile.objects.update(created_at=clock.now() - OLD)
    forget_drafts()
    assert (list(Import.objects.values_list("id", flat=True)), run.errors_id in kept()) == ([real.pk], False)
    assert {real.errors_id} <= kept()


def test_a_trial_offers_its_rows_left_out_as_an_import_does() -> None:
    draft = draft_of(as_csv(), is_old=False)
    row = run_import(import_id=run_draft(draft_id=draft.pk, started_by="", is_trial=True))
    real = bring_in(as_csv())
    # The same rows with the same reasons are the same file.
    assert row.errors_id == real.errors_id is not None


def test_files_that_nothing_came_of_are_forgotten_unless_they_were_given_again() -> None:
    with pytest.raises(ImportRefused):
        start_draft(files=[(store([b"<html>Olena, +380 67 000 00 00"], "a.csv"), "a.csv")])
    unused = store([b"phone\n+380670000000\n"], "sent by a program.csv")
    StoredFile.objects.update(created_at=clock.now() - OLD)
    young = store([b"given today"], "b.csv")
    again = store([b"phone\n+380671111111\n"], "c.csv")
    StoredFile.objects.filter(pk=again).update(created_at=clock.now() - OLD)
    assert store([b"phone\n+380671111111\n"], "c.csv") == again
    forget_drafts()
    assert (unused in kept(), kept()) == (False, {young, again})
