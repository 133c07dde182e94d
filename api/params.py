"""The raw query string, and nothing else of it beyond this door: names and values are checked here."""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from starlette.datastructures import QueryParams

from dataset.filter import FILTERS
from dataset.query import DEFAULT_LIMIT, MAX_LIMIT, Query, QueryError, parse

PAGING = ("order", "limit", "after")


def listing(collection: str, given: QueryParams) -> tuple[Query, dict[str, Any]]:
    """Return the question that a list's query string asks, and its page. Raises QueryError."""
    filters = [item.name for item in FILTERS[collection]]
    known(given, (*filters, *PAGING))
    raw = {name: given.getlist(name) for name in filters if name in given}
    query = parse(collection, raw, single(given, "order") or "")
    if "order" in given and not given["order"]:
        raise QueryError("order", "must not be empty")
    return query, {"first": limit(given), "after": single(given, "after")}


def known(given: QueryParams, names: tuple[str, ...]) -> None:
    """Refuse a parameter that the address does not have. Raises QueryError."""
    for name in given:
        if name not in names:
            allowed = f"the parameters here are {', '.join(names)}" if names else "there are no parameters here"
            raise QueryError(name[:100], f"is unknown; {allowed}")


def single(given: QueryParams, name: str) -> str | None:
    """Return the value of a parameter that may be given once, or None. Raises QueryError."""
    values = given.getlist(name)
    if len(values) > 1:
        raise QueryError(name, "is given more than once")
    return values[0] if values else None


def limit(given: QueryParams) -> int:
    """Return how many records a page holds. Raises QueryError."""
    text = single(given, "limit")
    if text is None:
        return DEFAULT_LIMIT
    if not re.fullmatch("[0-9]{1,9}", text, re.ASCII) or not 1 <= int(text) <= MAX_LIMIT:
        raise QueryError("limit", f"must be a whole number from 1 to {MAX_LIMIT}")
    return int(text)


def paged(path: str, given: QueryParams, cursor: str | None) -> str:
    """Return the path of the page after a cursor, or of the first page: the same question under the given path."""
    pairs = [(name, value) for name, value in given.multi_items() if name != "after"]
    return written(path, [*pairs, ("after", cursor)] if cursor else pairs)


def written(path: str, pairs: Iterable[tuple[str, str]]) -> str:
    """Return a path with a query string."""
    query = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in pairs)
    return f"{path}?{query}" if query else path
