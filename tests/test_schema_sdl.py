"""The GraphQL schema: committed, current, described, and true to the records."""

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLUnionType,
    introspection_types,
    specified_scalar_types,
)
from strawberry.utils.str_converters import to_camel_case

from dataset.filter import FILTERS
from dataset.histogram import DATED
from dataset.links import LINKS
from dataset.order import ORDERS
from dataset.records import SERVED, SINGULAR
from dataset.shape import shape
from schema.__main__ import FILE, text
from schema.executor import SCHEMA

CORE = SCHEMA.core
TYPES: dict[str, GraphQLNamedType] = {
    name: kind
    for name, kind in CORE.type_map.items()
    if name not in introspection_types and name not in specified_scalar_types
}


def test_the_committed_schema_is_current() -> None:
    """`make generate` was run after the last change."""
    assert FILE.read_text("utf-8") == text()


def test_everything_has_a_description() -> None:
    """Types, fields, arguments, enum values: each says what it is."""
    missing = [name for name, kind in TYPES.items() if not kind.description]
    for name, kind in TYPES.items():
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
            missing += [f"{name}.{field}" for field, value in kind.fields.items() if not value.description]
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            missing += [
                f"{name}.{field}({argument})"
                for field, value in kind.fields.items()
                for argument, described in value.args.items()
                if not described.description
            ]
        if isinstance(kind, GraphQLEnumType):
            missing += [f"{name}.{value}" for value, described in kind.values.items() if not described.description]
    assert missing == []


def test_every_field_and_link_of_every_record_is_in_the_view() -> None:
    """GraphQL knows nothing less than REST: each field, each link, each derived value."""
    for collection, kind in SERVED.items():
        view = TYPES[kind.__name__]
        assert isinstance(view, GraphQLObjectType)
        wanted = {field.name for field in shape(kind)} | {link.name for link in LINKS[collection]}
        assert {to_camel_case(name) for name in wanted} - set(view.fields) == set()


def test_every_nested_record_is_in_the_view_whole() -> None:
    """So it is for evidence, dates, names and whatever else stands inside a record."""
    for kind in SERVED.values():
        for nested in (field.type for field in shape(kind) if field.nested):
            view = TYPES[nested.__name__]
            assert isinstance(view, GraphQLObjectType)
            assert {to_camel_case(field.name) for field in shape(nested)} == set(view.fields)


def test_every_collection_has_its_two_root_fields() -> None:
    """One record by id, and a connection with filters, an order and Relay's paging."""
    query = CORE.query_type
    assert query
    roots = {name for collection, one in SINGULAR.items() for name in (collection, one)}
    counts = {f"{one}Facets" for one in SINGULAR.values()} | {f"{SINGULAR[name]}Histogram" for name in DATED}
    others = {"release", "releases", "changes", "node", "nodes", "search", "lookup", "figureAggregates"}
    assert set(query.fields) == roots | counts | others
    for collection in SERVED:
        assert set(query.fields[collection].args) == {"first", "after", "last", "before", "filter", "orderBy"}


def test_every_filter_and_order_is_an_argument() -> None:
    """What REST can ask, GraphQL can."""
    for collection, kind in SERVED.items():
        filters, orders = TYPES[f"{kind.__name__}Filter"], TYPES[f"{kind.__name__}Order"]
        assert isinstance(filters, GraphQLInputObjectType)
        assert isinstance(orders, GraphQLEnumType)
        assert set(filters.fields) == {to_camel_case(item.name) for item in FILTERS[collection]}
        own = {f"{o.name.upper()}_{way}" for o in ORDERS[collection] if o.key for way in ("ASC", "DESC")}
        assert set(orders.values) == own | {"RELEVANCE"}


def test_a_connection_has_what_relay_and_a_reader_want() -> None:
    """totalCount, edges with cursors, bare nodes and page info."""
    for kind in SERVED.values():
        connection = TYPES[f"{kind.__name__}Connection"]
        assert isinstance(connection, GraphQLObjectType)
        assert set(connection.fields) == {"totalCount", "edges", "nodes", "pageInfo"}


def test_a_party_is_an_entity_or_an_event() -> None:
    """What a figure or a relation is about."""
    party = TYPES["Party"]
    assert isinstance(party, GraphQLUnionType)
    assert {kind.name for kind in party.types} == {"Entity", "Event"}


def test_a_view_refuses_a_field_that_the_record_lacks() -> None:
    """A slip of the pen fails at import, not at a reader's request."""
    import pytest

    from dataset.records import Date
    from schema.view import view

    class Wrong:
        edtf: str
        weekday: str

    with pytest.raises(TypeError, match=r"Wrong\.weekday is no field of Date"):
        view(Date)(Wrong)
