"""Running cited addresses again: every answer of the release is found again, and what is no such address is told."""

from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import orjson
import pytest
from click.testing import CliRunner, Result
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dataset.answer import Answer
from dataset.catalog import Catalog, load
from dataset.cli import main
from dataset.filter import FILTERS
from dataset.order import ORDERS
from dataset.parameters import Given
from dataset.rerun import MAX_LENGTH, AddressError, rerun
from dataset.resource import Asked, Resource
from dataset.resources import RESOURCES
from tests import world

PINNED = "/v1/releases/1.1.0"


@cache
def _catalog() -> Catalog:
    return load()


@cache
def _invented() -> Catalog:
    """Return a release of the small world, in which one relation went away."""
    records = world.raw()
    records["tombstones", "rel-gone"] = {"id": "rel-gone", "reason": "It was read wrong.", "successor": None}
    return Catalog({"1.0.0": world.edition_of(records)})


def _required(resource: Resource) -> dict[str, str]:
    """Return the parameters without which a resource does not answer."""
    known = {"q": "min", "url": _catalog().latest.release.corpus.sources["src-coindesk-2022-03-15"].url}
    return {one.name: known[one.name] for one in resource.parameters if one.required}


def _path(resource: Resource) -> str:
    collection = resource.path.split("/")[1]
    some = "" if "{" not in resource.path else min(_catalog().latest.release.corpus.collection(collection))
    return PINNED + resource.path.format(id=some)


def _address(path: str, *pairs: tuple[str, str]) -> str:
    return f"{path}?{urlencode(pairs, quote_via=quote)}" if pairs else path


def _everything() -> Iterator[tuple[Resource, str]]:
    for resource in RESOURCES:
        for form in ("", *resource.formats):
            yield resource, form


EVERYTHING = [pytest.param(one, form, id=f"{one.name}-{form or 'envelope'}") for one, form in _everything()]


@pytest.mark.parametrize(("resource", "form"), EVERYTHING)
def test_every_answer_is_found_again_at_the_address_that_it_gives(resource: Resource, form: str) -> None:
    """Of every resource in every format, the cited address gives the bytes of the answer, and is its own."""
    edition = _catalog().latest
    required = _required(resource)
    collection = resource.path.split("/")[1]
    names = {"id": min(edition.release.corpus.collection(collection))} if "{" in resource.path else {}
    answer = resource.respond(Asked(edition, names, Given(required.items()), form))
    written = sha256(b"".join(answer.write(form))).hexdigest()
    address = f"{answer.address(form)}#sha256={written}"
    found = rerun(_catalog(), address)

    assert (found.address, found.sha256, found.cited, found.same) == (address, written, written, True)
    assert found == rerun(
        _catalog(), f"{_address(_path(resource) + (f'.{form}' if form else ''), *required.items())}#sha256={written}"
    )


@pytest.mark.parametrize(("resource", "form"), EVERYTHING)
def test_a_format_is_a_suffix_or_a_parameter(resource: Resource, form: str) -> None:
    """Both say the same, and the address to cite has the suffix."""
    pairs = tuple(_required(resource).items())
    by_suffix = rerun(_catalog(), _address(f"{_path(resource)}.{form}" if form else _path(resource), *pairs))
    by_parameter = rerun(_catalog(), _address(_path(resource), *pairs, *([("format", form)] if form else [])))

    assert by_suffix == by_parameter
    assert urlsplit(by_suffix.address).path == _path(resource) + (f".{form}" if form else "")
    assert by_suffix.cited is None
    assert not by_suffix.same


@st.composite
def questions(draw: st.DrawFn) -> tuple[str, list[tuple[str, str]]]:
    """Draw the path of a list with parameters that it takes."""
    collection = draw(st.sampled_from(list(FILTERS)))
    pairs = []
    for item in draw(st.lists(st.sampled_from(FILTERS[collection]), max_size=3, unique_by=lambda item: item.name)):
        if item.vocabulary:
            values = [term.value for term in item.vocabulary]
        elif item.ids:
            corpus = _catalog().latest.release.corpus
            values = [name for kind in item.ids for name in corpus.collection(kind)]
        else:
            values = {"date": ["2022", "2022-03"], "decimal": ["0", "100.5"], "": ["min", "crackdown é & co", "+"]}[
                item.form
            ]
        several = draw(st.lists(st.sampled_from(values), min_size=1, max_size=3 if item.many else 1))
        pairs += [(item.name, value) for value in several]
    order = draw(st.sampled_from(["", *(name for one in ORDERS[collection] for name in one.names)]))
    pairs += [("order", order)] if order else []
    limit = draw(st.sampled_from(["", "1", "20", "020", "100", "all"]))
    pairs += [("limit", limit)] if limit else []
    return f"{PINNED}/{collection}", pairs


@settings(max_examples=60)
@given(questions(), st.randoms(use_true_random=False), st.sampled_from(["", "json", "csv"]))
def test_one_question_has_one_address(question: tuple[str, list[tuple[str, str]]], random: Random, form: str) -> None:
    """Parameters in any order, and values said twice, give the same address, which gives itself."""
    path, pairs = question
    path += f".{form}" if form else ""
    single = {one.name for filters in FILTERS.values() for one in filters if not one.many} | {"order", "limit"}
    shuffled = [*pairs, *(pair for pair in pairs if pair[0] not in single)]
    random.shuffle(shuffled)
    found = rerun(_catalog(), _address(path, *pairs))

    assert rerun(_catalog(), _address(path, *shuffled)) == found
    again = rerun(_catalog(), found.address)
    assert (again.address, again.same) == (found.address, True)
    asked = parse_qsl(urlsplit(found.address).query)
    assert asked == sorted(asked)
    assert {*asked} <= {(name, value.lstrip("0") if name == "limit" else value) for name, value in pairs}


@pytest.mark.parametrize(
    ("address", "canonical"),
    [
        ("/events?limit=20", "/events"),
        ("/events?order=date", "/events"),
        ("/events?order=relevance", "/events"),
        ("/events?order=-date&limit=007", "/events?limit=7&order=-date"),
        ("/events?q=min&order=relevance", "/events?q=min"),
        ("/events?q=min&order=date", "/events?order=date&q=min"),
        ("/events?kind=raid&kind=bust&kind=raid", "/events?kind=bust&kind=raid"),
        ("/events?fields=title,id,id", "/events?fields=id%2Ctitle"),
        ("/events?fields=date.latest,date", "/events?fields=date"),
        ("/events?format=csv", "/events.csv"),
        ("/events.csv?format=json&excel=1", "/events.csv?excel=1"),
        ("/events.csv?excel=1&limit=all", "/events.csv?limit=all&excel=1"),
        ("/%65vents", "/events"),
        ("/events?q=black%20outs+%2B", "/events?q=black%20outs%20%2B"),
        ("/events/facets?values=20", "/events/facets"),
        ("/events/facets?values=5&kind=raid", "/events/facets?kind=raid&values=5"),
        ("/events/histogram?interval=month", "/events/histogram"),
        ("/events/histogram.csv?interval=year", "/events/histogram.csv?interval=year"),
        ("/figures/aggregates?measure=profit", "/figures/aggregates?measure=profit"),
        ("/search?kinds=figures&q=min&kinds=events", "/search?kinds=events&kinds=figures&q=min"),
        ("/search?q=min&limit=2", "/search?limit=2&q=min"),
        ("/events#top", "/events"),
        ("/events.bibtex", "/events.bibtex"),
    ],
)
def test_what_goes_without_saying_is_not_said(address: str, canonical: str) -> None:
    """Defaults are left out, and what means the same is said in one way."""
    found = rerun(_catalog(), PINNED + address)

    assert found.address == f"{PINNED}{canonical}#sha256={found.sha256}"


def test_a_value_said_twice_is_said_once() -> None:
    """The bytes of the answer, the cursor of its next page among them, are those of the question without it."""
    once, twice = (rerun(_catalog(), f"{PINNED}/figures?{'unit=mine&' * times}limit=1") for times in (1, 2))

    assert once == twice
    assert _envelope(f"{PINNED}/figures?unit=mine&limit=1")["next"]


def test_an_article_is_looked_up_at_one_address() -> None:
    """However its address is written, it is cited in one way."""
    written = ["https://www.coindesk.com/a/?utm_source=x", "http://coindesk.com/a"]
    found = {rerun(_catalog(), _address(f"{PINNED}/lookup", ("url", url))).address for url in written}

    assert len(found) == 1


@pytest.mark.parametrize("origin", ["https://data.example", "http://127.0.0.1:8000", "//data.example"])
def test_an_address_may_be_absolute(origin: str) -> None:
    """The answer is that of the path, and the address to cite stays absolute."""
    path = rerun(_catalog(), f"{PINNED}/events")
    found = rerun(_catalog(), f"{origin}{PINNED}/events?limit=20#sha256={path.sha256}")

    assert (found.address, found.same) == (f"{origin}{path.address}", True)


def test_a_bibliography_has_the_addresses_of_its_server() -> None:
    """Records are cited where the answer was given, so that the digest is that of the server's answer."""
    found = {rerun(_catalog(), f"https://{host}.example{PINNED}/events.ris").sha256 for host in ("a", "b", "a")}

    assert len(found) == 2


def test_the_pages_of_an_answer_are_addresses_as_well() -> None:
    """From the first page, `next` leads through all records, each page being found again at its own address."""
    path: str | None = f"{PINNED}/events?limit=10&order=-id"
    seen: list[str] = []
    while path:
        found = rerun(_catalog(), path)
        assert rerun(_catalog(), found.address).same
        page = _envelope(path)
        seen += [one["id"] for one in page["items"]]
        path = page["next"]

    assert seen == sorted(_catalog().latest.release.corpus.events, reverse=True)


def _envelope(address: str) -> dict[str, Any]:
    parts = urlsplit(address)
    (resource,) = (one for one in RESOURCES if one.path == parts.path.removeprefix(PINNED))
    answer: Answer = resource.respond(Asked(_catalog().latest, {}, Given(parse_qsl(parts.query))))
    found: dict[str, Any] = orjson.loads(b"".join(answer.write("")))
    return found


def test_every_release_is_run_again_for_itself() -> None:
    """The same question to another release is another answer."""
    old = rerun(_catalog(), "/v1/releases/1.0.0/events")
    new = rerun(_catalog(), f"{PINNED}/events#sha256={old.sha256}")

    assert old.address.startswith("/v1/releases/1.0.0/events#")
    assert not new.same


BELOW = "must lead below a release, such as /v1/releases/1.0.0/events"
NOWHERE = "is answered by a server only, not by the release alone, or by nothing at all"


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("", BELOW),
        ("events", BELOW),
        ("/v1/events", BELOW),
        (PINNED, BELOW),
        (f"{PINNED}/", BELOW),
        (f"/x{PINNED}/events", BELOW),
        ("https://data.example/", BELOW),
        ("/v1/releases/9.9.9/events", "there is no release 9.9.9; there are: 1.1.0, 1.0.0"),
        ("/v1/releases/latest/events", "there is no release latest; there are: 1.1.0, 1.0.0"),
        ("/v1/releases//events", "there is no release ; there are: 1.1.0, 1.0.0"),
        (f"{PINNED}/mines", NOWHERE),
        (f"{PINNED}/events/", NOWHERE),
        (f"{PINNED}//events", NOWHERE),
        (f"{PINNED}/events.xml", NOWHERE),
        (f"{PINNED}/events/facets.ris", "release 1.1.0 has no such record in events"),
        (f"{PINNED}/search.ris?q=min", NOWHERE),
        (f"{PINNED}/manifest.json", NOWHERE),
        (f"{PINNED}/events/evt-nothing", "release 1.1.0 has no such record in events"),
        (f"{PINNED}/events/evt-nothing.ris", "release 1.1.0 has no such record in events"),
        (f"{PINNED}/events?kind=party", "kind: must be one of campaign, "),
        (f"{PINNED}/events?color=red", "color: is unknown; the parameters here are q, ids, kind, "),
        (f"{PINNED}/events?order=", "order: must not be empty"),
        (f"{PINNED}/events?order=id&order=id", "order: is given more than once"),
        (f"{PINNED}/events?limit=0", "limit: must be a whole number from 1 to 100, or `all`"),
        (f"{PINNED}/events?limit=ten", "limit: must be a whole number from 1 to 100, or `all`"),
        (f"{PINNED}/events?after=x", "after: is no cursor that this server gave out"),
        (f"{PINNED}/events?fields=body", "fields: 'body' is unknown at 'body'; there are id, "),
        (f"{PINNED}/events?format=xml", "format: must be one of json, jsonl, csv, bibtex, ris, csl"),
        (f"{PINNED}/events.csv?excel=yes", "excel: must be one of 1"),
        (f"{PINNED}/events/facets?values=101", "values: must be a whole number from 1 to 100"),
        (f"{PINNED}/events/histogram?interval=week", "interval: must be one of day, month, year"),
        (f"{PINNED}/search", "q: is missing"),
        (f"{PINNED}/search?q=min&kinds=mines", "kinds: must be one of sources, "),
        (f"{PINNED}/lookup", "url: is missing"),
        (f"{PINNED}/lookup?url=x", "url: "),
        ("http://[/v1", "is no address: "),
        (f"{PINNED}/events?q=\udcff", "is no address: "),
        (f"{PINNED}/events?q=" + "a" * MAX_LENGTH, "an address has at most 10000 characters"),
    ],
)
def test_what_cannot_be_run_again_is_told(address: str, message: str) -> None:
    """The message says what is wrong with the address, and what there is instead."""
    with pytest.raises(AddressError) as caught:
        rerun(_catalog(), address)

    assert str(caught.value).startswith(message)


def test_a_record_that_went_away_says_why() -> None:
    """The tombstone's reason is the message; in another collection there never was such a record."""
    with pytest.raises(AddressError, match=r"^the record went away: It was read wrong\.$"):
        rerun(_invented(), "/v1/releases/1.0.0/relations/rel-gone")
    with pytest.raises(AddressError, match=r"^release 1\.0\.0 has no such record in events$"):
        rerun(_invented(), "/v1/releases/1.0.0/events/rel-gone")


PARAMETERS = [*sorted({one.name for resource in RESOURCES for one in resource.known}), ""]
VALUES = st.text(max_size=12) | st.sampled_from(
    "1 all min id csv json 2022 evt-blackouts https://a.example/x \ud800".split()
)


@settings(max_examples=150)
@given(
    st.sampled_from(RESOURCES),
    st.lists(st.tuples(st.sampled_from(PARAMETERS), VALUES), max_size=3),
    st.text(max_size=4) | st.sampled_from([".csv", ".json", ".ris"]),
    st.booleans(),
)
def test_no_parameter_raises_anything_else(
    resource: Resource, pairs: list[tuple[str, str]], end: str, encoded: bool
) -> None:
    """Whatever the parameters are, there is an answer, which is found again, or an AddressError."""
    query = urlencode(pairs, errors="surrogatepass") if encoded else "&".join("=".join(pair) for pair in pairs)
    _held(f"{_path(resource)}{end}?{query}")


@settings(max_examples=150)
@given(st.text() | st.text().map(lambda text: f"{PINNED}/{text}"))
@example("https://[::1" + PINNED)
@example("https://\u2100" + PINNED + "/events")
@example("\udc80")
@example(f"//{PINNED}/events")
def test_no_address_raises_anything_else(address: str) -> None:
    """Whatever the address is, there is an answer, which is found again, or an AddressError."""
    _held(address)


def _held(address: str) -> None:
    try:
        found = rerun(_catalog(), address)
    except AddressError:
        return
    assert rerun(_catalog(), found.address).same


def _run(*args: str) -> Result:
    result = CliRunner().invoke(main, ["cite-check", *args])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


GOOD = f"{PINNED}/events.csv?kind=raid"


def test_the_command_says_that_an_answer_is_the_same() -> None:
    """With the answer's digest the exit code is 0."""
    found = rerun(_catalog(), GOOD)
    result = _run(found.address)

    assert (result.exit_code, result.stdout, result.stderr) == (0, f"same: {found.sha256}\n", "")


@pytest.mark.parametrize("digest", ["0" * 64, "", "nonsense"])
def test_the_command_says_that_an_answer_is_another(digest: str) -> None:
    """With another digest both are told, and the exit code is 1."""
    found = rerun(_catalog(), GOOD)
    result = _run(f"{GOOD}#sha256={digest}")

    assert (result.exit_code, result.stdout) == (1, f"another answer: {found.sha256}, cited with {digest}\n")


def test_the_command_completes_an_address_without_a_digest() -> None:
    """Without a digest the address to cite is told, and nothing is confirmed."""
    found = rerun(_catalog(), GOOD)
    result = _run(f"{GOOD}#top")

    assert result.exit_code == 1
    assert result.stdout == f"the address has no digest to compare with; with the answer's: {found.address}\n"


def test_the_command_answers_a_machine_as_well() -> None:
    """With --json each outcome has the same fields."""
    found = rerun(_catalog(), GOOD)
    told = {"address": found.address, "sha256": found.sha256}
    same, other = _run("--json", found.address), _run("--json", GOOD)

    assert (same.exit_code, orjson.loads(same.stdout)) == (0, {**told, "cited": found.sha256, "same": True})
    assert (other.exit_code, orjson.loads(other.stdout)) == (1, {**told, "cited": None, "same": False})


def test_the_command_says_why_an_address_cannot_be_run_again() -> None:
    """What is wrong stands on standard error, after the address, and the exit code is 1."""
    result = _run(f"{PINNED}/mines")

    assert (result.exit_code, result.stdout, result.stderr) == (1, "", f"{PINNED}/mines: {NOWHERE}\n")


def test_the_command_reads_the_releases_that_it_is_told(tmp_path: Path) -> None:
    """A folder of releases is enough: no server and no network."""
    world.release(tmp_path / "releases")
    result = _run("--releases", str(tmp_path / "releases"), "/v1/releases/1.0.0/events")
    nothing = _run("--releases", str(tmp_path), "/v1/releases/1.0.0/events")

    assert "/v1/releases/1.0.0/events#sha256=" in result.stdout
    assert (nothing.exit_code, nothing.stdout) == (1, "")
