"""The JSON envelope: the release, the total, the items and the path of the next page."""

from collections.abc import Iterator

import orjson

from dataset.export.table import Table

MEDIA_TYPE = "application/json"
DESCRIPTION = "A JSON object that names the release and holds the items."


def write(table: Table) -> Iterator[bytes]:
    """Yield the envelope in parts."""
    head = orjson.dumps(table.head)[:-1]
    yield head + (b"," if table.head else b"") + (b'"item":' if table.single else b'"items":[')
    for number, item in enumerate(table.items()):
        if number:
            yield b","  # by itself: an item is not copied for it
        yield item
    tail = orjson.dumps(table.tail)[1:]
    yield (b"" if table.single else b"]") + (b"," if table.tail else b"") + tail
