"""The benchmark's own parts: what it serves, what it asks, what it compares and what it reports. Nothing is timed."""

import json
from pathlib import Path

import orjson
import pytest
from graphql import build_schema, parse, validate

from dataset.catalog import load
from dataset.release import faults
from tests.benchmarks import agreement, generator, report
from tests.benchmarks.client import Round, write
from tests.benchmarks.loading import Load
from tests.benchmarks.population import World
from tests.benchmarks.report import Results
from tests.benchmarks.servers import Answer, BenchmarkError
from tests.benchmarks.workloads import WORKLOADS, Ask, Asker

ROOT = Path(__file__).parent.parent
EVENTS = 120


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a small generated release."""
    return generator.write(tmp_path_factory.mktemp("releases"), EVENTS).parent


def test_a_generated_release_is_valid_and_served(releases: Path) -> None:
    """A generated release passes the strict reading and is loaded, with the shape that the benchmark promises."""
    assert faults(releases / generator.VERSION) == []
    catalog = load(releases)
    corpus = catalog.latest.release.corpus
    assert catalog.refused == ()
    assert len(corpus.events) == EVENTS
    assert len(corpus.figures) == 2 * EVENTS
    assert {(len(e.participations), len(e.evidence)) for e in corpus.events.values()} == {(2, 3)}
    assert list(corpus.events) == sorted(corpus.events)


def test_a_generated_release_is_the_same_every_time(releases: Path, tmp_path: Path) -> None:
    """Two runs of the generator write the same bytes."""
    again = generator.write(tmp_path, EVENTS)
    assert [file.read_bytes() for file in sorted(again.iterdir())] == [
        file.read_bytes() for file in sorted((releases / generator.VERSION).iterdir())
    ]


def test_a_generated_release_is_made_once(tmp_path: Path) -> None:
    """A release that is there already is not written again."""
    folder = generator.cached(60, tmp_path)
    made = (folder / generator.VERSION / "manifest.json").stat().st_mtime_ns
    assert generator.cached(60, tmp_path) == folder
    assert (folder / generator.VERSION / "manifest.json").stat().st_mtime_ns == made


def test_batches_are_written_as_the_serialiser_writes_the_whole(
    tmp_path: Path, releases: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The size of a batch shows nowhere."""
    monkeypatch.setattr(generator, "BATCH", 7)
    again = generator.write(tmp_path, EVENTS)
    assert (again / "events.json").read_bytes() == (releases / generator.VERSION / "events.json").read_bytes()


@pytest.mark.parametrize("name", WORKLOADS)
def test_requests_are_the_same_in_every_run_and_different_in_every_round(name: str) -> None:
    """The seed alone says what is asked; only W4 repeats itself."""
    asker = Asker(World(EVENTS), lambda asked: ["a", "b"])
    first = asker.some(name, "one", 20)
    assert asker.some(name, "one", 20) == first
    assert (asker.some(name, "two", 20) == first) is (name == "W4")


@pytest.mark.parametrize("name", ["W3", "W4", "W5", "W6", "W7"])
def test_documents_are_valid(name: str) -> None:
    """Every document fits the committed schema."""
    schema = build_schema((ROOT / "schema" / "schema.graphql").read_text())
    for ask in Asker(World(EVENTS)).some(name, "valid", 40):
        assert ask.body
        assert validate(schema, parse(json.loads(ask.body)["query"])) == []


def test_no_text_of_w7_comes_twice() -> None:
    """Every text of W7 is new, in whatever round."""
    asker = Asker(World(EVENTS))
    texts = [ask.body for seed in ("one", "two") for ask in asker.some("W7", seed, 500)]
    assert len(set(texts)) == len(texts)


def test_requests_are_written_with_their_length(tmp_path: Path) -> None:
    """wrk is given whole requests, each behind its length."""
    raw = Ask("/graphql", b'{"query": "{ a }"}').raw("W4")
    file = write(tmp_path / "requests", [raw, Ask("/v1/events").raw("W2")])
    size, _, rest = file.read_bytes().partition(b"\n")
    assert rest[: int(size)] == raw
    assert raw.startswith(b"POST /graphql HTTP/1.1\r\n")
    assert raw.endswith(b'Content-Length: 18\r\n\r\n{"query": "{ a }"}')


def _answer(body: object, status: int = 200) -> Answer:
    return Answer(status, (), orjson.dumps(body))


def test_servers_may_differ_in_cursors_and_in_what_they_say_of_the_release() -> None:
    """What each server says in its own words is not compared."""
    first = {"data": {"cursor": "a", "id": "x"}, "extensions": {"release": 1}}
    agreement.demand("it", {"ours": _answer(first), "stock": _answer({"data": {"id": "x", "cursor": "b"}})})


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (_answer({"data": {"id": "y"}}), r'(?s)stock does not answer what ours does to it:.*-.*"x".*\+.*"y"'),
        (_answer({"errors": [{"message": "no"}]}), "stock to it: answered with errors: .*no"),
        (_answer({}, 500), "stock to it: answered 500"),
    ],
)
def test_a_different_answer_ends_the_benchmark(other: Answer, said: str) -> None:
    """Another answer, an error or another status is refused with what differs."""
    with pytest.raises(BenchmarkError, match=said):
        agreement.demand("it", {"ours": _answer({"data": {"id": "x"}}), "stock": other})


def test_the_report_holds_each_ratio_against_its_goal() -> None:
    """The report takes medians, of rates and of what stood beside each other, and says of each goal if it was met."""
    results = Results("quick run", 10_000, rounds=3, seconds=1, patient=2, pool=100)
    rates = {"ours": (70, 80, 900), "limit": (100, 50, 1_000), "mercurius": (20, 20, 20), "stock": (1, 1, 1)}
    results.timed["W4"] = {
        name: [Round(rate, p50=1, p99=2, requests=10, bytes=5) for rate in found] for name, found in rates.items()
    }
    results.timed["W8"] = {"ours": [Round(50, 1, 2, 1, 1)], "limit": [Round(100, 1, 2, 1, 1)]}
    results.loads = {"ours": [Load(4.0, 100)], "dicts": [Load(1.0, 200)]}
    results.latency = {"W1": {1_000: [1.0, 2.0, 9.0], 100_000: [1.1, 2.2, 1.0]}}
    said = report.write(results)
    assert "A quick run, " in said
    assert (
        "W4: the rounds differ, of ours by 1038%, of limit by 950%; the machine was busy with something else." in said
    )
    assert "| W4 | 0.90 (≥ 0.75: met) | 4.0 (≥ 7: missed) | 80 (≥ 150: missed) |" in said
    assert "| W8 | 0.50 | – | – |" in said
    assert "4.0 s, 4.0 times the dicts' 1.0 s | ≤ 3 times: missed |" in said
    assert "100 MB beside the dicts' 200 MB | no more: met |" in said
    assert "1.10 ms beside 2.00 ms, 1.10 times | ≤ 1.2 times: met |" in said
    assert "| memory of four workers beside one | not measured | ≤ 1.5 times |" in said
