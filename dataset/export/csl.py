"""CSL-JSON: what citation processors and reference managers read.

A name is literal, since which part of it is the surname is not known. The format has no field for a licence: it is in
the note.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from dataset.reference import Reference, remarks

MEDIA_TYPE = "application/vnd.citationstyles.csl+json"
DESCRIPTION = "CSL-JSON, an array with a reference for each item that can be cited."

_TYPES = {"article": "article-newspaper", "dataset": "dataset"}


def write(references: Iterable[Reference]) -> Iterator[bytes]:
    """Yield the array in parts."""
    yield b"["
    for number, reference in enumerate(references):
        yield (b"," if number else b"") + orjson.dumps({k: v for k, v in _item(reference).items() if v})
    yield b"]"


def _item(reference: Reference) -> dict[str, Any]:
    return {
        "id": reference.key,
        "type": _TYPES[reference.kind],
        "title": reference.title,
        "author": [{"literal": author} for author in reference.authors],
        "container-title": reference.container,
        "issued": _date(reference.issued),
        "accessed": _date(reference.accessed) if reference.accessed else None,
        "URL": reference.url,
        "version": reference.version,
        "language": reference.language,
        "note": ". ".join(remarks(reference)),
    }


def _date(day: str) -> dict[str, list[list[int]]]:
    return {"date-parts": [[int(part) for part in day.split("-")]]}
