"""CSV by RFC 4180: UTF-8, CRLF, one header line; a list is one cell of JSON.

Plain CSV holds the values as they are. A spreadsheet takes a cell that begins with `=`, `+`, `-` or `@` for a formula:
the variant for Excel puts an apostrophe before such a text, and a byte order mark before the whole.
"""

import re
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain
from typing import Any

import orjson

from dataset.export.table import Table

MEDIA_TYPE = "text/csv; charset=utf-8; header=present"
DESCRIPTION = "CSV with a header line; a list is one cell of JSON."
EXCEL = "For spreadsheets: CSV with a byte order mark, and an apostrophe before what would be taken for a formula."

_FORMULA = re.compile(r"[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?", re.ASCII)
_QUOTE = '"'
_BARE = ('""',)
"""What a cell of nothing is if it is the only one: a line of nothing would be no record."""


def write(table: Table, *, excel: bool = False) -> Iterator[bytes]:
    """Return the lines."""
    written = partial(line, excel=excel)
    head = (b"\xef\xbb\xbf" if excel else b"") + written(table.columns)
    lines = table.lines("excel" if excel else "csv", written) if table.lines else map(written, table.rows())
    return chain((head,), lines)


def line(cells: Sequence[Any], *, excel: bool = False) -> bytes:
    """Return one line."""
    found: list[str] = []
    for cell in [_guarded(_text(cell)) for cell in cells] if excel else cells:
        text = cell if isinstance(cell, str) else _text(cell)
        if '"' in text:
            found.append(f'"{text.replace(_QUOTE, _QUOTE + _QUOTE)}"')
        elif "," in text or "\n" in text or "\r" in text:
            found.append(f'"{text}"')
        else:
            found.append(text)
    return f"{','.join(_BARE if found == [''] else found)}\r\n".encode()


def _text(cell: Any) -> str:
    if isinstance(cell, str):
        return cell
    return "" if cell is None else orjson.dumps(cell).decode()


def _guarded(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text
