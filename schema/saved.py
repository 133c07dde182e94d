"""Saved queries: documents in `schema/queries/`, one a file, asked by name, with their variables as parameters.

A file begins with comments: the question, and what the answer is. Its one operation has one root field, a list or a
connection of a collection; its variables are named like filters of that collection, which say what they take. A
connection takes `$first` and `$after` as well, and selects its total and where it goes on.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Any

import graphql
import orjson
from graphql import FieldNode, OperationDefinitionNode, validate
from strawberry.utils.str_converters import to_camel_case, to_snake_case

from dataset.address import Pairs
from dataset.answer import Answer
from dataset.catalog import Catalog, Edition
from dataset.export import TABULAR
from dataset.export.table import Table
from dataset.filter import FILTERS, Filter
from dataset.parameters import AFTER, ALL, LIMIT, Given, Parameter, of_filters
from dataset.query import DEFAULT_LIMIT, MAX_LIMIT, QueryError, parse
from dataset.records import SERVED, SINGULAR
from dataset.resource import Asked, Resource
from dataset.resources.paging import limit
from schema.context import Context
from schema.executor import INTERNAL, SCHEMA, run
from schema.selection import Selected, cell, selected

FOLDER = Path(__file__).parent / "queries"
PAGING = ("first", "after")


@dataclass(frozen=True)
class Saved:
    """A saved query."""

    name: str
    question: str
    description: str
    document: str
    collection: str
    """The collection that it asks."""
    variables: Mapping[str, Filter]
    """Its variables, by their names in the document, each with the filter that it sets."""
    root: Selected

    @property
    def sha256(self) -> str:
        """The digest by which the document is asked as a persisted query."""
        return sha256(self.document.encode()).hexdigest()

    @property
    def paged(self) -> bool:
        """Whether the answer comes in pages."""
        return "nodes" in self.root.inside

    @property
    def item(self) -> Selected:
        """What one item of the answer shows."""
        return self.root.inside["nodes"] if self.paged else self.root

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """Its variables as parameters."""
        names = {item.name for item in self.variables.values()}
        return tuple(parameter for parameter in of_filters(self.collection) if parameter.name in names)

    @property
    def resource(self) -> Resource:
        """The address at which it is asked."""
        return Resource(
            f"/queries/{self.name}",
            f"query_{self.name.replace('-', '_')}",
            f"{self.question} {self.description}",
            partial(answer, self),
            f"{self.name.title().replace('-', '')}Answer",
            (*self.parameters, *((LIMIT, AFTER) if self.paged else ())),
            TABULAR,
        )


def load(folder: Path = FOLDER) -> Mapping[str, Saved]:
    """Return the saved queries by name. Raises ValueError for a file that is none."""
    return MappingProxyType({path.stem: _read(path) for path in sorted(folder.glob("*.graphql"))})


def _read(path: Path) -> Saved:
    text = path.read_text("utf-8")
    document = graphql.parse(text)
    errors = validate(SCHEMA.core, document)
    operation = document.definitions[0]
    if errors or len(document.definitions) != 1 or not isinstance(operation, OperationDefinitionNode):
        raise ValueError(f"{path.name}: must be one valid operation: {'; '.join(error.message for error in errors)}")
    (field,) = operation.selection_set.selections
    assert isinstance(field, FieldNode)  # noqa: S101 (the root has no fragments)
    comments = [line[1:].strip() for line in text.splitlines() if line.startswith("#")]
    if len(comments) < 2:
        raise ValueError(f"{path.name}: must begin with its question and what it answers")
    assert SCHEMA.core.query_type  # noqa: S101 (there is nothing but queries)
    root = selected(SCHEMA.core, field, SCHEMA.core.query_type)
    if field.name.value not in _COLLECTIONS:
        raise ValueError(f"{path.name}: the root field must be one of {', '.join(_COLLECTIONS)}")
    collection = _COLLECTIONS[field.name.value]
    filters = {to_camel_case(item.name): item for item in FILTERS[collection]}
    names = [definition.variable.name.value for definition in operation.variable_definitions or ()]
    try:
        variables = {name: filters[name] for name in names if name not in PAGING}
    except KeyError as error:
        raise ValueError(f"{path.name}: ${error.args[0]} is named like no filter of {collection}") from error
    return Saved(path.stem, comments[0], " ".join(comments[1:]), text, collection, MappingProxyType(variables), root)


def _values(saved: Saved, given: Given) -> dict[str, Any]:
    """Return the variables that were given, as GraphQL takes them. Raises QueryError."""
    raw = {item.name: given.all(item.name) for item in saved.variables.values() if item.name in given}
    query = parse(saved.collection, raw)
    found: dict[str, Any] = {}
    for name, item in saved.variables.items():
        if item.name in query.where:
            texts = [item.vocabulary(text).name if item.vocabulary else text for text in raw[item.name]]
            found[name] = texts if item.many else texts[0]
    return found


def answer(saved: Saved, asked: Asked) -> Answer:
    """Ask a saved query. Raises QueryError."""
    given = asked.given
    variables = _values(saved, given)
    names = {item.name for item in saved.variables.values()}
    question: Pairs = tuple(sorted({(name, value) for name, value in given.pairs if name in names}))
    if not saved.paged:
        found = _run(saved, asked.edition, variables)
        items = [saved.item.shown(item) for item in found]
        return _made(saved, asked, question, lambda: iter(items), len(items), {})
    wanted = limit(given)
    size = MAX_LIMIT if wanted == ALL else int(wanted)
    after = given.single("after")
    base = question if wanted == str(DEFAULT_LIMIT) else (*question, ("limit", wanted))
    page = _run(saved, asked.edition, {**variables, "first": size, "after": after})
    more = page["pageInfo"]["hasNextPage"]

    def nodes() -> Iterator[Any]:
        pages: Iterable[Any] = [page]
        if wanted == ALL and more:
            pages = chain(pages, _rest(saved, asked.edition, variables, page))
        return (saved.item.shown(node) for found in pages for node in found["nodes"])

    around = {"first": tuple(sorted(base))}
    if more and wanted != ALL:
        around["next"] = tuple(sorted((*base, ("after", page["pageInfo"]["endCursor"]))))
    query = tuple(sorted((*base, ("after", after)))) if after else around["first"]
    return _made(saved, asked, query, nodes, page["totalCount"], around)


def _made(saved: Saved, asked: Asked, query: Pairs, items: Any, total: int, around: Mapping[str, Pairs]) -> Answer:
    columns = tuple(name for name, _ in saved.item.columns())

    def rows() -> Iterator[Sequence[Any]]:
        return ([cell(item, column) for column in columns] for item in items())

    path = f"/queries/{saved.name}"
    return Answer.page(
        asked.edition,
        path,
        query,
        Table(lambda: map(orjson.dumps, items()), columns, rows),
        around,
        query=saved.name,
        total=total,
    )


def _rest(saved: Saved, edition: Edition, variables: Mapping[str, Any], page: Any) -> Iterator[Any]:
    while page["pageInfo"]["hasNextPage"]:
        page = _run(saved, edition, {**variables, "first": MAX_LIMIT, "after": page["pageInfo"]["endCursor"]})
        yield page


def _run(saved: Saved, edition: Edition, variables: Mapping[str, Any]) -> Any:
    # A saved query sees nothing but the release that answers.
    context = Context(edition, Catalog({edition.release.version: edition}))
    outcome = run(saved.document, {k: v for k, v in variables.items() if v is not None}, None, context)
    for error in outcome.errors:
        if error["extensions"]["code"] == INTERNAL:
            raise RuntimeError(f"the saved query {saved.name} failed")
        parameter = to_snake_case(error.get("extensions", {}).get("argument", "variables"))
        raise QueryError(parameter, error["message"].partition(": ")[2] or error["message"])
    return outcome.data[saved.root.key]


_COLLECTIONS: Mapping[str, str] = {
    **{name: name for name in SERVED},
    "figureAggregates": "figures",
    **{f"{SINGULAR[name]}Facets": name for name in SERVED},
}
"""The root fields that a saved query may ask, with their collections."""

SAVED = load()
