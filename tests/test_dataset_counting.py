"""Facets, histograms and ranks against going over every record, in a generated release and the published ones."""

import math
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable
from datetime import date
from random import Random

import pytest

from dataset.catalog import Catalog, Edition, load
from dataset.facet import FACETS, Facet, FacetValue, facets
from dataset.filter import FILTERS, Filter
from dataset.fold import words
from dataset.histogram import DATED, histogram
from dataset.hits import search
from dataset.label import label
from dataset.query import Query, QueryError, parse, select
from dataset.records import SERVED, Record
from dataset.search import SEARCHED
from dataset.vocabulary import Interval
from tests.benchmarks import generator

EVENTS = 400
QUESTIONS = 25
LENGTHS = {Interval.DAY: 10, Interval.MONTH: 7, Interval.YEAR: 4}


@pytest.fixture(scope="module")
def editions(tmp_path_factory: pytest.TempPathFactory, catalog: Catalog) -> dict[str, Edition]:
    """Return a generated release and every published one, by name."""
    generated = load(generator.write(tmp_path_factory.mktemp("releases"), EVENTS).parent).latest
    return {"generated": generated, **catalog.editions}


def _records(edition: Edition, query: Query) -> list[Record]:
    stored = edition.release.corpus.collection(query.collection)
    return [stored[name] for name in select(edition, query)]


def _question(edition: Edition, collection: str, chance: Random) -> dict[str, list[str]]:
    """Return some filters with values that some records have, and at times days and a word."""
    records = list(edition.release.corpus.collection(collection).values())
    where: dict[str, list[str]] = {}
    for item in chance.sample(FACETS[collection], min(len(FACETS[collection]), chance.randrange(3))):
        keys = sorted({key for record in records for key in item.keys(edition.release.corpus, record)})
        if keys:
            where[item.name] = chance.sample(keys, min(len(keys), chance.randint(1, 4)))
    if collection in DATED and chance.random() < 0.5:
        where[DATED[collection]] = [f"{chance.randrange(2019, 2024)}-{chance.randrange(1, 13):02}"]
    if chance.random() < 0.2:
        where["q"] = [chance.choice(["mine", "min", "the", "power"])]
    return where


def _facet(edition: Edition, item: Filter, records: list[Record], most: int) -> Facet:
    """Return a facet, every record looked at."""
    corpus = edition.release.corpus
    found = [set(item.keys(corpus, record)) for record in records]
    counts = Counter(key for keys in found for key in keys)
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:most]
    values = []
    for key, count in ranked:
        record = corpus.get(key) if item.ids else None
        said = label(corpus, record) if record else key.replace("_", " ")
        values.append(FacetValue(value=key, label=said, count=count))
    return Facet(filter=item.name, distinct=len(counts), without=sum(not keys for keys in found), values=tuple(values))


@pytest.mark.parametrize("collection", SERVED)
def test_facets_are_those_of_every_record(editions: dict[str, Edition], collection: str) -> None:
    """Whatever is asked for and however many values are shown, every count is that of going over the records."""
    for name, edition in editions.items():
        chance = Random(f"facets {name} {collection}")  # noqa: S311 (the same in every run, and no secret)
        for _ in range(QUESTIONS):
            query = parse(collection, _question(edition, collection, chance))
            most = chance.choice([1, 2, 20, 100])
            records = _records(edition, query)
            expected = tuple(_facet(edition, item, records, most) for item in FACETS[collection])
            assert facets(edition, query, most) == expected, (name, query, most)


def _histogram(edition: Edition, query: Query, interval: Interval) -> tuple[int, list[tuple[str, int, int]]]:
    """Return how many lie in no single bucket, and each bucket, every record looked at."""
    length = LENGTHS[interval]
    span = next(item for item in FILTERS[query.collection] if item.name == DATED[query.collection])
    spans = [tuple(span.keys(edition.release.corpus, record)) for record in _records(edition, query)]
    sure = [low[:length] for low, high in spans if low and high and low[:length] == high[:length]]
    lows, highs = (
        sorted((low or "")[:length] for low, _ in spans),
        sorted((high or "9999")[:length] for _, high in spans),
    )
    found = [
        (key, sure.count(key), bisect_right(lows, key) - bisect_left(highs, key))
        for key in (_between(min(sure), max(sure), interval) if sure else ())
    ]
    return len(spans) - len(sure), found


def _between(first: str, last: str, interval: Interval) -> Iterable[str]:
    """Return the names of all buckets from one to another."""
    length = LENGTHS[interval]
    start, end = (date.fromisoformat(f"{day}-01-01"[:10]) for day in (first, last))
    days = (date.fromordinal(day) for day in range(start.toordinal(), end.toordinal() + 1))
    return dict.fromkeys(str(day)[:length] for day in days)


@pytest.mark.parametrize("interval", Interval)
@pytest.mark.parametrize("collection", DATED)
def test_histograms_are_those_of_every_record(
    editions: dict[str, Edition], collection: str, interval: Interval
) -> None:
    """Whatever is asked for, each bucket counts what surely and what possibly lies in it."""
    for name, edition in editions.items():
        chance = Random(f"histogram {name} {collection} {interval}")  # noqa: S311 (the same in every run, and no secret)
        for _ in range(QUESTIONS):
            query = parse(collection, _question(edition, collection, chance))
            expected = _histogram(edition, query, interval)
            try:
                found = histogram(edition, query, interval)
            except QueryError:
                assert len(expected[1]) > 1_000
                continue
            assert (
                found.undetermined,
                [(one.bucket, one.count, one.possible) for one in found.buckets],
            ) == expected, (name, query)


def _weights(edition: Edition, collection: str, word: str) -> dict[str, float]:
    """Return how much a word counts in each record that has it, or a longer one that it begins."""
    corpus = edition.release.corpus
    best: dict[str, float] = {}
    for record in corpus.collection(collection).values():
        counts: Counter[str] = Counter()
        for item in SEARCHED[collection]:
            for text in item.texts(corpus, record):
                for one in words(text):
                    counts[one] += item.weight  # type: ignore[assignment]
        for one, count in counts.items():
            if one == word or (len(word) >= 3 and one.startswith(word)):
                weight = count * 2.2 / (count + 1.2) * (1 if one == word else 0.5)
                best[record.id] = max(best.get(record.id, 0.0), weight)
    return best


def _ranked(edition: Edition, collections: Iterable[str], text: str) -> list[tuple[str, float]]:
    """Return the ids of what holds every word with their scores, every record looked at."""
    total = sum(len(edition.release.corpus.collection(name)) for name in SERVED)
    found: dict[str, float] | None = None
    for word in dict.fromkeys(words(text)):
        weights = {name: _weights(edition, name, word) for name in SERVED}
        holders = sum(map(len, weights.values()))
        rarity = math.log(1 + (total - holders + 0.5) / (holders + 0.5))
        scores = {one: rarity * weight for name in collections for one, weight in weights[name].items()}
        found = scores if found is None else {one: found[one] + scores[one] for one in found.keys() & scores.keys()}
    pairs = [(name, score) for name, score in (found or {}).items()]
    return sorted(pairs, key=lambda pair: (-round(pair[1], 4), pair[0]))


@pytest.mark.parametrize(
    "text",
    [
        "rudny",
        "min",
        "private rack rudny",
        "fined the remote warehouse",
        "the a of in and on at by an to",
        "crackdown mining",
        "nothingatall mine",
    ],
)
def test_search_ranks_as_every_record_does(editions: dict[str, Edition], text: str) -> None:
    """The records, their order and their scores are those of the formula, for all collections and for some."""
    for name, edition in editions.items():
        for kinds in ([], ["events"], ["figures", "entities"]):
            found = search(edition, text, kinds)
            expected = _ranked(edition, kinds or SERVED, text)
            assert found.ids == tuple(one for one, _ in expected), (name, kinds)
            scores = found.keys.scores()
            assert [scores[one] for one, _ in expected] == pytest.approx([score for _, score in expected], abs=1e-4)
            assert [(hit.id, hit.score) for hit in found.hits(0, 30)] == [(one, scores[one]) for one in found.ids[:30]]
