"""What every format writes: the same items, as objects, as rows of cells and as bibliographic references."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dataset.reference import Reference


def _nothing() -> Iterator[Any]:
    return iter(())


Write = Callable[[Sequence[Any]], bytes]
"""Returns a row's cells as a line."""


@dataclass(frozen=True)
class Table:
    """An answer before it has a form. Items are made while they are written, so that a long answer can be streamed."""

    items: Callable[[], Iterator[bytes]]
    """The items, each as JSON."""
    columns: tuple[str, ...] = ()
    """The names of the columns of a flat table."""
    rows: Callable[[], Iterator[Sequence[Any]]] = _nothing
    """The items as cells: text, truth values, numbers, None, and lists, which are shown as JSON."""
    references: Callable[[], Iterator[Reference]] = _nothing
    """The items as a bibliography cites them."""
    head: Mapping[str, Any] = field(default_factory=dict)
    """What the envelope says before the items: the release first."""
    tail: Mapping[str, Any] = field(default_factory=dict)
    """What the envelope says after them."""
    single: bool = False
    """Whether there is one item by its nature."""
    lines: Callable[[str, Write], Iterator[bytes]] | None = None
    """The items as lines, of a form by its name, written so where they are not kept; None: none of them are kept."""
