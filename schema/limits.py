"""What a document may have at most, and whether it has more: looked at before it is validated, in one pass over it.

A fragment is looked at once, however often it is spread; only what a document asks for is counted as often as it is
asked for (`budget`, `introspection`), since that depends on the variables. Each limit is a row of LIMITS.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    ObjectValueNode,
    OperationDefinitionNode,
    OverlappingFieldsCanBeMergedRule,
    SelectionSetNode,
    ValidationContext,
    VariableNode,
)
from graphql.language.parser import MAX_NESTING_DEPTH

from dataset.query import MAX_LIMIT, TEXT
from schema.budget import MAX_DEPTH, MAX_LEAVES, MAX_OBJECTS
from schema.document import OBJECT, VARIABLE, Document, Field, Inline, Selections
from schema.introspection import MAX_VALUES

MAX_SOURCE = 40_000
MAX_TOKENS = 2_000
MAX_COMMENTS = 200
MAX_ALIASES = 100
MAX_DIRECTIVES = 100
MAX_ROOT_FIELDS = 50
MAX_SEARCHES = 10
MAX_FRAGMENTS = 100
MAX_INTROSPECTION_DEPTH = 20
MAX_COMPARISONS = 40_000

TOO_LONG = "DOCUMENT_TOO_LONG"
TOO_MANY_TOKENS = "TOO_MANY_TOKENS"
TOO_MANY_COMMENTS = "TOO_MANY_COMMENTS"
TOO_MANY_ALIASES = "TOO_MANY_ALIASES"
TOO_MANY_DIRECTIVES = "TOO_MANY_DIRECTIVES"
TOO_MANY_ROOT_FIELDS = "TOO_MANY_ROOT_FIELDS"
TOO_MANY_FRAGMENTS = "TOO_MANY_FRAGMENTS"
TOO_DEEP = "QUERY_TOO_DEEP"
TOO_LARGE = "QUERY_TOO_LARGE"


@dataclass(frozen=True)
class Limit:
    """A limit on what a document has."""

    name: str
    value: int
    unit: str
    code: str
    """The code of the error by which a document that has more is refused."""
    description: str


LIMITS: tuple[Limit, ...] = (
    Limit("graphql_document", MAX_SOURCE, "characters", TOO_LONG, "The length of a document."),
    Limit("graphql_tokens", MAX_TOKENS, "tokens", TOO_MANY_TOKENS, "Names, values and punctuation of a document."),
    Limit("graphql_comments", MAX_COMMENTS, "comments", TOO_MANY_COMMENTS, "Comments in a document."),
    Limit("graphql_fragments", MAX_FRAGMENTS, "fragments", TOO_MANY_FRAGMENTS, "Fragments that a document defines."),
    Limit("graphql_aliases", MAX_ALIASES, "aliases", TOO_MANY_ALIASES, "Aliases in a document."),
    Limit("graphql_directives", MAX_DIRECTIVES, "directives", TOO_MANY_DIRECTIVES, "Directives in a document."),
    Limit(
        "graphql_root_fields",
        MAX_ROOT_FIELDS,
        "fields",
        TOO_MANY_ROOT_FIELDS,
        "Fields that one operation selects at its root, those of its fragments among them.",
    ),
    Limit(
        "graphql_searches",
        MAX_SEARCHES,
        "fields",
        TOO_LARGE,
        "Those of them that search or count: `search`, facets, histograms, `figureAggregates`, and what is filtered by "
        "`q` or by a variable as a whole.",
    ),
    Limit("graphql_depth", MAX_DEPTH, "levels", TOO_DEEP, "Fields within fields, through fragments as well."),
    Limit(
        "graphql_introspection_depth",
        MAX_INTROSPECTION_DEPTH,
        "levels",
        TOO_DEEP,
        "Fields within fields of `__schema` and of `__type`, which are not counted in the depth.",
    ),
    Limit(
        "graphql_nesting",
        MAX_NESTING_DEPTH,
        "levels",
        TOO_DEEP,
        "Brackets and braces within one another, wherever they are in a document.",
    ),
    Limit(
        "graphql_objects",
        MAX_OBJECTS,
        "objects",
        TOO_LARGE,
        f"Objects that an operation asks for, as estimated from `first` and `last` (at most {MAX_LIMIT} each) before "
        "anything runs.",
    ),
    Limit(
        "graphql_values",
        MAX_LEAVES,
        "values",
        TOO_LARGE,
        "Plain values in these objects, as estimated: an alias costs no object, but it is one more value in each.",
    ),
    Limit(
        "graphql_introspection_values",
        MAX_VALUES,
        "values",
        TOO_LARGE,
        "Values that `__schema` and `__type` are asked for; the usual question of tools asks for a quarter of them.",
    ),
    Limit(
        "graphql_comparisons",
        MAX_COMPARISONS,
        "comparisons",
        TOO_LARGE,
        "Comparisons that it takes to see whether fields of one name in one place agree.",
    ),
)
"""The limits; those of the requests themselves are the server's."""


@dataclass(frozen=True)
class Excess:
    """What a document has too much of."""

    code: str
    limit: int
    value: int
    reason: str

    @property
    def extensions(self) -> dict[str, Any]:
        """What its error says beside the reason."""
        return {"code": self.code, "limit": self.limit, "value": self.value}


class TooManyComparisonsError(Exception):
    """It takes too many comparisons to see whether the fields of a document can be merged."""


class Merging(OverlappingFieldsCanBeMergedRule):
    """The rule that fields of one name in one place agree, with our bound on what that costs.

    Raises TooManyComparisonsError out of validation.
    """

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        self.rule_context.remaining_complexity_budget = MAX_COMPARISONS

    def enter_selection_set(self, selection_set: SelectionSetNode, _key: Any, parent: Any, *_args: Any) -> None:
        """Look at the fields of a selection set."""
        try:
            super().enter_selection_set(selection_set, _key, parent, *_args)
        finally:
            if self.rule_context.remaining_complexity_budget < 0:
                raise TooManyComparisonsError


def unmerged() -> Excess:
    """Return what a document has too much of whose fields take too many comparisons."""
    reason = (
        f"The document selects fields of one name so often that it takes more than {MAX_COMPARISONS} comparisons to "
        "see whether they agree. Select each of them once."
    )
    return Excess(TOO_LARGE, MAX_COMPARISONS, MAX_COMPARISONS + 1, reason)


def too_long(source: str) -> Excess | None:
    """Return by how much a document is too long, before anything of it is read; None where it is not."""
    if len(source) <= MAX_SOURCE:
        return None
    reason = f"The document has {len(source)} characters; at most {MAX_SOURCE} are read."
    return Excess(TOO_LONG, MAX_SOURCE, len(source), reason)


def unread(source: str, reason: str) -> Excess | None:
    """Return what kept graphql-core from reading a document to its end, if that was a limit and no mistake."""
    for code, limit, noun in ((TOO_MANY_TOKENS, MAX_TOKENS, "tokens"), (TOO_MANY_COMMENTS, MAX_COMMENTS, "comments")):
        if f"Document contains more than {limit} {noun}." in reason:
            comments = noun == "comments"
            value = sum(1 for word in _words(source) if (word[0] == "#") == comments)
            # A document that is no GraphQL further on may be counted otherwise than the parser did.
            value = max(value, limit + 1)
            return Excess(code, limit, value, f"The document has {value} {noun}; at most {limit} are read.")
    return nested(_nesting(source)) if "nested too deeply" in reason else None


_WORDS = re.compile(
    r"""\#[^\n\r]*+ | \.\.\. | [!$&()\[\]{}:=@|]                      # comments and punctuation
    | [_A-Za-z][_0-9A-Za-z]*+ | -?[0-9][0-9.eE+-]*+                  # names and numbers
    | \"""(?:[^"\\]|\\\"""|\\|"(?!""))*+\""" | "(?:[^"\\\n\r]|\\.)*+"  # strings
    """,
    re.VERBOSE,
)


def _words(source: str) -> Iterator[str]:
    return (found[0] for found in _WORDS.finditer(source))


def _nesting(source: str) -> int:
    """Return how deep brackets and braces are within one another."""
    level = most = 0
    for word in _words(source):
        if word in ("{", "[", "("):
            level += 1
            most = max(most, level)
        elif word in ("}", "]", ")"):
            level -= 1
    return most


def nested(value: int = 0) -> Excess:
    """Return what a document has too much of that nests too deeply to be read, whatever it asks for."""
    value = max(value, MAX_NESTING_DEPTH + 1)
    reason = f"The document nests {value} levels deep; at most {MAX_NESTING_DEPTH} are read."
    return Excess(TOO_DEEP, MAX_NESTING_DEPTH, value, reason)


def exceeded(document: DocumentNode) -> Excess | None:
    """Return the first thing that a document has too much of; None where it has not. It need not be valid."""
    found = _Document(document)
    counts: tuple[tuple[str, int, int, str], ...] = (
        (TOO_MANY_FRAGMENTS, MAX_FRAGMENTS, found.fragments, "defines {} fragments; at most {} are taken."),
        (TOO_MANY_ALIASES, MAX_ALIASES, found.aliases, "has {} aliases; at most {} are answered."),
        (TOO_MANY_DIRECTIVES, MAX_DIRECTIVES, found.directives, "has {} directives; at most {} are taken."),
    )
    return _first(counts) or _first(_shape(found.parts, found.operations))


def exceeds(document: Document) -> bool:
    """Return whether a document, as `schema.document` reads it, has too much of anything but depth and objects.

    Its fields are compared by a plan at no cost; it is refused where graphql-core would take too many comparisons for
    those of one selection set, so that it does not matter who answers.
    """
    roots, searches = _roots(document.selections, document, set())
    return (
        len(document.fragments) > MAX_FRAGMENTS
        or document.aliases > MAX_ALIASES
        or document.directives > MAX_DIRECTIVES
        or roots > MAX_ROOT_FIELDS
        or searches > MAX_SEARCHES
        or (document.words**2 > MAX_COMPARISONS and _comparisons(document) > MAX_COMPARISONS)
    )


def _roots(selections: Selections, document: Document, seen: set[str]) -> tuple[int, int]:
    """Return how many fields there are at the root, and how many of them search."""
    found = searches = 0
    for selection in selections:
        if isinstance(selection, Field):
            kind, content = selection.arguments.get("filter", (None, ()))
            found += 1
            searches += _counts(selection.name) or kind == VARIABLE or (kind == OBJECT and TEXT in content)
        else:
            inner: Selections = ()
            if isinstance(selection, Inline):
                inner = selection.selections
            elif selection.name not in seen and selection.name in document.fragments:
                seen.add(selection.name)
                inner = document.fragments[selection.name].selections
            more = _roots(inner, document, seen)
            found, searches = found + more[0], searches + more[1]
    return found, searches


def _counts(name: str) -> bool:
    """Return whether a root field looks at more records than it shows, whatever its arguments."""
    return name in ("search", "figureAggregates") or name.endswith(("Facets", "Histogram"))


def _searches(field: FieldNode) -> bool:
    """Return whether a root field searches or counts; a filter in a variable may hold anything."""
    given = next((one.value for one in field.arguments or () if one.name.value == "filter"), None)
    by_text = isinstance(given, ObjectValueNode) and any(one.name.value == TEXT for one in given.fields)
    return _counts(field.name.value) or by_text or isinstance(given, VariableNode)


def _comparisons(document: Document) -> int:
    found = 0
    waiting = [document.selections, *(fragment.selections for fragment in document.fragments.values())]
    while waiting:
        keys: dict[str, int] = {}
        merged = [waiting.pop()]
        while merged:
            for selection in merged.pop():
                if isinstance(selection, Field):
                    keys[selection.key] = keys.get(selection.key, 0) + 1
                    if selection.selections:
                        waiting.append(selection.selections)
                elif isinstance(selection, Inline):
                    merged.append(selection.selections)
        found += sum(count * (count - 1) for count in keys.values())
    return found


def _first(counts: Sequence[tuple[str, int, int, str]]) -> Excess | None:
    for code, limit, value, reason in counts:
        if value > limit:
            return Excess(code, limit, value, f"The document {reason.format(value, limit)}")
    return None


@dataclass
class _Part:
    """What an operation or a fragment has of its own."""

    depth: int = 0
    introspection: int = 0
    """The levels below `__schema` and `__type`."""
    roots: int = 0
    searches: int = 0
    """Those of its root's fields that search or count."""
    spreads: tuple[tuple[str, int, bool], ...] = ()
    """The fragments that are spread in it: their names, at which level, and whether that is in an introspection."""

    @property
    def merged(self) -> Iterator[str]:
        """The fragments whose fields are at its own root."""
        return (name for name, level, inside in self.spreads if not level and not inside)


class _Document:
    """One pass over a document's definitions."""

    def __init__(self, document: DocumentNode) -> None:
        self.fragments = self.aliases = self.directives = 0
        self.operations: list[_Part] = []
        self.parts: dict[str, _Part] = {}
        for definition in document.definitions:
            self.directives += len(getattr(definition, "directives", None) or ())
            if isinstance(definition, FragmentDefinitionNode):
                self.fragments += 1
                self.parts[definition.name.value] = self._part(definition.selection_set)
            elif isinstance(definition, OperationDefinitionNode):
                declared = definition.variable_definitions or ()
                self.directives += sum(len(variable.directives or ()) for variable in declared)
                self.operations.append(self._part(definition.selection_set))

    def _part(self, selected: SelectionSetNode) -> _Part:
        made = _Part()
        spreads: list[tuple[str, int, bool]] = []
        waiting = [(selected, 0, False)]
        while waiting:
            selections, level, inside = waiting.pop()
            for selection in selections.selections:
                self.directives += len(selection.directives or ())
                if isinstance(selection, FragmentSpreadNode):
                    spreads.append((selection.name.value, level, inside))
                elif isinstance(selection, FieldNode):
                    self.aliases += selection.alias is not None
                    if not level and not inside:
                        made.roots += 1
                        made.searches += _searches(selection)
                    self._field(selection, level, inside, made, waiting)
                else:
                    waiting.append((selection.selection_set, level, inside))  # type: ignore[attr-defined]
        made.spreads = tuple(spreads)
        return made

    def _field(self, field: FieldNode, level: int, inside: bool, made: _Part, waiting: list[Any]) -> None:
        name = field.name.value
        if name.startswith("__"):  # it has no level, but what is in it has
            level, inside = (0, True) if field.selection_set else (level - 1, inside)
        level += 1
        if inside:
            made.introspection = max(made.introspection, level)
        else:
            made.depth = max(made.depth, level)
        if field.selection_set:
            waiting.append((field.selection_set, level, inside))


def _shape(parts: Mapping[str, _Part], operations: Sequence[_Part]) -> tuple[tuple[str, int, int, str], ...]:
    """Return how wide the operations are at their root, and how deep with their fragments."""
    known: dict[str, tuple[int, int]] = {}

    def depths(part: _Part) -> tuple[int, int]:
        depth, introspection = part.depth, part.introspection
        for name, level, inside in part.spreads:
            if name not in known and name in parts:
                known[name] = 0, 0  # of a circle, which validation refuses
                known[name] = depths(parts[name])
            plain, within = known.get(name, (0, 0))
            if inside:
                introspection = max(introspection, level + plain)
            else:
                depth, introspection = max(depth, level + plain), max(introspection, within)
        return depth, introspection

    def roots(operation: _Part) -> tuple[int, int]:
        seen: set[str] = set()
        waiting = [operation]
        total = searches = 0
        while waiting:
            part = waiting.pop()
            total += part.roots
            searches += part.searches
            new = {name for name in part.merged if name in parts} - seen
            seen |= new
            waiting += [parts[name] for name in new]
        return total, searches

    wide = [roots(operation) for operation in operations]
    measured = [depths(operation) for operation in operations]
    return (
        (
            TOO_MANY_ROOT_FIELDS,
            MAX_ROOT_FIELDS,
            max((total for total, _ in wide), default=0),
            "selects {} fields at its root; at most {} are answered.",
        ),
        (
            TOO_LARGE,
            MAX_SEARCHES,
            max((searches for _, searches in wide), default=0),
            "has {} fields that search or count; at most {} are answered.",
        ),
        (
            TOO_DEEP,
            MAX_DEPTH,
            max((depth for depth, _ in measured), default=0),
            "nests fields {} levels deep; at most {} are answered.",
        ),
        (
            TOO_DEEP,
            MAX_INTROSPECTION_DEPTH,
            max((depth for _, depth in measured), default=0),
            "asks for the schema {} levels deep; at most {} are answered.",
        ),
    )
