"""What was made once and will be wanted again: values by key, within a budget, kept from the second time on.

A key that is asked for once is only remembered as seen: most keys of a mixed load are never asked for again, and
keeping their values would push out those that are.
"""

from array import array
from collections import deque
from collections.abc import Hashable
from typing import Generic, TypeVar

V = TypeVar("V")

SEEN = 1 << 16
"""Places for keys that were seen once: one that is seen later takes the place of another one. A power of two."""


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
        self._order: deque[Hashable] = deque()
        self._seen = array("q", (-1,)) * SEEN  # the hash of nothing

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
        place = digest & len(self._seen) - 1
        if self._seen[place] == digest:
            return True
        self._seen[place] = digest
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
        self._order.append(key)
        self.size += size
        while self.size > self.budget:
            self.size -= self._kept.pop(self._order.popleft())[1]
