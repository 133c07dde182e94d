"""An answer of REST before it has a form: where it stands, what it says, and the pages around it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from types import MappingProxyType
from typing import Any, Self

from dataset.address import Pairs, pinned, written
from dataset.catalog import Edition
from dataset.export import FORMATS, csv
from dataset.export.table import Table
from dataset.parameters import Given
from dataset.records import Tombstone
from dataset.represent import summary

FILE_NAME = 120  # characters of a file's name that say what was asked


class UnknownRecordError(LookupError):
    """The release has no such record in the collection."""


class RetiredRecordError(LookupError):
    """The record went away; `stone` says why."""

    def __init__(self, stone: Tombstone) -> None:
        super().__init__(stone.id)
        self.stone = stone


@dataclass(frozen=True)
class Answer:
    """What a release answers at an address."""

    edition: Edition
    path: str
    """The path below the release."""
    query: Pairs
    """The question, in one order and without what goes without saying."""
    table: Table
    pages: Mapping[str, Pairs] = field(default_factory=lambda: MappingProxyType({}))
    """The questions of the pages around this one, by their relation: first, prev, next."""

    @classmethod
    def page(
        cls, edition: Edition, path: str, query: Pairs, table: Table, pages: Mapping[str, Pairs], /, **head: Any
    ) -> Self:
        """Return an answer that is a list; `head` is what its envelope says before the items."""
        following = {"next": _address(edition, path, pages["next"]) if "next" in pages else None}
        head = {"release": summary(edition), **head}
        return cls(edition, path, query, replace(table, head=head, tail=following), pages)

    @classmethod
    def single(cls, edition: Edition, path: str, query: Pairs, table: Table) -> Self:
        """Return an answer that is one item."""
        return cls(edition, path, query, replace(table, head={"release": summary(edition)}, single=True))

    def write(self, form: str, *, excel: bool = False) -> Iterator[bytes]:
        """Yield the answer in a format, in parts."""
        write = partial(csv.write, excel=True) if excel and form == "csv" else FORMATS[form].write
        return write(self.table)

    def address(self, form: str, relation: str = "", *, excel: bool = False) -> str:
        """Return the path and query at which this answer, or a page around it, stays as it is."""
        query = self.pages[relation] if relation else self.query
        return _address(self.edition, self.path, (*query, ("excel", "1")) if excel else query, form)

    def file(self, form: str) -> str:
        """Return a name for a file that holds the answer: the dataset, the release, the question and the licence."""
        about = self.edition.release.manifest
        asked = [part for pair in self.query for part in pair if pair[0] != "after"]
        said = "-".join(_plain(part) for part in (self.path.strip("/"), *asked))[:FILE_NAME]
        return f"{about.dataset}_{about.version}_{said}_{_plain(about.licence)}.{FORMATS[form].extension}"


def _address(edition: Edition, path: str, query: Pairs, form: str = "") -> str:
    return written(f"{pinned(edition.release.version)}{path}{f'.{form}' if form else ''}", query)


def _plain(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9._]+", "-", text)


def chosen(given: Given, formats: Sequence[str], suffix: str = "") -> str | None:
    """Return the format that the address itself names: its suffix, else its parameter. Raises QueryError."""
    asked = given.choice("format", formats)
    return suffix or asked


def excel(given: Given, form: str) -> bool:
    """Return whether a spreadsheet is to read it; of other formats than CSV it means nothing. Raises QueryError."""
    return given.choice("excel", ("1",)) is not None and form == "csv"
