"""What a record is called where only a reference to it is shown. A label never drops a hedge."""

from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from operator import attrgetter
from typing import Any

from dataset.corpus import Corpus
from dataset.records import Citation, Discrepancy, Entity, Event, Figure, Record, Relation, Source
from dataset.vocabulary import Comparator, Modality

DESCRIPTION = "A short text to show for the record; it never drops a hedge."


_UNSAID = frozenset({Comparator.EXACTLY, Comparator.BETWEEN})
_CORE = frozenset({"subject", "predicate", "object", "measure", "comparator", "verbatim", "value", "low", "high"})


def label(corpus: Corpus, record: Record) -> str:
    """Return a short text by which a reader recognises the record."""
    name = _NAMES.get(record.__class__)
    return name(record) if name else _LABELS[record.__class__](corpus, record)


def _relation(corpus: Corpus, record: Relation) -> str:
    subject, target = corpus.get(record.subject), corpus.get(record.object)
    ends = [label(corpus, end) if end else "" for end in (subject, target)]
    return f"{ends[0]} – {_plain(record.predicate)} – {ends[1]}{hedge(record)}"


def _figure(_: Corpus, record: Figure) -> str:
    return f"{_plain(record.measure)}: {number(record)}{hedge(record)}"


def _citation(corpus: Corpus, record: Citation) -> str:
    return f"{corpus.sources[record.source].publisher}, {record.where}"


_NAMES: Mapping[type[Record], Callable[[Any], str]] = {
    Discrepancy: attrgetter("title"),
    Entity: attrgetter("name"),
    Event: attrgetter("title"),
    Source: attrgetter("title"),
}
"""What reads the label of a record that has a name of its own."""

_LABELS: Mapping[type[Record], Callable[[Corpus, Any], str]] = {
    Citation: _citation,
    Figure: _figure,
    Relation: _relation,
}
"""What makes the labels of all others."""


@cache
def _plain(value: str) -> str:
    return value.replace("_", " ")


def number(figure: Figure) -> str:
    """Return what a figure's label says of its number: as the source prints it, where it does."""
    if figure.verbatim is not None:
        return figure.verbatim
    said = figure.value or f"{figure.low} to {figure.high}"
    return said if figure.comparator in _UNSAID else f"{_plain(figure.comparator)} {said}"


def hedge(record: Figure | Relation) -> str:
    """Return the modalities, other than stated, of what the label says: of the claim itself, not of its links."""
    evidence = record.evidence
    if len(evidence) == 1 and not evidence[0].supports:  # nearly always
        return _hedges((evidence[0].modality,))
    said = [entry.modality for entry in evidence if not entry.supports or not _CORE.isdisjoint(entry.supports)]
    return _hedges(tuple(said))


@lru_cache(maxsize=4_096)
def _hedges(said: tuple[Modality, ...]) -> str:
    named = [modality.value for modality in Modality if modality in said and modality is not Modality.STATED]
    return f" ({', '.join(named)})" if named else ""
