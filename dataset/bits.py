"""Sets of positions as the bits of one integer: intersected, counted and paged without looking at every member."""

from collections.abc import Iterable

WINDOW = 1_024
"""Bits that are looked through at once; four times as many after each window that is empty."""


def of(positions: Iterable[int], size: int) -> int:
    """Return the set of these positions, each below the size."""
    found = bytearray(size // 8 + 1)
    for position in positions:
        found[position >> 3] |= 1 << (position & 7)
    return int.from_bytes(found, "little")


def below(size: int) -> int:
    """Return the set of all positions below a size."""
    return (1 << size) - 1


def holds(bits: int, position: int) -> bool:
    """Return whether a position is in the set."""
    return bits >> position & 1 == 1


def ascending(bits: int, start: int, count: int) -> list[int]:
    """Return the first so many positions from a start on."""
    found: list[int] = []
    width, end = WINDOW, bits.bit_length()
    while start < end and len(found) < count:
        window = bits >> start & below(width)
        found += _listed(window, start, count - len(found))
        start += width
        width = WINDOW if window else width * 4
    return found


def _listed(window: int, base: int, count: int) -> list[int]:
    found: list[int] = []
    while window and len(found) < count:
        lowest = window & -window
        found.append(base + lowest.bit_length() - 1)
        window ^= lowest
    return found


def select(bits: int, rank: int) -> int:
    """Return the position of the member that has so many members before it. The set must have more than that."""
    base = 0
    while bits.bit_length() > WINDOW:
        half = bits.bit_length() // 2
        low = bits & below(half)
        count = low.bit_count()
        if rank < count:
            bits = low
        else:
            bits, base, rank = bits >> half, base + half, rank - count
    return _listed(bits, base, rank + 1)[rank]
