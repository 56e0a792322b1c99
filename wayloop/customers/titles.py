"""What a customer without a name is called."""

from django.utils.translation import gettext


def title_of(name: str, known_as: str) -> str:
    """What a customer is called on the screen: the name, else what they are known by; a bare number is called one."""
    if name or not known_as.isdigit():
        return name or known_as
    return gettext("No. %(number)s") % {"number": known_as}
