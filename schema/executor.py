"""Running a document: parse, validate, execute, each stage's errors with a code.

Resolvers only read memory, so a document runs synchronously.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import strawberry
from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    OperationType,
    execute_sync,
    get_operation_ast,
    parse,
    validate,
)
from strawberry.schema.config import StrawberryConfig

from schema.budget import MAX_DEPTH, MAX_OBJECTS, cost
from schema.context import Context
from schema.roots import Query
from schema.types import NODES

LOGGER = logging.getLogger(__name__)

MAX_TOKENS = 2_000
PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
TOO_DEEP = "QUERY_TOO_DEEP"
TOO_LARGE = "QUERY_TOO_LARGE"
OPERATION_FAILED = "OPERATION_RESOLUTION_FAILURE"
BAD_USER_INPUT = "BAD_USER_INPUT"
INTERNAL = "INTERNAL_SERVER_ERROR"


@dataclass(frozen=True)
class Outcome:
    """What a document came to. `data` is only meaningful where it was `executed`."""

    executed: bool
    data: Any = None
    errors: tuple[dict[str, Any], ...] = ()


class Schema(strawberry.Schema):
    """The schema: Strawberry defines it, graphql-core runs it."""

    @property
    def core(self) -> GraphQLSchema:
        """The schema as graphql-core has it."""
        return self._schema


SCHEMA = Schema(query=Query, types=list(NODES.values()), config=StrawberryConfig(auto_camel_case=True))


@dataclass(frozen=True)
class Prepared:
    """A document that was read once: what is to run of it, or why nothing is."""

    document: DocumentNode | None
    operation: OperationDefinitionNode | None
    refusal: Outcome | None


def prepare(document: str, operation: str | None) -> Prepared:
    """Return a document parsed and validated, with the operation that is asked for; never raises."""
    try:
        parsed = parse(document, max_tokens=MAX_TOKENS)
        invalid = validate(SCHEMA.core, parsed)
    except GraphQLSyntaxError as error:
        return Prepared(None, None, _refused([error], PARSE_FAILED))
    except RecursionError:
        return Prepared(None, None, _refused([GraphQLError("The document nests too deeply to be read.")], TOO_DEEP))
    if invalid:
        return Prepared(None, None, _refused(invalid, VALIDATION_FAILED))
    unusable = _unusable(parsed, operation)
    if unusable:
        return Prepared(None, None, _refused([GraphQLError(unusable)], OPERATION_FAILED))
    return Prepared(parsed, get_operation_ast(parsed, operation), None)


def limited(prepared: Prepared, operation: str | None, variables: Mapping[str, Any]) -> Outcome | None:
    """Return the refusal of an operation that asks for too much, None where it may run."""
    assert prepared.document  # noqa: S101 (a document that is refused asks for nothing)
    asked = cost(SCHEMA.core, prepared.document, operation, variables)
    if asked.depth > MAX_DEPTH:
        reason = f"The document nests fields {asked.depth} levels deep; at most {MAX_DEPTH} are answered."
        return _refused([GraphQLError(reason)], TOO_DEEP)
    if asked.objects > MAX_OBJECTS:
        reason = f"The document asks for some {asked.objects} objects; at most {MAX_OBJECTS} are answered. "
        return _refused([GraphQLError(reason + "Ask for smaller pages, or for fewer things at once.")], TOO_LARGE)
    return None


def execute(
    prepared: Prepared, variables: Mapping[str, Any] | None, operation: str | None, context: Context
) -> Outcome:
    """Return what graphql-core makes of an operation that may run."""
    assert prepared.document  # noqa: S101 (a document that is refused is not run)
    result = execute_sync(
        SCHEMA.core,
        prepared.document,
        context_value=context,
        variable_values=dict(variables or {}),
        operation_name=operation,
    )
    if not isinstance(result, ExecutionResult):  # pragma: no cover (the schema has no @defer or @stream)
        raise TypeError("incremental delivery is not supported")
    errors = tuple(_formatted(error) for error in result.errors or ())
    # Without a path the variables were refused before anything ran.
    executed = result.data is not None or any("path" in error for error in errors)
    return Outcome(executed, result.data, errors)


def run(document: str, variables: Mapping[str, Any] | None, operation: str | None, context: Context) -> Outcome:
    """Run one operation of a document by graphql-core; never raises for what a client sent."""
    prepared = prepare(document, operation)
    return (
        prepared.refusal
        or limited(prepared, operation, variables or {})
        or execute(prepared, variables, operation, context)
    )


def _unusable(parsed: DocumentNode, operation: str | None) -> str:
    found = get_operation_ast(parsed, operation)
    if found is None:
        return (
            f"There is no operation {operation!r}." if operation else "Several operations: name one in operationName."
        )
    if found.operation is not OperationType.QUERY:  # pragma: no cover (validation knows no other root)
        return "Only queries are served."
    return ""


def _refused(errors: list[Any], code: str) -> Outcome:
    return Outcome(False, errors=tuple(_formatted(error, code) for error in errors))


def _formatted(error: GraphQLError, code: str = "") -> dict[str, Any]:
    """Return an error as the client gets it: its code, and of a fault of ours nothing else."""
    formatted: dict[str, Any] = dict(error.formatted)
    extensions = dict(error.extensions or {})
    if error.original_error is not None and not isinstance(error.original_error, GraphQLError):
        LOGGER.error("a resolver failed at %s", error.path, exc_info=error.original_error)
        formatted["message"] = "The server failed to answer this field."
        extensions = {"code": INTERNAL}
    formatted["extensions"] = {"code": code or BAD_USER_INPUT, **extensions}
    return formatted
