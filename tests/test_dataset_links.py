"""The links from records to others, against a naive scan, and the labels of what they lead to."""

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from dataset.canonical import to_plain
from dataset.catalog import Edition
from dataset.filter import FILTERS
from dataset.label import label
from dataset.links import LINKS, EntityParticipation, Link, linked, participations
from dataset.records import SERVED
from dataset.shape import shape
from dataset.vocabulary import Comparator, Modality
from tests.world import SOURCE, Raw, edition_of, evidence, raw

Plain = dict[str, Any]


def _linked_world() -> Raw:
    """Return the world with what it takes for each link to lead somewhere."""
    records = raw()
    reed, twelve = records["relations", "rel-reed-behind-mines"], records["figures", "fig-twelve"]
    closures, dis = records["events", "evt-closures"], records["discrepancies", "dis-shut-or-ordered"]
    records["sources", "src-echo-2020-05-04"] = {
        **records["sources", SOURCE],
        "id": "src-echo-2020-05-04",
        "published": "2020-05-04",
    }
    lead = records["citations", "cit-gazette-lead"]
    records["citations", "cit-echo-lead"] = {**lead, "id": "cit-echo-lead", "source": "src-echo-2020-05-04"}
    echo = evidence("cit-echo-lead")
    for record in (
        {
            **reed,
            "id": "rel-followed",
            "subject": "evt-forced-closures",
            "predicate": "followed",
            "object": "evt-closures",
        },
        {**reed, "id": "rel-same", "object": "ent-ada-reed", "evidence": echo},
    ):
        records["relations", record["id"]] = record
    for record in (
        {**twelve, "id": "fig-again", "restates": "fig-twelve", "evidence": echo},
        {**twelve, "id": "fig-about-reed", "about": "ent-ada-reed"},
        {**twelve, "id": "fig-five", "part_of": "fig-twelve", "value": "5"},
    ):
        records["figures", record["id"]] = record
    part = closures["participations"][0]
    for record in (
        {
            **closures,
            "id": "evt-finding",
            "date": {"edtf": "2019", "basis": "occurred"},
            "participations": [
                {**part, "role": "object"},
                {**part, "entity": "ent-ada-reed", "role": "involved", "note": "How is not said."},
                {**part, "role": "assessed", "evidence": echo},
            ],
        },
        {**closures, "id": "evt-elsewhere", "place": None, "participations": [], "evidence": echo},
    ):
        records["events", record["id"]] = record
    for record in (
        {**dis, "id": "dis-figures", "records": ["fig-twelve", "fig-again", "ent-atlantis"]},
        {
            **dis,
            "id": "dis-relations",
            "records": ["rel-same", "evt-finding"],
            "citations": ["cit-echo-lead", "cit-gazette-reed"],
        },
    ):
        records["discrepancies", record["id"]] = record
    return records


@cache
def _world() -> Edition:
    return edition_of(_linked_world())


@cache
def _plain(collection: str) -> dict[str, Plain]:
    return {name: to_plain(record) for name, record in _world().release.corpus.collection(collection).items()}


def _cites(record: Any) -> set[str]:
    """Return the citations that a record names anywhere."""
    if isinstance(record, str):
        return {record} if record in _plain("citations") else set()
    inner = record.values() if isinstance(record, dict) else record if isinstance(record, list) else ()
    return set[str]().union(*(_cites(value) for value in inner))


def _of_source(record: Plain, name: str) -> bool:
    return name in {_plain("citations")[citation]["source"] for citation in _cites(record)}


Leads = Callable[[Plain, str], bool]
CITES: dict[str, Leads] = {
    name: lambda record, citation: citation in _cites(record)
    for name in ("events", "entities", "figures", "relations", "discrepancies")
}
ORACLE: dict[str, dict[str, Leads]] = {
    "sources": {
        "citations": lambda citation, name: citation["source"] == name,
        **dict.fromkeys(CITES, _of_source),
    },
    "citations": CITES,
    "entities": {
        "figures": lambda figure, name: figure["about"] == name,
        "relations": lambda relation, name: name in (relation["subject"], relation["object"]),
        "events_here": lambda event, name: event["place"] == name,
        "discrepancies": lambda discrepancy, name: name in discrepancy["records"],
    },
    "events": {
        "figures": lambda figure, name: figure["about"] == name,
        "parts": lambda event, name: event["part_of"] == name,
        "relations": lambda relation, name: name in (relation["subject"], relation["object"]),
        "discrepancies": lambda discrepancy, name: name in discrepancy["records"],
    },
    "figures": {
        "parts": lambda figure, name: figure["part_of"] == name,
        "restated_by": lambda figure, name: figure["restates"] == name,
        "discrepancies": lambda discrepancy, name: name in discrepancy["records"],
    },
    "relations": {"discrepancies": lambda discrepancy, name: name in discrepancy["records"]},
    "discrepancies": {},
}
"""What each link leads to, told of a record of the other collection as plain JSON."""

ALL_LINKS = [pytest.param(name, link, id=f"{name}-{link.name}") for name, links in LINKS.items() for link in links]


def test_the_oracle_knows_every_link() -> None:
    """Every link has a meaning in this file, a description, and a filter that it reads backwards."""
    assert {name: [link.name for link in links] for name, links in LINKS.items()} == {
        name: list(links) for name, links in ORACLE.items()
    }
    assert list(LINKS) == list(SERVED)
    for name, links in LINKS.items():
        for link in links:
            (item,) = (item for item in FILTERS[link.collection] if item.name == link.filter)
            assert name in item.ids
            assert link.description.endswith(".")


def test_no_link_has_the_name_of_a_field() -> None:
    """A link and a field of the same record are never confused."""
    doubled = {
        name: {link.name for link in links} & {field.name for field in shape(SERVED[name])}
        for name, links in LINKS.items()
    }

    assert doubled == {name: set() for name in LINKS}


@pytest.mark.parametrize(("collection", "link"), ALL_LINKS)
def test_a_link_leads_where_a_scan_leads(collection: str, link: Link) -> None:
    """From every record the link leads to the records of which it holds, and no others."""
    holds = ORACLE[collection][link.name]
    expected = {
        name: {other["id"] for other in _plain(link.collection).values() if holds(other, name)}
        for name in _plain(collection)
    }

    assert {name: {record.id for record in linked(_world(), link, name)} for name in expected} == expected
    assert any(expected.values())


@pytest.mark.parametrize(("collection", "link"), ALL_LINKS)
def test_linked_records_come_whole_in_their_default_order(collection: str, link: Link) -> None:
    """A link gives each record once, in the order in which its collection is listed."""
    order = {"sources": "published", "entities": "name", "events": "date"}.get(link.collection, "id")
    listed = _world().index.ordered(link.collection, order)
    known = _world().release.corpus.collection(link.collection)
    for name in _plain(collection):
        found = linked(_world(), link, name)
        assert [record.id for record in found] == [i for i in listed if i in {record.id for record in found}]
        assert all(record is known[record.id] for record in found)


def test_nothing_leads_anywhere_from_no_record() -> None:
    """An id of no record has no links."""
    assert [linked(_world(), link, "ent-nobody") for link in LINKS["entities"]] == [(), (), (), ()]
    assert participations(_world(), "ent-nobody") == {}


@pytest.mark.parametrize("entity", sorted(_plain("entities")))
def test_the_participations_of_an_entity_are_those_of_the_events(entity: str) -> None:
    """Every part that an entity has in an event is told with the event, its role, its note and its evidence."""
    events = sorted(_plain("events").values(), key=lambda event: (event["date"]["earliest"], event["id"]))
    expected = [
        {"event": event["id"], "role": part["role"], "note": part["note"], "evidence": part["evidence"]}
        for event in events
        for part in event["participations"]
        if part["entity"] == entity
    ]
    found = participations(_world(), entity)

    assert to_plain(list(found.values())) == expected
    assert len(set(found)) == len(expected)


def test_a_participation_is_known_by_its_event_and_its_place_there() -> None:
    """The keys for paging say the event and the number of the participation in it."""
    found = participations(_world(), "ent-shut-mines")

    assert list(found) == ["evt-finding.0", "evt-finding.2", "evt-closures.0"]
    assert all(isinstance(part, EntityParticipation) for part in found.values())
    assert [part.role.value for part in found.values()] == ["object", "assessed", "closed"]
    assert list(participations(_world(), "ent-atlantis")) == []


def _label(records: Raw, name: str) -> str:
    corpus = edition_of(records).release.corpus
    record = corpus.get(name)
    assert record
    return label(corpus, record)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (SOURCE, "Atlantis Shuts 12 Mines"),
        ("cit-gazette-split", "The Gazette, paragraph 2"),
        ("ent-shut-mines", "The 12 mines"),
        ("evt-closures", "Twelve mines shut"),
        ("fig-twelve", "mines closed: 12 Mines"),
        ("rel-reed-behind-mines", "Ada Reed – behind – The 12 mines (believed)"),
        ("rel-followed", "Seven of them were ordered to – followed – Twelve mines shut (believed)"),
        ("dis-shut-or-ordered", "Shut, or ordered to?"),
    ],
)
def test_a_record_is_called_what_a_reader_knows_it_by(name: str, expected: str) -> None:
    """A reference shows the title, the name, the place of the passage, or the claim in words."""
    assert _label(_linked_world(), name) == expected


@pytest.mark.parametrize("modality", Modality)
@pytest.mark.parametrize(
    ("collection", "name"),
    [("relations", "rel-reed-behind-mines"), ("figures", "fig-twelve")],
    ids=["relation", "figure"],
)
def test_a_label_never_drops_a_hedge(collection: str, name: str, modality: Modality) -> None:
    """Whatever is less than stated is said to be so, wherever the claim is only named."""
    records = raw()
    records[collection, name]["evidence"][0]["modality"] = modality.value
    hedged = _label(records, name)

    assert hedged.endswith(f"({modality.value})") is (modality is not Modality.STATED)
    assert ("(" in hedged) is (modality is not Modality.STATED)


def test_a_label_names_every_hedge_once() -> None:
    """Of several passages each strength below a statement is told, in the order of the vocabulary."""
    records = raw()
    records["relations", "rel-reed-behind-mines"]["evidence"] = [
        *evidence("cit-gazette-reed", modality="believed"),
        *evidence("cit-gazette-lead", modality="stated"),
        *evidence("cit-gazette-lead", modality="alleged"),
        *evidence("cit-gazette-split", modality="believed"),
    ]

    assert _label(records, "rel-reed-behind-mines") == "Ada Reed – behind – The 12 mines (alleged, believed)"


@pytest.mark.parametrize(
    ("supports", "hedged"),
    [
        ([], True),
        (["object"], True),
        (["subject", "valid"], True),
        (["predicate"], True),
        (["valid"], False),
        (["note", "valid"], False),
    ],
)
def test_a_label_has_the_hedges_of_what_it_says(supports: list[str], hedged: bool) -> None:
    """Doubt about what the label does not say is left to the record."""
    records = raw()
    records["relations", "rel-reed-behind-mines"]["evidence"] = [
        *evidence("cit-gazette-reed"),
        *evidence("cit-gazette-lead", modality="suspected", supports=supports),
    ]

    assert _label(records, "rel-reed-behind-mines").endswith(" (suspected)") is hedged


@pytest.mark.parametrize("field", ["measure", "comparator", "value", "low", "high", "verbatim"])
def test_a_figure_s_label_has_the_hedges_of_each_field_that_it_shows(field: str) -> None:
    """Doubt about the measure, the number or its words is said where they are."""
    records = raw()
    records["figures", "fig-twelve"]["evidence"] = [
        *evidence("cit-gazette-headline"),
        *evidence("cit-gazette-lead", modality="reported", supports=[field]),
    ]

    assert _label(records, "fig-twelve") == "mines closed: 12 Mines (reported)"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"verbatim": "more than 12", "comparator": "more_than"}, "mines closed: more than 12"),
        ({"verbatim": None}, "mines closed: 12"),
        ({"verbatim": None, "value": None, "low": "5", "high": "7", "comparator": "between"}, "mines closed: 5 to 7"),
    ],
)
def test_a_figure_is_called_by_its_own_words_or_by_its_number(fields: Plain, expected: str) -> None:
    """A figure that is printed is called as it is printed, a derived one by its number or range."""
    records = raw()
    records["figures", "fig-twelve"].update(fields)

    assert _label(records, "fig-twelve") == expected


@pytest.mark.parametrize("comparator", [c for c in Comparator if c not in (Comparator.EXACTLY, Comparator.BETWEEN)])
def test_a_derived_figure_s_label_keeps_its_comparator(comparator: Comparator) -> None:
    """A number without words of its own is still more than, at least, up to or about itself."""
    records = raw()
    records["figures", "fig-twelve"].update({"verbatim": None, "comparator": comparator.value})

    assert _label(records, "fig-twelve") == f"mines closed: {comparator.value.replace('_', ' ')} 12"


def test_a_relation_to_nothing_still_has_a_label() -> None:
    """Where an end is missing the rest is said; the check names the missing one."""
    records = raw()
    records["relations", "rel-reed-behind-mines"]["object"] = "ent-nobody"

    assert _label(records, "rel-reed-behind-mines") == "Ada Reed – behind –  (believed)"
