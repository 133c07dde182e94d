"""What is counted, or held, within the application, as its operator sees it: a new figure is one row."""

from collections.abc import Callable, Iterator

from api.errors import KINDS
from api.metrics import Figure
from dataset.catalog import Catalog
from dataset.memo import Memo
from schema import executor
from schema.engine import Engine

REASONS = (
    *KINDS,
    "BAD_REQUEST",
    "PERSISTED_QUERY_NOT_FOUND",
    "RETIRED_RECORD",
    executor.PARSE_FAILED,
    executor.VALIDATION_FAILED,
    executor.TOO_DEEP,
    executor.TOO_LARGE,
    executor.OPERATION_FAILED,
    executor.BAD_USER_INPUT,
    executor.INTERNAL,
)
"""Why an answer is an error: the kinds of REST and the codes of GraphQL."""

_OPERATIONS = "GraphQL operations, by what answered: a plan, graphql-core, or nobody, as they were refused."
_SIZE = "How much is kept to be used again: bytes."
_VALUES = "How many values are kept to be used again."


def figures(engine: Engine, catalog: Callable[[], Catalog]) -> tuple[Figure, ...]:
    """Return the figures of an application."""
    counts = engine.counts
    return (
        Figure("api_operations", _OPERATIONS, lambda: counts.planned, "by=plan", grows=True),
        Figure("api_operations", _OPERATIONS, lambda: counts.fallen_back, "by=graphql-core", grows=True),
        Figure("api_operations", _OPERATIONS, lambda: counts.refused, "by=nobody", grows=True),
        Figure("api_memo_bytes", _SIZE, lambda: sum(memo.size for memo in _written(catalog())), "memo=records"),
        Figure("api_memo_values", _VALUES, lambda: sum(map(len, _written(catalog()))), "memo=records"),
    )


def _written(catalog: Catalog) -> Iterator[Memo[bytes]]:
    return (edition.memo for edition in catalog.editions.values())
