"""What is known of customers."""

from wayloop.customers.models import TraitValue


def traits_of(handles: list[int]) -> list[TraitValue]:
    """All values ever known, the newest first."""
    return list(TraitValue.objects.filter(handle__in=handles).order_by("-valid_from", "-id"))
