"""The engine is never wrong: whatever is asked, it answers what graphql-core answers, to the byte."""

import random
import tracemalloc
from collections.abc import Hashable, Iterable, Mapping
from typing import Any

import orjson
import pytest
from graphql import GraphQLObjectType, get_named_type, is_leaf_type
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dataset.catalog import Catalog, Edition, load
from dataset.written import Written
from schema import engine as engines
from schema import plan
from schema.context import Context
from schema.engine import ENTRY, Answered, Counts, Engine
from schema.executor import SCHEMA, Outcome, run
from schema.plan import OBJECT
from schema.saved import SAVED
from schema.types import NODES
from tests import documents
from tests.documents import Document
from tests.querygen import Pool, document, mutated, pool
from tests.world import raw, release

EXAMPLES = 400
"""Random documents of each part of a run, and as many spoilt ones; each is asked several times of each release."""


@pytest.fixture(scope="module")
def published() -> Catalog:
    """Return the published releases, with memories of their own."""
    return load()


@pytest.fixture(scope="module")
def retired(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """Return releases of the invented world, of which the second lacks a record of the first."""
    folder = tmp_path_factory.mktemp("engine") / "releases"
    records = raw()
    del records["relations", "rel-reed-behind-mines"]
    stone = {"id": "rel-reed-behind-mines", "reason": "Withdrawn.", "successor": "ent-ada-reed"}
    records["tombstones", "rel-reed-behind-mines"] = stone
    release(folder, "2.0.0", records, previous=release(folder))
    return load(folder)


@pytest.fixture(scope="module")
def engine() -> Engine:
    """Return an engine that is asked everything, so that one question may spoil the next."""
    return Engine()


def contexts(catalog: Catalog) -> list[Context]:
    """Return what resolvers see of each release."""
    return [Context(edition, catalog) for edition in catalog.editions.values()]


def agree(found: Answered, expected: Outcome) -> None:
    """Demand that an answer is, to the byte, what graphql-core says."""
    assert orjson.dumps(found.errors) == orjson.dumps(expected.errors)
    assert found.executed == expected.executed
    if expected.executed:
        assert found.data == orjson.dumps(expected.data)


TIMES = 4
"""How often documents are asked: at first nothing is kept, then records are noted, written, and taken from memory."""


def ask(engine: Engine, catalog: Catalog, asked: Document, times: int = TIMES) -> list[Outcome]:
    """Ask a document with all its variables in turn of all releases in turn, several times; return what is right."""
    cases = [(context, values) for values in asked.variables for context in contexts(catalog)]
    right = [run(asked.text, values, asked.operation, context) for context, values in cases]
    for _ in range(times):
        for (context, values), expected in zip(cases, right, strict=True):
            agree(engine.answer(asked.text, values, asked.operation, context), expected)
    return right


def table(rows: Mapping[str, Document]) -> pytest.MarkDecorator:
    """Return the parameters of a test over documents."""
    return pytest.mark.parametrize("asked", list(rows.values()), ids=list(rows))


@table(documents.RIGHT)
def test_a_right_document_is_answered_by_a_plan(asked: Document, published: Catalog) -> None:
    """The answer is graphql-core's, the first time and from memory, and graphql-core is not asked for it."""
    engine = Engine()
    right = ask(engine, published, asked)
    assert [(outcome.executed, outcome.errors) for outcome in right] == [(True, ())] * len(right)
    assert engine.counts == Counts(planned=TIMES * len(right))


@table(documents.LEFT)
def test_what_a_plan_leaves_is_answered_all_the_same(asked: Document, published: Catalog) -> None:
    """What is right and no plan's is answered by graphql-core, and counted."""
    engine = Engine()
    right = ask(engine, published, asked)
    assert [(outcome.executed, outcome.errors) for outcome in right] == [(True, ())] * len(right)
    assert engine.counts.fallen_back > 0
    assert engine.counts.refused == 0


@table(documents.WRONG)
def test_what_is_wrong_is_said_as_graphql_core_says_it(asked: Document, published: Catalog) -> None:
    """Messages, places, paths and codes are the same, and so is what is answered beside them."""
    engine = Engine()
    right = ask(engine, published, asked)
    answered = sum(outcome.executed and not outcome.errors for outcome in right)
    assert answered < len(right)
    assert engine.counts.planned <= TIMES * answered


@table(documents.RETIRED)
def test_a_record_that_went_away_is_an_error_of_one_release_only(asked: Document, retired: Catalog) -> None:
    """The release before still answers it."""
    ask(Engine(), retired, asked)


@pytest.mark.unmeasured
def test_one_engine_answers_all_documents_in_any_order(published: Catalog, engine: Engine) -> None:
    """What was asked before, of whichever release, changes no answer."""
    everything = [*documents.RIGHT.values(), *documents.WRONG.values(), *documents.LEFT.values()]
    random.Random(1).shuffle(everything)  # noqa: S311 (nothing is secret here)
    for asked in everything:
        ask(engine, published, asked, times=1)


@pytest.mark.parametrize("name", SAVED)
def test_the_saved_queries_are_answered_by_plans(name: str, published: Catalog) -> None:
    """Those that everybody asks are never left to graphql-core."""
    engine = Engine()
    ask(engine, published, Document(SAVED[name].document, (None, {"first": 2}, {"after": None})))
    assert engine.counts.fallen_back == 0


@pytest.fixture(scope="module")
def known(published: Catalog) -> Pool:
    """Return real ids and cursors."""
    return pool(published)


SEEDS = st.integers(0, 2**64 - 1)
"""What a random document is made of: a few bits, so that thousands are made fast."""

RANDOMLY = settings(
    max_examples=EXAMPLES, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


PARTS = [0, *(pytest.param(part, marks=pytest.mark.unmeasured) for part in range(1, 5))]
"""The first one is enough to tell what is covered."""


@pytest.mark.parametrize("part", PARTS)
@RANDOMLY
@given(seed=SEEDS)
def test_a_random_document_is_answered_as_graphql_core_answers_it(
    seed: int, part: int, published: Catalog, engine: Engine, known: Pool
) -> None:
    """Whatever can be asked of the schema: the first time, when it is kept, and from memory."""
    made = document(random.Random(f"{part} {seed}"), known)  # noqa: S311 (nothing is secret here)
    for outcome in ask(engine, published, Document(made.text, (made.variables,))):
        codes = {error["extensions"]["code"] for error in outcome.errors}
        assert codes <= {"BAD_USER_INPUT", "QUERY_TOO_LARGE", "QUERY_TOO_DEEP"}, made


@RANDOMLY
@given(seed=SEEDS)
def test_a_spoilt_document_is_refused_as_graphql_core_refuses_it(
    seed: int, published: Catalog, engine: Engine, known: Pool
) -> None:
    """Tokens that are missing, doubled or out of place: mostly refused, and now and then right again."""
    dice = random.Random(seed)  # noqa: S311 (nothing is secret here)
    made = document(dice, known)
    ask(engine, published, Document(mutated(dice, made.text), (made.variables,)))


class Recording(Written):
    """A keeper that tells of which records it was asked for what it did not have, by form and place."""

    def __init__(self, budget: int) -> None:
        super().__init__(budget)
        self.offered: list[Any] = []

    def again(self, keys: Iterable[Hashable]) -> list[bool]:
        """Tell, as a keeper does, which of some keys were asked for before."""
        asked = list(keys)
        self.offered += asked
        return super().again(asked)


def remembering(catalog: Catalog, budget: int = 1_000_000) -> tuple[Context, Recording]:
    """Return a context of the latest release whose keeper is watched."""
    written = Recording(budget)
    edition = Edition(catalog.latest.release, catalog.latest.index, written)
    return Context(edition, catalog), written


def test_records_are_written_twice_and_then_remembered(published: Catalog) -> None:
    """Once their selection has come again; the answer after that is kept, however they are reached."""
    engine, (context, written) = Engine(), remembering(published)
    text = "query ($n: Int) { events(first: $n) { nodes { id date { edtf } } } }"
    for size, offered, found in ((2, 0, 0), (2, 2, 0), (2, 4, 0), (2, 4, 2), (3, 5, 4)):
        assert engine.answer(text, {"n": size}, None, context).errors == ()
        assert (len(written.offered), written.hits) == (offered, found)
    first = context.edition.index.records("events")[written.offered[0][1]]
    for other in (
        f'{{ event(id: "{first.id}") {{ id date {{ edtf }} }} }}',
        "{ release { version } events(first: 1) { nodes { id date { edtf } } totalCount } }",
    ):
        before = written.hits
        engine.answer(other, None, None, context)
        assert written.hits == before + 1


def test_of_a_selection_that_is_new_no_record_is_noted(published: Catalog) -> None:
    """However many of them one request shows, and in whatever way."""
    engine, (context, written) = Engine(), remembering(published)
    for text in (
        "{ events(first: 5) { edges { node { id title } } } }",
        "{ events(first: 5) { nodes { id status } } other: events(first: 5) { nodes { id status } } }",
    ):
        engine.answer(text, None, None, context)
        assert written.offered == []
    assert written.misses == 15
    engine.answer("{ events(first: 5) { edges { node { id title } } } }", None, None, context)
    assert len(written.offered) == 5


def test_equal_selections_are_remembered_once(published: Catalog) -> None:
    """Wherever they stand in whichever document."""
    engine, (context, written) = Engine(), remembering(published)
    text = (
        f'{{ a: event(id: "{documents.CRACKDOWN}") {{ ...F }} b: event(id: "{documents.CRACKDOWN}") {{ ...F }} }} '
        "fragment F on Event { id date { edtf } }"
    )
    for _ in range(TIMES):
        engine.answer(text, None, None, context)
    assert len({form for form, _ in written.offered}) == 1


@pytest.mark.parametrize("collection", NODES)
def test_what_is_remembered_of_one_field_is_not_shown_for_another(collection: str, published: Catalog) -> None:
    """All fields of a type are asked for under one name, one document after the other, of one engine."""
    engine = Engine()
    kind = SCHEMA.core.type_map[NODES[collection].__name__]
    assert isinstance(kind, GraphQLObjectType)
    for name, field in kind.fields.items():
        named = get_named_type(field.type)
        inner = "" if is_leaf_type(named) else "{ __typename }"
        if isinstance(named, GraphQLObjectType) and "nodes" in named.fields:
            inner = "{ nodes { id } }"
        ask(engine, published, Document(f"{{ {collection}(first: 3) {{ nodes {{ x: {name} {inner} }} }} }}"))


def test_what_variables_choose_within_records_is_not_remembered(published: Catalog) -> None:
    """An answer with the variables of one request would be wrong for the next."""
    engine, (context, written) = Engine(), remembering(published)
    text = (
        f'query ($n: Int) {{ event(id: "{documents.CRACKDOWN}") {{ title parts(first: $n) {{ nodes {{ title }} }} }} }}'
    )
    for size in (1, 1, 1, 2, 0, 1):
        agree(engine.answer(text, {"n": size}, None, context), run(text, {"n": size}, None, context))
    remembered = {context.edition.index.records("events")[place].id for _, place in written.offered}
    assert len(remembered) == 2
    assert documents.CRACKDOWN not in remembered


@pytest.mark.unmeasured
@pytest.mark.parametrize("budget", [0, 1, 200, 2_000])
def test_a_small_memory_changes_no_answer(budget: int, published: Catalog) -> None:
    """Whatever is dropped is written again, and the budget is kept."""
    engine, (context, written) = Engine(), remembering(published, budget)
    for _ in range(TIMES):
        for asked in documents.ROOTS.values():
            for values in asked.variables:
                expected = run(asked.text, values, None, context)
                agree(engine.answer(asked.text, values, None, context), expected)
                assert written.size <= budget


def watched(monkeypatch: pytest.MonkeyPatch, name: str) -> list[str]:
    """Return the documents, or their structures, that engines hand to one of their functions from now on."""
    found: list[str] = []
    inner = getattr(engines, name)

    def function(first: Any, operation: str | None) -> Any:
        found.append(first if isinstance(first, str) else first.structure)
        return inner(first, operation)

    monkeypatch.setattr(engines, name, function)
    return found


def test_a_wrong_document_is_read_once(published: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is parsed and validated the first time only; for another operation, anew."""
    engine, read = Engine(), watched(monkeypatch, "prepare")
    for context in contexts(published) * 2:
        for text, operation in (("{ release { version } }", None), ("{ x }", None), ("{", None), ("{", "A")):
            engine.answer(text, None, operation, context)
    assert read == ["{ x }", "{", "{"]
    assert engine.counts == Counts(planned=4, refused=12)


def test_documents_that_differ_in_literals_have_one_plan(published: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is made for the first, and kept from the second on; which literals are equal is part of the structure."""
    engine, made = Engine(), watched(monkeypatch, "_structured")
    texts = [
        '{ a: event(id: "evt-none") { id } events(first: 3) { nodes { id } } }',
        f'{{a:event(id:"{documents.CRACKDOWN}"){{id}}events(first:2){{nodes{{id}}}}}}',
        f'{{ a: event(id: "{documents.CLOSURES}") {{ id }} events(first: 1) {{ nodes {{ id }} }} }} # the last',
    ]
    for text in texts:
        ask(engine, published, Document(text), times=1)
    assert made == ['{ a : event ( id : "0 ) { id } events ( first : 01 ) { nodes { id } } }'] * 2
    alike = '{ event(id: "%s") { id } event(id: "%s") { title } }'
    for first, second in (("evt-a", "evt-a"), ("evt-a", "evt-b"), (documents.CLOSURES, documents.CLOSURES)):
        ask(engine, published, Document(alike % (first, second)))


@pytest.mark.parametrize(
    ("text", "operation"),
    [
        ("{ a%d }", None),
        ("", "A%d"),
        ("{ __typename }", "A%d"),
        ("{ release { a%d: version } }", None),
        ('{ event(id: "%d") { id } }', None),
        ("{", "%d" * 99),
    ],
)
def test_what_is_kept_of_documents_stays_within_its_budget(
    text: str, operation: str | None, published: Catalog
) -> None:
    """However short they are, and however they are named; one that is too long is answered and not kept."""
    engine = Engine(documents=2_000, structures=1_000, plans=5_000, prepared=2_000)
    long = "{ release { version } } #" + "x" * 2_000
    for number in [*range(100), *range(100)]:
        name = operation and operation.replace("%d", str(number))
        for _ in range(2):
            engine.answer(text.replace("%d", str(number)), None, name, Context(published.latest, published))
            engine.answer(long, None, None, Context(published.latest, published))
        for memo, budget in ((engine._read, 2_000), (engine._prepared, 2_000), (engine._structures, 1_000)):
            assert ENTRY * len(memo) <= memo.size <= budget
        assert len(engine._plans) * OBJECT <= engine._plans.size <= 5_000


def test_plans_take_about_what_they_are_counted_for(published: Catalog) -> None:
    """Those of one structure under many values, large and small, and no part of them twice."""
    fields = " ".join(f"a{number}: title" for number in range(40))
    nested = "partOf { ...F parts(first: 1) { nodes { ...F partOf { ...F } } } }"
    text = f"""query ($a: Boolean!, $b: Boolean!) {{ a: event(id: "x") @include(if: $a) {{ ...F {nested} }}
        b: event(id: "y") @include(if: $b) {{ ...F date {{ edtf }} evidence {{ citation {{ id label }} }} }} }}
        fragment F on Event {{ {fields} }}"""
    engine, context = Engine(), Context(published.latest, published)
    values = [{"a": a, "b": b} for a in (True, False) for b in (True, False)]

    def ask_all(times: int) -> None:
        for _ in range(times):
            for flags in values:
                assert engine.answer(text, flags, None, context).executed

    ask_all(1)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    ask_all(3)
    taken = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert len(engine._plans) == len(values)
    assert taken / 3 < engine._plans.size < 3 * taken


def test_what_was_done_is_counted(published: Catalog) -> None:
    """Answered by a plan, by graphql-core, or not run at all."""
    engine, context = Engine(), Context(published.latest, published)
    for text, values in (
        ("{ release { version } }", None),
        ("{ events(first: 101) { totalCount } }", None),
        ("{ __schema { queryType { name } } }", None),
        ("query ($n: Int!) { events(first: $n) { totalCount } }", None),
        ("query ($n: Int!) { events(first: $n) { totalCount } }", {"n": 1}),
        ("{ nothing }", None),
        ("{", None),
        (documents.INVALID["too large by a variable"].text, {"n": 100}),
        (documents.INVALID["too large by a variable"].text, {"n": 1}),
    ):
        engine.answer(text, values, None, context)
    assert engine.counts == Counts(planned=3, fallen_back=3, refused=3)


@pytest.mark.parametrize("levels", [2, 6, 12])
def test_a_fragment_is_planned_once_however_often_it_is_spread(
    levels: int, published: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A chain in which each fragment spreads the next twice takes a writer a level."""
    made: list[str] = []
    inner = plan.Planner._shown

    def counted(planner: plan.Planner, kind: Any, *arguments: Any) -> Any:
        made.append(kind.name)
        return inner(planner, kind, *arguments)

    monkeypatch.setattr(plan.Planner, "_shown", counted)
    chain = [
        f"fragment F{n} on Event {{ a: partOf {{ ...F{n + 1} }} b: partOf {{ ...F{n + 1} }} }}" for n in range(levels)
    ]
    text = f'{{ event(id: "{documents.CLOSURES}") {{ ...F0 }} }} fragment F{levels} on Event {{ id }} {" ".join(chain)}'
    engine, context = Engine(), Context(published.latest, published)
    agree(engine.answer(text, None, None, context), run(text, None, None, context))
    assert engine.counts.planned == 1
    assert made == ["Query", *["Event"] * (levels + 1)]


def test_a_fragment_is_collected_once_however_often_it_is_spread(
    published: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A chain in which each fragment spreads the next twice beside one another is walked once."""
    levels, calls = 12, []
    inner = plan.Planner._collect

    def counted(*arguments: Any) -> None:
        calls.append(1)
        inner(*arguments)

    monkeypatch.setattr(plan.Planner, "_collect", counted)
    chain = [f"fragment F{n} on Event {{ ...F{n + 1} ...F{n + 1} }}" for n in range(levels)]
    text = f'{{ event(id: "{documents.CLOSURES}") {{ ...F0 }} }} fragment F{levels} on Event {{ id }} {" ".join(chain)}'
    engine, context = Engine(), Context(published.latest, published)
    agree(engine.answer(text, None, None, context), run(text, None, None, context))
    assert len(calls) == 2 + levels + 1


def test_whole_answers_do_not_mix_releases(published: Catalog) -> None:
    """An engine that is asked of two releases in turn answers each from its own records and memory."""
    engine = Engine()
    text = (
        "{ release { version } sources { totalCount nodes { events { totalCount } citations { edges { cursor } } } } }"
    )
    answers = [engine.answer(text, None, None, context).data for context in contexts(published) * 4]
    assert len(set(answers)) == 2
    assert answers == answers[:2] * 4
    cursors = [orjson.loads(answer)["sources"]["nodes"][0]["citations"]["edges"][0]["cursor"] for answer in answers[:2]]
    paged = "query ($c: String) { citations(after: $c) { totalCount } }"
    for cursor in cursors * 2:
        ask(engine, published, Document(paged, ({"c": cursor},)))


def test_the_cursors_of_an_answer_lead_on_to_the_next(published: Catalog) -> None:
    """Page by page, at the root and within records, forward and backward, as graphql-core pages."""
    engine = Engine()
    texts = [
        "query ($after: String) { found: events(first: 5, after: $after, orderBy: DATE_DESC) "
        "{ nodes { id } edges { cursor } pageInfo { hasNextPage startCursor next: endCursor } } }",
        "query ($after: String) { found: events(last: 4, before: $after, filter: {kind: [CLOSURE, BUST, RAID]}) "
        "{ nodes { id } edges { cursor } pageInfo { hasPreviousPage next: startCursor } } }",
        f'query ($after: String) {{ event(id: "{documents.CRACKDOWN}") {{ found: parts(first: 2, after: $after) '
        "{ edges { node { id } } pageInfo { next: endCursor } } } }",
        'query ($after: String) { found: search(query: "kazakhstan", first: 3, after: $after) '
        "{ nodes { record { id } } pageInfo { next: endCursor } } }",
    ]
    for text in texts:
        for context in contexts(published):
            after: str | None = None
            pages = 0
            while after is not None or pages == 0:
                expected = run(text, {"after": after}, None, context)
                assert expected.errors == ()
                for _ in range(TIMES):
                    agree(engine.answer(text, {"after": after}, None, context), expected)
                after = (expected.data.get("event") or expected.data)["found"]["pageInfo"]["next"]
                pages += 1
            assert pages > 1
    assert engine.counts.fallen_back == 0


def test_a_fault_of_ours_is_said_as_graphql_core_says_it(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever a resolver raises, a plan says nothing of its own."""

    def broken(*_: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(Edition, "label", broken)
    engine = Engine()
    ask(engine, load(), Document(f'{{ node(id: "{documents.CLOSURES}") {{ id l: label }} release {{ version }} }}'))
    assert engine.counts == Counts(fallen_back=2 * TIMES)
    assert "secret" in caplog.text
