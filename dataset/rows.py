"""What is made of each record once, for everything that shows it: rows, kept by collection and place."""

from collections import deque
from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any, TypeAlias

from dataset.memo import Keeper

Row: TypeAlias = tuple[Any, ...]
"""What a record comes to, field by field, to whoever makes it; there is at least one."""

ENTRY = 200
"""Bytes that keeping a row takes, about, beside the row."""


class Rows(Keeper):
    """Rows by collection and place; of those that are kept the oldest is dropped first."""

    def __init__(self, budget: int) -> None:
        super().__init__(budget, large=0)  # those of all records may be far more than fit
        self.asked: frozenset[str] = frozenset()
        """The fields that anybody asked for, by names of their makers' choice: no others are made."""
        self._kept: dict[str, list[Row | None]] = {}
        self._order: deque[tuple[list[Row | None], int, int]] = deque()

    def __len__(self) -> int:
        return len(self._order)

    def expect(self, fields: frozenset[str]) -> None:
        """Take note of fields that are to be asked for; rows that were made without them are forgotten."""
        if not fields <= self.asked:
            self.asked |= fields
            self._kept.clear()
            self._order.clear()
            self.size = 0

    def at(
        self,
        collection: str,
        total: int,
        places: Sequence[int],
        make: Callable[[Sequence[int]], tuple[Sequence[Row], int]],
    ) -> Sequence[Row]:
        """Return the rows of the records at these places of so many; those that are not kept are made, all together.

        `make` returns the rows of places, of which none comes twice, and the bytes that they take together.
        """
        kept = self._kept.get(collection)
        if kept is None:
            kept = self._kept[collection] = [None] * total
        few = len(places) < 2  # of which an itemgetter makes no tuple
        found: Sequence[Row | None] = [kept[place] for place in places] if few else itemgetter(*places)(kept)
        if all(found):
            self.hits += len(found)
            return found  # type: ignore[return-value]  # none of them is None
        wanted = list(dict.fromkeys([place for place, row in zip(places, found, strict=True) if row is None]))
        self.hits += len(found) - found.count(None)
        self.misses += found.count(None)
        rows, size = make(wanted)
        made = dict(zip(wanted, rows, strict=True))
        self._keep(kept, made, ENTRY + size // len(made))
        return [made[place] if row is None else row for place, row in zip(places, found, strict=True)]

    def _keep(self, kept: list[Row | None], made: dict[int, Row], size: int) -> None:
        """Keep rows that are of this size on average."""
        for place, row in made.items():
            if self.admits(size):
                kept[place] = row
                self._order.append((kept, place, size))
                self.size += size
        while self.size > self.budget:
            oldest, place, freed = self._order.popleft()
            oldest[place] = None
            self.size -= freed
