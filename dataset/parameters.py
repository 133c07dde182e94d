"""The parameters of a question in an address: each declared once, for the reader of addresses and for OpenAPI."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dataset import fields, outline
from dataset.export import FORMATS
from dataset.export.csv import EXCEL
from dataset.filter import FILTERS, MAX_LENGTH, Filter
from dataset.order import ORDERS
from dataset.query import DEFAULT_LIMIT, MAX_LIMIT, QueryError
from dataset.vocabulary import Term

LONGEST = 5_000
"""Characters of a value: the names of all fields of a record have a little fewer."""

_CONTROL = r"\u0000-\u001f\u007f-\u009f\ufffd"
"""Control characters, and what stands for bytes that are no UTF-8."""
_UNTOLD = re.compile(f"[{_CONTROL}]")

TOLD = f"^[^{_CONTROL}]*$"
"""The regular expression of a text that holds none of these."""

ALL = "all"
"""The limit that means no limit."""


@dataclass(frozen=True)
class Parameter:
    """A parameter that an address may have."""

    name: str
    description: str
    schema: Mapping[str, Any] = field(default_factory=dict)
    """What a value is, as JSON Schema."""
    vocabulary: type[Term] | None = None
    """The terms that are allowed, if it is about terms."""
    many: bool = False
    """Whether it may be repeated: several values mean any of them."""
    separated: bool = False
    """Whether its values stand in one text, separated by commas; the schema is that of one of them."""
    required: bool = False


AFTER = Parameter(
    "after", "The cursor that `next` of the page before holds.", {"type": "string", "minLength": 1, "maxLength": 500}
)
PAGE = Parameter(
    "limit",
    "How many records the page holds.",
    {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
)
LIMIT = Parameter(
    "limit",
    f"How many records the page holds; `{ALL}`: no page, but the whole answer.",
    {"oneOf": [PAGE.schema, {"const": ALL}], "default": DEFAULT_LIMIT},
)


def of_filters(collection: str) -> tuple[Parameter, ...]:
    """Return the filters of a collection as parameters."""
    return tuple(
        Parameter(item.name, item.description, _value(item), item.vocabulary, item.many) for item in FILTERS[collection]
    )


def _value(item: Filter) -> Mapping[str, Any]:
    return {"type": "string", "minLength": 1, "maxLength": MAX_LENGTH, "pattern": item.pattern or TOLD}


def of_orders(collection: str) -> Parameter:
    """Return the parameter that orders a collection."""
    names = [name for order in ORDERS[collection] for name in order.names]
    said = " ".join(f"`{order.name}`: {order.description}" for order in ORDERS[collection])
    return Parameter(
        "order",
        f"{said} With `-` before it, reversed. Ties are broken by id.",
        {"type": "string", "enum": names, "default": names[0]},
    )


def of_fields(collection: str) -> Parameter:
    """Return the parameter that chooses fields of a collection's records."""
    schema = {"type": "string", "enum": list(outline.names(outline.listed(collection)))}
    return Parameter("fields", fields.DESCRIPTION, schema, separated=True)


def of_formats(names: Iterable[str]) -> tuple[Parameter, ...]:
    """Return the parameters by which a format is chosen."""
    names = tuple(names)
    said = " ".join(f"`{name}`: {FORMATS[name].description}" for name in names)
    found = Parameter(
        "format",
        f"{said} A suffix of the path says the same (`.{names[0]}`) and comes first, the Accept header last; without "
        "any of them the answer is a JSON object that names its release.",
        {"type": "string", "enum": list(names)},
    )
    excel = Parameter("excel", EXCEL, {"type": "string", "enum": ["1"]})
    return (found, excel) if "csv" in names else (found,)


class Given:
    """The parameters that an address has, as they were written."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self.pairs = tuple(pairs)
        self._values: dict[str, list[str]] = {}
        for name, value in self.pairs:
            self._values.setdefault(name, []).append(value)

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def known(self, parameters: Sequence[Parameter]) -> None:
        """Refuse a parameter that the address does not have, and a value that none can have. Raises QueryError."""
        names = [parameter.name for parameter in parameters]
        for name, value in self.pairs:
            if name not in names:
                allowed = f"the parameters here are {', '.join(names)}" if names else "there are no parameters here"
                raise QueryError(name[:100], f"is unknown; {allowed}")
            if len(value) > LONGEST:
                raise QueryError(name, f"has {len(value)} characters; at most {LONGEST} are taken")
            if not (value.isascii() and value.isprintable()) and _UNTOLD.search(value):
                raise QueryError(name, "has a control character, or bytes that are no UTF-8")

    def all(self, name: str) -> list[str]:
        """Return the values of a parameter that may be repeated."""
        return list(self._values.get(name, ()))

    def single(self, name: str) -> str | None:
        """Return the value of a parameter that may be given once, or None. Raises QueryError."""
        values = self._values.get(name)
        if values is None:
            return None
        if len(values) > 1:
            raise QueryError(name, "is given more than once")
        return values[0]

    def number(self, name: str, default: int, most: int) -> int:
        """Return a whole number from 1. Raises QueryError."""
        text = self.single(name)
        if text is None:
            return default
        if not re.fullmatch("[0-9]{1,9}", text, re.ASCII) or not 1 <= int(text) <= most:
            raise QueryError(name, f"must be a whole number from 1 to {most}")
        return int(text)

    def choice(self, name: str, values: Sequence[str]) -> str | None:
        """Return the value of a parameter that is one of these, or None. Raises QueryError."""
        text = self.single(name)
        if text is not None and text not in values:
            raise QueryError(name, f"must be one of {', '.join(values)}")
        return text
