"""How the business says no."""


class BusinessRefused(ValueError):
    """What was given cannot be; `part` names the field, the text says why and what to do, ready for the screen."""

    def __init__(self, part: str, reason: str) -> None:
        super().__init__(reason)
        self.part = part
