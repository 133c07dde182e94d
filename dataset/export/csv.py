"""CSV by RFC 4180: UTF-8, CRLF, one header line; a list is one cell of JSON.

Plain CSV holds the values as they are. A spreadsheet takes a cell that begins with `=`, `+`, `-` or `@` for a formula:
the variant for Excel puts an apostrophe before such a text, and a byte order mark before the whole.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from dataset.export.table import Table

MEDIA_TYPE = "text/csv; charset=utf-8; header=present"
DESCRIPTION = "CSV with a header line; a list is one cell of JSON."
EXCEL = "For spreadsheets: CSV with a byte order mark, and an apostrophe before what would be taken for a formula."

_FORMULA = re.compile(r"[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?", re.ASCII)


class _Line:
    """What the csv module writes to: keeps the one line that it was given."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> None:
        """Keep a line."""
        self.text = text


def write(table: Table, *, excel: bool = False) -> Iterator[bytes]:
    """Yield the lines."""
    line = _Line()
    writer = csv.writer(line)

    def written(cells: Iterable[Any]) -> bytes:
        texts = [_text(cell) for cell in cells]
        writer.writerow([_guarded(text) for text in texts] if excel else texts)
        return line.text.encode()

    yield (b"\xef\xbb\xbf" if excel else b"") + written(table.columns)
    for row in table.rows():
        yield written(row)


def _text(cell: Any) -> str:
    if isinstance(cell, str):
        return cell
    return "" if cell is None else orjson.dumps(cell).decode()


def _guarded(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text
