"""Versions of the dataset: semantic versioning, with the model's meaning of each number."""

import re
from collections.abc import Iterable
from typing import NamedTuple, Self

from dataset.records import Change
from dataset.vocabulary import ChangeKind

_FORM = re.compile(r"(0|[1-9][0-9]{0,5})\.(0|[1-9][0-9]{0,5})\.(0|[1-9][0-9]{0,5})", re.ASCII)


class Version(NamedTuple):
    """MAJOR: ids or meaning changed; MINOR: records added; PATCH: values corrected."""

    major: int
    minor: int
    patch: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `1.2.3`. Raises ValueError."""
        found = _FORM.fullmatch(text)
        if not found:
            raise ValueError(f"{text!r} is no version: it must be three numbers, such as 1.2.0")
        return cls(*(int(part) for part in found.groups()))

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"


FIRST = Version(1, 0, 0)


def fitting(previous: Version, changes: Iterable[Change]) -> tuple[Version, ...]:
    """Return the versions that may follow, the one that the changes ask for first; none where nothing changed.

    A MAJOR version is always possible, since no program sees that a meaning changed.
    """
    kinds = {change.change for change in changes}
    major = Version(previous.major + 1, 0, 0)
    if ChangeKind.REMOVED in kinds:
        return (major,)
    if ChangeKind.ADDED in kinds:
        return Version(previous.major, previous.minor + 1, 0), major
    if kinds:
        return Version(previous.major, previous.minor, previous.patch + 1), major
    return ()
