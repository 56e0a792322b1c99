"""What part of the business somebody sees."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Scope:
    """The locations whose rows are visible: all of them (None), or these ids. Rows without a location belong to all."""

    locations: tuple[int, ...] | None = None

    @property
    def sees_everything(self) -> bool:
        """Whether no location is hidden."""
        return self.locations is None


EVERYTHING = Scope()
