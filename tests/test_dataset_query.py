"""The query core: every filter and every order against a naive scan of a larger world, and the laws of paging."""

import base64
import math
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dataset.canonical import to_plain
from dataset.catalog import Edition
from dataset.corpus import PREFIXES
from dataset.filter import FILTERS, Match
from dataset.fold import fold, words
from dataset.order import ORDERS
from dataset.query import DEFAULT_LIMIT, MAX_LIMIT, Page, Query, QueryError, answer, cursor, cut, parse, scope, select
from dataset.records import SERVED
from dataset.search import SEARCHED
from dataset.sequence import Listed
from dataset.vocabulary import Term
from tests import world
from tests.world import SOURCE, edition_of, evidence, raw

Plain = dict[str, Any]

NAMES = [
    "Ada Reed",
    "Ádá Rééd",
    "Zoë O'Neill-Reed",
    "Салтанат Йогансен",
    "Йога и Салтан",
    "ADAM SALT & Sons",
    "Salt, Board of",
    "Ünal Çelik",
    "42nd Street Mines",
    "Қайрат Сал",
]
DATES = [
    "2019",
    "2020-05",
    "2020-05-01",
    "2020-05-01/..",
    "../2020-05-03",
    "2020-04-28/2020-05-02",
    "2021-24",
    "2020~",
    "2020-12-31",
    "2021-01-01",
]
NUMBERS: list[Plain] = [
    {"value": "0"},
    {"value": "-3"},
    {"value": "12"},
    {"value": "12.5"},
    {"value": "100"},
    {"low": "2000000", "high": "4000000"},
    {"low": "5", "high": "99"},
    {"value": "3000000"},
]


def page(edition: Edition, query: Query, **asked: Any) -> Page:
    """Return a part of the answer to a question."""
    return cut(answer(edition, query), scope(edition, query), **asked)


def _said(found: Page) -> tuple[tuple[str, ...], int, bool, bool]:
    return found.ids, found.total, found.has_next, found.has_previous


def _term(kind: type[Term], number: int) -> str:
    return list(kind)[number % len(kind)].value


def _terms(collection: str, field: str) -> type[Term]:
    found = next(item.vocabulary for item in FILTERS[collection] if item.name == field)
    assert found
    return found


def _evidence(number: int) -> list[Plain]:
    modality = _term(_terms("events", "modality"), number)
    speaker = [None, "ent-board-of-salt", "ent-atlantis"][number % 3]
    found = evidence(f"cit-{number % 4}", modality=modality, attributed_to=speaker)
    if number % 5 == 0:
        found += evidence(f"cit-{(number + 1) % 4}", attributed_to="ent-3")
    return found


def _larger() -> Iterator[tuple[str, Plain]]:
    """Yield records of every kind, in which every term and every combination of ends occurs."""
    old = raw()
    for name, kind, day in (
        ("src-b", "statement", "2020-05-02T10:00Z"),
        ("src-a", "article", "2020-05-02"),
        ("src-c", "article", "2019-12-31T23:59Z"),
    ):
        yield "sources", {**old["sources", SOURCE], "id": name, "kind": kind, "published": day, "origin": []}
    for n in range(4):
        where = old["citations", "cit-gazette-lead"]
        yield "citations", {**where, "id": f"cit-{n}", "source": ["src-a", "src-b", SOURCE, "src-b"][n]}
    for n, text in enumerate(NAMES):
        main = {"text": text, "kind": "primary", "evidence": _evidence(n)}
        other = {"text": f"{NAMES[-n]} {n}", "kind": "variant", "evidence": _evidence(n + 1)}
        names = [[main], [other, main]][n % 2]
        yield "entities", {"id": f"ent-{n}", "kind": _term(_terms("entities", "kind"), n), "names": names}
    roles = _terms("events", "role")
    for n in range(40):
        yield (
            "events",
            {
                **old["events", "evt-closures"],
                "id": f"evt-{n}",
                "kind": _term(_terms("events", "kind"), n),
                "title": f"Event {n}",
                "date": {"edtf": DATES[n * 7 % len(DATES)], "basis": "occurred"},
                "place": [None, "ent-atlantis", "ent-4"][n % 3],
                "status": [None, _term(_terms("events", "status"), n)][n % 2],
                "part_of": None if n < 4 else f"evt-{n // 4}",
                "participations": [
                    {"entity": f"ent-{m % 10}", "role": _term(roles, n + m), "evidence": _evidence(m)}
                    for m in range(n % 3)
                ],
                "evidence": _evidence(n),
            },
        )
    for n in range(40):
        yield (
            "figures",
            {
                **old["figures", "fig-twelve"],
                **{"value": None, "low": None, "high": None, **NUMBERS[n * 3 % len(NUMBERS)]},
                "id": f"fig-{n}",
                "about": [f"evt-{n % 9}", f"ent-{n % 7}"][n % 2],
                "measure": _term(_terms("figures", "measure"), n * 5),
                "unit": _term(_terms("figures", "unit"), n),
                "comparator": _term(_terms("figures", "comparator"), n // 2),
                "part_of": f"fig-{n // 3}" if n % 4 == 3 else None,
                "restates": f"fig-{n // 5}" if n % 6 == 5 else None,
                "evidence": _evidence(n),
            },
        )
    for n in range(44):
        yield (
            "relations",
            {
                **old["relations", "rel-reed-behind-mines"],
                "id": f"rel-{n}",
                "subject": [f"ent-{n % 10}", f"evt-{n % 8}"][n % 2],
                "predicate": _term(_terms("relations", "predicate"), n * 3),
                "object": [f"ent-{n % 6}", f"evt-{n % 5}", f"ent-{n % 10}"][n % 3],
                "valid": [None, *(term.value for term in _terms("relations", "valid"))][n % 3],
                "evidence": _evidence(n),
            },
        )
    for n in range(16):
        yield (
            "discrepancies",
            {
                **old["discrepancies", "dis-shut-or-ordered"],
                "id": f"dis-{n}",
                "title": f"Question {n}",
                "reason": _term(_terms("discrepancies", "reason"), n),
                "records": [f"evt-{n % 5}", [f"fig-{n}", f"rel-{n}", f"ent-{n % 10}"][n % 3]],
                "citations": [f"cit-{n % 4}", f"cit-{(n + 1 + n // 8) % 4}"],
            },
        )


@cache
def _world() -> Edition:
    return edition_of({**raw(), **{(collection, record["id"]): record for collection, record in _larger()}})


@cache
def _plain(collection: str) -> dict[str, Plain]:
    return {name: to_plain(record) for name, record in _world().release.corpus.collection(collection).items()}


# The oracle: what each filter means, in plain words over plain JSON.

Holds = Callable[[Plain, str], bool]


def _all_evidence(value: Any) -> Iterator[Plain]:
    if isinstance(value, dict):
        yield from value.get("evidence", [])
        for inner in value.values():
            yield from _all_evidence(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _all_evidence(inner)


def _citations(record: Plain) -> set[str]:
    return {entry["citation"] for entry in _all_evidence(record)} | {*record.get("citations", [])}


def _letters(text: str) -> str:
    """Return the text in lower case, the marks on Latin letters dropped; in the world's names there are no others."""
    found = ""
    for letter in text.lower():
        first = unicodedata.normalize("NFD", letter)[0]
        found += first if first < "\x7f" else letter
    return found


def _named(record: Plain, text: str) -> bool:
    has = [word for name in record["names"] for word in world.words(name["text"])]
    sought = world.words(text)
    return bool(sought) and all(any(word.startswith(asked) for word in has) for asked in sought)


def _numbers(figure: Plain) -> list[Decimal]:
    return [Decimal(figure[name]) for name in ("value", "low", "high") if figure[name] is not None]


def _is(field: str) -> Holds:
    return lambda record, text: record[field] == text


EVIDENCE: dict[str, Holds] = {
    "source": lambda record, text: text in {_plain("citations")[name]["source"] for name in _citations(record)},
    "citation": lambda record, text: text in _citations(record),
    "modality": lambda record, text: text in {entry["modality"] for entry in _all_evidence(record)},
    "speaker": lambda record, text: text in {entry["attributed_to"] for entry in _all_evidence(record)},
}
OWN: dict[str, dict[str, Holds]] = {
    "sources": {
        "source": _is("id"),
        "kind": _is("kind"),
        "published_from": lambda source, text: source["published"][: len(text)] >= text,
        "published_to": lambda source, text: source["published"][: len(text)] <= text,
    },
    "citations": {"source": _is("source")},
    "entities": {"kind": _is("kind"), "name": _named, **EVIDENCE},
    "events": {
        "kind": _is("kind"),
        "status": _is("status"),
        "date_from": lambda e, text: not e["date"]["latest"] or e["date"]["latest"][: len(text)] >= text,
        "date_to": lambda e, text: not e["date"]["earliest"] or e["date"]["earliest"][: len(text)] <= text,
        "entity": lambda event, text: text in [p["entity"] for p in event["participations"]],
        "role": lambda event, text: text in [p["role"] for p in event["participations"]],
        "place": _is("place"),
        "part_of": _is("part_of"),
        **EVIDENCE,
    },
    "figures": {
        "measure": _is("measure"),
        "event": _is("about"),
        "entity": _is("about"),
        "unit": _is("unit"),
        "value_min": lambda figure, text: max(_numbers(figure)) >= Decimal(text),
        "value_max": lambda figure, text: min(_numbers(figure)) <= Decimal(text),
        "comparator": _is("comparator"),
        "part_of": _is("part_of"),
        "restates": _is("restates"),
        **EVIDENCE,
    },
    "relations": {
        "subject": _is("subject"),
        "predicate": _is("predicate"),
        "object": _is("object"),
        "party": lambda relation, text: text in (relation["subject"], relation["object"]),
        "valid": _is("valid"),
        **EVIDENCE,
    },
    "discrepancies": {
        "reason": _is("reason"),
        "record": lambda discrepancy, text: text in discrepancy["records"],
        "source": EVIDENCE["source"],
        "citation": EVIDENCE["citation"],
    },
}
EVERY: dict[str, Holds] = {
    "q": lambda record, text: world.holds(_world().release.corpus, record, text),
    "ids": _is("id"),
}
ORACLE = {collection: {**EVERY, **own} for collection, own in OWN.items()}


def _by(*fields: str) -> Callable[[Plain], Any]:
    return lambda record: [record[field] for field in fields]


def _shown(entity: Plain) -> str:
    return next(_letters(name["text"]) for name in entity["names"] if name["kind"] != "variant")


SORTED: dict[str, dict[str, Callable[[Plain], Any]]] = {
    "sources": {"published": _by("published"), "id": _by()},
    "citations": {"id": _by()},
    "entities": {"name": _shown, "id": _by()},
    "events": {
        "date": lambda e: (e["date"]["earliest"] or "0000-01-01", e["date"]["latest"] or "9999-12-31"),
        "id": _by(),
    },
    "figures": {
        "id": _by(),
        "measure": lambda figure: (figure["measure"], min(_numbers(figure))),
        "value": lambda figure: min(_numbers(figure)),
    },
    "relations": {"id": _by(), "predicate": _by("predicate")},
    "discrepancies": {"id": _by()},
}


@cache
def _weights(collection: str) -> dict[str, dict[str, float]]:
    """Return how often each record says each word, each time weighted by its field."""
    weights: dict[str, dict[str, float]] = {}
    for name, record in _plain(collection).items():
        said = world.texts(_world().release.corpus, record)
        counts = weights[name] = defaultdict(float)
        for item in SEARCHED[collection]:
            for word in (word for text in said[item.field] for word in world.words(text)):
                counts[word] += item.weight
    return weights


def _relevance(collection: str, text: str) -> Callable[[Plain], float]:
    """Return how well records answer a text, reckoned one by one by the formula of BM25; the lowest is the best."""
    weights = _weights(collection)

    def best(name: str, asked: str) -> float:
        return max(
            (
                count * 2.2 / (count + 1.2) * (1 if word == asked else 0.5)
                for word, count in weights[name].items()
                if world.matches(word, asked)
            ),
            default=0,
        )

    asked = list(dict.fromkeys(world.words(text)))
    everything = {name: words for kind in SERVED for name, words in _weights(kind).items()}
    have = {
        word: sum(1 for words in everything.values() if any(world.matches(said, word) for said in words))
        for word in asked
    }
    rarity = {word: math.log(1 + (len(everything) - have[word] + 0.5) / (have[word] + 0.5)) for word in asked}

    def score(record: Plain) -> float:
        return -round(sum(rarity[word] * best(record["id"], word) for word in asked), 4)

    return score


def _scan(collection: str, where: dict[str, list[str]], order: str) -> list[str]:
    """Return what a reader would find who goes through all records one by one."""
    if order in ("", "relevance"):
        order = "relevance" if "q" in where else ORDERS[collection][0].name
    by_text = order == "relevance"
    key = _relevance(collection, where["q"][0]) if by_text else SORTED[collection][order.lstrip("-")]
    found = [
        record
        for record in _plain(collection).values()
        if all(any(ORACLE[collection][name](record, text) for text in texts) for name, texts in where.items())
    ]
    ids = [record["id"] for record in sorted(found, key=lambda record: (key(record), record["id"]))]
    return ids[::-1] if order.startswith("-") else ids


@cache
def _candidates(collection: str, name: str) -> list[str]:
    """Return values to ask a filter for: some that occur, and some that do not."""
    item = next(item for item in FILTERS[collection] if item.name == name)
    if item.match is Match.TEXT:
        corpus = _world().release.corpus
        said = [one for record in _plain(collection).values() for one in world.texts(corpus, record).values()]
        known = sorted({word for texts in said for text in texts for word in world.words(text)})
        some = known[:: max(1, len(known) // 12)]
        return [
            *some,
            *(word[:3].upper() for word in some),
            f"{known[-1]} {known[0]}",
            "shut mi",
            "mines SHUT",
            "zz",
            "?!",
        ]
    if item.vocabulary:
        return [term.value for term in item.vocabulary]
    if item.ids:
        known = [record.id for kind in item.ids for record in _world().release.corpus.collection(kind).values()]
        return [*known, *(f"{prefix}-nothing" for prefix, kind in PREFIXES.items() if kind in item.ids)]
    if item.form == "date":
        return "2018 2019 2019-12-31 2020 2020-04 2020-04-30 2020-05 2020-05-01 2020-05-02 2021 2021-12 2030".split()
    if item.form == "decimal":
        return "-10 -3 -2.5 0 0.0 4.99 5 12 12.50 50 99 100 2000000 2999999 3000000 4000000.01 99999999999".split()
    return "ada,ADA reed,Ree,reed ad,réed,сал,САЛТ,йог,иог,un,ü,42,o'n,zz,salt board, -.' ".split(",")


FILTER_NAMES = [(collection, item.name) for collection, filters in FILTERS.items() for item in filters]
ORDER_NAMES = [(collection, name) for collection, orders in SORTED.items() for name in orders]


def _asked(collection: str, where: dict[str, list[str]], order: str = "") -> list[str]:
    return list(select(_world(), parse(collection, where, order)))


def test_the_oracle_knows_every_filter_and_every_order() -> None:
    """No filter and no order is without a meaning in this file, and each is described."""
    assert {name: list(known) for name, known in ORACLE.items()} == {
        name: [item.name for item in filters] for name, filters in FILTERS.items()
    }
    assert {name: list(known) for name, known in SORTED.items()} == {
        name: [order.name for order in orders if order.name != "relevance"] for name, orders in ORDERS.items()
    }
    assert [name for name, orders in ORDERS.items() if orders[-1].name != "relevance"] == []
    told = [item.description for items in FILTERS.values() for item in items]
    told += [order.description for orders in ORDERS.values() for order in orders]
    assert [text for text in told if not text.endswith(".")] == []
    assert list(FILTERS) == list(ORDERS) == list(SERVED)


@pytest.mark.parametrize(("collection", "name"), FILTER_NAMES, ids=str)
def test_a_filter_selects_what_a_scan_finds(collection: str, name: str) -> None:
    """For each value, the filter selects the records of which it holds and no others."""
    expected = {text: _scan(collection, {name: [text]}, "") for text in _candidates(collection, name)}

    assert {text: _asked(collection, {name: [text]}) for text in expected} == expected
    assert any(0 < len(found) < len(_plain(collection)) for found in expected.values())


@pytest.mark.parametrize(("collection", "name"), ORDER_NAMES, ids=str)
def test_an_order_is_that_of_a_sorted_scan(collection: str, name: str) -> None:
    """A collection comes sorted as described, ties by id, and its reverse is the exact reverse."""
    assert _asked(collection, {}, name) == _scan(collection, {}, name)
    assert _asked(collection, {}, f"-{name}") == _scan(collection, {}, name)[::-1]


@pytest.mark.parametrize("collection", SERVED)
def test_relevance_ranks_as_a_scan_does(collection: str) -> None:
    """With full text the best answer comes first, ties by id, whether that order is named or not."""
    texts = _candidates(collection, "q")
    expected = {text: _scan(collection, {"q": [text]}, "relevance") for text in texts}

    assert {text: _asked(collection, {"q": [text]}, "relevance") for text in texts} == expected
    assert {text: _asked(collection, {"q": [text]}) for text in texts} == expected


@pytest.mark.parametrize("collection", SERVED)
def test_relevance_to_nothing_is_the_default_order(collection: str) -> None:
    """Without full text all records answer alike, and come as they do without an order."""
    assert parse(collection, {}, "relevance") == parse(collection, {})


@pytest.mark.parametrize("collection", SERVED)
def test_the_first_order_is_the_default(collection: str) -> None:
    """Without an order, and without a filter, the whole collection comes in its first order."""
    assert parse(collection, {}) == Query(collection, {}, ORDERS[collection][0].name)
    assert _asked(collection, {}) == _scan(collection, {}, ORDERS[collection][0].name)


@st.composite
def questions(draw: st.DrawFn) -> tuple[str, dict[str, list[str]], str]:
    """Draw a collection, some of its filters with some values, and an order."""
    collection = draw(st.sampled_from(list(FILTERS)))
    items = draw(st.lists(st.sampled_from(FILTERS[collection]), unique_by=lambda item: item.name, max_size=3))
    where = {
        item.name: draw(
            st.lists(
                st.sampled_from(_candidates(collection, item.name)),
                min_size=1,
                max_size=6 if item.many else 1,
            )
        )
        for item in items
    }
    names = [name for order in ORDERS[collection] for name in order.names]
    order = draw(st.sampled_from(["", *names]))
    return collection, where, order


@settings(deadline=None)
@given(questions())
def test_several_values_mean_any_and_several_filters_mean_all(
    question: tuple[str, dict[str, list[str]], str],
) -> None:
    """A question of several filters, each with several values, is answered as a scan answers it."""
    assert _asked(*question) == _scan(*question)


@settings(deadline=None)
@given(questions(), st.integers(1, 9))
def test_pages_put_together_are_the_whole_answer(question: tuple[str, dict[str, list[str]], str], size: int) -> None:
    """Going forward or backward, page by page, every record comes once, and each page says what is beyond it."""
    query = parse(*question)
    whole = select(_world(), query)
    total = scope(_world(), query)

    forward: list[str] = []
    found = page(_world(), query, first=size)
    while True:
        assert found.total == len(whole)
        assert found.has_previous is bool(forward)
        forward += found.ids
        assert found.has_next is (len(forward) < len(whole))
        if not found.has_next:
            break
        found = page(_world(), query, first=size, after=cursor(total, found.ids[-1]))
    assert tuple(forward) == whole

    backward: list[str] = []
    found = page(_world(), query, last=size)
    while True:
        assert found.total == len(whole)
        assert found.has_next is bool(backward)
        backward = [*found.ids, *backward]
        assert found.has_previous is (len(backward) < len(whole))
        if not found.has_previous:
            break
        found = page(_world(), query, last=size, before=cursor(total, found.ids[0]))
    assert tuple(backward) == whole


KEYS = st.lists(st.text("abcdefgh.-0123456789", min_size=1, max_size=4), unique=True, max_size=30).map(tuple)


@settings(deadline=None)
@given(st.data())
def test_a_page_is_a_slice_between_its_cursors(data: st.DataObject) -> None:
    """Between an after and a before cursor, the first or the last keys come, as slicing the keys gives them."""
    keys = data.draw(KEYS)
    at = st.none() | st.integers(0, len(keys) - 1) if keys else st.none()
    after, before = data.draw(at), data.draw(at)
    first, last = data.draw(st.sampled_from([(None, None), (3, None), (None, 3), (0, None), (None, 0), (100, None)]))
    low = 0 if after is None else after + 1
    high = max(low, len(keys) if before is None else before)
    if last is not None:
        begin, end = max(low, high - last), high
    else:
        begin, end = low, min(high, low + (DEFAULT_LIMIT if first is None else first))

    found = cut(
        Listed(keys),
        "release:question",
        first=first,
        after=None if after is None else cursor("release:question", keys[after]),
        last=last,
        before=None if before is None else cursor("release:question", keys[before]),
    )

    assert _said(found) == (keys[begin:end], len(keys), end < len(keys), begin > 0)


def test_a_page_has_twenty_records_unless_told() -> None:
    """Without a size a page has the default number of records, with a size that many, and at most a hundred."""
    query = parse("events", {})

    assert len(page(_world(), query).ids) == DEFAULT_LIMIT == 20
    assert len(page(_world(), query, first=3).ids) == len(page(_world(), query, last=3).ids) == 3
    assert page(_world(), query, first=MAX_LIMIT).ids == select(_world(), query)
    assert _said(page(_world(), query, first=0)) == ((), 42, True, False)


@pytest.mark.parametrize("size", [-1, MAX_LIMIT + 1, 10**9])
@pytest.mark.parametrize("name", ["first", "last"])
def test_a_size_out_of_bounds_is_refused(name: str, size: int) -> None:
    """Fewer than none and more than a hundred are refused by the name of the parameter."""
    sizes: Any = {name: size}
    with pytest.raises(QueryError) as caught:
        page(_world(), parse("events", {}), **sizes)

    assert (caught.value.parameter, caught.value.reason) == (name, f"must be from 0 to 100, not {size}")


def test_first_and_last_exclude_one_another() -> None:
    """A page is counted from one end, not from both."""
    with pytest.raises(QueryError) as caught:
        page(_world(), parse("events", {}), first=1, last=1)

    assert (caught.value.parameter, caught.value.reason) == ("last", "cannot be given together with first")
    assert str(caught.value) == "last: cannot be given together with first"


NO_CURSOR = "is no cursor that this server gave out"
OTHER_QUESTION = "is a cursor of another question; filters and order must stay the same"
OTHER_RELEASE = "is a cursor of another release; start again, or page under a pinned release"


def _cursor(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _good() -> tuple[Query, str]:
    query = parse("events", {"kind": ["closure"]}, "date")
    return query, cursor(scope(_world(), query), select(_world(), query)[0])


def _tampered() -> Iterator[tuple[str, str, str]]:
    query, good = _good()
    asked = scope(_world(), query)
    other = edition_of(raw())
    elsewhere = [
        parse("events", {"kind": ["closure"]}, "-date"),
        parse("events", {"kind": ["closure"]}, "id"),
        parse("events", {"kind": ["closure", "bust"]}, "date"),
        parse("events", {}, "date"),
        parse("events", {"kind": ["closure"], "status": ["closed"]}, "date"),
        parse("figures", {}),
    ]
    yield "empty", "", NO_CURSOR
    yield "garbage", "garbage", NO_CURSOR
    yield "punctuation", "!?*", NO_CURSOR
    yield "a space", f"{good} ", NO_CURSOR
    yield "non-ASCII", "курсор", NO_CURSOR
    yield "a surrogate", "\ud800", NO_CURSOR
    yield "other base64", _cursor("no colons"), NO_CURSOR
    yield "non-ASCII inside", _cursor("a:b:é"), NO_CURSOR
    yield "bytes inside", base64.urlsafe_b64encode(b"\xff\xfe:\xff:\xff").decode(), NO_CURSOR
    yield "a lone digit", "A", NO_CURSOR
    yield "very long", "A" * 1_000_000, NO_CURSOR
    yield "very long key", _cursor(f"{asked}:evt-{'a' * 100_000}"), OTHER_QUESTION
    yield "padded", f"{good}==", OTHER_QUESTION
    yield "cut", good[:-4], OTHER_QUESTION
    yield "longer", good + "AAAA", OTHER_QUESTION
    yield "no key", _cursor(f"{asked}:"), OTHER_QUESTION
    yield "a key that is not in the answer", _cursor(f"{asked}:ent-0"), OTHER_QUESTION
    yield "an id as it is", "evt-closures", NO_CURSOR
    yield "another release", cursor(scope(other, query), "evt-closures"), OTHER_RELEASE
    for number, question in enumerate(elsewhere):
        yield f"another question {number}", cursor(scope(_world(), question), "evt-closures"), OTHER_QUESTION


@pytest.mark.parametrize("parameter", ["after", "before"])
def test_a_cursor_of_this_question_is_taken(parameter: str) -> None:
    """The cursors that the refused ones are made from are good themselves."""
    query, good = _good()
    where: Any = {parameter: good}

    assert page(_world(), query, **where).total == len(select(_world(), query))


@pytest.mark.parametrize("parameter", ["after", "before"])
@pytest.mark.parametrize(("text", "reason"), [pytest.param(t, r, id=name) for name, t, r in _tampered()])
def test_any_other_cursor_is_refused(parameter: str, text: str, reason: str) -> None:
    """A cursor that was altered, made up or given out elsewhere is refused by the name of its parameter."""
    query, _ = _good()
    where: Any = {parameter: text}
    with pytest.raises(QueryError) as caught:
        page(_world(), query, **where)

    assert (caught.value.parameter, caught.value.reason) == (parameter, reason)


@settings(deadline=None)
@given(st.text())
def test_no_text_is_a_cursor_by_chance(text: str) -> None:
    """Whatever is given as a cursor, it is one of those given out or it is refused."""
    query, good = _good()
    with pytest.raises(QueryError):
        page(_world(), query, after=text if text != good else "")


@settings(deadline=None)
@given(st.integers(0, 10_000), st.characters(codec="ascii"))
def test_a_cursor_with_one_other_character_is_refused(place: int, letter: str) -> None:
    """No single character of a cursor can be altered."""
    query, good = _good()
    at = place % len(good)
    altered = good[:at] + letter + good[at + 1 :]
    if altered != good:
        with pytest.raises(QueryError):
            page(_world(), query, before=altered)


def test_a_cursor_stands_at_its_record_in_every_page() -> None:
    """A cursor is bound to the question, not to the page, and values may come in another order."""
    query = parse("events", {"kind": ["closure", "bust"]})
    same = parse("events", {"kind": ["bust", "closure"]})
    whole = select(_world(), query)
    at = cursor(scope(_world(), query), whole[1])

    assert page(_world(), same, first=1, after=at).ids == whole[2:3]
    assert page(_world(), same, last=1, before=at).ids == whole[:1]


def test_crossing_cursors_leave_nothing_between_them() -> None:
    """After a later record and before an earlier one there is nothing."""
    query = parse("events", {})
    ids = select(_world(), query)
    late, early = (cursor(scope(_world(), query), ids[at]) for at in (9, 3))

    found = page(_world(), query, after=late, before=early)
    assert _said(found) == ((), len(ids), True, True)


@pytest.mark.parametrize(
    ("collection", "where", "order", "parameter", "reason"),
    [
        ("citations", {"kind": ["article"]}, "", "kind", "is no filter of citations; they are q, ids, source"),
        ("sources", {"kind": ["blog"]}, "", "kind", "must be one of article, statement"),
        ("sources", {"kind": ["article", "ARTICLE"]}, "", "kind", "must be one of article, statement"),
        ("sources", {"kind": [""]}, "", "kind", "must be one of article, statement"),
        ("events", {"place": ["atlantis"]}, "", "place", "must be an id that begins with ent-"),
        ("events", {"place": ["evt-closures"]}, "", "place", "must be an id that begins with ent-"),
        ("events", {"place": ["ent-a\n"]}, "", "place", "must be an id that begins with ent-"),
        ("events", {"place": ["ent-" + "a" * 200]}, "", "place", "must be an id that begins with ent-"),
        ("relations", {"party": ["fig-a"]}, "", "party", "must be an id that begins with ent- or evt-"),
        (
            "discrepancies",
            {"record": ["src-a"]},
            "",
            "record",
            "must be an id that begins with ent- or evt- or fig- or rel-",
        ),
        ("figures", {"value_min": ["many"]}, "", "value_min", "must be a number, such as 100 or 0.5"),
        ("figures", {"value_min": ["1e9"]}, "", "value_min", "must be a number, such as 100 or 0.5"),
        ("figures", {"value_max": ["NaN"]}, "", "value_max", "must be a number, such as 100 or 0.5"),
        ("figures", {"value_max": ["1_000"]}, "", "value_max", "must be a number, such as 100 or 0.5"),
        ("figures", {"value_max": ["١٢"]}, "", "value_max", "must be a number, such as 100 or 0.5"),
        ("figures", {"value_max": ["9" * 31]}, "", "value_max", "must be a number, such as 100 or 0.5"),
        ("figures", {"value_max": ["1", "2"]}, "", "value_max", "is given more than once"),
        ("entities", {"name": ["a", "b"]}, "", "name", "is given more than once"),
        (
            "entities",
            {"name": [""]},
            "",
            "name",
            "must have from 1 to 200 characters",
        ),
        (
            "entities",
            {"name": ["a" * 201]},
            "",
            "name",
            "must have from 1 to 200 characters",
        ),
        ("events", {}, "title", "order", "must be one of date, -date, id, -id, relevance"),
        ("events", {}, "--date", "order", "must be one of date, -date, id, -id, relevance"),
        ("events", {}, "-", "order", "must be one of date, -date, id, -id, relevance"),
        ("events", {"q": ["mine"]}, "-relevance", "order", "must be one of date, -date, id, -id, relevance"),
        ("events", {"q": ["a", "b"]}, "", "q", "is given more than once"),
        ("events", {"q": [""]}, "", "q", "must have from 1 to 200 characters"),
        ("events", {"q": ["a\ud800"]}, "", "q", "must be Unicode text, without a half of a surrogate pair"),
        ("entities", {"name": ["\udcffa"]}, "", "name", "must be Unicode text, without a half of a surrogate pair"),
        ("events", {"ids": ["fig-twelve"]}, "", "ids", "must be an id that begins with evt-"),
        ("citations", {}, "date", "order", "must be one of id, -id, relevance"),
    ],
)
def test_a_question_that_cannot_be_asked_names_its_parameter(
    collection: str, where: dict[str, list[str]], order: str, parameter: str, reason: str
) -> None:
    """A filter, a value or an order that there is not is refused with what there is."""
    with pytest.raises(QueryError) as caught:
        parse(collection, where, order)

    assert (caught.value.parameter, caught.value.reason) == (parameter, reason)


@pytest.mark.parametrize(
    ("collection", "name"),
    [("events", "date_from"), ("events", "date_to"), ("sources", "published_from"), ("sources", "published_to")],
)
@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "15.03.2022",
        "2022-3",
        "2022-13",
        "2022-02-30",
        "0000",
        "20220315",
        "2022-00",
        "2022-01-00",
        "2022/2023",
        "../2022",
        "2022/..",
        "../..",
        "2022-03-15T10:00Z",
        "2022-03-15\n",
    ],
)
def test_a_date_filter_takes_a_day_a_month_or_a_year(collection: str, name: str, text: str) -> None:
    """Intervals, times, other notations and days that no calendar has are refused."""
    with pytest.raises(QueryError) as caught:
        parse(collection, {name: [text]})

    assert caught.value.parameter == name
    assert caught.value.reason == "must be a day, month or year: 2022-03-15, 2022-03 or 2022"


@pytest.mark.parametrize(
    ("edtf", "since", "until", "within"),
    [
        ("2020-05-01", "2020-05-01", "2020-05-01", True),
        ("2020-05-01", "2020-05-02", None, False),
        ("2020-05-01", None, "2020-04-30", False),
        ("2020-05", "2020-05-31", "2020-05-31", True),
        ("2020-05", "2020", "2020", True),
        ("2020-05", "2020-06", None, False),
        ("2020", None, "2019", False),
        ("2020", "2020-12-31", None, True),
        ("2020-05-01/..", "2099", "2099-12-31", True),
        ("2020-05-01/..", None, "2020-04", False),
        ("../2020-05-03", "2020-05-03", None, True),
        ("../2020-05-03", "1000", "1000", True),
        ("../2020-05-03", "2020-05-04", None, False),
        ("2021-24", "2022-02-28", "2022-02-28", True),
        ("2021-24", "2022-03", None, False),
    ],
)
def test_dates_overlap_with_what_is_asked(edtf: str, since: str | None, until: str | None, within: bool) -> None:
    """An event is found if it can have happened between the two days; an open end reaches every day."""
    records = raw()
    records["events", "evt-closures"]["date"] = {"edtf": edtf, "basis": "occurred"}
    where = {name: [text] for name, text in (("date_from", since), ("date_to", until)) if text}
    found = select(edition_of(records), parse("events", where))

    assert ("evt-closures" in found) is within


@pytest.mark.parametrize(
    ("number", "least", "most", "within"),
    [
        ({"value": "12"}, "12", "12", True),
        ({"value": "12"}, "12.01", None, False),
        ({"value": "12"}, None, "11.99", False),
        ({"value": "0"}, "0", "0", True),
        ({"value": "-3"}, None, "-3", True),
        ({"value": "-3"}, "-2", None, False),
        ({"value": "100"}, "20", None, True),
        ({"low": "5", "high": "99"}, "50", "60", True),
        ({"low": "5", "high": "99"}, "99", None, True),
        ({"low": "5", "high": "99"}, "99.5", None, False),
        ({"low": "5", "high": "99"}, None, "4", False),
        ({"low": "0", "high": "0.5"}, None, "0", True),
    ],
)
def test_ranges_overlap_with_what_is_asked(number: Plain, least: str | None, most: str | None, within: bool) -> None:
    """A figure is found if its number, or some of its range, is between the two; numbers are compared as such."""
    records = raw()
    records["figures", "fig-twelve"].update({"value": None, **number})
    where = {name: [text] for name, text in (("value_min", least), ("value_max", most)) if text}
    found = select(edition_of(records), parse("figures", where))

    assert ("fig-twelve" in found) is within


@pytest.mark.parametrize(
    ("printed", "asked", "found"),
    [
        ("Ada Reed", "ada reed", True),
        ("Ada Reed", "REED", True),
        ("Ada Reed", "re ad", True),
        ("Ada Reed", "da", False),
        ("Ada Reed", "ada smith", False),
        ("Ádá Rééd", "ada reed", True),
        ("Ada Reed", "Áda", True),
        ("Zoe\u0308", "zoë", True),
        ("Straße", "STRASSE", True),
        ("O’Neill-Reed", "neill reed", True),
        ("O’Neill-Reed", "o'neill", True),
        ("snake_case", "case", True),
        ("Ｗｉｄｅ", "wide", True),
        ("Йогансен", "йоган", True),
        ("ЙОГАНСЕН", "йоган", True),
        ("Йогансен", "иоган", False),
        ("И\u0306огансен", "йоган", True),
        ("Семёнов", "семенов", False),
        ("Қайрат", "қайр", True),
        ("Қайрат", "кайр", False),
        ("42nd Street", "42", True),
        ("İstanbul", "istanbul", True),
        ("Istanbul", "İSTANBUL", True),
        ("X\u0302erxes", "xerxes", True),
    ],
)
def test_names_are_found_by_the_beginnings_of_their_words(printed: str, asked: str, found: bool) -> None:
    """Case and the accents of Latin letters do not matter; letters of other scripts stay what they are."""
    records = raw()
    records["entities", "ent-ada-reed"]["names"][0]["text"] = printed

    assert ("ent-ada-reed" in select(edition_of(records), parse("entities", {"name": [asked]}))) is found


def test_names_in_several_scripts_are_all_searched() -> None:
    """An entity is found by any of its names, and by words of two of them."""
    records = raw()
    names = records["entities", "ent-ada-reed"]["names"]
    names.append({**names[0], "text": "Ада Рид", "kind": "variant", "language": "ru", "script": "Cyrl"})
    edition = edition_of(records)

    for asked in ("рид", "ада рид", "ada рид"):
        assert select(edition, parse("entities", {"name": [asked]})) == ("ent-ada-reed",)


LETTERS = st.sampled_from(
    [chr(code) for code in (*range(0x41, 0x250), *range(0x400, 0x530), *range(0x1E00, 0x1F00)) if chr(code).isalpha()]
)
MARKS = st.characters(min_codepoint=0x300, max_codepoint=0x33F)


@settings(deadline=None)
@given(st.lists(LETTERS | MARKS | st.sampled_from("12 -_'.")).map("".join))
@example("a\u0301\u0302")
@example("İ")
def test_folding_twice_is_folding_once(text: str) -> None:
    """What is folded stays as it is, Latin or Cyrillic, whatever accents it has, and so do its words."""
    assert fold(fold(text)) == fold(text)
    assert words(fold(text)) == words(text)


@settings(deadline=None)
@given(LETTERS, st.lists(MARKS, max_size=3).map("".join))
@example("İ", "")
@example("ǰ", "")
@example("q", "\u0303")
def test_an_accent_does_not_divide_a_word(letter: str, marks: str) -> None:
    """A Latin letter, with whatever marks, stands in the middle of one word."""
    bare = [part for part in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(part)]
    if all(part.isascii() for part in bare):  # other letters may hold a dot or an apostrophe
        assert len(words(f"a{letter}{marks}b")) == 1


@settings(deadline=None)
@given(st.lists(st.sampled_from("abcéüñйёқžç123 -'.")).map("".join))
def test_case_does_not_matter(text: str) -> None:
    """A name in capitals has the same words, and none of them is empty."""
    assert words(text.upper()) == words(text)
    assert all(words(text))


def test_each_way_of_matching_is_used() -> None:
    """Only filters of equal keys take several values, and no way of matching is without a filter."""
    items = [item for filters in FILTERS.values() for item in filters]

    assert {item.match for item in items} == set(Match)
    assert [item.name for item in items if item.many is (item.match is not Match.EQUAL)] == []
