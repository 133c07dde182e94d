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
    found = []
    while window and len(found) < count:
        lowest = window & -window
        found.append(base + lowest.bit_length() - 1)
        window ^= lowest
    return found


def descending(bits: int, stop: int, count: int) -> list[int]:
    """Return the last so many positions below a stop, the last one first."""
    rest = bits & below(stop)
    found: list[int] = []
    width = WINDOW
    while rest and len(found) < count:
        begin = max(rest.bit_length() - width, 0)
        window = rest >> begin
        while window and len(found) < count:
            highest = window.bit_length() - 1
            found.append(begin + highest)
            window ^= 1 << highest
        rest &= below(begin)
    return found
