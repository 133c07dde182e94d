"""JSON lines: one item a line, for whatever reads line by line."""

from collections.abc import Iterator

from dataset.export.table import Table

MEDIA_TYPE = "application/jsonl"
DESCRIPTION = "JSON lines: one item a line."


def write(table: Table) -> Iterator[bytes]:
    """Yield the lines."""
    for item in table.items():
        yield item + b"\n"
