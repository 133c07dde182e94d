"""What was written once and will be wanted again: bytes by key, within a budget, kept from the second time on.

A key that is asked for once is only remembered as seen: most keys of a mixed load are never asked for again, and
keeping their bytes would push out those that are.
"""

from collections.abc import Hashable

SEEN = 200_000
"""Keys that are remembered as seen once; with more, all of them are forgotten."""


class Memo:
    """Bytes by key; the oldest are dropped when the budget is spent."""

    def __init__(self, budget: int) -> None:
        self._budget = budget
        self._kept: dict[Hashable, bytes] = {}
        self._seen: set[int] = set()
        self._size = 0
        self.get = self._kept.get
        """Returns the bytes of a key, None where there are none."""

    @property
    def size(self) -> int:
        """How many bytes are kept."""
        return self._size

    def __len__(self) -> int:
        return len(self._kept)

    def offer(self, key: Hashable, value: bytes) -> None:
        """Keep the bytes of a key that is offered for the second time."""
        digest = hash(key)
        if digest not in self._seen:
            if len(self._seen) >= SEEN:
                self._seen.clear()
            self._seen.add(digest)
            return
        if key in self._kept or len(value) > self._budget:
            return
        self._kept[key] = value
        self._size += len(value)
        while self._size > self._budget:
            oldest = next(iter(self._kept))
            self._size -= len(self._kept.pop(oldest))
