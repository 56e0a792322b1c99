"""Sets of responses as the bits of whole numbers, and the numbers that responses hold as slices of bits. Pure.

Of a slice `name#3` the responses are those whose number has bit 3; sums, borders and medians of any subset come from
intersections alone (bit-sliced indexes: O'Neil and Quass, SIGMOD 1997).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass


def positions(bits: int) -> Iterator[int]:
    """The members of a set, the lowest first."""
    for place, byte in enumerate(bits.to_bytes((bits.bit_length() + 7) // 8, "little")):
        if byte:
            yield from (place * 8 + bit for bit in range(8) if byte >> bit & 1)


def last_positions(bits: int, *, below: int | None = None) -> Iterator[int]:
    """The members of a set below a place, the highest first."""
    data = bits.to_bytes((bits.bit_length() + 7) // 8, "little")
    top = len(data) * 8 if below is None else min(below, len(data) * 8)
    for place in range((top + 7) // 8 - 1, -1, -1):
        if byte := data[place]:
            yield from (one for bit in range(7, -1, -1) if byte >> bit & 1 and (one := place * 8 + bit) < top)


def gathered(places: Iterable[int]) -> int:
    """The set of these places."""
    known = list(places)
    found = bytearray((max(known, default=0) >> 3) + 1)
    for place in known:
        found[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(found, "little")


def without(bits: int, others: int) -> int:
    """Those of a set that are not in the other."""
    return bits ^ (bits & others)


@dataclass(frozen=True)
class Sliced:
    """One number for some of the responses, none below zero: `has` who has one, `slices` its bits, the lowest first."""

    has: int
    slices: tuple[int, ...]

    def total(self, among: int) -> int:
        """The sum over these."""
        return sum((bits & among).bit_count() << place for place, bits in enumerate(self.slices))

    def squares(self, among: int) -> int:
        """The sum of squares over these."""
        mine = [bits & among for bits in self.slices]
        found = 0
        for place, bits in enumerate(mine):
            found += bits.bit_count() << 2 * place
            for higher in range(place + 1, len(mine)):
                found += (bits & mine[higher]).bit_count() << (place + higher + 1)
        return found

    def at_least(self, value: int) -> int:
        """Whose number is `value` or more."""
        if value <= 0:
            return self.has
        if value >> len(self.slices):
            return 0
        more, same = 0, self.has
        for place in range(len(self.slices) - 1, -1, -1):
            bits = self.slices[place]
            if value >> place & 1:
                same &= bits
            else:
                more |= same & bits
                same = without(same, bits)
        return more | same

    def ranked(self, among: int, rank: int) -> int:
        """The number that stands at this place, counted from 0, when those of `among` are put in order."""
        left, value = self.has & among, 0
        for place in range(len(self.slices) - 1, -1, -1):
            zero = without(left, self.slices[place])
            count = zero.bit_count()
            if rank < count:
                left = zero
            else:
                rank -= count
                left &= self.slices[place]
                value |= 1 << place
        return value


def sliced(of: Callable[[str], int], name: str, longest: int = 72) -> Sliced:
    """The slices that are kept under a name; `of` answers the set of a name."""
    has = of(f"{name}#")
    found = [of(f"{name}#{place}") for place in range(longest)] if has else []
    while found and not found[-1]:
        found.pop()
    return Sliced(has, tuple(found))


def slice_names(name: str, value: int) -> Iterator[str]:
    """The sets a response with this number is in."""
    yield f"{name}#"
    while value:
        low = value & -value
        yield f"{name}#{low.bit_length() - 1}"
        value ^= low
