"""Answering operations fast: plans, kept by a document's structure, in front of graphql-core, which has the last word.

A plan answers what goes well (see `plan`). Every error, and whatever a plan does not support, is graphql-core's to
answer, and is counted. Documents that it refused are kept as well: a wrong one costs no more than a right one.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from traceback import extract_tb
from typing import Any

import orjson

from dataset.memo import Memo
from schema.budget import MAX_DEPTH, MAX_LEAVES, MAX_OBJECTS
from schema.context import Context
from schema.document import VARIABLE, Document, Lexed, Selections, UnsupportedError, parse, read
from schema.executor import SCHEMA, Prepared, execute, limited, prepare
from schema.level import Run
from schema.limits import MAX_SOURCE, MAX_TOKENS, exceeds
from schema.plan import Plan, Planner
from schema.rules import Checked, check

LOGGER = logging.getLogger(__name__)

DOCUMENTS = 2_000_000
"""Characters of documents whose words are kept; each comes to some ten bytes of memory."""

PREPARED = 300_000
"""Characters of documents that graphql-core has read and that are kept; each comes to some hundred bytes of memory."""

STRUCTURES = 1_500_000
"""Characters of structures that are kept as they were read and checked; each comes to some twenty bytes of memory."""

PLANS = 48_000_000
"""Bytes of plans that are kept, about."""

ENTRY = 200
"""Characters that a document counts for beside its own: even the shortest takes its place."""

MAX_FAULTY = 1_000
"""Structures that are remembered as having been logged; with more, all of them are forgotten."""


@dataclass(frozen=True)
class Answered:
    """What a document came to, its data as JSON."""

    executed: bool
    pieces: Sequence[bytes] = ()
    """The JSON of `data`, in pieces; only meaningful where it was executed."""
    errors: tuple[dict[str, Any], ...] = ()

    @property
    def data(self) -> bytes:
        """The JSON of `data`."""
        return b"".join(self.pieces)


@dataclass
class Counts:
    """What the engine did, for the operator."""

    planned: int = 0
    """Operations that a plan answered."""
    fallen_back: int = 0
    """Operations that graphql-core answered."""
    refused: int = 0
    """Documents and operations that were not run."""
    faults: int = 0
    """Plans that failed where graphql-core did not."""


@dataclass
class _Structure:
    """A document without its literals, as far as it was made ready."""

    document: Document
    checked: Checked
    flags: tuple[str, ...]
    """The variables that its directives use."""
    dear: bool
    """Whether it may ask for too much: then graphql-core's document is measured with its variables."""


class Engine:
    """Answers operations over any release."""

    def __init__(
        self,
        documents: int = DOCUMENTS,
        structures: int = STRUCTURES,
        plans: int = PLANS,
        prepared: int = PREPARED,
    ) -> None:
        self.counts = Counts()
        self._read: Memo[tuple[Lexed, _Structure]] = Memo(documents)
        self._structures: Memo[_Structure] = Memo(structures)
        self._plans: Memo[Plan] = Memo(plans)
        self._prepared: Memo[Prepared] = Memo(prepared)
        self._faulty: set[int] = set()
        self.memos: Mapping[str, Memo[Any]] = {
            "documents": self._read,
            "structures": self._structures,
            "plans": self._plans,
            "prepared": self._prepared,
        }
        """What it keeps, by the names that the operator sees; sizes are in characters, but those of plans in bytes."""

    def answer(
        self, document: str, variables: Mapping[str, Any] | None, operation: str | None, context: Context
    ) -> Answered:
        """Answer one operation of a document; never raises for what a client sent."""
        given = variables or {}
        fault: Exception | None = None
        try:
            words, structure = self._known(document, operation)
            if not structure.dear:
                data = self._planned(structure, words, given, context)
                self.counts.planned += 1
                return Answered(executed=True, pieces=data)
        except Exception as error:  # whatever it is, graphql-core says it as it should be said
            structure, fault = None, error
        prepared = self._ready(document, operation)
        refusal = prepared.refusal or limited(prepared, operation, given)
        if refusal:
            self.counts.refused += 1
            return Answered(executed=False, errors=refusal.errors)
        if structure:
            try:
                data = self._planned(structure, words, given, context)
            except Exception as error:  # as above
                fault = error
            else:
                self.counts.planned += 1
                return Answered(executed=True, pieces=data)
        self.counts.fallen_back += 1
        outcome = execute(prepared, variables, operation, context)
        if fault and not outcome.errors and not isinstance(fault, UnsupportedError):
            self._failed(fault, document)
        return Answered(outcome.executed, [orjson.dumps(outcome.data)], outcome.errors)

    def _failed(self, fault: Exception, document: str) -> None:
        """Count a plan that failed where graphql-core did not, and log it, once for each structure."""
        self.counts.faults += 1
        try:
            structure = hash(read(document).structure)
        except Exception:  # this may be what failed
            structure = hash(document)
        if structure in self._faulty:
            return
        if len(self._faulty) >= MAX_FAULTY:
            self._faulty.clear()
        self._faulty.add(structure)
        step = extract_tb(fault.__traceback__)[-1]
        place = f"{Path(step.filename).name}:{step.lineno} in {step.name}"
        # Not what it says: that may be a part of the document.
        LOGGER.error("a plan failed where graphql-core did not: %s at %s", type(fault).__name__, place)

    def _ready(self, document: str, operation: str | None) -> Prepared:
        """Return a document as graphql-core reads it."""
        if len(document) > MAX_SOURCE:  # it is refused before it is read, and not worth keeping
            return prepare(document, operation)
        key = (document, operation)
        found = self._prepared.get(key)
        if found is None:
            found = prepare(document, operation)
            self._prepared.keep(key, found, len(document) + len(operation or "") + ENTRY)
        return found

    def _known(self, document: str, operation: str | None) -> tuple[Lexed, _Structure]:
        """Return a document's words and what was made of its structure. Raises UnsupportedError."""
        key = (document, operation)
        known = self._read.get(key)
        if known is None:
            if len(document) > MAX_SOURCE:
                raise UnsupportedError
            words = read(document)
            known = words, self._structure(words, operation)
            self._read.offer(key, known, len(document) + len(operation or "") + ENTRY)
        return known

    def _structure(self, words: Lexed, operation: str | None) -> _Structure:
        key = (words.structure, operation)
        found = self._structures.get(key)
        if found is None:
            found = _structured(words, operation)
            self._structures.offer(key, found, len(words.structure) + len(operation or "") + ENTRY)
        return found

    def _planned(
        self, structure: _Structure, words: Lexed, given: Mapping[str, Any], context: Context
    ) -> Sequence[bytes]:
        values = structure.checked.variables.values(given, words.literals)
        flags = tuple([values[name] for name in structure.flags])
        if None in flags:
            raise UnsupportedError
        return self._plan(words.structure, structure, flags).answer(Run(context, values))

    def _plan(self, name: str, structure: _Structure, flags: tuple[bool, ...]) -> Plan:
        """Return the plan of a structure, under these values of the variables in its directives."""
        key = (name, flags)
        plan = self._plans.get(key)
        if plan is None:
            known = dict(zip(structure.flags, flags, strict=True))
            plan = Planner(SCHEMA.core, structure.document, structure.checked.variables, known).plan()
            self._plans.offer(key, plan, plan.size + len(name))
        return plan


def _structured(words: Lexed, operation: str | None) -> _Structure:
    """Return a structure that is certainly valid. Raises UnsupportedError."""
    if len(words.words) >= MAX_TOKENS:
        raise UnsupportedError
    document = parse(words.words)
    if exceeds(document) or (operation is not None and document.name != operation):
        raise UnsupportedError
    checked = check(SCHEMA.core, document)
    if document.directives:  # what is left out under some values must be right, too
        Planner(SCHEMA.core, document, checked.variables, None).plan()
    flags = tuple(sorted(_flags(document)))
    most = checked.most
    dear = most.depth > MAX_DEPTH or most.objects > MAX_OBJECTS or most.leaves > MAX_LEAVES
    return _Structure(document, checked, flags, dear)


def _flags(document: Document) -> set[str]:
    """Return the variables that the document's directives use."""
    found: set[str] = set()
    if document.directives:
        for selections in (document.selections, *(one.selections for one in document.fragments.values())):
            _gather(selections, found)
    return found


def _gather(selections: Selections, found: set[str]) -> None:
    for selection in selections:
        for directive in selection.directives:
            found |= {content for what, content in directive.arguments.values() if what == VARIABLE}
        inner = None if not hasattr(selection, "selections") else selection.selections
        if inner:
            _gather(inner, found)
