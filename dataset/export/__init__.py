"""The forms in which an answer can be had: one file per format, all of them in FORMATS."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from dataset.export import bibtex, csl, csv, envelope, flat, jsonl, ris
from dataset.export.table import Table


@dataclass(frozen=True)
class Format:
    """One form of an answer."""

    media_type: str
    description: str
    write: Callable[[Table], Iterator[bytes]]
    extension: str
    """The end of a file's name; empty where a browser had better show it than save it."""
    also: tuple[str, ...] = ()
    """Other media types by which clients ask for it."""

    @property
    def essence(self) -> str:
        """The media type without its parameters."""
        return self.media_type.partition(";")[0]


_LINES = ("application/x-ndjson", "application/ndjson", "application/x-jsonlines", "application/jsonlines")

FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "": Format(envelope.MEDIA_TYPE, envelope.DESCRIPTION, envelope.write, ""),
        "json": Format(flat.MEDIA_TYPE, flat.DESCRIPTION, flat.write, "json"),
        "jsonl": Format(jsonl.MEDIA_TYPE, jsonl.DESCRIPTION, jsonl.write, "jsonl", _LINES),
        "csv": Format(csv.MEDIA_TYPE, csv.DESCRIPTION, csv.write, "csv"),
        "bibtex": Format(bibtex.MEDIA_TYPE, bibtex.DESCRIPTION, lambda table: bibtex.write(table.references()), "bib"),
        "ris": Format(ris.MEDIA_TYPE, ris.DESCRIPTION, lambda table: ris.write(table.references()), "ris"),
        "csl": Format(csl.MEDIA_TYPE, csl.DESCRIPTION, lambda table: csl.write(table.references()), "json"),
    }
)
"""Every format by its name, which is also its suffix; the one without a name is the envelope."""

TABULAR = ("json", "jsonl", "csv")
CITING = ("bibtex", "ris", "csl")
