"""What was made once and will be wanted again: values by key, within a budget, kept from the second time on.

A key that is asked for once is only remembered as seen: most keys of a mixed load are never asked for again, and
keeping their values would push out those that are.
"""

from collections.abc import Hashable
from typing import Generic, TypeVar

V = TypeVar("V")

SEEN = 200_000
"""Keys that are remembered as seen once; with more, all of them are forgotten."""


class Memo(Generic[V]):
    """Values by key; the oldest are dropped when the budget is spent."""

    def __init__(self, budget: int) -> None:
        self.budget = budget
        """How much is kept at most: bytes, or whatever the sizes count."""
        self.size = 0
        """How much is kept."""
        self.hits = 0
        """How often what was asked for was kept."""
        self.misses = 0
        """How often it was not."""
        self._kept: dict[Hashable, tuple[V, int]] = {}
        self._seen: set[int] = set()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: Hashable) -> V | None:
        """Return the value of a key, None where none is kept."""
        found = self._kept.get(key)
        if found is None:
            self.misses += 1
            return None
        self.hits += 1
        return found[0]

    def wanted(self, key: Hashable) -> bool:
        """Return whether a key was asked for before, and remember that it was."""
        digest = hash(key)
        if digest in self._seen:
            return True
        if len(self._seen) >= SEEN:
            self._seen.clear()
        self._seen.add(digest)
        return False

    def offer(self, key: Hashable, value: V, size: int) -> None:
        """Keep the value of a key that is asked for, or offered, for the second time."""
        if self.wanted(key):
            self.keep(key, value, size)

    def keep(self, key: Hashable, value: V, size: int) -> None:
        """Keep the value of a key."""
        if key in self._kept or size > self.budget:
            return
        self._kept[key] = value, size
        self.size += size
        while self.size > self.budget:
            oldest = next(iter(self._kept))
            self.size -= self._kept.pop(oldest)[1]
