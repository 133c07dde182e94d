"""The indexes of a release against a scan of its records: places by key, places by ends, orders."""

import gc
import weakref
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from dataset import postings
from dataset.canonical import to_plain
from dataset.catalog import Catalog, Edition, EmptyCatalogError, load
from dataset.corpus import Corpus
from dataset.filter import FILTERS, IDS, Filter, Match
from dataset.index import Index
from dataset.order import ORDERS, ordered
from dataset.postings import SORTED, Ends, Equal
from dataset.spread import spread
from tests import world

KEYED = [(name, item) for name, filters in FILTERS.items() for item in filters if item.match is Match.EQUAL]


def _title(one: tuple[str, Filter]) -> str:
    return f"{one[0]}-{one[1].name}"


def _held(edition: Edition, collection: str, item: Filter) -> dict[Any, list[int]]:
    """Return the places of each key, record by record in the default order."""
    corpus = edition.release.corpus
    found: dict[Any, list[int]] = {}
    for place, name in enumerate(edition.index.ordered(collection, ORDERS[collection][0].name)):
        for key in item.keys(corpus, corpus.collection(collection)[name]):
            places = found.setdefault(key, [])
            if place not in places:
                places.append(place)
    return found


@pytest.mark.parametrize("one", KEYED, ids=_title)
def test_a_key_has_the_places_of_its_records(catalog: Catalog, one: tuple[str, Filter]) -> None:
    """Each key of each record selects that record, once, and nothing else does."""
    collection, item = one
    expected = _held(catalog.latest, collection, item)

    for key, places in expected.items():
        assert catalog.latest.index.select(collection, item.name, key) == sum(1 << place for place in places)
    assert catalog.latest.index.select(collection, item.name, "evt-nobody") == 0


@pytest.mark.parametrize("one", [one for one in KEYED if one[1].name != IDS], ids=_title)
def test_the_places_of_a_key_ascend(catalog: Catalog, one: tuple[str, Filter]) -> None:
    """They come in the default order, each once, and the keys are plain texts, those of the records and no other."""
    collection, item = one
    corpus = catalog.latest.release.corpus
    names = list(corpus.collection(collection))
    default = {name: n for n, name in enumerate(catalog.latest.index.ordered(collection, ORDERS[collection][0].name))}
    ranks = [default[name] for name in names]
    made = Equal(item, corpus, spread(corpus)[collection], None if ranks == sorted(ranks) else ranks)
    expected = _held(catalog.latest, collection, item)

    assert {key: list(made.places(key)) for key in made.keys} == expected
    assert {key: sorted({ranks[place] for place in places}) for key, places in made.each().items()} == expected
    assert {type(key) for key in made.keys} <= {str}


SPANNED = [(name, item) for name, filters in FILTERS.items() for item in filters if item.reads]


@pytest.mark.parametrize("step", [1, 2, 7, 1_000])
@pytest.mark.parametrize("one", SPANNED, ids=_title)
def test_a_value_has_the_places_of_the_spans_that_reach_it(
    one: tuple[str, Filter], step: int, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever set that is kept is the nearest, or none but the empty one is kept."""
    monkeypatch.setattr(postings, "STEP", step)
    collection, item = one
    corpus = catalog.latest.release.corpus
    spans = [tuple(item.keys(corpus, record)) for record in corpus.collection(collection).values()]
    made = Ends(item, corpus, spread(corpus)[collection], None)

    for value in {end for span in spans for end in span if end is not None}:
        reached = [
            high is None or value <= high if item.match is Match.FROM else low is None or low <= value
            for low, high in spans
        ]
        assert made.select(value) == sum(1 << place for place, reaches in enumerate(reached) if reaches)


def test_many_places_are_sorted_once() -> None:
    """A key of many records, in another order than by id, is kept as it was sorted; one of few is not."""
    records = world.raw()
    for number in range(SORTED + 1):
        name = f"evt-made-{number:04d}"
        place = "ent-atlantis" if number else "ent-ada-reed"
        made = {
            **records["events", "evt-closures"],
            "id": name,
            "place": place,
            "date": world.day(f"2020-{12 - number % 12:02d}"),
        }
        records["events", name] = made
    edition = world.edition_of(records)
    item = next(item for item in FILTERS["events"] if item.name == "place")
    corpus = edition.release.corpus
    ranks = [edition.index.places("events")[name] for name in corpus.events]
    found = Equal(item, corpus, spread(corpus)["events"], ranks)

    assert found.places("ent-atlantis") is found.places("ent-atlantis")
    assert found.places("ent-ada-reed") is not found.places("ent-ada-reed")
    assert list(found.places("ent-atlantis")) == _held(edition, "events", item)["ent-atlantis"]


def test_what_a_figure_is_about_is_one_filter_or_the_other() -> None:
    """A figure about an event has no key of the filter by entity, and the other way round."""
    records = world.raw()
    records["figures", "fig-twelve"]["about"] = "ent-atlantis"
    edition = world.edition_of(records)
    corpus = edition.release.corpus
    items = {item.name: item for item in FILTERS["figures"]}
    made = {name: Equal(items[name], corpus, spread(corpus)["figures"], None) for name in ("event", "entity")}

    assert {name: list(one.keys) for name, one in made.items()} == {
        "event": ["evt-forced-closures"],
        "entity": ["ent-atlantis"],
    }
    assert {name: dict(one.each()) for name, one in made.items()} == {
        "event": {"evt-forced-closures": [0]},
        "entity": {"ent-atlantis": [1]},
    }
    assert list(items["entity"].keys(corpus, corpus.figures["fig-seven"])) == []
    assert (made["event"].places("ent-atlantis"), made["entity"].places("ent-atlantis")) == ((), [1])


@pytest.mark.parametrize("collection", FILTERS)
def test_spans_are_told_alike_one_by_one_and_together(catalog: Catalog, collection: str) -> None:
    """The ends of all records, ascending, are those that each record says, but for the open ones."""
    corpus = catalog.latest.release.corpus
    records = list(corpus.collection(collection).values())
    for item in FILTERS[collection]:
        if item.match in (Match.FROM, Match.TO):
            side = 1 if item.match is Match.FROM else 0
            said = [(list(item.keys(corpus, record))[side], place) for place, record in enumerate(records)]
            found = item.ends(spread(corpus)[collection])

            assert sorted((end, place) for end, places in found for place in places) == sorted(
                one for one in said if one[0] is not None
            )
            assert [end for end, _ in found] == sorted(end for end, _ in found)


def _figures(**values: str) -> Corpus:
    """Return a corpus of figures with these values, named in the order in which they are given."""
    records = world.raw()
    made = records.pop(("figures", "fig-seven")) and records.pop(("figures", "fig-twelve"))
    for name, value in values.items():
        records["figures", f"fig-{name}"] = {**made, "id": f"fig-{name}", "value": value}
    return world.edition_of(records).release.corpus


def test_numbers_that_are_equal_are_in_the_order_of_ids() -> None:
    """Two ways of writing one number are one place in the order, among which the ids decide."""
    corpus = _figures(a="0", b="-0", c="2", d="0", e="-1", f="10")
    places = ordered("figures", spread(corpus)["figures"])
    found = {name: [list(corpus.figures)[place] for place in some] for name, some in places.items()}

    assert found["value"] == ["fig-e", "fig-a", "fig-b", "fig-d", "fig-c", "fig-f"]
    assert found["measure"] == found["value"]
    assert found["id"] == sorted(found["value"])


def test_records_need_not_come_in_the_order_of_their_ids(catalog: Catalog) -> None:
    """An index of the same records in another order answers the same."""
    corpus = catalog.latest.release.corpus
    turned = Corpus(**{name: dict(reversed(getattr(corpus, name).items())) for name in vars(corpus)})
    one, other = catalog.latest.index, Index(turned)

    for collection, orders in ORDERS.items():
        names = [order.name for order in orders if order.key]
        assert [one.ordered(collection, name) for name in names] == [other.ordered(collection, name) for name in names]
    for collection, item in KEYED:
        keys = {*chain.from_iterable(item.keys(corpus, record) for record in corpus.collection(collection).values())}
        for key in keys:
            assert one.select(collection, item.name, key) == other.select(collection, item.name, key)
    assert dict(one.scores(list(ORDERS), "miners")) == dict(other.scores(list(ORDERS), "miners"))


@pytest.mark.parametrize("collecting", [True, False])
def test_loading_leaves_collecting_as_it_was(tmp_path: Path, collecting: bool) -> None:
    """The collector runs after loading if it ran before, and not if it did not; nor does a refusal change that."""
    world.release(tmp_path / "releases")
    before = gc.isenabled()
    try:
        (gc.enable if collecting else gc.disable)()
        found = load(tmp_path / "releases")
        kept = gc.isenabled()
        with pytest.raises(EmptyCatalogError):
            load(tmp_path / "nothing")
        assert (kept, gc.isenabled()) == (collecting, collecting)
    finally:
        (gc.enable if before else gc.disable)()
    assert to_plain(found.latest.release.corpus.events["evt-closures"])["title"] == "Twelve mines shut"


def test_what_was_spread_is_let_go(catalog: Catalog) -> None:
    """An index holds none of the columns that it was made of, nor do these hold themselves."""
    corpus = catalog.latest.release.corpus
    spreads = spread(corpus)
    left = [weakref.ref(one) for one in spreads.values()]
    collecting = gc.isenabled()
    gc.disable()
    try:
        index = Index(corpus, spreads)
        del spreads
        assert [one() for one in left] == [None] * len(left)
        assert index.ordered("events", "id") == tuple(corpus.events)
    finally:
        if collecting:
            gc.enable()
