r"""BibTeX in UTF-8, one `@misc` each, which the classic styles and biblatex know alike.

`howpublished` names the publisher or the dataset. `url` is as it is, for `\url`, with braces and backslashes encoded.
The classic styles print the year and the month; `date`, for biblatex and reference managers, has the day as well.
"""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote

from dataset.reference import Reference, one_line, remarks

MEDIA_TYPE = "application/x-bibtex"
DESCRIPTION = "BibTeX, an entry for each item that can be cited."

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_ESCAPES = str.maketrans(
    {
        **{sign: f"\\{sign}" for sign in "%#&_$"},
        # BibTeX counts escaped braces as well, so that a single one would end or swallow the entry.
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
    }
)
_UNSAFE = re.compile(r"[^A-Za-z0-9-]+")
_ADDRESS = "!#$%&'()*+,/:;=?@[]~"
_BODY = re.compile(r"\band\b|,|\bothers\b", re.IGNORECASE)


def write(references: Iterable[Reference]) -> Iterator[bytes]:
    """Yield the entries."""
    for reference in references:
        lines = "".join(f"  {name} = {value},\n" for name, value in _fields(reference))
        yield f"@misc{{{_key(reference)},\n{lines}}}\n".encode()


def _key(reference: Reference) -> str:
    return _UNSAFE.sub("-", reference.key)


def _fields(reference: Reference) -> Iterator[tuple[str, str]]:
    if reference.authors:
        yield "author", f"{{{' and '.join(_name(author, reference) for author in reference.authors)}}}"
    # The inner braces keep a style from changing the title's case.
    yield "title", f"{{{{{_text(reference.title)}}}}}"
    if reference.container:
        yield "howpublished", f"{{{_text(reference.container)}}}"
    yield "year", f"{{{reference.issued[:4]}}}"
    yield "month", _MONTHS[int(reference.issued[5:7]) - 1]
    yield "date", f"{{{reference.issued}}}"
    yield "url", f"{{{quote(one_line(reference.url), safe=_ADDRESS)}}}"
    for name in ("accessed", "version", "language"):
        if value := getattr(reference, name):
            yield "urldate" if name == "accessed" else name, f"{{{_text(value)}}}"
    if found := remarks(reference):
        yield "note", f"{{{_text('. '.join(found))}}}"


def _name(author: str, reference: Reference) -> str:
    # BibTeX splits a name at its commas and at "and": what is a body's is kept whole by braces of its own.
    whole = author == reference.container or _BODY.search(author)
    return f"{{{_text(author)}}}" if whole else _text(author)


def _text(text: str) -> str:
    return one_line(text).translate(_ESCAPES)
