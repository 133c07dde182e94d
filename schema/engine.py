"""Answering operations fast: plans, kept by document, in front of graphql-core, which is asked for all that they leave.

A plan answers what goes well (see `plan`). Every error, and whatever a plan does not support, is graphql-core's to
answer, and is counted. Documents that were refused are kept as well: a wrong one costs no more than a right one.
"""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from graphql import FragmentDefinitionNode, OperationDefinitionNode, Undefined, VariableNode, Visitor, visit
from graphql.language import ArgumentNode, DirectiveNode

from schema import plan
from schema.budget import size
from schema.coercion import UnsupportedError, Variables
from schema.context import Context
from schema.executor import SCHEMA, Outcome, Prepared, execute, limited, prepare
from schema.plan import Fragments, Run, Write

DOCUMENTS = 1_000_000
"""Characters of documents whose plans are kept; each comes to some 250 bytes of memory."""

ENTRY = 50
"""Characters that a document counts for beside its own: even the shortest takes its place."""

MAX_VARIANTS = 16
"""Plans of one document, for different values of the variables in its directives."""


@dataclass(frozen=True)
class Answered:
    """What a document came to, its data as JSON."""

    executed: bool
    data: bytes
    """The JSON of `data`; only meaningful where it was executed."""
    errors: tuple[dict[str, Any], ...] = ()


@dataclass
class Counts:
    """What the engine did, for the operator."""

    planned: int = 0
    """Operations that a plan answered."""
    fallen_back: int = 0
    """Operations that graphql-core answered."""
    refused: int = 0
    """Documents and operations that were not run."""


class _Used(Visitor):
    """Finds the variables that page sizes and directives use."""

    def __init__(self) -> None:
        super().__init__()
        self.sizes: set[str] = set()
        self.flags: set[str] = set()

    def enter_argument(self, node: ArgumentNode, *_: Any) -> None:
        if node.name.value in ("first", "last") and isinstance(node.value, VariableNode):
            self.sizes.add(node.value.name.value)

    def enter_directive(self, node: DirectiveNode, *_: Any) -> None:
        self.flags |= {one.value.name.value for one in node.arguments or () if isinstance(one.value, VariableNode)}


@dataclass
class _Known:
    """A document with an operation, as far as it was made ready."""

    prepared: Prepared
    sizes: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    variables: Variables | None = None
    """None where the document was refused."""
    refusals: dict[tuple[Any, ...], Outcome | None] = field(default_factory=dict)
    """Whether it asks for too much, by the variables in page sizes."""
    plans: dict[tuple[bool, ...], Write | None] = field(default_factory=dict)
    """The plans, by the variables in directives; None where there can be none."""


class Engine:
    """Answers operations over any release."""

    def __init__(self, documents: int = DOCUMENTS) -> None:
        self.counts = Counts()
        self._budget = documents
        self._size = 0
        self._known: OrderedDict[tuple[str, str | None], _Known] = OrderedDict()

    def answer(
        self, document: str, variables: Mapping[str, Any] | None, operation: str | None, context: Context
    ) -> Answered:
        """Answer one operation of a document; never raises for what a client sent."""
        known = self._ready(document, operation)
        given = variables or {}
        refusal = known.prepared.refusal or self._limited(known, operation, given)
        if refusal:
            self.counts.refused += 1
            return Answered(executed=False, data=b"", errors=refusal.errors)
        try:
            data = self._planned(known, given, context)
        except Exception:  # whatever it is, graphql-core says it as it should be said
            self.counts.fallen_back += 1
            outcome = execute(known.prepared, variables, operation, context)
            return Answered(outcome.executed, orjson.dumps(outcome.data), outcome.errors)
        self.counts.planned += 1
        return Answered(executed=True, data=data)

    def _ready(self, document: str, operation: str | None) -> _Known:
        key = (document, operation)
        found = self._known.get(key)
        if found is not None:
            self._known.move_to_end(key)
            return found
        made = self._known[key] = _read(prepare(document, operation))
        self._size += _length(key)
        while self._size > self._budget:
            dropped, _ = self._known.popitem(last=False)
            self._size -= _length(dropped)
        return made

    def _limited(self, known: _Known, operation: str | None, given: Mapping[str, Any]) -> Outcome | None:
        # A size that is null counts as one that is nowhere given; a default only for what is left out.
        sizes = tuple([size(given[name]) if name in given else Undefined for name in known.sizes])
        if sizes in known.refusals:
            return known.refusals[sizes]
        found = limited(known.prepared, operation, given)
        if len(known.refusals) < 1_000:
            known.refusals[sizes] = found
        return found

    def _planned(self, known: _Known, given: Mapping[str, Any], context: Context) -> bytes:
        assert known.variables  # noqa: S101 (what was refused is not planned)
        values = known.variables.values(given)
        flags = tuple([values[name] for name in known.flags])
        if None in flags:
            raise UnsupportedError
        if flags not in known.plans:
            if len(known.plans) >= MAX_VARIANTS:
                raise UnsupportedError
            known.plans[flags] = _plan(known.prepared, dict(zip(known.flags, flags, strict=True)))
        write = known.plans[flags]
        if write is None:
            raise UnsupportedError
        return write(None, Run(context, values, context.edition.memo))


def _length(key: tuple[str, str | None]) -> int:
    document, operation = key
    return len(document) + len(operation or "") + ENTRY


def _read(prepared: Prepared) -> _Known:
    if prepared.document is None or prepared.operation is None:
        return _Known(prepared)
    used = _Used()
    visit(prepared.document, used)
    variables = Variables(SCHEMA.core, prepared.operation)
    return _Known(prepared, tuple(sorted(used.sizes)), _declared(prepared.operation, used.flags), variables)


def _declared(operation: OperationDefinitionNode, names: set[str]) -> tuple[str, ...]:
    """Return those of the names that the operation declares: other operations of the document have their own."""
    declared = {definition.variable.name.value for definition in operation.variable_definitions or ()}
    return tuple(sorted(names & declared))


def _plan(prepared: Prepared, flags: Mapping[str, bool]) -> Write | None:
    assert prepared.document  # noqa: S101 (what was refused has no plan)
    assert prepared.operation  # noqa: S101
    known = {d.name.value: d for d in prepared.document.definitions if isinstance(d, FragmentDefinitionNode)}
    try:
        return plan.root(SCHEMA.core, prepared.operation, Fragments(SCHEMA.core, known, flags)).write
    except UnsupportedError:
        return None
