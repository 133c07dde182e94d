"""RIS: lines of a tag, two spaces, a hyphen and a value, in UTF-8 with CRLF.

A name is given as it is printed, since which part of it is the surname is not known.
"""

from collections.abc import Iterable, Iterator

from dataset.reference import Reference, one_line, remarks

MEDIA_TYPE = "application/x-research-info-systems"
DESCRIPTION = "RIS, a reference for each item that can be cited."

_TYPES = {"article": "NEWS", "dataset": "DATA"}


def write(references: Iterable[Reference]) -> Iterator[bytes]:
    """Yield the references."""
    for reference in references:
        yield "".join(f"{tag}  - {one_line(value)}\r\n" for tag, value in _lines(reference)).encode()


def _lines(reference: Reference) -> Iterator[tuple[str, str]]:
    yield "TY", _TYPES[reference.kind]
    yield "ID", reference.key
    yield from (("AU", author) for author in reference.authors)
    yield "TI", reference.title
    if reference.container:
        yield "T2", reference.container
    yield "PY", reference.issued[:4]
    yield "DA", reference.issued.replace("-", "/")
    if reference.version:
        yield "ET", reference.version
    if reference.language:
        yield "LA", reference.language
    yield "UR", reference.url
    if reference.accessed:
        yield "Y2", reference.accessed.replace("-", "/")
    yield from (("N1", remark) for remark in remarks(reference))
    yield "ER", ""
