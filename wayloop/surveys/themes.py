"""How a survey's page looks: the business's colour, made readable where it is not, as a small style sheet of its own.

The address of the sheet says all that is in it, so it can be kept for ever and needs no database.
"""

import re

from wayloop.surveys.document.shape import Theme

# Text of normal size on its ground (WCAG 2.2, 1.4.3).
ENOUGH = 4.5
LOOKS = ("device", "light", "dark")
CORNERS = {"sharp": "2px", "soft": "10px", "round": "22px"}
USUAL = "4b53c2"
# The grounds of the page, as in tokens.css, and their darkest and lightest text.
LIGHT_GROUND, DARK_GROUND = (255, 255, 255), (21, 24, 31)
WHITE, INK = (255, 255, 255), (12, 14, 28)
_SPEC = re.compile(r"([0-9a-f]{6})-(device|light|dark)-(sharp|soft|round)")
_COLOUR = re.compile(r"#?([0-9a-fA-F]{6})")
Colour = tuple[int, int, int]


def colour_of(text: str) -> str | None:
    """Six small hexadecimal digits, None for what is no colour."""
    found = _COLOUR.fullmatch(text.strip())
    return found[1].lower() if found else None


def spec_of(theme: Theme) -> str:
    """What the address of the style sheet says."""
    look = theme.look if theme.look in LOOKS else "device"
    corners = theme.corners if theme.corners in CORNERS else "soft"
    return f"{colour_of(theme.colour) or USUAL}-{look}-{corners}"


def sheet(spec: str) -> str | None:
    """The style sheet of an address, None when it is none of ours."""
    found = _SPEC.fullmatch(spec)
    if found is None:
        return None
    colour, look, corners = found.groups()
    light, dark = readable(_rgb(colour), LIGHT_GROUND), readable(_rgb(colour), DARK_GROUND)
    scheme = "" if look == "device" else f":root{{color-scheme:{look}}}"
    return (
        f"{scheme}:root{{--brand:light-dark({_text(light)},{_text(dark)});"
        f"--on-brand:light-dark({_text(upon(light))},{_text(upon(dark))});"
        f"--focus:var(--brand);--survey-radius:{CORNERS[corners]}}}\n"
    )


def contrast(one: Colour, other: Colour) -> float:
    """The ratio of WCAG, from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def readable(colour: Colour, ground: Colour) -> Colour:
    """The colour, moved towards black or white until it can be read on its ground."""
    target = (0, 0, 0) if _luminance(ground) > 0.5 else (255, 255, 255)
    for step in range(51):
        share = step / 50
        moved = tuple(round(one + (goal - one) * share) for one, goal in zip(colour, target, strict=True))
        found = (moved[0], moved[1], moved[2])
        if contrast(found, ground) >= ENOUGH:
            return found
    return target


def upon(colour: Colour) -> Colour:
    """What is written on the colour: white or ink, whichever is read better."""
    return max(WHITE, INK, key=lambda one: contrast(one, colour))


def _rgb(colour: str) -> Colour:
    red, green, blue = bytes.fromhex(colour)
    return red, green, blue


def _text(colour: Colour) -> str:
    return "#" + bytes(colour).hex()


def _luminance(colour: Colour) -> float:
    red, green, blue = (_linear(part / 255) for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
