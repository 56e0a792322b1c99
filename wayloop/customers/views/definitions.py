"""Settings: what can be known of customers."""

from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wayloop.accounts.api import Permission, permission_required
from wayloop.business import api as business
from wayloop.customers.enums import TraitGroup, TraitType
from wayloop.customers.forms.definitions import OptionsForm, TraitForm
from wayloop.customers.models import TraitDefinition
from wayloop.customers.queries.definitions import all_definitions
from wayloop.customers.queries.indexes import existing_indexes, index_name
from wayloop.customers.services import definitions as services
from wayloop.ui.toasts import notify

REFUSED = HTTPStatus.UNPROCESSABLE_ENTITY


@require_safe
@permission_required(Permission.SETTINGS_CHANGE)
def trait_list(request: HttpRequest) -> HttpResponse:
    """All traits by group, with who sees them and how their indexes are."""
    traits = list(all_definitions().values())
    existing = existing_indexes()
    in_use = [trait for trait in traits if trait.archived_at is None]
    groups = [
        (group.label, [(trait, _index_state(trait, existing)) for trait in in_use if trait.group == group])
        for group in TraitGroup
    ]
    context = {
        "groups": [(label, mine) for label, mine in groups if mine],
        "archived": [trait for trait in traits if trait.archived_at is not None],
    }
    return render(request, "customers/traits.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.SETTINGS_CHANGE)
def new_trait(request: HttpRequest) -> HttpResponse:
    """A trait of the business's own."""
    return _edit(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.SETTINGS_CHANGE)
def edit_trait(request: HttpRequest, trait_id: int) -> HttpResponse:
    """Words, list of values, place and flags of a trait."""
    return _edit(request, _trait(trait_id))


@require_POST
@permission_required(Permission.SETTINGS_CHANGE)
def archive_trait(request: HttpRequest, trait_id: int) -> HttpResponse:
    """Puts a trait away; what is known stays."""
    trait = services.archive_trait(trait_id=_trait(trait_id).pk)
    undo = reverse("customers:restore_trait", args=[trait.pk])
    notify(request, _("“%(trait)s” is put away") % {"trait": trait.title}, undo_url=undo)
    return redirect("customers:traits")


@require_POST
@permission_required(Permission.SETTINGS_CHANGE)
def restore_trait(request: HttpRequest, trait_id: int) -> HttpResponse:
    """Takes a trait back into use."""
    trait = services.restore_trait(trait_id=_trait(trait_id).pk)
    notify(request, _("“%(trait)s” is in use again") % {"trait": trait.title})
    return redirect("customers:traits")


@require_POST
@permission_required(Permission.SETTINGS_CHANGE)
def move_trait(request: HttpRequest, trait_id: int) -> HttpResponse:
    """One place up or down within the group."""
    services.move_trait(trait_id=_trait(trait_id).pk, is_up=request.POST.get("to") == "up")
    return redirect(f"{reverse('customers:traits')}#trait-{trait_id}")


def _edit(request: HttpRequest, trait: TraitDefinition | None) -> HttpResponse:
    languages = business.profile().content_languages
    data = request.POST if request.method == "POST" else None
    form = TraitForm(data, trait=trait, languages=languages)
    options = OptionsForm(data, trait=trait, languages=languages)
    if data is not None and form.is_valid() and options.is_valid() and _save(request, trait, form, options):
        return redirect("customers:traits")
    context: dict[str, Any] = {
        "form": form,
        "options": options,
        "trait": trait,
        "has_options": trait is None or (trait.is_list and not (trait.is_computed and not trait.options)),
        "languages": languages,
    }
    return render(request, "customers/trait_edit.html", context, status=REFUSED if data is not None else HTTPStatus.OK)


def _save(request: HttpRequest, trait: TraitDefinition | None, form: TraitForm, options: OptionsForm) -> bool:
    wanted = options.wanted()
    if form.kind in (TraitType.CHOICE, TraitType.CHOICES) and not wanted and not (trait and trait.is_computed):
        form.add_error(None, _("A list needs values: write at least one."))
        return False
    try:
        if trait is None:
            made = services.add_trait(kind=form.kind, wishes=form.wishes(wanted))
            notify(request, _("“%(trait)s” can be noted on every card now") % {"trait": made.title})
        else:
            services.change_trait(trait_id=trait.pk, wishes=form.wishes(wanted))
            notify(request, _("Saved"))
    except services.DefinitionRefused:
        form.add_error(None, _("There are 300 traits already. Put some away first."))
        return False
    return True


def _trait(trait_id: int) -> TraitDefinition:
    trait = TraitDefinition.objects.filter(pk=trait_id).first()
    if trait is None:
        raise Http404
    return trait


def _index_state(trait: TraitDefinition, existing: dict[str, bool]) -> str:
    """`ready`, `coming` (wanted and not there yet) or nothing."""
    if not trait.wants_index:
        return ""
    return "ready" if existing.get(index_name(trait.pk)) else "coming"
