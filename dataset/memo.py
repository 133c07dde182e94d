"""What was made once and will be wanted again: values by key, within a budget.

A key that is asked for once is only remembered as seen: most keys of a mixed load are never asked for again, and
keeping their values would push out those that are. From the second time on a value is kept, in the place of the oldest.
A keeper may be told to turn most of the large ones away where there is no room: of more than fits, asked for evenly,
changing what is kept only costs time and fresh memory (bimodal insertion).
"""

from abc import ABC, abstractmethod
from array import array
from collections import deque
from collections.abc import Hashable, Iterable
from typing import Generic, TypeVar

V = TypeVar("V")

SEEN = 1 << 16
"""Places for keys that were seen once: one that is seen later takes the place of another one. A power of two."""

TURN = 8
"""Of how many large values that there is no room for one is kept in the place of the oldest."""


class Keeper(ABC):
    """A budget, and who is let in."""

    def __init__(self, budget: int, large: int | None = None) -> None:
        self.budget = budget
        """How much is kept at most: bytes, or whatever the sizes count."""
        self._large = budget + 1 if large is None else large
        """The size from which on most values are turned away where there is no room."""
        self.size = 0
        """How much is kept."""
        self.hits = 0
        """How often what was asked for was kept."""
        self.misses = 0
        """How often it was not."""
        self._turned_away = 0
        self._seen = array("q", (-1,)) * SEEN  # the hash of nothing

    @abstractmethod
    def __len__(self) -> int:
        """Return how many values are kept."""

    def wanted(self, key: Hashable) -> bool:
        """Return whether a key was asked for before, and remember that it was."""
        digest = hash(key)
        place = digest & len(self._seen) - 1
        if self._seen[place] == digest:
            return True
        self._seen[place] = digest
        return False

    def again(self, keys: Iterable[Hashable]) -> list[bool]:
        """Return of each of some keys whether it is `wanted`: quicker than one by one."""
        seen, mask = self._seen, len(self._seen) - 1
        found = []
        for digest in map(hash, keys):
            place = digest & mask
            known = seen[place] == digest
            if not known:
                seen[place] = digest
            found.append(known)
        return found

    def admits(self, size: int) -> bool:
        """Return whether a value of this size is to be kept: it fits, or its turn has come."""
        if self.size + size <= self.budget:
            return True
        if size < self._large or size > self.budget:
            return size <= self.budget
        self._turned_away += 1
        return self._turned_away % TURN == 0


class Memo(Keeper, Generic[V]):
    """Values by key; of those that are kept the oldest is dropped first."""

    def __init__(self, budget: int, large: int | None = None) -> None:
        super().__init__(budget, large)
        self._kept: dict[Hashable, V] = {}
        self._order: deque[tuple[Hashable, int]] = deque()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: Hashable) -> V | None:
        """Return the value of a key, None where none is kept."""
        found = self._kept.get(key)
        if found is None:
            self.misses += 1
        else:
            self.hits += 1
        return found

    def offer(self, key: Hashable, value: V, size: int) -> None:
        """Keep the value of a key that is asked for, or offered, for the second time."""
        if self.wanted(key):
            self.keep(key, value, size)

    def keep(self, key: Hashable, value: V, size: int) -> None:
        """Keep the value of a key, if it is admitted."""
        if self.takes(key, size):
            self.put(key, value, size)

    def takes(self, key: Hashable, size: int) -> bool:
        """Return whether a value of this size is to be kept by this key: it has none, and is admitted."""
        return key not in self._kept and self.admits(size)

    def put(self, key: Hashable, value: V, size: int) -> None:
        """Keep the value of a key that is not kept and was admitted."""
        self._kept[key] = value
        self._order.append((key, size))
        self.size += size
        while self.size > self.budget:
            oldest, freed = self._order.popleft()
            del self._kept[oldest]
            self.size -= freed
