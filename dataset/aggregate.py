"""Adding figures up, by measure and unit, without ever adding what must not be added.

Left out, each with its reason: what restates another figure; what is contained in one, because its record, declared
arithmetic or the hierarchy of events says so; a running total beside other figures, and all but the latest of several;
what a discrepancy does not prefer. Figures that make different claims about one thing (the same event or entity, or a
discrepancy sets them side by side) count as one, from the lowest to the highest; only those whose periods have no day
in common are about different things, and rates never are.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import cached_property
from typing import ClassVar

from pydantic import ConfigDict

from dataset.catalog import Edition
from dataset.corpus import Corpus
from dataset.query import Query, QueryError, matching
from dataset.records import STRICT, Figure
from dataset.ties import Ties, apart
from dataset.vocabulary import NOT_ADDITIVE, Comparator, Exclusion, Measure, Modality, Per, Unit

MAX_FIGURES = 5_000
"""Figures that are added up at once: it takes some ten milliseconds for a thousand."""

DIGITS = 60  # significant digits of a sum: more than any figure has


@dataclass(frozen=True, slots=True, kw_only=True)
class Excluded:
    """A figure that is left out."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    id: str
    """The figure."""
    reason: Exclusion
    """Why it is left out."""
    because: str | None = None
    """The figure that it restates, is contained in or gives way to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Aggregate:
    """The figures of one measure and unit, added up as far as they may be."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    measure: Measure
    """What they count or measure."""
    unit: Unit
    """What they are counted or measured in."""
    unit_code: str
    """The unit's code in UCUM or, for money, ISO 4217."""
    per: Per | None
    """The time that the rates refer to; null: they are no rates."""
    low: str | None
    """What the counted ones come to at least, a decimal string; null: one of them has no lower bound."""
    best: str | None
    """The printed numbers added up, a decimal string; null: one of them is a range, or claims differ."""
    high: str | None
    """What the counted ones come to at most, a decimal string; null: one of them has no upper bound."""
    approximate: bool
    """Whether a counted figure is only about its number: then low, best and high are, too."""
    modalities: tuple[Modality, ...]
    """How strongly the counted figures are said, everything that occurs: a sum is no surer than its parts."""
    counted: tuple[str, ...]
    """The figures that low, best and high rest on; those about one thing count once."""
    excluded: tuple[Excluded, ...]
    """The figures that are left out, with the reasons."""


def aggregates(edition: Edition, query: Query) -> tuple[Aggregate, ...]:
    """Return the aggregates of the figures that a question asks for, in the order of measures and units.

    Raises QueryError for more than MAX_FIGURES.
    """
    corpus = edition.release.corpus
    groups: dict[tuple[Measure, Unit, Per | None], list[Figure]] = {}
    chosen = matching(edition, query)
    if len(chosen) > MAX_FIGURES:
        reason = (
            f"of {len(chosen)} figures, at most {MAX_FIGURES} are added up at once; ask for those of fewer measures"
        )
        raise QueryError("measure", f"{reason}, events or sources")
    for name in sorted(chosen):
        figure = corpus.figures[name]
        groups.setdefault((figure.measure, figure.unit, figure.per), []).append(figure)
    ranks = [{term: rank for rank, term in enumerate((None, *kind))} for kind in (Measure, Unit, Per)]
    keys = sorted(groups, key=lambda key: [rank[part] for rank, part in zip(ranks, key, strict=True)])
    ties = edition.index.ties(corpus)
    return tuple(_Group(corpus, ties, groups[key]).aggregate() for key in keys)


class _Group:
    """The figures of one measure and unit."""

    def __init__(self, corpus: Corpus, ties: Ties, figures: list[Figure]) -> None:
        self._corpus = corpus
        self._discrepancies = tuple(corpus.discrepancies.values())
        self._ties = ties
        self._figures = {figure.id: figure for figure in figures}
        self._excluded: dict[str, Excluded] = {}

    def aggregate(self) -> Aggregate:
        """Return what the figures come to."""
        self._leave_out(Exclusion.RESTATES, self._restated())
        # A running total that gives way to other figures contains none of them for a reader: so it goes first.
        self._leave_out(Exclusion.CUMULATIVE, self._beside_others())
        self._leave_out(Exclusion.PART_OF, self._contained())
        self._leave_out(Exclusion.CUMULATIVE, self._earlier())
        claims = [self._preferred(claim) for claim in self._claims()]
        first = next(iter(self._figures.values()))
        if first.measure in NOT_ADDITIVE and len(claims) > 1:
            self._leave_out(Exclusion.NOT_ADDITIVE, dict.fromkeys(self._kept()))
            claims = []
        kept = [figure for claim in claims for figure in claim]
        low, best, high = (_sum(ends) for ends in zip(*map(_bounds, claims), strict=True)) if claims else (None,) * 3
        said = {entry.modality for figure in kept for entry in figure.evidence}
        return Aggregate(
            measure=first.measure,
            unit=first.unit,
            unit_code=first.unit_code,
            per=first.per,
            low=low,
            best=best,
            high=high,
            approximate=any(figure.comparator is Comparator.ABOUT for figure in kept),
            modalities=tuple(modality for modality in Modality if modality in said),
            counted=tuple(sorted(figure.id for figure in kept)),
            excluded=tuple(self._excluded[name] for name in sorted(self._excluded)),
        )

    @cached_property
    def _preferring(self) -> Mapping[str, list[int]]:
        """The discrepancies that prefer one of their records, as numbers, by what any of these says."""
        found: dict[str, list[int]] = {}
        for number, discrepancy in enumerate(self._discrepancies):
            for name in discrepancy.records if discrepancy.preferred else ():
                found.setdefault(self._ties.said(name), []).append(number)
        return found

    def _kept(self) -> list[str]:
        return [name for name in self._figures if name not in self._excluded]

    def _leave_out(self, reason: Exclusion, found: Mapping[str, str | None]) -> None:
        for name, because in found.items():
            self._excluded[name] = Excluded(id=name, reason=reason, because=because)

    def _restated(self) -> dict[str, str]:
        """Return the figures that say what another one of the group says, with the one that is kept."""
        kept: dict[str, str] = {}
        found = {}
        # The one that all others restate comes first; without it, the first by id speaks for them.
        for name in sorted(self._figures, key=lambda name: (name != self._ties.said(name), name)):
            other = kept.setdefault(self._ties.said(name), name)
            if other != name:
                found[name] = other
        return found

    def _known(self, figures: Iterable[str]) -> Mapping[str, str]:
        """Return some kept figures by what they say."""
        return {self._ties.said(name): name for name in figures}

    def _among(self, known: Mapping[str, str], names: Iterable[str]) -> list[str]:
        """Return those of some known figures that any of these names stands for, in the order of the names."""
        return list(dict.fromkeys(known[said] for name in names if (said := self._ties.said(name)) in known))

    def _beside_others(self) -> dict[str, None]:
        """Return the running totals beside which there are figures that none of them contains."""
        kept = self._kept()
        running = [name for name in kept if self._figures[name].cumulative]
        if not running:
            return {}
        totals = self._known(running)
        single = [name for name in kept if not self._figures[name].cumulative]
        others = self._known(name for name in single if not self._among(totals, self._ties.wholes(name)))
        return {name: None for name in running if others and not self._among(others, self._ties.wholes(name))}

    def _contained(self) -> dict[str, str]:
        """Return the figures that are a part of another one of the group, with the nearest."""
        kept = self._kept()
        known = self._known(kept)
        found: dict[str, str] = {}
        for name in kept:  # one after the other: of two that contain one another, one stays
            wholes = [whole for whole in self._among(known, self._ties.wholes(name)) if whole not in found]
            if wholes:
                found[name] = wholes[0]
        return found

    def _earlier(self) -> dict[str, str | None]:
        """Return the running totals that give way to a later one, with that one, or to what else is still kept."""
        kept = [self._figures[name] for name in self._kept()]
        running = [figure for figure in kept if figure.cumulative]
        if len(running) < len(kept):
            return {figure.id: None for figure in running}
        last = max(running, key=lambda figure: (self._day(figure), figure.id))
        rivals = [one for one in running if (one.about, self._day(one)) == (last.about, self._day(last))]
        return {figure.id: last.id for figure in running if figure not in rivals}

    def _day(self, figure: Figure) -> str:
        """Return the last day for which a running total can hold, as far as its date says."""
        event = self._corpus.events.get(figure.about)
        when = figure.as_of or figure.period or (event.date if event else None)
        return (when.latest or when.earliest or "") if when else ""

    def _claims(self) -> list[list[str]]:
        """Return the kept figures, those together that are claims about one thing."""
        kept = self._kept()
        claims = {name: [name] for name in kept}
        about: dict[str, list[str]] = {}
        for name in kept:
            figure = self._figures[name]
            alike = about.setdefault(figure.about, [])
            for other in alike:
                if not apart(figure, self._figures[other]):
                    _join(claims, name, other)
            alike.append(name)
        known = self._known(kept)
        for discrepancy in self._discrepancies:
            first, *others = self._among(known, discrepancy.records) or [""]
            for name in others:
                _join(claims, first, name)
        return list({id(claim): claim for claim in claims.values()}.values())

    def _preferred(self, claim: list[str]) -> list[Figure]:
        """Return the figures of a claim without those that give way to one that a discrepancy prefers; leave these out.

        Of figures that give way to one another none does.
        """
        if len(claim) == 1:  # as most are
            return [self._figures[name] for name in claim]
        beaten: dict[str, str] = {}
        known = self._known(claim)
        for number in sorted({number for said in known for number in self._preferring.get(said, ())}):
            discrepancy = self._discrepancies[number]
            named = self._among(known, discrepancy.records)
            for best in self._among(self._known(named), [discrepancy.preferred or ""]):
                beaten |= {name: best for name in named if name != best}
        settled = {name: best for name, best in beaten.items() if _last(beaten, name) not in beaten}
        self._leave_out(Exclusion.NOT_PREFERRED, settled)
        return [self._figures[name] for name in claim if name not in settled]


def _last(beaten: Mapping[str, str], name: str) -> str:
    """Return what the figure that a figure gives way to, and so on, gives way to; one of them, where they go round."""
    seen = {name}
    while name in beaten and beaten[name] not in seen:
        name = beaten[name]
        seen.add(name)
    return name


def _join(claims: dict[str, list[str]], one: str, other: str) -> None:
    if claims[one] is not claims[other]:
        claims[one] += claims[other]
        for name in claims[other]:
            claims[name] = claims[one]


Ends = tuple[Decimal | None, Decimal | None, Decimal | None]


def _bounds(claim: Iterable[Figure]) -> Ends:
    """Return the low end, the printed number and the high end of figures about one thing."""
    lows, bests, highs = zip(*map(_ends, claim), strict=True)
    best = bests[0] if len(set(bests)) == 1 else None
    low = None if None in lows else min(low for low in lows if low is not None)
    high = None if None in highs else max(high for high in highs if high is not None)
    return low, best, high


def _ends(figure: Figure) -> Ends:
    value, low, high = (Decimal(text) if text is not None else None for text in (figure.value, figure.low, figure.high))
    if value is not None:
        low = high = value
    if figure.comparator in (Comparator.MORE_THAN, Comparator.AT_LEAST):
        high = None
    if figure.comparator is Comparator.UP_TO:
        low = None
    return low, value, high


def _sum(numbers: Iterable[Decimal | None]) -> str | None:
    total = Decimal()
    with localcontext() as context:
        context.prec = DIGITS
        for number in numbers:
            if number is None:
                return None
            total += number
    return f"{total:f}".rstrip("0").rstrip(".") if "." in f"{total:f}" else f"{total:f}"
