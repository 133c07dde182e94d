"""What must hold of a figure: its form, and that its numbers and words are printed where it cites."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from dataset.corpus import Corpus
from dataset.finding import Finding
from dataset.normalise import normalise
from dataset.numbers import numbers
from dataset.passage import occurrences
from dataset.records import Derivation, Evidence, Figure
from dataset.vocabulary import CURRENCIES, UNITS, Comparator, Operation

COMPARATOR_WORDS: Mapping[Comparator, tuple[str, ...]] = {
    Comparator.ABOUT: ("about", "around", "some", "approximately", "roughly", "nearly", "almost", "an estimated", "~"),
    Comparator.MORE_THAN: ("more than", "over", "above", "upwards of"),
    Comparator.AT_LEAST: ("at least", "no fewer than", "no less than", "or more"),
    Comparator.UP_TO: ("up to", "at most", "no more than", "as many as", "or fewer", "or less"),
}
"""The words by which a figure says its comparator."""
LONGEST = 5  # words of a token or of a figure's own words: they are never a sentence


def figures(corpus: Corpus) -> Iterator[Finding]:
    """A figure is well formed, and its numbers and words are in the passages cited for it."""
    for figure in corpus.figures.values():
        form = list(_form(figure))
        for name, reason in form or _worded(figure):
            yield Finding("figures", figure.id, name, reason)
        if figure.derivation:
            yield from _derivation(corpus, figure, figure.derivation)
        else:
            yield from _printed(corpus, figure)


def _form(figure: Figure) -> Iterator[tuple[str, str]]:
    span = figure.low is not None or figure.high is not None
    if span == (figure.value is not None) or (figure.low is None) != (figure.high is None):
        yield "value", "a figure has either a value or both low and high"
    elif figure.low is not None and figure.high is not None and Decimal(figure.low) > Decimal(figure.high):
        yield "low", "low is above high"
    if span and figure.comparator not in (Comparator.BETWEEN, Comparator.ABOUT):
        yield "comparator", "a range is `between` or `about`"
    if not span and figure.comparator is Comparator.BETWEEN:
        yield "comparator", "`between` needs low and high"
    if figure.unit not in UNITS[figure.measure]:
        yield "unit", f"{figure.measure.value} is not measured in {figure.unit.value}"
    if (figure.verbatim is None) == (figure.derivation is None):
        yield "verbatim", "a figure is either printed (verbatim) or derived (derivation)"
    if figure.conversion:
        if figure.unit not in CURRENCIES:
            yield "conversion", "only money is converted"
        if figure.conversion.currency not in CURRENCIES:
            yield "conversion.currency", f"{figure.conversion.currency.value} is no currency"


def _printed(corpus: Corpus, figure: Figure) -> Iterator[Finding]:
    claims = [(name, getattr(figure, name)) for name in ("value", "low", "high")]
    words = [("verbatim", figure.verbatim)]
    amounts = []
    if figure.conversion:
        amounts.append(("conversion.amount", figure.conversion.amount))
        words.append(("conversion.verbatim", figure.conversion.verbatim))
    for name, text in words:
        if text is not None and len(text.split()) > LONGEST:
            yield Finding("figures", figure.id, name, f"more than {LONGEST} words")
    if figure.verbatim is not None:
        for name, number in claims:
            if number is not None and Decimal(number) not in numbers(figure.verbatim):
                yield Finding("figures", figure.id, name, f"{number} is not in its own words {figure.verbatim!r}")
    for entry in figure.evidence:
        found = tokens(corpus, entry)
        printed = {number for token in found for number in numbers(token)}
        for name, number in [*claims, *amounts]:
            if number is not None and _for(entry, name) and Decimal(number) not in printed:
                reason = f"{number} is not printed in the tokens of {entry.citation}"
                yield Finding("figures", figure.id, name, reason)
        for name, text in words:
            if text is not None and _for(entry, name) and not holds(found, text):
                reason = f"{text!r} is not among the tokens of {entry.citation}"
                yield Finding("figures", figure.id, name, reason)


def _worded(figure: Figure) -> Iterator[tuple[str, str]]:
    """Yield what a comparator says that the figure's own words do not."""
    said = normalise(figure.verbatim or "").casefold()
    printed = {
        c for c, words in COMPARATOR_WORDS.items() if any(True for word in words for _ in occurrences(said, word))
    }
    if figure.comparator in COMPARATOR_WORDS and figure.comparator not in printed and figure.verbatim:
        yield "comparator", f"{figure.comparator.value} is not in its own words {figure.verbatim!r}"
    if figure.comparator is Comparator.EXACTLY and printed:
        yield "comparator", f"its own words {figure.verbatim!r} say {', '.join(sorted(c.value for c in printed))}"


def _for(entry: Evidence, name: str) -> bool:
    return not entry.supports or name.partition(".")[0] in entry.supports


def _derivation(corpus: Corpus, figure: Figure, derivation: Derivation) -> Iterator[Finding]:
    operands = [corpus.figures.get(operand) for operand in derivation.operands]
    printed = [Decimal(operand.value) for operand in operands if operand and operand.value is not None]
    if len(printed) < len(operands):
        yield Finding("figures", figure.id, "derivation.operands", "every operand must be a figure with a value")
        return
    rest = sum(printed[1:], Decimal())
    result = printed[0] + rest if derivation.operation is Operation.SUM else printed[0] - rest
    if figure.value is None or Decimal(figure.value) != result:
        yield Finding("figures", figure.id, "value", f"the declared arithmetic gives {result}")


def tokens(corpus: Corpus, entry: Evidence) -> tuple[str, ...]:
    """Return the tokens of the passage that a piece of evidence cites."""
    citation = corpus.citations.get(entry.citation)
    return citation.tokens if citation else ()


def holds(tokens: tuple[str, ...], text: str) -> bool:
    """Return whether one of the tokens holds a text, not inside a longer word."""
    return any(True for token in tokens for _ in occurrences(normalise(token), normalise(text)))
