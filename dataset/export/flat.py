"""A JSON array of the items and nothing else: what `pandas.read_json` and R's `jsonlite` take as a table."""

from collections.abc import Iterator

from dataset.export.separated import separated
from dataset.export.table import Table

MEDIA_TYPE = "application/json"
DESCRIPTION = "A JSON array of the items alone."


def write(table: Table) -> Iterator[bytes]:
    """Yield the array in parts."""
    yield b"["
    yield from separated(table.items())
    yield b"]"
