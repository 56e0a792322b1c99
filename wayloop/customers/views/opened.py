"""The card that a page is about."""

from dataclasses import dataclass
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from wayloop.accounts.api import MemberInfo, Permission, member_of
from wayloop.customers.models import Card
from wayloop.customers.queries.cards import card_by_uuid
from wayloop.identity import api as identity


@dataclass(frozen=True)
class Opened:
    """A card, all handles of its person, and the member who looks."""

    card: Card
    handles: list[int]
    member: MemberInfo

    @property
    def url(self) -> str:
        """Where the card is."""
        return reverse("customers:card", args=[self.card.uuid])

    @property
    def may_change(self) -> bool:
        """Whether the member may write on cards."""
        return self.member.may(Permission.CUSTOMERS_CHANGE)


def opened(request: HttpRequest, uuid: UUID) -> Opened:
    """The card at this address. Raises `Http404` when there is none that the member's scope lets see."""
    member = member_of(request)
    card = card_by_uuid(uuid, member.scope)
    if card is None:
        raise Http404
    return Opened(card, identity.handles_of(card.person), member)


def back_to(page: Opened, part: str = "") -> HttpResponse:
    """To the card, at one of its parts."""
    return redirect(f"{page.url}#{part}" if part else page.url)
