"""Which figures say the same thing, and which contain which: what must be known before any are added.

A figure contains another one where the other's record says so (`part_of`), where declared arithmetic does (a sum its
operands, a minuend what is taken from it and what remains), and where it is about an event that the other's event is
a part of, of the same measure, unit and rate, and is no running total.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, compress
from operator import attrgetter
from typing import Any

from dataset.corpus import Corpus
from dataset.records import Derivation, Figure
from dataset.vocabulary import Operation

Having = Callable[[str, str], Iterable[Any]]
"""Returns the records of a collection that a filter of theirs finds by some key."""

About = Callable[[str], Iterable[Any]]
"""Returns the figures about an event, in the order of their ids."""


class Ties:
    """The ties among all figures of a release, those that nobody asks for included."""

    def __init__(self, corpus: Corpus, having: Having, about: About) -> None:
        self._said = {figure.id: _said(corpus, figure.id) for figure in having("figures", "restates")}
        self._above: dict[str, dict[str, None]] = {}
        for part, whole in _parts(corpus, having, about):
            self._above.setdefault(self.said(part), {})[self.said(whole)] = None

    def said(self, name: str) -> str:
        """Return the figure that a figure, through any number of others, restates; itself where it restates none."""
        return self._said.get(name, name)

    def wholes(self, name: str) -> list[str]:
        """Return the figures that contain a figure, from the nearest on; of those that say the same, the first."""
        found = {self.said(name): None}
        todo = list(found)
        for one in todo:
            new = [whole for whole in self._above.get(one, ()) if whole not in found]
            found |= dict.fromkeys(new)
            todo += new
        return todo[1:]


def _said(corpus: Corpus, name: str) -> str:
    seen = [name]
    while (said := corpus.figures[seen[-1]].restates) and said in corpus.figures:
        if said in seen:
            return min(seen)
        seen.append(said)
    return seen[-1]


def _parts(corpus: Corpus, having: Having, about: About) -> Iterable[tuple[str, str]]:
    """Return every figure that another one contains, with it: by its record, by arithmetic, by the events.

    They come in the order of the figures that tell them.
    """
    figures = corpus.figures.values()
    found: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for figure in having("figures", "part_of"):
        found[figure.id].append((figure.id, figure.part_of))
    for figure in compress(figures, map(attrgetter("derivation"), figures)):
        if figure.derivation:
            found[figure.id] += _terms(figure.id, figure.derivation)
    for event in having("events", "part_of"):
        parts = about(event.id)
        for whole in chain.from_iterable(map(about, _wholes(corpus, event.id))):
            for part in () if whole.cumulative else parts:
                if _alike(part, whole) and not apart(part, whole):
                    found[part.id].append((part.id, whole.id))
    return chain.from_iterable([found[name] for name in sorted(found)])


def _terms(result: str, derivation: Derivation) -> Iterator[tuple[str, str]]:
    """Yield what is contained by arithmetic: in a sum its operands, in what is taken from the rest and the result."""
    first, *others = derivation.operands
    added = derivation.operation is Operation.SUM
    for part in (first, *others) if added else (*others, result):
        yield part, result if added else first


def _wholes(corpus: Corpus, event_id: str) -> Iterator[str]:
    """Yield the events that an event is a part of."""
    seen = {event_id}
    event = corpus.events.get(event_id)
    while event and event.part_of and event.part_of not in seen:
        seen.add(event.part_of)
        yield event.part_of
        event = corpus.events.get(event.part_of)


def _alike(one: Figure, other: Figure) -> bool:
    return one.measure is other.measure and one.unit is other.unit and one.per is other.per


def apart(one: Figure, other: Figure) -> bool:
    """Return whether two figures cover spans of time that have no day in common; rates of two spans do not add up."""
    if one.per or not one.period or not other.period:
        return False
    spans = [(period.earliest or "", period.latest or "9999-12-31") for period in (one.period, other.period)]
    return min(spans)[1] < max(spans)[0]
