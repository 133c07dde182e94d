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
    OverlappingFieldsCanBeMergedRule,
    execute_sync,
    get_operation_ast,
    parse,
    specified_rules,
    validate,
)
from strawberry.schema.config import StrawberryConfig

from schema import limits
from schema.budget import MAX_DEPTH, MAX_LEAVES, MAX_OBJECTS, cost
from schema.context import Context
from schema.introspection import MAX_VALUES
from schema.limits import TOO_DEEP, TOO_LARGE, Excess, Merging, TooManyComparisonsError
from schema.roots import Query
from schema.types import NODES

LOGGER = logging.getLogger(__name__)

PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
OPERATION_FAILED = "OPERATION_RESOLUTION_FAILURE"
BAD_USER_INPUT = "BAD_USER_INPUT"
INTERNAL = "INTERNAL_SERVER_ERROR"

MAX_ERRORS = 100
"""Errors that an answer lists; where there are more, the last one says so. Of a document that is not valid it is a
tenth of them: each of its errors may repeat much of it.
"""

MAX_MESSAGE = 1_000
"""Characters of an error's message; it may repeat what the client sent."""

RULES = tuple(Merging if rule is OverlappingFieldsCanBeMergedRule else rule for rule in specified_rules)


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
    excess = limits.too_long(document)
    if excess:
        return _denied(excess)
    try:
        parsed = parse(
            document,
            max_lexical_tokens=limits.MAX_TOKENS,
            max_comments=limits.MAX_COMMENTS,
        )
        excess = limits.exceeded(parsed)
        invalid = [] if excess else validate(SCHEMA.core, parsed, RULES, MAX_ERRORS // 10)
    except GraphQLSyntaxError as error:
        excess = limits.unread(document, error.message)
        return _denied(excess) if excess else Prepared(None, None, _refused([error], PARSE_FAILED))
    except TooManyComparisonsError:
        excess = limits.unmerged()
    except RecursionError:
        excess = limits.nested()
    if not excess and invalid and invalid[-1].message == "Validation aborted.":  # by how its fragments nest
        excess = limits.nested()
    if excess:
        return _denied(excess)
    if invalid:
        return Prepared(None, None, _refused(invalid, VALIDATION_FAILED))
    unusable = _unusable(parsed, operation)
    if unusable:
        return Prepared(None, None, _refused([GraphQLError(unusable)], OPERATION_FAILED))
    return Prepared(parsed, get_operation_ast(parsed, operation), None)


def limited(prepared: Prepared, operation: str | None, variables: Mapping[str, Any]) -> Outcome | None:
    """Return the refusal of an operation that asks for too much, None where it may run."""
    assert prepared.document  # noqa: S101 (a document that is refused asks for nothing)
    try:
        asked = cost(SCHEMA.core, prepared.document, operation, variables)
    except RecursionError:
        return _exceeding(limits.nested())
    if asked.depth > MAX_DEPTH:
        reason = f"The document nests fields {asked.depth} levels deep; at most {MAX_DEPTH} are answered."
        return _exceeding(Excess(TOO_DEEP, MAX_DEPTH, asked.depth, reason))
    if asked.objects > MAX_OBJECTS:
        reason = f"The document asks for some {asked.objects} objects; at most {MAX_OBJECTS} are answered. "
        more = "Ask for smaller pages, or for fewer things at once."
        return _exceeding(Excess(TOO_LARGE, MAX_OBJECTS, asked.objects, reason + more))
    if asked.leaves > MAX_LEAVES:
        reason = f"The document asks for some {asked.leaves} values; at most {MAX_LEAVES} are answered. "
        more = "Ask for smaller pages, or for fewer fields of each object."
        return _exceeding(Excess(TOO_LARGE, MAX_LEAVES, asked.leaves, reason + more))
    if asked.introspection > MAX_VALUES:
        reason = f"The document asks for more than {MAX_VALUES} values of the schema; no more are answered."
        return _exceeding(Excess(TOO_LARGE, MAX_VALUES, asked.introspection, reason))
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
    found = result.errors or []
    errors = tuple(_formatted(error) for error in found[:MAX_ERRORS])
    if len(found) > MAX_ERRORS:
        errors += (_formatted(GraphQLError(f"There are {len(found) - MAX_ERRORS} more errors.")),)
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


def _denied(excess: Excess) -> Prepared:
    return Prepared(None, None, _exceeding(excess))


def _exceeding(excess: Excess) -> Outcome:
    """Return the refusal of a document that has too much of something."""
    return _refused([GraphQLError(excess.reason, extensions=excess.extensions)], excess.code)


def _refused(errors: list[Any], code: str) -> Outcome:
    return Outcome(False, errors=tuple(_formatted(error, code) for error in errors))


def _formatted(error: GraphQLError, code: str = "") -> dict[str, Any]:
    """Return an error as the client gets it: its code, and of a fault of ours nothing else."""
    formatted: dict[str, Any] = dict(error.formatted)
    extensions = dict(error.extensions or {})
    if error.original_error is not None and not isinstance(error.original_error, GraphQLError):
        if code:  # nothing ran: a literal that could not even be looked at, such as a number of thousands of digits
            formatted["message"] = "A value in the document is none of its type."
        else:
            LOGGER.error("a resolver failed at %s", error.path, exc_info=error.original_error)
            formatted["message"] = "The server failed to answer this field."
            extensions = {"code": INTERNAL}
    if len(formatted["message"]) > MAX_MESSAGE:
        formatted["message"] = formatted["message"][: MAX_MESSAGE - 1] + "…"
    formatted["extensions"] = {"code": code or BAD_USER_INPUT, **extensions}
    return formatted
