"""What stands in a JSON array."""

from collections.abc import Iterable, Iterator
from itertools import chain, islice, repeat


def separated(items: Iterable[bytes]) -> Iterator[bytes]:
    """Return the items with commas between them, each by itself: an item is not copied for it."""
    return islice(chain.from_iterable(zip(repeat(b","), items)), 1, None)
