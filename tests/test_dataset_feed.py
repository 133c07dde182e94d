"""The feed of releases and corrections, and its two formats."""

import re
from dataclasses import replace
from hashlib import sha256
from types import MappingProxyType
from typing import Any
from xml.etree import ElementTree

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataset import canonical, publish
from dataset.catalog import Catalog, Edition
from dataset.corpus import Corpus
from dataset.export import atom, jsonfeed
from dataset.feed import Entry, entries, urn
from dataset.index import Index
from dataset.release import Release
from dataset.version import Version
from dataset.vocabulary import ChangeReason
from dataset.workbench import About
from tests import world
from tests.world import Raw, raw

REED = ("relations", "rel-reed-behind-mines")
TWICE = "It was there twice."
ATOM = "{http://www.w3.org/2005/Atom}"


def _next(records: Raw, previous: Edition, version: str, reasons: dict[str | None, ChangeReason]) -> Edition:
    """Return the release after one, with the reason for each field; None: for what has no other."""
    plain = {key: record for key, record in records.items() if key[0] != "tombstones"}
    buried = world.edition_of({key: record for key, record in records.items() if key[0] == "tombstones"})
    corpus = replace(world.edition_of(plain).release.corpus, tombstones=buried.release.corpus.tombstones)
    made, _ = publish.prepare(
        corpus,
        About(dataset="atlantis", title="Atlantis", licence="CC-BY-4.0"),
        Version.parse(version),
        f"202{version[0]}-07-01",
        previous=previous.release,
        reason=lambda record, field: reasons.get(field, reasons[None]),
    )
    return Edition(Release(made, sha256(canonical.to_bytes(made)).hexdigest(), corpus), Index(corpus))


def _catalog(*editions: Edition) -> Catalog:
    return Catalog(MappingProxyType({edition.release.version: edition for edition in reversed(editions)}))


@pytest.fixture(scope="module")
def served() -> Catalog:
    """Return three releases: the first, one that corrects, and one that removes."""
    records = raw()
    first = world.edition_of(records)
    records["figures", "fig-twelve"]["value"] = "13"
    records["figures", "fig-twelve"]["verbatim"] = "13 Mines"
    records["figures", "fig-twelve"]["cumulative"] = True
    records["events", "evt-closures"]["title"] = "Mines shut"
    second = _next(
        records,
        first,
        "1.0.1",
        {
            "value": ChangeReason.SOURCE_CORRECTED,
            "verbatim": ChangeReason.SOURCE_CORRECTED,
            "cumulative": ChangeReason.CURATOR_ERROR,
            None: ChangeReason.WORDING,
        },
    )
    del records[REED]
    records["tombstones", REED[1]] = {"id": REED[1], "reason": TWICE, "successor": "rel-two"}
    records["relations", "rel-two"] = {**raw()[REED], "id": "rel-two", "predicate": "linked_to"}
    del records["discrepancies", "dis-shut-or-ordered"]
    records["tombstones", "dis-shut-or-ordered"] = {"id": "dis-shut-or-ordered", "reason": "They agree."}
    third = _next(records, second, "2.0.0", {None: ChangeReason.CURATOR_ERROR})
    return _catalog(first, second, third)


def test_the_feed_tells_releases_and_corrections_newest_first(served: Catalog) -> None:
    """Each release is followed by its corrections in the order of their ids; what was reworded or added is none."""
    third, second, first = (edition.release for edition in served.editions.values())

    assert entries(served) == (
        Entry(
            id=urn(third.sha256),
            kind="release",
            title="Atlantis 2.0.0",
            summary="Since 1.0.1: 1 record added, 2 records removed.",
            address="/v1/releases/2.0.0",
            updated="2022-07-01T00:00:00Z",
        ),
        Entry(
            id=urn(third.sha256, "dis-shut-or-ordered"),
            kind="correction",
            title="Shut, or ordered to?",
            summary="Removed. We had read or written it wrong. They agree.",
            address="/v1/releases/2.0.0/discrepancies/dis-shut-or-ordered",
            updated="2022-07-01T00:00:00Z",
        ),
        Entry(
            id=urn(third.sha256, "rel-reed-behind-mines"),
            kind="correction",
            title="Ada Reed – behind – The 12 mines (believed)",
            summary="Removed. We had read or written it wrong. It was there twice. Its successor is rel-two.",
            address="/v1/releases/2.0.0/relations/rel-reed-behind-mines",
            updated="2022-07-01T00:00:00Z",
        ),
        Entry(
            id=urn(second.sha256),
            kind="release",
            title="Atlantis 1.0.1",
            summary="Since 1.0.0: 2 records changed.",
            address="/v1/releases/1.0.1",
            updated="2021-07-01T00:00:00Z",
        ),
        Entry(
            id=urn(second.sha256, "fig-twelve"),
            kind="correction",
            title="mines closed: 13 Mines",
            summary="Changed: value, verbatim. The source itself was corrected. "
            "Changed: cumulative. We had read or written it wrong.",
            address="/v1/releases/1.0.1/figures/fig-twelve",
            updated="2021-07-01T00:00:00Z",
        ),
        Entry(
            id=urn(first.sha256),
            kind="release",
            title="Atlantis 1.0.0",
            summary="The first release, with 16 records.",
            address="/v1/releases/1.0.0",
            updated="2020-06-01T00:00:00Z",
        ),
    )


def test_a_removed_record_that_no_served_release_has_is_named_by_its_id(served: Catalog) -> None:
    """Where the release before is refused, and even the tombstone is missing, the correction is still told."""
    third = served.latest
    bare = Edition(replace(third.release, corpus=Corpus()), Index(Corpus()))
    found = {entry.title: entry.summary for entry in entries(_catalog(bare))}

    assert found["rel-reed-behind-mines"] == "Removed. We had read or written it wrong."


def test_a_release_that_changed_no_record_says_so(served: Catalog) -> None:
    """A release made for the sake of its meaning has an entry, too."""
    third = served.latest
    same = replace(third, release=replace(third.release, manifest=replace(third.release.manifest, changes=())))

    assert [entry.summary for entry in entries(_catalog(same))] == ["Since 1.0.1: no record changed."]


def test_an_id_is_made_of_its_names_alone() -> None:
    """It is the same in every process, and another for other names."""
    assert urn("atlantis") == "urn:uuid:615c97be-1046-508b-8f53-50b5d741584f"
    assert urn("a", "b") != urn("a") != urn("b")


def test_the_published_releases_have_a_feed(catalog: Catalog) -> None:
    """Each has an entry of its own, and no id is there twice."""
    found = entries(catalog)

    assert [e.address for e in found if e.kind == "release"] == [f"/v1/releases/{v}" for v in catalog.editions]
    assert len({entry.id for entry in found}) == len(found)


def _parsed(data: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(data)  # noqa: S314 (what we have just written)


def _entry(**fields: Any) -> Entry:
    told = {
        "id": urn("a"),
        "kind": "release",
        "title": "Atlantis 1.0.0",
        "summary": "The first release.",
        "address": "/v1/releases/1.0.0",
        "updated": "2020-06-01T00:00:00Z",
    }
    return Entry(**{**told, **fields})


def test_atom() -> None:
    """A feed is written to the letter."""
    found = atom.write("Atlantis", [_entry()], "https://data.example", dataset="atlantis")

    assert found.decode().replace("><", ">\n<").split("\n") == [
        "<?xml version='1.0' encoding='utf-8'?>",
        '<feed xmlns="http://www.w3.org/2005/Atom">',
        f"<id>{urn('atlantis')}</id>",
        "<title>Atlantis</title>",
        "<updated>2020-06-01T00:00:00Z</updated>",
        "<author>",
        "<name>Atlantis</name>",
        "</author>",
        '<link rel="self" type="application/atom+xml" href="https://data.example/v1/changes.atom" />',
        '<link rel="alternate" type="application/json" href="https://data.example/v1/releases" />',
        "<entry>",
        f"<id>{urn('a')}</id>",
        "<title>Atlantis 1.0.0</title>",
        "<updated>2020-06-01T00:00:00Z</updated>",
        '<link rel="alternate" href="https://data.example/v1/releases/1.0.0" />',
        '<category term="release" />',
        "<summary>The first release.</summary>",
        "</entry>",
        "</feed>",
    ]


def test_atom_is_as_new_as_its_newest_entry() -> None:
    """The feed's own time is the latest, also where there is no entry; without a dataset the title makes the id."""
    days = [_entry(updated=f"2020-0{month}-01T00:00:00Z") for month in (5, 7, 6)]

    assert _parsed(atom.write("Atlantis", days, "")).findtext(f"{ATOM}updated") == "2020-07-01T00:00:00Z"
    assert _parsed(atom.write("Atlantis", [], "")).findtext(f"{ATOM}updated") == "1970-01-01T00:00:00Z"
    assert _parsed(atom.write("Atlantis", [], "")).findtext(f"{ATOM}id") == urn("Atlantis")


def test_without_an_origin_the_links_are_relative(served: Catalog) -> None:
    """Every link and address is then a path."""
    found = entries(served)
    links = [link.get("href", "") for link in _parsed(atom.write("Atlantis", found, "")).iter(f"{ATOM}link")]
    feed = orjson.loads(jsonfeed.write("Atlantis", found, ""))

    assert links == ["/v1/changes.atom", "/v1/releases", *(entry.address for entry in found)]
    assert [feed["feed_url"], *(item["url"] for item in feed["items"])] == [
        "/v1/changes.json",
        *(entry.address for entry in found),
    ]


def test_json_feed() -> None:
    """A feed has the fields of JSON Feed 1.1."""
    assert orjson.loads(jsonfeed.write("Atlantis", [_entry()], "https://data.example")) == {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Atlantis",
        "home_page_url": "https://data.example/",
        "feed_url": "https://data.example/v1/changes.json",
        "authors": [{"name": "Atlantis"}],
        "items": [
            {
                "id": urn("a"),
                "url": "https://data.example/v1/releases/1.0.0",
                "title": "Atlantis 1.0.0",
                "content_text": "The first release.",
                "date_published": "2020-06-01T00:00:00Z",
                "tags": ["release"],
            }
        ],
    }


@given(st.text(), st.lists(st.tuples(st.text(), st.text())))
def test_any_texts_make_a_feed(title: str, told: list[tuple[str, str]]) -> None:
    """Atom keeps every text but for what XML cannot hold, JSON Feed keeps all of it."""
    found = [_entry(title=name, summary=summary) for name, summary in told]
    parsed = _parsed(atom.write(title, found, ""))
    feed = orjson.loads(jsonfeed.write(title, found, ""))

    assert [parsed.findtext(f"{ATOM}title"), *(e.findtext(f"{ATOM}title") for e in parsed.iter(f"{ATOM}entry"))] == [
        _possible(text) for text in (title, *(name for name, _ in told))
    ]
    assert [e.findtext(f"{ATOM}summary") for e in parsed.iter(f"{ATOM}entry")] == [_possible(s) for _, s in told]
    assert (feed["title"], [(item["title"], item["content_text"]) for item in feed["items"]]) == (title, told)


def _possible(text: str) -> str:
    return re.sub("[\x00-\x08\x0b-\x1f\ufffe\uffff]", "", text)
