"""Full-text search over one release: what is searched, how it is ranked, and where it was found.

Every word of the question must be found in a record: as a whole word or, from three letters on, as the beginning of
one, whatever the case and the accents. Records are ranked as by BM25 (Robertson and Zaragoza, 2009) without its length
term, over weighted fields; a beginning counts half as much as a word. There is no query syntax, so no input is a
syntax error.
"""

import math
import re
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any, ClassVar

from pydantic import ConfigDict

from dataset.corpus import PREFIXES, Corpus
from dataset.fold import words
from dataset.label import hedge, label, number
from dataset.memo import Memo
from dataset.order import inverse
from dataset.ranking import Held, Ranked, held, scored
from dataset.records import SERVED, STRICT, Record
from dataset.sequence import Keys
from dataset.spread import Spread, grouped, reached
from dataset.wordlist import Texts, WordList

SHORTEST_BEGINNING = 3  # letters; a shorter beginning would find nearly everything
PART = 0.5  # what the beginning of a word counts

WORDS = 24_000_000
"""Bytes of sets that are kept of the words that were looked for."""

ANSWERS = 24_000_000
"""Bytes of answers that are kept."""

SCORES = 8_000_000
"""Bytes of scores that are kept."""

SCORE = 120
"""Bytes that a score takes with its key, about; an answer takes one more."""

BY_PREFIX = tuple(PREFIXES[prefix] for prefix in sorted(PREFIXES))
"""The collections in the order in which their ids sort."""

_Told = tuple[float, Mapping[str, Held]]
"""How rare a word is, and the records of each collection that hold it."""

_WORD = re.compile("[^\\W_](?:[^\\W_]|[\u0300-\u036f])*")  # with the accents that stand beside their letters


@dataclass(frozen=True)
class Searched:
    """A field of a record that is searched."""

    field: str
    """Its dotted name."""
    weight: float
    path: str = ""
    """Where in a record its values are, if not at its name."""
    said: Callable[[Corpus, Any], str] | None = None
    """The text for a value; None: the value is the text."""
    own: bool = False
    """Whether nearly every record has a text of its own, so that nothing is gained by grouping records by it."""

    def texts(self, corpus: Corpus, record: Record) -> Sequence[str]:
        """Return the field's texts in a record."""
        values = reached(record, self.path or self.field)
        return [self.said(corpus, value) for value in values] if self.said else values

    def spread(self, corpus: Corpus, spread: Spread) -> Iterator[Texts]:
        """Yield the field's texts with the places of many records, or one part of them after the other."""
        path = self.path or self.field
        if self.own:
            places, values = spread.column(path)
            yield zip(values, zip(places), strict=True)
            return
        found = spread.grouped(path)
        if self.said is None:
            yield found.items()
            return
        said: defaultdict[str, list[int]] = defaultdict(list)
        for value, some in found.items():
            said[self.said(corpus, value)].extend(some)
        yield said.items()


@dataclass(frozen=True)
class Labelled(Searched):
    """The label of a record, searched like a field: part by part, for there are far fewer parts than labels."""

    fields: tuple[tuple[str, Callable[[Corpus, Any], str] | None], ...] = ()
    """The parts that are fields: their dotted names, and the text for a value, as above."""
    told: tuple[Callable[[Any], str], ...] = ()
    """What tells the other parts."""

    def texts(self, corpus: Corpus, record: Record) -> list[str]:
        """Return the record's label."""
        return [label(corpus, record)]

    def spread(self, corpus: Corpus, spread: Spread) -> Iterator[Texts]:
        """Yield a part of the labels with the places of many records, for each part."""
        places, records = spread.column("")
        for field, said in self.fields:
            yield from Searched(field, self.weight, said=said).spread(corpus, spread)
        for told in self.told:
            yield grouped(zip(map(told, records), places, strict=True)).items()


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


def _named(corpus: Corpus, record_id: str) -> str:
    # Nearly all are one of these two.
    record = corpus.events.get(record_id) or corpus.entities.get(record_id) or corpus.get(record_id)
    return label(corpus, record) if record else ""


SEARCHED: Mapping[str, tuple[Searched, ...]] = MappingProxyType(
    {
        "sources": (
            Searched("title", 3),
            Searched("publisher", 2),
            Searched("authors", 2),
            Searched("origin.description", 1),
        ),
        "citations": (Searched("tokens", 2), Searched("start", 1), Searched("end", 1)),
        "entities": (
            Searched("names.text", 3),
            Searched("description.text", 1, own=True),
            Searched("identifiers.value", 2),
        ),
        "events": (
            Searched("title", 3),
            Searched("summary", 1, own=True),
            Searched("participations.entity.name", 1, "participations.entity", _named),
            Searched("participations.note", 0.5),
            Searched("place.name", 1, "place", _named),
        ),
        "figures": (
            Labelled("label", 2, fields=(("measure", None),), told=(number, hedge)),
            Searched("about", 1, said=_named),
        ),
        "relations": (
            Labelled(
                "label",
                2,
                fields=(
                    ("subject", _named),
                    ("predicate", None),
                    ("object", _named),
                ),
                told=(hedge,),
            ),
            Searched("note", 1),
        ),
        "discrepancies": (Searched("title", 3), Searched("note", 1), Searched("preference", 1)),
    }
)
"""What is searched of each collection's records."""

assert SEARCHED.keys() == SERVED.keys()  # noqa: S101 (a collection that cannot be searched would look empty)


class Search:
    """The words of a release's records. How rare a word is counts over all of them, so that scores can be compared."""

    def __init__(self, corpus: Corpus, spreads: Mapping[str, Spread]) -> None:
        self._words = {collection: _Words(corpus, collection, spreads[collection]) for collection in SEARCHED}
        self._records = sum(spread.size for spread in spreads.values())

    def scores(self, collections: Iterable[str], text: str) -> Mapping[str, float]:
        """Return the ids of the records that hold every word of a text, each with its score; higher is better."""
        key = (frozenset(collections), wanted(text))
        found = self._scores.get(key)
        if found is None:
            found = self.ranked(key[0], text).scores()
            if found:
                self._scores.keep(key, found, SCORE * (len(found) + 1))
        return found

    def ranked(self, collections: Iterable[str], text: str) -> Ranked:
        """Return the ids of the records that hold every word of a text, the best first; higher scores are better."""
        key = (frozenset(collections), wanted(text))
        found = self._ranked.get(key)
        if found is None:
            found = self._rank(*key)
            if len(found):
                self._ranked.keep(key, found, found.size)
        return found

    def _rank(self, collections: Container[str], sought: tuple[str, ...]) -> Ranked:
        words = [self._word(word) for word in sought]
        groups: defaultdict[float, list[Keys]] = defaultdict(list)
        for collection in BY_PREFIX if words else ():
            if collection in collections:
                held = [(rarity, records[collection]) for rarity, records in words]
                for score, keys in scored(self._words[collection].ids, held).items():
                    groups[score].append(keys)
        return Ranked((score, keys) for score in sorted(groups, reverse=True) for keys in groups[score])

    def _word(self, word: str) -> _Told:
        """Return how rare a word is, and the records that hold it."""
        found = self._found.get(word)
        if found is None:
            records = {collection: words.held(word) for collection, words in self._words.items()}
            holders = sum(one.marks.bit_count() for one in records.values())
            found = math.log(1 + (self._records - holders + 0.5) / (holders + 0.5)), records
            if holders:  # words that are nowhere are endless, and cost nothing
                self._found.keep(word, found, sum(one.size for one in records.values()))
        return found

    @property
    def memos(self) -> Mapping[str, Memo[Any]]:
        """What is kept of its answers, by what it is."""
        return {"words": self._found, "scores": self._scores, "rankings": self._ranked}

    @cached_property
    def _found(self) -> Memo[_Told]:
        return Memo(WORDS)

    @cached_property
    def _scores(self) -> Memo[Mapping[str, float]]:
        return Memo(SCORES)

    @cached_property
    def _ranked(self) -> Memo[Ranked]:
        return Memo(ANSWERS)


class _Words:
    """The words of one collection's records, with their weights."""

    def __init__(self, corpus: Corpus, collection: str, spread: Spread) -> None:
        places, ids = spread.column("id")
        already = spread.by_id is places
        self.ids = ids if already else [ids[place] for place in spread.by_id]
        """The ids of the records, sorted."""
        self._places = () if already else inverse(spread.by_id)
        """The place of each record's id among all, sorted; empty: they are the records' own places."""
        self._list = WordList(
            (item.weight, texts) for item in SEARCHED[collection] for texts in item.spread(corpus, spread)
        )

    def held(self, word: str) -> Held:
        """Return the records that hold a word, or a longer one that it begins, by the places of their ids."""
        places = self._places
        return held(
            (
                (weight if stored == word else weight * PART, map(places.__getitem__, some) if places else some)
                for stored in self._beginning(word)
                for weight, some in self._list.weighed(stored)
            ),
            len(self.ids),
        )

    def _beginning(self, word: str) -> Iterable[str]:
        return [word] if len(word) < SHORTEST_BEGINNING else self._list.beginning(word)


def wanted(text: str) -> tuple[str, ...]:
    """Return the different words of a question, folded."""
    return tuple(dict.fromkeys(words(text)))


Piece = tuple[str, bool]
"""A piece of a text, and whether it is what was looked for."""


def highlighted(
    corpus: Corpus, collection: str, record: Record, sought: tuple[str, ...]
) -> list[tuple[str, list[Piece]]]:
    """Return where in a record the `wanted` words of a text are found: the fields, each cut into pieces."""
    found = []
    for item in SEARCHED[collection]:
        for said in item.texts(corpus, record):
            if said.isascii():
                folded = said.lower()
                for one in sought:
                    if one in folded:
                        spans = _plain_matches(folded, sought)
                        break
                else:  # as in most texts
                    continue
            else:
                spans = _matches(said, sought)
            pieces = _pieces(said, spans)
            if pieces:
                found.append((item.field, pieces))
    return found


def _pieces(text: str, spans: Iterable[tuple[int, int]]) -> list[Piece]:
    """Return a text cut where matches begin and end; nothing where it has none."""
    found: list[Piece] = []
    begin = 0
    for start, end in spans:
        if begin < start:
            found.append((text[begin:start], False))
        found.append((text[start:end], True))
        begin = end
    if begin and begin < len(text):
        found.append((text[begin:], False))
    return found


def _matches(text: str, sought: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    """Yield where the words of a text that match begin and end."""
    longer = tuple(one for one in sought if len(one) >= SHORTEST_BEGINNING)
    for word in _WORD.finditer(text):
        if any(one.startswith(longer) or one in sought for one in words(word.group())):
            yield word.span()


def _plain_matches(text: str, sought: tuple[str, ...]) -> Iterable[tuple[int, int]]:
    """Return the same for a folded text of ASCII letters: what is sought is found first."""
    found: dict[tuple[int, int], None] = {}
    for one in sought:
        start = text.find(one)
        while start >= 0:
            rest = end = start + len(one)
            if not start or not text[start - 1].isalnum():
                while end < len(text) and text[end].isalnum():
                    end += 1
                if end == rest or len(one) >= SHORTEST_BEGINNING:
                    found[start, end] = None
            start = text.find(one, rest)
    return sorted(found)
