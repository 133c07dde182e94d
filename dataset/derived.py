"""What is derived of records: made when it is first wanted, and kept, for within a release it never changes."""

from collections.abc import Callable
from typing import TypeVar

V = TypeVar("V")

MOST = 100_000
"""Values of one kind that are kept: making one costs more than most fields together."""


class Derived(dict[str, V]):
    """Values by the ids of records; one that is not kept is made as it is looked up."""

    def __init__(self, make: Callable[[str], V]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, key: str) -> V:
        """Return what is made of a record, and keep it while there is room."""
        found = self._make(key)
        if len(self) < MOST:
            self[key] = found
        return found
