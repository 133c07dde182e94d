"""Pages of records on their way into an answer: no more is made of one than is selected."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import Undefined

from dataset.catalog import Edition
from dataset.query import Page, cursor, cut, find, places
from schema.coercion import Argument
from schema.connection import Connected
from schema.inputs import raw_of
from schema.level import Read, Run

PAGING = ("first", "after", "last", "before")


@dataclass(frozen=True, slots=True)
class Shown:
    """A page of records, with the attributes of a connection and of its `PageInfo`."""

    edition: Edition
    collection: str
    page: Page
    bound: str
    """What its cursors are bound to."""

    @property
    def total_count(self) -> int:
        """How many records the whole answer has."""
        return self.page.total

    @property
    def places(self) -> Sequence[int]:
        """The places of its records."""
        return places(self.edition, self.collection, self.page)

    @property
    def edges(self) -> Sequence[tuple[str, int]]:
        """The cursor and the place of each of its records."""
        records = self.edition.index.records(self.collection)
        return [(cursor(self.bound, records[place].id), place) for place in self.places]

    @property
    def has_next_page(self) -> bool:
        """Whether records follow it."""
        return self.page.has_next

    @property
    def has_previous_page(self) -> bool:
        """Whether records precede it."""
        return self.page.has_previous

    @property
    def start_cursor(self) -> str | None:
        """The first record's cursor."""
        return self.page.first and cursor(self.bound, self.page.first)

    @property
    def end_cursor(self) -> str | None:
        """The last record's cursor."""
        return self.page.last and cursor(self.bound, self.page.last)


def asking(connected: Connected, read: Mapping[str, Argument]) -> Read:
    """Return what asks for the page of records that belongs to each value."""
    collection = connected.collection
    paging = [(name, read[name]) for name in PAGING if name in read]
    which, order = read.get("filter"), read.get("orderBy")

    def ask(values: Sequence[Any], run: Run) -> Sequence[Shown]:
        edition = run.context.edition
        asked = {name: said for name, get in paging if (said := get(run.values)) is not Undefined}
        found = []
        for value in values:
            if connected.filter:
                where, by = {connected.filter: [value.id]}, ""
            else:
                given = which(run.values) if which else None
                where = raw_of(collection, given) if isinstance(given, dict) else {}
                wanted = order(run.values) if order else None
                by = wanted.value if wanted not in (None, Undefined) else ""
            one = find(edition, collection, where, by)
            found.append(Shown(edition, collection, cut(one.keys, one.scope, **asked), one.scope))
        return found

    return ask
