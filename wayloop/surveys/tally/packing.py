"""Sets of a few thousand responses as one row of the database, and back. Pure."""

from collections.abc import Iterable, Mapping

# Responses of one row; so many are counted anew when one of them changes.
WIDTH = 4096
BYTES = WIDTH // 8
EMPTY = bytes(BYTES)


def gather(members: Iterable[tuple[int, Iterable[str]]], width: int = WIDTH) -> dict[str, bytes]:
    """Name → its set. `members`: the place of each response, and the sets it is in."""
    found: dict[str, bytearray] = {}
    size = (width + 7) // 8
    for place, names in members:
        at, bit = place >> 3, 1 << (place & 7)
        for name in names:
            bits = found.get(name)
            if bits is None:
                bits = found[name] = bytearray(size)
            bits[at] |= bit
    return {name: bytes(bits) for name, bits in found.items()}


def pack(sets: Mapping[str, bytes]) -> tuple[list[str], bytes]:
    """The names, and their sets one behind the other."""
    names = sorted(sets)
    return names, b"".join(sets[name] for name in names)


def unpack(names: Iterable[str], bits: bytes) -> dict[str, bytes]:
    """The other way round."""
    return {name: bits[place * BYTES : (place + 1) * BYTES] for place, name in enumerate(names)}


def join(blocks: Mapping[int, Mapping[str, bytes]]) -> tuple[int, dict[str, int]]:
    """How many places there are, and the sets over all blocks by number."""
    count = max(blocks, default=-1) + 1
    names = {name for sets in blocks.values() for name in sets}
    rows = [blocks.get(number, {}) for number in range(count)]
    return count * WIDTH, {
        name: int.from_bytes(b"".join(sets.get(name, EMPTY) for sets in rows), "little") for name in names
    }
