"""The filter and order arguments of each collection, made from their one declaration in `dataset`."""

from collections.abc import Mapping
from enum import Enum
from typing import Any

import strawberry
from strawberry import UNSET
from strawberry.utils.str_converters import to_camel_case

from dataset.filter import FILTERS, Filter
from dataset.order import ORDERS
from schema import types


def _annotation(item: Filter) -> Any:
    kind: Any = item.vocabulary or (strawberry.ID if item.ids else str)
    return (list[kind] if item.many else kind) | None


def _filter_type(collection: str) -> Any:
    name = f"{types.NODES[collection].__name__}Filter"
    fields = {item.name: strawberry.field(description=item.description, default=UNSET) for item in FILTERS[collection]}
    annotations = {item.name: _annotation(item) for item in FILTERS[collection]}
    made = type(name, (), {**fields, "__annotations__": annotations, "__doc__": f"Filters of {collection}."})
    return strawberry.input(
        made, description=f"Which {collection}: values of one field mean any of them, several fields all of them."
    )


def _order_type(collection: str) -> Any:
    name = f"{types.NODES[collection].__name__}Order"
    members = {}
    for order in ORDERS[collection]:
        if order.key is None:
            members[order.name.upper()] = strawberry.enum_value(order.name, description=order.description)
            continue
        members[f"{order.name.upper()}_ASC"] = strawberry.enum_value(order.name, description=order.description)
        members[f"{order.name.upper()}_DESC"] = strawberry.enum_value(
            f"-{order.name}", description=f"{order.description.rstrip('.')}, reversed."
        )
    made = Enum(name, members)  # type: ignore[misc]
    return strawberry.enum(made, description=f"The orders of {collection}; ties are broken by id.")


FILTER_TYPES: Mapping[str, Any] = {collection: _filter_type(collection) for collection in FILTERS}
ORDER_TYPES: Mapping[str, Any] = {collection: _order_type(collection) for collection in ORDERS}


_BY_NAME: Mapping[str, Mapping[str, tuple[str, bool]]] = {
    collection: {to_camel_case(item.name): (item.name, item.many) for item in filters}
    for collection, filters in FILTERS.items()
}
"""The name of each filter, and whether it takes several values, by what the schema calls it."""


def raw_of(collection: str, given: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return what `raw` does of a filter argument as it is coerced, by the schema's names."""
    known, found = _BY_NAME[collection], {}
    for name, value in given.items():
        if value not in (None, []):
            own, many = known[name]
            found[own] = [_said(one) for one in (value if many else (value,))]
    return found


def raw(collection: str, value: Any) -> dict[str, list[str]]:
    """Return the values of a filter argument by filter name; an empty list says nothing, like null."""
    found = {}
    for item in FILTERS[collection]:
        given = getattr(value, item.name, UNSET)
        if given not in (None, [], UNSET):
            found[item.name] = [_said(one) for one in (given if item.many else (given,))]
    return found


def _said(value: Any) -> str:
    """Return a value as a filter reads it: that of a term, and every other one as it is."""
    return value if value.__class__ is str else str(getattr(value, "value", value))
