"""A small invented world: one article, the records that a curator makes of it, and releases of them.

Tests take a copy of RAW, spoil or extend it, and write it where they need it.
"""

import copy
import json
import unicodedata
from hashlib import sha256
from pathlib import Path
from typing import Any

from dataset import article, canonical, cite, publish, reading, workbench
from dataset.canonical import to_plain
from dataset.catalog import Edition
from dataset.corpus import Corpus
from dataset.index import Index
from dataset.label import label
from dataset.normalise import digest, normalise
from dataset.records import COLLECTIONS, Source
from dataset.release import Release, read
from dataset.version import Version
from dataset.vocabulary import ChangeReason
from dataset.workbench import About

ARTICLE = """Atlantis Shuts 12 Mines

The Gazette, May 2, 2020

Atlantis has shut 12 mines, the Board of Salt said in a statement on Friday.

Of these, 5 closed of their own accord, “and 7 were ordered to”, according to the statement.

  • Ada Reed, the board’s former head, is believed to be behind some of them.
  • The raids cost 3 million pounds, or around 2-4 million shells.
"""

Raw = dict[tuple[str, str], dict[str, Any]]

SOURCE = "src-gazette-2020-05-02"
PASSAGES = {
    "cit-gazette-headline": ("headline", "Atlantis Shuts 12 Mines", ["Atlantis", "12 Mines"]),
    "cit-gazette-lead": (
        "lead",
        "Atlantis has shut 12 mines, the Board of Salt said in a statement on Friday.",
        ["Atlantis", "12", "Board of Salt"],
    ),
    "cit-gazette-split": (
        "paragraph 2",
        'Of these, 5 closed of their own accord, "and 7 were ordered to", according to the statement.',
        ["5", "7"],
    ),
    "cit-gazette-reed": ("bullet 1", "Ada Reed, the board's former head, is believed to be behind", ["Ada Reed"]),
    "cit-gazette-cost": (
        "bullet 2",
        "The raids cost 3 million pounds, or around 2-4 million shells.",
        ["3 million pounds", "around 2-4 million"],
    ),
}


def evidence(citation: str, **fields: Any) -> list[dict[str, Any]]:
    """Return evidence of one entry, stated by the article itself unless told."""
    return [{"citation": citation, "modality": "stated", **fields}]


def day(edtf: str, basis: str = "announced") -> dict[str, Any]:
    """Return a date."""
    return {"edtf": edtf, "basis": basis}


def raw() -> Raw:
    """Return the world's records as a curator writes them, by collection and id; a copy to be changed at will."""
    return copy.deepcopy(_RAW)


def _citations(text: str) -> Raw:
    copied = article.Article(Path("gazette.txt"), tuple(normalise(line) for line in text.split("\n") if line))
    source = Source(**{**_SOURCE, "kind": None, "origin": (), "nothing_extracted": ()})
    return {
        ("citations", name): to_plain(cite.cite(source, copied, passage, name, where, tokens))
        for name, (where, passage, tokens) in PASSAGES.items()
    }


_SOURCE: dict[str, Any] = {
    "id": SOURCE,
    "kind": "article",
    "publisher": "The Gazette",
    "authors": ["Bo Lind"],
    "title": "Atlantis Shuts 12 Mines",
    "url": "https://gazette.example/2020/05/02/atlantis-mines/",
    "published": "2020-05-02",
    "language": "en",
    "accessed": "2020-05-03",
    "digest": digest(ARTICLE),
    "origin": [{"key": "board-statement", "description": "The board's statement.", "issuer": "ent-board-of-salt"}],
    "nothing_extracted": [],
}

_BOARD = {"attributed_to": "ent-board-of-salt", "channel": "statement", "origin": "board-statement"}


def _name(text: str, citation: str, kind: str = "primary") -> list[dict[str, Any]]:
    return [{"text": text, "kind": kind, "evidence": evidence(citation)}]


def _records() -> list[tuple[str, dict[str, Any]]]:
    lead, split = evidence("cit-gazette-lead", **_BOARD), evidence("cit-gazette-split", **_BOARD)
    return [
        ("sources", _SOURCE),
        ("entities", {"id": "ent-atlantis", "kind": "place", "names": _name("Atlantis", "cit-gazette-lead")}),
        (
            "entities",
            {"id": "ent-board-of-salt", "kind": "public_body", "names": _name("Board of Salt", "cit-gazette-lead")},
        ),
        ("entities", {"id": "ent-ada-reed", "kind": "person", "names": _name("Ada Reed", "cit-gazette-reed")}),
        (
            "entities",
            {
                "id": "ent-shut-mines",
                "kind": "group",
                "names": _name("The 12 mines", "cit-gazette-lead", "descriptive"),
            },
        ),
        (
            "events",
            {
                "id": "evt-closures",
                "kind": "closure",
                "title": "Twelve mines shut",
                "summary": "Mines were shut.",
                "date": day("2020-05-01"),
                "place": "ent-atlantis",
                "status": "closed",
                "participations": [{"entity": "ent-shut-mines", "role": "closed", "evidence": lead}],
                "evidence": lead,
            },
        ),
        (
            "events",
            {
                "id": "evt-forced-closures",
                "kind": "closure",
                "title": "Seven of them were ordered to",
                "summary": "An order was given.",
                "date": day("2020-05"),
                "status": "forced_to_close",
                "part_of": "evt-closures",
                "evidence": split,
            },
        ),
        ("figures", _figure("fig-twelve", "12 Mines", "12", evidence("cit-gazette-headline"))),
        (
            "figures",
            {
                **_figure("fig-seven", "7", "7", split),
                "about": "evt-forced-closures",
                "measure": "mines_forced_to_close",
                "part_of": "fig-twelve",
            },
        ),
        (
            "relations",
            {
                "id": "rel-reed-behind-mines",
                "subject": "ent-ada-reed",
                "predicate": "behind",
                "object": "ent-shut-mines",
                "evidence": evidence("cit-gazette-reed", modality="believed"),
            },
        ),
        (
            "discrepancies",
            {
                "id": "dis-shut-or-ordered",
                "title": "Shut, or ordered to?",
                "reason": "scope",
                "records": ["evt-closures", "evt-forced-closures"],
                "citations": ["cit-gazette-lead", "cit-gazette-cost"],
                "note": "They cover different sets.",
            },
        ),
    ]


def _figure(name: str, verbatim: str, value: str, found: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": name,
        "about": "evt-closures",
        "measure": "mines_closed",
        "comparator": "exactly",
        "value": value,
        "verbatim": verbatim,
        "unit": "mine",
        "evidence": found,
    }


_RAW: Raw = {**{(collection, record["id"]): record for collection, record in _records()}, **_citations(ARTICLE)}


def write(folder: Path, records: Raw | None = None) -> Path:
    """Write a workbench, canonically wherever a record is valid, and return its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    about = {"dataset": "atlantis", "title": "The mines of Atlantis", "licence": "CC-BY-4.0"}
    (folder / "dataset.json").write_text(json.dumps(about))
    for (collection, name), record in (raw() if records is None else records).items():
        path = folder / collection / f"{name}.json"
        path.parent.mkdir(exist_ok=True)
        data = json.dumps(record).encode()
        wanted, _ = workbench.formatted(COLLECTIONS[collection], data, path.name)
        path.write_bytes(wanted or data)
    return folder


def release(
    folder: Path, version: str = "1.0.0", records: Raw | None = None, previous: Release | None = None
) -> Release:
    """Publish a state of the world into a folder of releases and return the release."""
    bench = workbench.load(write(folder.parent / f"workbench-{version}", records))
    assert not bench.problems, bench.problems
    assert bench.about
    made, contents = publish.prepare(
        bench.corpus,
        bench.about,
        Version.parse(version),
        "2020-06-01",
        previous=previous,
        reason=lambda record, field: ChangeReason.NEW_SOURCE,
    )
    return read(publish.write(folder, made, contents))


def edition_of(records: Raw) -> Edition:
    """Return a release of records that are of the right types, whatever the rules say of them."""
    found: dict[str, Any] = {}
    for (collection, name), record in sorted(records.items()):
        data, problems = workbench.formatted(COLLECTIONS[collection], json.dumps(record).encode(), name)
        assert data, problems
        found.setdefault(collection, {})[name], _ = reading.read(COLLECTIONS[collection], data, name)
    corpus = Corpus(**found)
    made, _ = publish.prepare(
        corpus,
        About(dataset="atlantis", title="Atlantis", licence="CC-BY-4.0"),
        Version(1, 0, 0),
        "2020-06-01",
        previous=None,
        reason=lambda record, field: ChangeReason.NEW_SOURCE,
    )
    return Edition(Release(made, sha256(canonical.to_bytes(made)).hexdigest(), corpus), Index(corpus))


def words(text: str) -> list[str]:
    """Return the words of a text in lower case, the marks on Latin letters dropped; the scan that search is held to."""
    found = ""
    for letter in text.lower():
        first = unicodedata.normalize("NFD", letter)[0]
        found += first if first < "\x7f" else letter
    return "".join(letter if letter.isalnum() else " " for letter in found).split()


def texts(corpus: Corpus, record: dict[str, Any]) -> dict[str, list[str]]:
    """Return what full-text search reads of a record, given as plain JSON, by field."""

    def called(*names: str | None) -> list[str]:
        return [label(corpus, found) for name in names if name and (found := corpus.get(name))]

    def some(*said: str | None) -> list[str]:
        return [text for text in said if text]

    match record["id"][:3]:
        case "src":
            return {
                "title": [record["title"]],
                "publisher": [record["publisher"]],
                "authors": record["authors"],
                "origin.description": [origin["description"] for origin in record["origin"]],
            }
        case "cit":
            return {"tokens": record["tokens"], "start": [record["start"]], "end": [record["end"]]}
        case "ent":
            return {
                "names.text": [name["text"] for name in record["names"]],
                "description.text": some((record["description"] or {}).get("text")),
                "identifiers.value": [identifier["value"] for identifier in record["identifiers"]],
            }
        case "evt":
            return {
                "title": [record["title"]],
                "summary": [record["summary"]],
                "participations.entity.name": called(*(part["entity"] for part in record["participations"])),
                "participations.note": some(*(part["note"] for part in record["participations"])),
                "place.name": called(record["place"]),
            }
        case "fig":
            return {"label": called(record["id"]), "about": called(record["about"])}
        case "rel":
            return {"label": called(record["id"]), "note": some(record["note"])}
    return {"title": [record["title"]], "note": [record["note"]], "preference": some(record["preference"])}


def holds(corpus: Corpus, record: dict[str, Any], text: str) -> bool:
    """Return whether a record holds every word of a text or, from three letters on, its beginning."""
    has = [word for said in texts(corpus, record).values() for one in said for word in words(one)]
    sought = words(text)
    return bool(sought) and all(any(matches(word, asked) for word in has) for asked in sought)


def matches(word: str, asked: str) -> bool:
    """Return whether a word is the one that is asked for or, from three letters on, begins with it."""
    return word == asked or (len(asked) > 2 and word.startswith(asked))
