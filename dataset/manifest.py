"""The manifest of a release: what it is, what is in it, and what changed."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from pydantic import ConfigDict, Field

from dataset.records import DAY, STRICT, Change, Text

FILE = "manifest.json"
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
VersionText = Annotated[str, Field(pattern=r"^[0-9]+\.[0-9]+\.[0-9]+$")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Previous:
    """The release before this one."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    version: VersionText
    """Its version."""
    sha256: Sha256
    """Its digest, so that no earlier release can be altered unseen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionFile:
    """One file of a release."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    collection: Text
    """The collection that it holds; the file is `<collection>.json`."""
    records: int
    """How many records it holds."""
    sha256: Sha256
    """SHA-256 of its bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a release is, what is in it, and what changed since the one before."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    dataset: Text
    """The dataset's name."""
    title: Text
    """The dataset's title."""
    version: VersionText
    """The version: MAJOR ids or meaning changed, MINOR records added, PATCH a value corrected."""
    released: Annotated[str, Field(pattern=DAY)]
    """The day on which it was released."""
    licence: Text
    """The licence of the data, an SPDX id."""
    normalisation: Text
    """The version of the normalisation that the citations' digests use."""
    previous: Previous | None
    """The release before this one; null for the first."""
    files: tuple[CollectionFile, ...]
    """The files, with the number of records in each and its digest."""
    changes: tuple[Change, ...]
    """The changes since the release before; none for the first."""
