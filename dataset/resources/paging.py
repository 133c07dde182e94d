"""The part of an answer that a page shows, and the questions of the pages around it."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from dataset.address import Pairs
from dataset.parameters import ALL, Given
from dataset.query import DEFAULT_LIMIT, MAX_LIMIT, Page, QueryError, cursor


@dataclass(frozen=True)
class Place:
    """Where a page lies: its question, and those of the pages around it by their relation."""

    found: Page
    query: Pairs
    around: dict[str, Pairs]


def place(given: Given, question: Pairs, cut: Callable[..., Page], scope: str) -> Place:
    """Return the page that the parameters ask for, `question` being what else they ask. Raises QueryError."""
    size = limit(given)
    after = given.single("after")
    found = cut(first=None if size == ALL else int(size), after=after, whole=size == ALL)
    base = question if size == str(DEFAULT_LIMIT) else (*question, ("limit", size))

    def beginning(key: str | None) -> Pairs:
        return tuple(sorted((*base, ("after", cursor(scope, key)))) if key else sorted(base))

    around = {"first": beginning(None)}
    if found.has_previous:
        around["prev"] = beginning(found.previous)
    if found.has_next:
        around["next"] = beginning(found.last)
    return Place(found, tuple(sorted((*base, ("after", after)))) if after else around["first"], around)


def limit(given: Given) -> str:
    """Return how many records a page holds, as text in one way. Raises QueryError."""
    text = given.single("limit")
    if text is None:
        return str(DEFAULT_LIMIT)
    if text == ALL:
        return text
    if not re.fullmatch("[0-9]{1,9}", text, re.ASCII) or not 1 <= int(text) <= MAX_LIMIT:
        raise QueryError("limit", f"must be a whole number from 1 to {MAX_LIMIT}, or `{ALL}`")
    return str(int(text))
