"""Pages of records on their way into an answer: no more is made of one than is selected."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import Undefined

from dataset.query import Found, Page, cursor, cut, find, places
from schema.coercion import Argument
from schema.connection import Connected
from schema.inputs import raw_of
from schema.level import Read, Run

PAGING = ("first", "after", "last", "before")


@dataclass(frozen=True, slots=True)
class Shown:
    """A page of records, with the attributes of a connection and of its `PageInfo`."""

    found: Found
    """What it is a page of."""
    page: Page

    @property
    def total_count(self) -> int:
        """How many records the whole answer has."""
        return self.page.total

    @property
    def places(self) -> Sequence[int]:
        """The places of its records."""
        return places(self.found.edition, self.found.query.collection, self.page)

    @property
    def edges(self) -> Sequence[tuple[str, int]]:
        """The cursor and the place of each of its records."""
        scope, records = self.found.scope, self.found.edition.index.records(self.found.query.collection)
        return [(cursor(scope, records[place].id), place) for place in self.places]

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
        return self.page.first and cursor(self.found.scope, self.page.first)

    @property
    def end_cursor(self) -> str | None:
        """The last record's cursor."""
        return self.page.last and cursor(self.found.scope, self.page.last)


def asking(connected: Connected, read: Mapping[str, Argument]) -> Read:
    """Return what asks for the page of records that belongs to each value."""
    collection = connected.collection
    paging = [(name, read[name]) for name in PAGING if name in read]
    which, order = read.get("filter"), read.get("orderBy")

    def ask(values: Sequence[Any], run: Run) -> Sequence[Shown]:
        edition = run.context.edition
        asked = {name: said for name, get in paging if (said := get(run.values)) is not Undefined}
        bound = asked.get("after") is not None or asked.get("before") is not None
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
            scope = one.scope if bound else ""  # it takes a digest, which only cursors need
            found.append(Shown(one, cut(one.keys, scope, **asked)))
        return found

    return ask
