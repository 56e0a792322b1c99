"""What part of the business somebody sees."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Scope:
    """The locations whose rows are visible: all of them (None), or these ids. Rows without a location belong to all.

    A limit to brands is a limit to the locations of these brands, as they are at the moment.
    """

    locations: tuple[int, ...] | None = None

    @property
    def sees_everything(self) -> bool:
        """Whether no location is hidden."""
        return self.locations is None

    def includes(self, other: "Scope") -> bool:
        """Whether everything that `other` sees is seen here too."""
        if self.locations is None:
            return True
        return other.locations is not None and set(other.locations) <= set(self.locations)

    def meets(self, other: "Scope") -> bool:
        """Whether there is anything that both see."""
        if self.locations is None or other.locations is None:
            return True
        return not set(self.locations).isdisjoint(other.locations)


EVERYTHING = Scope()
