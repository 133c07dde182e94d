"""Full-text search over one release: what is searched, how it is ranked, and where it was found.

Every word of the question must be found in a record: as a whole word or, from three letters on, as the beginning of
one, whatever the case and the accents. Records are ranked as by BM25 (Robertson and Zaragoza, 2009) without its length
term, over weighted fields; a beginning counts half as much as a word. There is no query syntax, so no input is a
syntax error.
"""

import math
import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import takewhile
from types import MappingProxyType
from typing import Any, ClassVar

from pydantic import ConfigDict

from dataset.corpus import Corpus
from dataset.fold import words
from dataset.label import label
from dataset.records import SERVED, STRICT, Record

SHORTEST_BEGINNING = 3  # letters; a shorter beginning would find nearly everything
SATURATION = 1.2  # k1 of BM25
PART = 0.5  # what the beginning of a word counts

Texts = Callable[[Corpus, Any], Iterable[str | None]]
_WORD = re.compile("[^\\W_](?:[^\\W_]|[\u0300-\u036f])*")  # with the accents that stand beside their letters


@dataclass(frozen=True)
class Searched:
    """A field of a record that is searched."""

    field: str
    """Its dotted name."""
    weight: float
    texts: Texts


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of a text."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    text: str
    """The piece."""
    match: bool
    """Whether it is what was looked for."""


@dataclass(frozen=True, slots=True)
class Highlight:
    """Where in a record the words were found."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    field: str
    """The dotted name of the field."""
    fragments: tuple[Fragment, ...]
    """The field's whole text, cut where matches begin and end."""


def _label(corpus: Corpus, record: Record) -> list[str]:
    return [label(corpus, record)]


def _named(corpus: Corpus, record_id: str | None) -> list[str]:
    record = corpus.get(record_id) if record_id else None
    return [label(corpus, record)] if record else []


SEARCHED: Mapping[str, tuple[Searched, ...]] = MappingProxyType(
    {
        "sources": (
            Searched("title", 3, lambda _, source: [source.title]),
            Searched("publisher", 2, lambda _, source: [source.publisher]),
            Searched("authors", 2, lambda _, source: source.authors),
            Searched("origin.description", 1, lambda _, source: [origin.description for origin in source.origin]),
        ),
        "citations": (
            Searched("tokens", 2, lambda _, citation: citation.tokens),
            Searched("start", 1, lambda _, citation: [citation.start]),
            Searched("end", 1, lambda _, citation: [citation.end]),
        ),
        "entities": (
            Searched("names.text", 3, lambda _, entity: [name.text for name in entity.names]),
            Searched("description.text", 1, lambda _, entity: [entity.description and entity.description.text]),
            Searched("identifiers.value", 2, lambda _, entity: [item.value for item in entity.identifiers]),
        ),
        "events": (
            Searched("title", 3, lambda _, event: [event.title]),
            Searched("summary", 1, lambda _, event: [event.summary]),
            Searched(
                "participations.entity.name",
                1,
                lambda corpus, event: [text for p in event.participations for text in _named(corpus, p.entity)],
            ),
            Searched("participations.note", 0.5, lambda _, event: [p.note for p in event.participations]),
            Searched("place.name", 1, lambda corpus, event: _named(corpus, event.place)),
        ),
        "figures": (
            Searched("label", 2, _label),
            Searched("about", 1, lambda corpus, figure: _named(corpus, figure.about)),
        ),
        "relations": (Searched("label", 2, _label), Searched("note", 1, lambda _, relation: [relation.note])),
        "discrepancies": (
            Searched("title", 3, lambda _, discrepancy: [discrepancy.title]),
            Searched("note", 1, lambda _, discrepancy: [discrepancy.note]),
            Searched("preference", 1, lambda _, discrepancy: [discrepancy.preference]),
        ),
    }
)
"""What is searched of each collection's records."""

assert SEARCHED.keys() == SERVED.keys()  # noqa: S101 (a collection that cannot be searched would look empty)


class Search:
    """The words of a release's records. How rare a word is counts over all of them, so that scores can be compared."""

    def __init__(self, corpus: Corpus) -> None:
        self._words = {collection: _Words(corpus, collection) for collection in SEARCHED}
        self._records = sum(len(corpus.collection(collection)) for collection in SEARCHED)

    def scores(self, collections: Iterable[str], text: str) -> dict[str, float]:
        """Return the ids of the records that hold every word of a text, each with its score; higher is better."""
        chosen = tuple(collections)
        found: dict[str, float] | None = None
        for word in wanted(text):
            weights = {collection: self._words[collection].weights(word) for collection in SEARCHED}
            holders = sum(len(some) for some in weights.values())
            rarity = math.log(1 + (self._records - holders + 0.5) / (holders + 0.5))
            scores = {i: rarity * weight for collection in chosen for i, weight in weights[collection].items()}
            found = scores if found is None else {i: found[i] + scores[i] for i in found.keys() & scores.keys()}
            if not found:
                break
        return {name: round(score, 4) for name, score in (found or {}).items()}


class _Words:
    """The words of one collection's records, with their weights."""

    def __init__(self, corpus: Corpus, collection: str) -> None:
        weights: dict[str, dict[str, float]] = {}
        for record in corpus.collection(collection).values():
            for word, weight in _weights(corpus, record, SEARCHED[collection]).items():
                weights.setdefault(word, {})[record.id] = weight
        self._weights: Mapping[str, Mapping[str, float]] = weights
        self._sorted = sorted(weights)

    def weights(self, word: str) -> Mapping[str, float]:
        """Return the ids of the records that hold a word, or a longer one that it begins, with its weight in each."""
        best: dict[str, float] = {}
        for stored in self._beginning(word):
            part = 1.0 if stored == word else PART
            for name, weight in self._weights[stored].items():
                best[name] = max(best.get(name, 0.0), weight * part)
        return best

    def _beginning(self, word: str) -> Iterable[str]:
        if len(word) < SHORTEST_BEGINNING:
            return [word] if word in self._weights else []
        start = bisect_left(self._sorted, word)
        return takewhile(
            lambda stored: stored.startswith(word), (self._sorted[i] for i in range(start, len(self._sorted)))
        )


def wanted(text: str) -> tuple[str, ...]:
    """Return the different words of a question, folded."""
    return tuple(dict.fromkeys(words(text)))


def _weights(corpus: Corpus, record: Record, searched: tuple[Searched, ...]) -> dict[str, float]:
    """Return the words of a record, each with its weight: the more often and the more telling the field, the more."""
    counts: dict[str, float] = {}
    for item in searched:
        for text in item.texts(corpus, record):
            for word in words(text or ""):
                counts[word] = counts.get(word, 0.0) + item.weight
    return {word: count * (SATURATION + 1) / (count + SATURATION) for word, count in counts.items()}


def highlights(corpus: Corpus, collection: str, record: Record, text: str) -> tuple[Highlight, ...]:
    """Return where in a record the words of a text are found."""
    sought = wanted(text)
    found = []
    for item in SEARCHED[collection]:
        for said in item.texts(corpus, record):
            fragments = tuple(_fragments(said or "", sought))
            if any(fragment.match for fragment in fragments):
                found.append(Highlight(item.field, fragments))
    return tuple(found)


def _fragments(text: str, sought: tuple[str, ...]) -> Iterator[Fragment]:
    begin = 0
    for word in _WORD.finditer(text):
        if any(_matches(one, sought) for one in words(word.group())):
            if begin < word.start():
                yield Fragment(text[begin : word.start()], match=False)
            yield Fragment(word.group(), match=True)
            begin = word.end()
    if begin < len(text):
        yield Fragment(text[begin:], match=False)


def _matches(word: str, sought: tuple[str, ...]) -> bool:
    return any(word == one or (len(one) >= SHORTEST_BEGINNING and word.startswith(one)) for one in sought)
