"""What is counted, or held, within the application, as its operator sees it: a new figure is one row."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from api.delivery import Variants
from api.errors import KINDS
from api.front import Answers
from api.metrics import Figure
from dataset.catalog import Catalog
from dataset.memo import Keeper
from schema import executor
from schema.engine import Engine
from schema.limits import LIMITS

REASONS = (
    *KINDS,
    "BAD_REQUEST",
    "PERSISTED_QUERY_NOT_FOUND",
    "RETIRED_RECORD",
    executor.PARSE_FAILED,
    executor.VALIDATION_FAILED,
    executor.OPERATION_FAILED,
    executor.BAD_USER_INPUT,
    executor.INTERNAL,
    *dict.fromkeys(limit.code for limit in LIMITS),
)
"""Why an answer is an error: the kinds of REST and the codes of GraphQL."""

_OPERATIONS = "GraphQL operations, by what answered: a plan, graphql-core, or nobody, as they were refused."
_FAULTS = "GraphQL operations whose plan failed where graphql-core did not: faults of ours, answered rightly."
_KEPT: tuple[tuple[str, str, Callable[[Keeper], int], bool], ...] = (
    (
        "api_memo_size",
        "How much is kept to be used: bytes, of documents and structures characters.",
        lambda memo: memo.size,
        False,
    ),
    ("api_memo_budget", "How much may be kept, counted like the size.", lambda memo: memo.budget, False),
    ("api_memo_values", "How many values are kept to be used.", len, False),
    ("api_memo_hits", "How often what was asked for was kept.", lambda memo: memo.hits, True),
    ("api_memo_misses", "How often what was asked for was not kept, and was made.", lambda memo: memo.misses, True),
)
"""What is said of everything that keeps values: the metric, what it is, how it is read, whether it grows."""


def figures(engine: Engine, answers: Answers, variants: Variants, catalog: Callable[[], Catalog]) -> tuple[Figure, ...]:
    """Return the figures of an application."""
    counts = engine.counts
    keepers: Mapping[str, Callable[[], Iterable[Keeper]]] = {
        "answers": lambda: [answers.memo],
        "variants": lambda: [variants.memo],
        **{
            name: lambda name=name: [edition.memos[name] for edition in catalog().editions.values()]  # type: ignore[misc]
            for name in ("records", "rows", "questions", "sets", "words", "scores", "rankings")
        },
        **{name: partial(list, [memo]) for name, memo in engine.memos.items()},
    }
    return (
        Figure("api_operations", _OPERATIONS, lambda: counts.planned, "by=plan", grows=True),
        Figure("api_operations", _OPERATIONS, lambda: counts.fallen_back, "by=graphql-core", grows=True),
        Figure("api_operations", _OPERATIONS, lambda: counts.refused, "by=nobody", grows=True),
        Figure("api_plan_faults", _FAULTS, lambda: counts.faults, grows=True),
        *(
            Figure(metric, what, partial(_sum, memos, read), f"memo={name}", grows=grows)
            for metric, what, read, grows in _KEPT
            for name, memos in keepers.items()
        ),
    )


def _sum(memos: Callable[[], Iterable[Keeper]], read: Callable[[Keeper], int]) -> int:
    return sum(map(read, memos()))
