"""Sets of positions as the bits of one integer: intersected, counted and paged without looking at every member."""

import itertools
from collections.abc import Callable, Collection, Iterable, Sequence, Sized
from operator import add

WORD = 64
"""Bits that are looked through one by one."""

WINDOW = 1_024
"""Bits that are looked through at once; four times as many after each window that is empty."""

DENSE = 8
"""Of how many positions one is a member where it is cheaper to look at every byte than for every member."""

CROWDED = 16
"""Of how many positions one is a member where it is cheaper to write every digit than to find each member's bit."""

_ONE = ord("1")

_DIGITS = b"01".ljust(256)
"""The numbers 0 and 1 as digits."""

SPARSE = 400
"""Of how many positions one is a member where it is cheaper to skip the empty stretches first."""

_DIGITS_OF = [bytes(_ONE if byte >> one & 1 else ord("0") for byte in range(256)) for one in range(8)]
"""Each bit of a byte as a digit."""

_OF = tuple(tuple(one for one in range(8) if byte >> one & 1) for byte in range(256))


def of(positions: Iterable[int], size: int) -> int:
    """Return the set of these positions, each below the size."""
    if isinstance(positions, Sized) and size < CROWDED * len(positions):
        digits = bytearray(b"0") * size
        for position in positions:
            digits[position] = _ONE
        return int(digits[::-1], 2)
    found = bytearray(size // 8 + 1)
    for position in positions:
        found[position >> 3] |= 1 << (position & 7)
    return int.from_bytes(found, "little")


def turned(sets: Sequence[Iterable[int]], size: int, turn: Callable[[Sequence[int]], Sequence[int]]) -> list[int]:
    """Return the set of each of these groups of positions, put into the order into which a sequence is turned."""
    found = []
    for begin in range(0, len(sets), 8):  # eight at once, for turning takes longest
        eight = sets[begin : begin + 8]
        flags = bytearray(size)
        for number, positions in enumerate(eight):
            flag = 1 << number
            for position in positions:
                flags[position] |= flag
        flags = bytearray(turn(flags))[::-1]
        found += [int(flags.translate(digits) or b"0", 2) for digits in _DIGITS_OF[: len(eight)]]
    return found


def marked(flags: Collection[object]) -> int:
    """Return the set of the positions whose flag is true; there is a flag for each."""
    if all(flags):
        return below(len(flags))
    return int(bytes(map(bool, flags)).translate(_DIGITS)[::-1] or b"0", 2)


def below(size: int) -> int:
    """Return the set of all positions below a size."""
    return (1 << size) - 1


def holds(bits: int, position: int) -> bool:
    """Return whether a position is in the set."""
    return bits >> position & 1 == 1


def lowest(bits: int) -> int:
    """Return the first position in a set that has some."""
    return (bits & -bits).bit_length() - 1


def listed(bits: int) -> list[int]:
    """Return all positions in the set, ascending."""
    first = max(lowest(bits), 0) // WORD * WORD  # nothing before it needs looking at
    bits >>= first
    size, members = bits.bit_length(), bits.bit_count()
    if size < DENSE * members:
        data = bits.to_bytes(size // 8 + 1, "little")
        return [start + one for start, byte in zip(itertools.count(first, 8), data) if byte for one in _OF[byte]]
    if size > SPARSE * members:
        return _far(bits, first)
    gaps = f"{bits:b}"[::-1].split("1")[:-1]  # the zeros before each member; with the members before it, its position
    return list(map(add, itertools.accumulate(map(len, gaps)), itertools.count(first)))


def _far(bits: int, first: int) -> list[int]:
    """Return the positions of members that are far apart, counted from a first one."""
    found: list[int] = []
    data = bits.to_bytes((bits.bit_length() + 63) // 64 * 8, "little")
    for begin in itertools.compress(itertools.count(0, 8), memoryview(data).cast("Q")):
        found += _listed(int.from_bytes(data[begin : begin + 8], "little"), first + 8 * begin, WORD)
    return found


def flags(bits: int) -> bytes:
    """Return a byte for each position up to the last one in the set: 1 where it is in it, else 0."""
    return format(bits, "b").encode("ascii")[::-1].translate(_FLAGS)


_FLAGS = bytes(byte & 1 for byte in range(256))
"""The digits 0 and 1 as numbers; they are 48 and 49 in ASCII."""


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
        low = window & -window
        found.append(base + low.bit_length() - 1)
        window ^= low
    return found


def select(bits: int, rank: int) -> int:
    """Return the position of the member that has so many members before it. The set must have more than that."""
    base = 0
    while bits.bit_length() > WORD:
        half = bits.bit_length() // 2
        low = bits & below(half)
        count = low.bit_count()
        if rank < count:
            bits = low
        else:
            bits, base, rank = bits >> half, base + half, rank - count
    return _listed(bits, base, rank + 1)[rank]
