"""The JSON envelope: the release, the total, the items and the path of the next page."""

from collections.abc import Iterator
from itertools import chain

import orjson

from dataset.export.separated import separated
from dataset.export.table import Table

MEDIA_TYPE = "application/json"
DESCRIPTION = "A JSON object that names the release and holds the items."


def write(table: Table) -> Iterator[bytes]:
    """Return the envelope in parts."""
    begin, end = (b'"item":', b"") if table.single else (b'"items":[', b"]")
    head = orjson.dumps(table.head)[:-1] + (b"," if table.head else b"") + begin
    tail = end + (b"," if table.tail else b"") + orjson.dumps(table.tail)[1:]
    return chain((head,), separated(table.items()), (tail,))
