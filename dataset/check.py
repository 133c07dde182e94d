"""What must hold of a corpus beyond the types of its records."""

from collections.abc import Callable, Container, Iterable, Iterator

from dataset import evidence as ev
from dataset.corpus import Corpus
from dataset.edtf import EdtfError, bounds, is_day
from dataset.figures import LONGEST, figures, holds, tokens
from dataset.finding import Finding
from dataset.normalise import normalise
from dataset.passage import ANCHOR_WORDS
from dataset.records import Date, Entity, Evidence, Name, Source
from dataset.shape import parts, pointed, references, shape, values
from dataset.vocabulary import Modality, NameKind

CYCLE = "leads back to the record itself"


def check(corpus: Corpus) -> list[Finding]:
    """Return everything that is wrong with the corpus, in the order of the checks."""
    return [finding for rule in RULES for finding in rule(corpus)]


def dangling(corpus: Corpus) -> Iterator[Finding]:
    """Every id that a record refers to is there, in a collection that fits."""
    for collection, record in corpus.records():
        if all(target != record.id and _there(corpus, target, ref) for ref, target in pointed(record)):
            continue
        for path, field, target in references(record):
            if not _there(corpus, target, field.ref):
                yield Finding(collection, record.id, path, f"there is no {' or '.join(field.ref)} record {target!r}")
            elif target == record.id and "evidence" not in path:  # a body may speak of itself
                yield Finding(collection, record.id, path, "the record refers to itself")


def _there(corpus: Corpus, target: str, collections: tuple[str, ...]) -> bool:
    return any(target in corpus.collection(name) for name in collections)


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
    """The origin that evidence names is one of its source's, and a source's keys and passages are its own."""
    for source in corpus.sources.values():
        keys = [origin.key for origin in source.origin]
        for index, key in enumerate(keys):
            if key in keys[:index]:
                yield Finding("sources", source.id, f"origin[{index}].key", f"{key!r} is there twice")
        for index, unused in enumerate(source.nothing_extracted):
            passage = corpus.citations.get(unused.citation)
            if passage and passage.source != source.id:
                where = f"nothing_extracted[{index}].citation"
                yield Finding("sources", source.id, where, f"{passage.id} stands in {passage.source}")
    for collection, record in corpus.records():
        for path, _, evidence in ev.evidenced(record):
            for index, entry in enumerate(evidence):
                cited = _source(corpus, entry)
                if entry.origin and cited and entry.origin not in {origin.key for origin in cited.origin}:
                    where = f"{path}.evidence[{index}].origin".removeprefix(".")
                    yield Finding(collection, record.id, where, f"{cited.id} has no origin {entry.origin!r}")


def texts(corpus: Corpus) -> Iterator[Finding]:
    """No text is blank, and the days and times of a source are in the calendar."""
    for collection, record in corpus.records():
        for path, part in parts(record):
            for field in shape(part.__class__):
                if (
                    field.type is str
                    and not field.derived
                    and any(not normalise(value) for value in values(part, field))
                ):
                    yield Finding(collection, record.id, f"{path}.{field.name}".removeprefix("."), "is blank")
    for source in corpus.sources.values():
        for name in ("published", "updated", "accessed"):
            moment: str | None = getattr(source, name)
            if moment and not _in_calendar(moment):
                yield Finding("sources", source.id, name, f"{moment!r} is not in the calendar")


def _in_calendar(moment: str) -> bool:
    day, _, time = moment.partition("T")
    return is_day(day) and (not time or (time[:2] < "24" and time[3:5] < "60"))


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
        if not holds(tokens(corpus, entry), name.text):
            where = f"names[{index}].text"
            yield Finding("entities", entity.id, where, f"{name.text!r} is not among the tokens of {entry.citation}")


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
    known = {name.text for entity in corpus.entities.values() for name in entity.names}
    for citation in corpus.citations.values():
        for name in ("start", "end"):
            anchor: str = getattr(citation, name)
            if len(anchor.split()) > ANCHOR_WORDS:
                yield Finding("citations", citation.id, name, f"more than {ANCHOR_WORDS} words")
            if anchor != normalise(anchor):
                yield Finding("citations", citation.id, name, "not normalised")
        for index, token in enumerate(citation.tokens):
            if len(token.split()) > LONGEST and token not in known:
                yield Finding("citations", citation.id, f"tokens[{index}]", f"more than {LONGEST} words")
        if citation.id not in used:
            yield Finding("citations", citation.id, "id", "nothing cites it")


def discrepancies(corpus: Corpus) -> Iterator[Finding]:
    """A discrepancy compares different things, and what it prefers is one of its records, with the reason."""
    for dis in corpus.discrepancies.values():
        for field in ("records", "citations"):
            if len({*getattr(dis, field)}) < len(getattr(dis, field)):
                yield Finding("discrepancies", dis.id, field, "names one twice")
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


RULES: tuple[Callable[[Corpus], Iterator[Finding]], ...] = (
    dangling,
    supported,
    inferences,
    origins,
    texts,
    names,
    figures,
    dates,
    anchors,
    discrepancies,
    cycles,
    tombstones,
)
"""The rules, each a generator of findings; a new rule is a function and a row here."""
