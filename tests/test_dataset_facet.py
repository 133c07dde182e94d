"""Facets: counts of filter values against a scan of the records that are asked for."""

from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataset.canonical import to_plain
from dataset.catalog import Catalog, Edition, load
from dataset.facet import DEFAULT_VALUES, FACETS, MAX_VALUES, Facet, FacetValue, facets
from dataset.filter import FILTERS, Match
from dataset.label import label
from dataset.query import parse, select
from dataset.records import SERVED
from tests import world

Plain = dict[str, Any]


@cache
def _edition() -> Edition:
    return load().latest


@cache
def _candidates(collection: str, name: str) -> list[str]:
    """Return the values of a filter that some record has."""
    (facet,) = (one for one in facets(_edition(), parse(collection, {}), 10_000) if one.filter == name)
    return [value.value for value in facet.values]


@st.composite
def questions(draw: st.DrawFn) -> tuple[str, dict[str, list[str]]]:
    """Draw a collection and some of its filters, with values that occur."""
    collection = draw(st.sampled_from(list(FACETS)))
    names = draw(st.lists(st.sampled_from([item.name for item in FACETS[collection]]), max_size=2, unique=True))
    where = {}
    for name in names:
        known = _candidates(collection, name)
        if known:
            where[name] = draw(st.lists(st.sampled_from(known), min_size=1, max_size=4))
    if draw(st.booleans()):
        where["q"] = [draw(st.sampled_from(["min", "crackdown", "kazakhstan", "the"]))]
    return collection, where


def _holding(collection: str, where: dict[str, list[str]], name: str, value: str) -> list[str]:
    """Return the records of a question that have a value of a filter, found by asking for it."""
    asked = {*select(_edition(), parse(collection, where))}
    return [record for record in select(_edition(), parse(collection, {name: [value]})) if record in asked]


def test_every_filter_that_is_equal_to_a_value_is_counted() -> None:
    """All but spans, words and ids are facets, in the order of the filters, and ids are not."""
    counted = {name: [item.name for item in items] for name, items in FACETS.items()}

    assert counted == {
        name: [item.name for item in items if item.match is Match.EQUAL and item.name != "ids"]
        for name, items in FILTERS.items()
    }
    assert list(counted) == list(SERVED)
    assert counted["events"] == "kind status entity role place part_of source citation modality speaker".split()


@settings(max_examples=60)
@given(questions())
def test_a_count_is_that_of_the_filter(question: tuple[str, dict[str, list[str]]]) -> None:
    """Each value counts the records that its filter finds among those asked for, the most frequent first."""
    collection, where = question
    records = select(_edition(), parse(collection, where))
    found = facets(_edition(), parse(collection, where), 10_000)

    assert [facet.filter for facet in found] == [item.name for item in FACETS[collection]]
    for facet in found:
        holding = {one.value: _holding(collection, where, facet.filter, one.value) for one in facet.values}
        assert {one.value: one.count for one in facet.values} == {value: len(ids) for value, ids in holding.items()}
        assert facet.distinct == len(facet.values)
        assert facet.without == len({*records} - {name for ids in holding.values() for name in ids})
        ranks = [(-one.count, one.value) for one in facet.values]
        assert ranks == sorted(ranks)


@pytest.mark.parametrize(
    ("collection", "name", "keys"),
    [
        ("events", "kind", lambda event: [event["kind"]]),
        ("events", "status", lambda event: [event["status"]]),
        ("events", "role", lambda event: [part["role"] for part in event["participations"]]),
        ("events", "entity", lambda event: [part["entity"] for part in event["participations"]]),
        ("figures", "event", lambda figure: [figure["about"] if figure["about"][:3] == "evt" else None]),
        ("figures", "restates", lambda figure: [figure["restates"]]),
        ("relations", "party", lambda relation: [relation["subject"], relation["object"]]),
        ("relations", "modality", lambda relation: [one["modality"] for one in relation["evidence"]]),
        ("discrepancies", "record", lambda discrepancy: discrepancy["records"]),
    ],
)
def test_a_count_is_that_of_a_scan(collection: str, name: str, keys: Any) -> None:
    """Each record counts once for each of its different values, and as one without where it has none."""
    has = [{*keys(to_plain(one))} - {None} for one in _edition().release.corpus.collection(collection).values()]
    values = {value for one in has for value in one}
    (facet,) = (one for one in facets(_edition(), parse(collection, {}), 10_000) if one.filter == name)

    assert {one.value: one.count for one in facet.values} == {v: sum(v in one for one in has) for v in values}
    assert facet.without == sum(not one for one in has)


def test_only_the_most_frequent_values_are_shown(catalog: Catalog) -> None:
    """However many are shown, the number of different ones is that of all."""
    query = parse("relations", {})
    whole = {facet.filter: facet for facet in facets(catalog.latest, query, MAX_VALUES)}
    few = facets(catalog.latest, query, 2)
    usual = facets(catalog.latest, query)

    assert [facet.values for facet in few] == [whole[facet.filter].values[:2] for facet in few]
    assert [facet.values for facet in usual] == [whole[facet.filter].values[:DEFAULT_VALUES] for facet in usual]
    assert [facet.distinct for facet in few] == [facet.distinct for facet in whole.values()]
    assert max(facet.distinct for facet in few) > DEFAULT_VALUES


def test_a_record_with_several_values_counts_once_for_each() -> None:
    """An entity that takes part twice in one role is one participant, in one event, in that role."""
    records = world.raw()
    event = records["events", "evt-closures"]
    (part,) = event["participations"]
    event["participations"] = [part, part, {**part, "entity": "ent-ada-reed"}, {**part, "role": "target"}]
    found = {facet.filter: facet for facet in facets(world.edition_of(records), parse("events", {}))}

    assert found["entity"] == Facet(
        filter="entity",
        distinct=2,
        without=1,
        values=(
            FacetValue(value="ent-ada-reed", label="Ada Reed", count=1),
            FacetValue(value="ent-shut-mines", label="The 12 mines", count=1),
        ),
    )
    assert [(one.value, one.count) for one in found["role"].values] == [("closed", 1), ("target", 1)]


def test_a_value_is_shown_by_a_label(catalog: Catalog) -> None:
    """An id is shown as its record is, a term in plain words."""
    corpus = catalog.latest.release.corpus
    for collection, items in FACETS.items():
        for item, facet in zip(items, facets(catalog.latest, parse(collection, {})), strict=True):
            for one in facet.values:
                record = corpus.get(one.value)
                assert (record is not None) is bool(item.ids)
                assert one.label == (label(corpus, record) if record else one.value.replace("_", " "))


def test_nothing_has_no_values() -> None:
    """Where no record is asked for, every facet is empty."""
    found = facets(_edition(), parse("sources", {"ids": ["src-nothing"]}))

    assert found == tuple(Facet(filter=name, distinct=0, without=0, values=()) for name in ("source", "kind"))
