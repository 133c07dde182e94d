"""The engine is never wrong: whatever is asked, it answers what graphql-core answers, to the byte."""

import random
from collections.abc import Mapping
from typing import Any

import orjson
import pytest

from dataset.catalog import Catalog, load
from schema.context import Context
from schema.engine import Answered, Counts, Engine
from schema.executor import Outcome, run
from schema.saved import SAVED
from tests import documents
from tests.documents import Document
from tests.world import raw, release

EXAMPLES = 1_500
"""Random documents of a run; half as many wrong ones. Each is asked three times of each release."""


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


def ask(engine: Engine, catalog: Catalog, asked: Document, times: int = 3) -> list[Outcome]:
    """Ask a document with all its variables in turn of all releases in turn, several times; return what is right."""
    cases = [(context, values) for values in asked.variables for context in contexts(catalog)]
    right = [run(asked.text, values, asked.operation, context) for context, values in cases]
    for _ in range(times):
        for (context, values), expected in zip(cases, right, strict=True):
            agree(engine.answer(asked.text, values, asked.operation, context), expected)
    return right


def table(rows: Mapping[str, Document]) -> Any:
    """Return the parameters of a test over documents."""
    return pytest.mark.parametrize("asked", rows.values(), ids=rows.keys())


@table(documents.RIGHT)
def test_a_right_document_is_answered_by_a_plan(asked: Document, published: Catalog) -> None:
    """The answer is graphql-core's, the first time and from memory, and graphql-core is not asked for it."""
    engine = Engine()
    right = ask(engine, published, asked)
    assert [(outcome.executed, outcome.errors) for outcome in right] == [(True, ())] * len(right)
    assert engine.counts == Counts(planned=3 * len(right))


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
    assert engine.counts.planned <= 3 * answered


@table(documents.RETIRED)
def test_a_record_that_went_away_is_an_error_of_one_release_only(asked: Document, retired: Catalog) -> None:
    """The release before still answers it."""
    ask(Engine(), retired, asked)


def test_one_engine_answers_all_documents_in_any_order(published: Catalog, engine: Engine) -> None:
    """What was asked before, of whichever release, changes no answer."""
    everything = [*documents.RIGHT.values(), *documents.WRONG.values(), *documents.LEFT.values()]
    random.Random(1).shuffle(everything)
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


SEEDS = st.integers(0, 2**64 - 1).map(random.Random)
"""What a random document is made of: a few bits, so that thousands are made fast."""

RANDOMLY = settings(
    max_examples=EXAMPLES, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


@RANDOMLY
@given(seed=SEEDS)
def test_a_random_document_is_answered_as_graphql_core_answers_it(
    seed: random.Random, published: Catalog, engine: Engine, known: Pool
) -> None:
    """Whatever can be asked of the schema: the first time, when it is kept, and from memory."""
    made = document(seed, known)
    for outcome in ask(engine, published, Document(made.text, (made.variables,))):
        codes = {error["extensions"]["code"] for error in outcome.errors}
        assert codes <= {"BAD_USER_INPUT", "QUERY_TOO_LARGE", "QUERY_TOO_DEEP"}, made


@settings(RANDOMLY, max_examples=EXAMPLES // 2)
@given(seed=SEEDS)
def test_a_spoilt_document_is_refused_as_graphql_core_refuses_it(
    seed: random.Random, published: Catalog, engine: Engine, known: Pool
) -> None:
    """Tokens that are missing, doubled or out of place: mostly refused, and now and then right again."""
    made = document(seed, known)
    ask(engine, published, Document(mutated(seed, made.text), (made.variables,)))
