"""Sparse fields: the part of each record that `fields=` asks for, as dotted names such as `date.earliest`."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

from dataset.outline import Outline
from dataset.query import QueryError

MAX_LENGTH = 1_000  # characters
DESCRIPTION = (
    "Only these fields, separated by commas; a dot leads inside: `id,date.earliest,evidence.modality`. "
    "They come in the record's own order."
)

Wanted: TypeAlias = Mapping[str, "Wanted"]
"""Names of fields, each with what is wanted inside it; empty: all of it."""


@dataclass(frozen=True)
class Fields:
    """The fields that are wanted of each record."""

    names: tuple[str, ...]
    """Dotted names, sorted, none inside another."""

    @cached_property
    def _wanted(self) -> Wanted:
        found: dict[str, Any] = {}
        for name in self.names:
            inside = found
            for part in name.split("."):
                inside = inside.setdefault(part, {})
        return found

    def pick(self, shown: Mapping[str, Any]) -> dict[str, Any]:
        """Return the wanted part of what a record shows."""
        found: dict[str, Any] = _pick(shown, self._wanted)
        return found

    def column(self, name: str) -> bool:
        """Return whether a column of a flat table holds something that is wanted."""
        return any(
            name == wanted or name.startswith(f"{wanted}.") or wanted.startswith(f"{name}.") for wanted in self.names
        )


def parse(text: str, outline: Outline) -> Fields:
    """Return the fields that a text names. Raises QueryError for one that there is not."""
    if len(text) > MAX_LENGTH:
        raise QueryError("fields", f"must have at most {MAX_LENGTH} characters")
    names = sorted(set(text.split(",")))
    for name in names:
        inside = outline
        for part in name.split("."):
            if part not in inside:
                there = f"there are {', '.join(inside)}" if inside else "there is nothing inside"
                raise QueryError("fields", f"{name[:100]!r} is unknown at {part[:100]!r}; {there}")
            inside = inside[part]
    return Fields(tuple(n for n in names if not any(n.startswith(f"{other}.") for other in names)))


def _pick(value: Any, wanted: Wanted) -> Any:
    if not wanted or value is None:
        return value
    if isinstance(value, list):
        return [_pick(one, wanted) for one in value]
    return {name: _pick(inside, wanted[name]) for name, inside in value.items() if name in wanted}
