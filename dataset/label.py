"""What a record is called where only a reference to it is shown. A label never drops a hedge."""

from dataset.corpus import Corpus
from dataset.records import Citation, Entity, Figure, Record, Relation
from dataset.vocabulary import Comparator, Modality

DESCRIPTION = "A short text to show for the record; it never drops a hedge."


def label(corpus: Corpus, record: Record) -> str:
    """Return a short text by which a reader recognises the record."""
    if isinstance(record, Entity):
        return record.name
    if isinstance(record, Figure):
        number = record.verbatim or record.value or f"{record.low} to {record.high}"
        if record.verbatim is None and record.comparator not in (Comparator.EXACTLY, Comparator.BETWEEN):
            number = f"{_plain(record.comparator.value)} {number}"
        return f"{_plain(record.measure.value)}: {number}{_hedge(record)}"
    if isinstance(record, Relation):
        subject, target = corpus.get(record.subject), corpus.get(record.object)
        ends = [label(corpus, end) if end else "" for end in (subject, target)]
        return f"{ends[0]} – {_plain(record.predicate.value)} – {ends[1]}{_hedge(record)}"
    if isinstance(record, Citation):
        return f"{corpus.sources[record.source].publisher}, {record.where}"
    return record.title


def _plain(value: str) -> str:
    return value.replace("_", " ")


def _hedge(record: Figure | Relation) -> str:
    """Return the modalities, other than stated, of what the label says: of the claim itself, not of its links."""
    core = {"subject", "predicate", "object", "measure", "comparator", "verbatim", "value", "low", "high"}
    said = {entry.modality for entry in record.evidence if not entry.supports or core & {*entry.supports}}
    said.discard(Modality.STATED)
    return f" ({', '.join(m.value for m in Modality if m in said)})" if said else ""
