"""The panels of the card that members write in: traits, notes, who belongs together."""

from typing import Any

from django.forms import Form
from django.http import HttpRequest

from wayloop.accounts.api import Role
from wayloop.business import api as business
from wayloop.contracts.customers import CardPanel
from wayloop.customers.card import TraitRow, grouped, trait_rows
from wayloop.customers.enums import CustomerKind, RelationKind
from wayloop.customers.forms.notes import NoteForm
from wayloop.customers.forms.values import TraitValueForm
from wayloop.customers.queries.definitions import definitions_for
from wayloop.customers.queries.notes import notes_of
from wayloop.customers.queries.ties import MOST_SHOWN, household_of, ties_of
from wayloop.customers.views.opened import Opened
from wayloop.kernel import registry

# The line below the name tells it.
TOLD_ABOVE = frozenset({"customer_since"})
MAY_REMOVE_NOTES = (Role.OWNER, Role.MANAGER)


def traits_panel(
    page: Opened,
    request: HttpRequest,
    *,
    form: TraitValueForm | None = None,
    saved: str = "",
) -> dict[str, Any]:
    """What is known, by group, and what is not known yet; one trait may be in hand.

    `form`: one that was refused; `saved`: the trait that was just written, which gets the focus. Computed traits that
    another panel tells in more detail are left out.
    """
    panels = registry.offers(CardPanel)  # type: ignore[type-abstract]
    covered = TOLD_ABOVE | {key for panel in panels for key in getattr(panel, "covers", ())}
    traits = [
        trait
        for trait in definitions_for(page.member.role, page.member.scope, page.card.kind)
        if trait.key not in covered or not trait.is_computed
    ]
    rows = trait_rows(page.card, page.handles, traits)
    in_hand = form.trait.key if form else request.GET.get("edit", "") if page.may_change else ""
    edited = next((row for row in rows if row.trait.key == in_hand and not row.trait.is_computed), None)
    return {
        "page": page,
        "card": page.card,
        "groups_of_traits": grouped([row for row in rows if row is not edited or row.is_known]),
        "unknown": [row for row in rows if not row.is_known and not row.trait.is_computed and row is not edited],
        "edited": edited,
        "trait_form": (form or value_form(edited)) if edited else None,
        "saved": saved,
    }


def value_form(row: TraitRow, data: Any = None) -> TraitValueForm:
    """The form of one trait, with the version of the value that is shown."""
    currency = business.profile().currency
    return TraitValueForm(
        data, trait=row.trait, value=row.value, currency=currency, initial={"seen": row.seen}, prefix="trait"
    )


def notes_panel(page: Opened, request: HttpRequest, *, form: Form | None = None, in_hand: str = "") -> dict[str, Any]:
    """Notes, pinned ones first; a new one or one of them may be in hand. `form`: one that was refused."""
    notes = notes_of(page.handles, page.member.scope)
    chosen = in_hand or (request.GET.get("note", "") if page.may_change else "")
    edited = next((note for note in notes if str(note.pk) == chosen and note.author_id == page.member.id), None)
    if edited and form is None:
        form = NoteForm(initial={"text": edited.text, "seen": edited.version, "is_pinned": edited.is_pinned})
    is_new = not edited and "note" in request.GET and page.may_change
    return {
        "page": page,
        "card": page.card,
        "notes": notes,
        "edited_note": edited,
        "note_form": form or (NoteForm() if is_new else None),
        "may_remove_all": page.member.role in MAY_REMOVE_NOTES,
    }


def ties_panel(page: Opened) -> dict[str, Any]:
    """Relations with this customer: some of them, and whether there are more."""
    is_company = page.card.kind == CustomerKind.COMPANY
    found = ties_of(page.handles, page.member.scope, limit=MOST_SHOWN + 1, by_last_seen=is_company)
    known = {tie.uuid for tie in found}
    lives_with_others = any(tie.relation == RelationKind.HOUSEHOLD for tie in found)
    household = household_of(page.card.person, page.member.scope) if lives_with_others else []
    return {
        "ties": found[:MOST_SHOWN],
        "has_more_ties": len(found) > MOST_SHOWN,
        "household": [(uuid, title) for uuid, title in household if uuid not in known],
    }
