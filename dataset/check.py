"""What must hold of a corpus beyond the types of its records."""

from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from dataset import evidence as ev
from dataset.corpus import Corpus
from dataset.edtf import EdtfError, bounds
from dataset.normalise import normalise
from dataset.numbers import numbers
from dataset.passage import ANCHOR_WORDS, occurrences
from dataset.records import Date, Derivation, Entity, Evidence, Figure, Name, Source
from dataset.shape import parts, references
from dataset.vocabulary import Comparator, Measure, Modality, NameKind, Operation, Unit

UNITS: dict[Measure, frozenset[Unit]] = {
    Measure.MINES_CLOSED: frozenset({Unit.MINE}),
    Measure.MINES_CLOSED_VOLUNTARILY: frozenset({Unit.MINE}),
    Measure.MINES_FORCED_TO_CLOSE: frozenset({Unit.MINE}),
    Measure.MINES_SUSPECTED: frozenset({Unit.MINE}),
    Measure.MINERS_STOPPED: frozenset({Unit.MINER}),
    Measure.CRIMINAL_CASES_OPENED: frozenset({Unit.CASE}),
    Measure.MACHINES_SEIZED: frozenset({Unit.MACHINE}),
    Measure.VALUE_OF_MACHINES_SEIZED: frozenset({Unit.KZT, Unit.USD}),
    Measure.CAPACITY_BUSTED: frozenset({Unit.MEGAWATT}),
    Measure.PEOPLE_DETAINED: frozenset({Unit.PERSON}),
    Measure.DETAINEES_IDENTIFIED: frozenset({Unit.PERSON}),
    Measure.PROFIT: frozenset({Unit.KZT, Unit.USD}),
    Measure.PEOPLE_SUPPLIED: frozenset({Unit.PERSON}),
    Measure.WEALTH_RANK: frozenset({Unit.RANK}),
}
CURRENCIES = frozenset({Unit.KZT, Unit.USD})
CYCLE = "leads back to the record itself"


@dataclass(frozen=True)
class Finding:
    """What is wrong with one field of one record."""

    collection: str
    record: str
    field: str
    reason: str


def check(corpus: Corpus) -> list[Finding]:
    """Return everything that is wrong with the corpus, in the order of the checks."""
    return [finding for rule in RULES for finding in rule(corpus)]


def dangling(corpus: Corpus) -> Iterator[Finding]:
    """Every id that a record refers to is there, in a collection that fits."""
    for collection, record in corpus.records():
        for path, field, target in references(record):
            if not any(target in corpus.collection(name) for name in field.ref):
                yield Finding(collection, record.id, path, f"there is no {' or '.join(field.ref)} record {target!r}")
            elif target == record.id and "evidence" not in path:  # a body may speak of itself
                yield Finding(collection, record.id, path, "the record refers to itself")


def supported(corpus: Corpus) -> Iterator[Finding]:
    """Every content field is supported by evidence, and `supports` names content fields."""
    for collection, record in corpus.records():
        for path, part, evidence in ev.evidenced(record):
            prefix = f"{path}." if path else ""
            for name in ev.unsupported(part, evidence):
                yield Finding(collection, record.id, prefix + name, "no evidence supports this field")
            known = {field.name for field in ev.content(type(part))}
            for index, entry in enumerate(evidence):
                for name in entry.supports:
                    if name not in known:
                        where = f"{prefix}evidence[{index}].supports"
                        yield Finding(collection, record.id, where, f"{name!r} is no content field")


def inferences(corpus: Corpus) -> Iterator[Finding]:
    """What we concluded ourselves is attributed to nobody: no speaker said it."""
    for collection, record in corpus.records():
        for path, _, evidence in ev.evidenced(record):
            for index, entry in enumerate(evidence):
                if entry.inference and entry.modality is Modality.INFERRED and (entry.attributed_to or entry.channel):
                    where = f"{path}.evidence[{index}].attributed_to".removeprefix(".")
                    yield Finding(collection, record.id, where, "an inference of ours is attributed to nobody")


def origins(corpus: Corpus) -> Iterator[Finding]:
    """The origin that evidence names is one of its source's."""
    for collection, record in corpus.records():
        for path, _, evidence in ev.evidenced(record):
            for index, entry in enumerate(evidence):
                source = _source(corpus, entry)
                if entry.origin and source and entry.origin not in {origin.key for origin in source.origin}:
                    where = f"{path}.evidence[{index}].origin".removeprefix(".")
                    yield Finding(collection, record.id, where, f"{source.id} has no origin {entry.origin!r}")


def names(corpus: Corpus) -> Iterator[Finding]:
    """An entity has one name to show, and each printed name is among the tokens of the passages cited for it."""
    for entity in corpus.entities.values():
        if sum(name.kind is not NameKind.VARIANT for name in entity.names) != 1:
            yield Finding("entities", entity.id, "names", "exactly one name must be primary or descriptive")
        for index, name in enumerate(entity.names):
            if name.kind is not NameKind.DESCRIPTIVE:
                yield from _name(corpus, entity, index, name)


def _name(corpus: Corpus, entity: Entity, index: int, name: Name) -> Iterator[Finding]:
    for entry in name.evidence:
        if not _in_tokens(name.text, _tokens(corpus, entry)):
            where = f"names[{index}].text"
            yield Finding("entities", entity.id, where, f"{name.text!r} is not among the tokens of {entry.citation}")


def figures(corpus: Corpus) -> Iterator[Finding]:
    """A figure is well formed, and its numbers and words are in the passages cited for it."""
    for figure in corpus.figures.values():
        for name, reason in _form(figure):
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
    if figure.verbatim is not None:
        for name, number in claims:
            if number is not None and Decimal(number) not in numbers(figure.verbatim):
                yield Finding("figures", figure.id, name, f"{number} is not in its own words {figure.verbatim!r}")
    for entry in figure.evidence:
        tokens = _tokens(corpus, entry)
        printed = {number for token in tokens for number in numbers(token)}
        for name, number in [*claims, *amounts]:
            if number is not None and _for(entry, name) and Decimal(number) not in printed:
                reason = f"{number} is not printed in the tokens of {entry.citation}"
                yield Finding("figures", figure.id, name, reason)
        for name, text in words:
            if text is not None and _for(entry, name) and not _in_tokens(text, tokens):
                reason = f"{text!r} is not among the tokens of {entry.citation}"
                yield Finding("figures", figure.id, name, reason)


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


def dates(corpus: Corpus) -> Iterator[Finding]:
    """Every date is in the EDTF subset, with the days that follow from it."""
    for collection, record in corpus.records():
        for path, part in parts(record):
            if isinstance(part, Date):
                try:
                    expected = bounds(part.edtf)
                except EdtfError as error:
                    yield Finding(collection, record.id, f"{path}.edtf", str(error))
                    continue
                for name, given, day in zip(
                    ("earliest", "latest"), (part.earliest, part.latest), expected, strict=True
                ):
                    if given != day:
                        yield Finding(collection, record.id, f"{path}.{name}", f"{part.edtf} gives {day}, not {given}")


def anchors(corpus: Corpus) -> Iterator[Finding]:
    """A citation's anchors are short and normalised, and no citation is left unused."""
    used = {citation for _, record in corpus.records() for citation in ev.citations(record)}
    used |= {unused.citation for source in corpus.sources.values() for unused in source.nothing_extracted}
    used |= {citation for dis in corpus.discrepancies.values() for citation in dis.citations}
    for citation in corpus.citations.values():
        for name in ("start", "end"):
            anchor: str = getattr(citation, name)
            if len(anchor.split()) > ANCHOR_WORDS:
                yield Finding("citations", citation.id, name, f"more than {ANCHOR_WORDS} words")
            if anchor != normalise(anchor):
                yield Finding("citations", citation.id, name, "not normalised")
        if citation.id not in used:
            yield Finding("citations", citation.id, "id", "nothing cites it")


def discrepancies(corpus: Corpus) -> Iterator[Finding]:
    """What a discrepancy prefers is one of its records, with the reason."""
    for dis in corpus.discrepancies.values():
        if dis.preferred and dis.preferred not in dis.records:
            yield Finding("discrepancies", dis.id, "preferred", "not one of the records")
        if (dis.preferred is None) != (dis.preference is None):
            yield Finding("discrepancies", dis.id, "preference", "goes with preferred")


def cycles(corpus: Corpus) -> Iterator[Finding]:
    """Nothing is a part, a restatement or a result of itself, however far around."""
    links: list[tuple[str, str, Callable[[str], Iterable[str | None]]]] = [
        ("events", "part_of", lambda i: [corpus.events[i].part_of]),
        ("figures", "part_of", lambda i: [corpus.figures[i].part_of]),
        ("figures", "restates", lambda i: [corpus.figures[i].restates]),
        ("figures", "derivation.operands", lambda i: d.operands if (d := corpus.figures[i].derivation) else ()),
    ]
    for collection, field, follow in links:
        records = corpus.collection(collection)
        for start in records:
            if start in _reached(start, records, follow) and start not in follow(start):  # `dangling` finds the latter
                yield Finding(collection, start, field, CYCLE)


def tombstones(corpus: Corpus) -> Iterator[Finding]:
    """A tombstone's id is not in use again, and its successor is there and leads on."""
    for stone in corpus.tombstones.values():
        if corpus.get(stone.id):
            yield Finding("tombstones", stone.id, "id", "an id is never used again")
        if stone.id in _reached(stone.id, corpus.tombstones, lambda i: [corpus.tombstones[i].successor]):
            yield Finding("tombstones", stone.id, "successor", CYCLE)
        if stone.successor and not (corpus.get(stone.successor) or stone.successor in corpus.tombstones):
            yield Finding("tombstones", stone.id, "successor", f"there is no record {stone.successor!r}")


def _reached(start: str, known: Container[str], follow: Callable[[str], Iterable[str | None]]) -> set[str]:
    """Return every id that the links lead to from a start, which is among them only if they lead back to it."""
    reached: set[str] = set()
    todo = [start]
    while todo:
        for name in follow(todo.pop()):
            if name is not None and name in known and name not in reached:
                reached.add(name)
                todo.append(name)
    return reached


def _source(corpus: Corpus, entry: Evidence) -> Source | None:
    citation = corpus.citations.get(entry.citation)
    return corpus.sources.get(citation.source) if citation else None


def _tokens(corpus: Corpus, entry: Evidence) -> tuple[str, ...]:
    citation = corpus.citations.get(entry.citation)
    return citation.tokens if citation else ()


def _in_tokens(text: str, tokens: tuple[str, ...]) -> bool:
    return any(True for token in tokens for _ in occurrences(normalise(token), normalise(text)))


RULES: tuple[Callable[[Corpus], Iterator[Finding]], ...] = (
    dangling,
    supported,
    inferences,
    origins,
    names,
    figures,
    dates,
    anchors,
    discrepancies,
    cycles,
    tombstones,
)
"""The rules, each a generator of findings; a new rule is a function and a row here."""
