"""What full-text search over several collections finds, the best first."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, ClassVar

from pydantic import ConfigDict

from dataset.catalog import Edition
from dataset.corpus import PREFIXES
from dataset.filter import FILTERS, Match
from dataset.query import QueryError
from dataset.ranking import Ranked
from dataset.records import STRICT
from dataset.search import Fragment, Highlight, highlighted, wanted
from dataset.vocabulary import Collection


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A record that was found."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    id: str
    """The record's id."""
    collection: Collection
    """The kind of record."""
    label: str
    """A short text to show for the record; it never drops a hedge."""
    score: float
    """How well it answers; only to be compared within one answer."""
    highlights: tuple[Highlight, ...]
    """Where the words were found."""


@dataclass(frozen=True)
class Hits:
    """The answer to a search."""

    edition: Edition
    text: str
    keys: Ranked
    """The ids of all that was found, the best first, ties in the order of ids."""
    scope: str
    """What the cursors of the answer are bound to."""

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids, listed."""
        return self.keys.ids

    def hits(self, begin: int, end: int) -> list[Hit]:
        """Return those from one rank to before another, with what was found in them."""
        return [
            Hit(
                id=shown["id"],
                collection=Collection(shown["collection"]),
                label=shown["label"],
                score=shown["score"],
                highlights=tuple([_highlight(one) for one in shown["highlights"]]),
            )
            for shown in self.shown(begin, end)
        ]

    def shown(self, begin: int, end: int) -> Iterator[dict[str, Any]]:
        """Yield the same as JSON has them: an answer takes longer to make of hits."""
        edition, sought = self.edition, wanted(self.text)
        corpus = edition.release.corpus
        for record_id, score in self.keys.scored(begin, end):
            collection = PREFIXES[record_id[:3]]
            record = corpus.collection(collection)[record_id]
            yield {
                "id": record_id,
                "collection": collection,
                "label": edition.label(record),
                "score": score,
                "highlights": [
                    {"field": field, "fragments": [{"text": text, "match": match} for text, match in pieces]}
                    for field, pieces in highlighted(corpus, collection, record, sought)
                ],
            }


def _highlight(shown: Mapping[str, Any]) -> Highlight:
    return Highlight(shown["field"], tuple([Fragment(**piece) for piece in shown["fragments"]]))


def search(edition: Edition, text: str, kinds: Iterable[str] = ()) -> Hits:
    """Return what a text finds in these collections, or in all of them. Raises QueryError, naming `q`."""
    item = next(one for one in FILTERS["events"] if one.match is Match.TEXT)
    try:
        item.parse(text)
    except ValueError as error:
        raise QueryError("q", str(error)) from error
    chosen = set(kinds) or {term.value for term in Collection}
    found = edition.index.ranked([term.value for term in Collection if term.value in chosen], text)
    asked = sha256("\n".join(["search", text, *sorted(chosen)]).encode()).hexdigest()[:12]
    return Hits(edition, text, found, f"{edition.release.sha256[:12]}:{asked}")
