"""The records under curation: one JSON file per record, file name = id, in a folder per collection."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import ConfigDict, Field

from dataset.canonical import parse, to_bytes
from dataset.check import check
from dataset.corpus import Corpus
from dataset.edtf import EdtfError, bounds
from dataset.problem import Problem
from dataset.reading import read
from dataset.records import COLLECTIONS, STRICT, Record, Text, Tombstone

FOLDER = Path(__file__).parent / "workbench"
ABOUT = "dataset.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What the dataset is called and how it may be used."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    dataset: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    """The dataset's name."""
    title: Text
    """The dataset's title."""
    licence: Text
    """The licence of the data, an SPDX id."""


@dataclass(frozen=True)
class Workbench:
    """What a workbench folder holds, and all that is wrong with it."""

    about: About | None
    corpus: Corpus
    problems: tuple[Problem, ...]


def load(folder: Path = FOLDER) -> Workbench:
    """Read and check a workbench; a record whose file is refused is left out of the corpus."""
    problems: list[Problem] = []
    found: dict[str, dict[str, Any]] = {}
    about = _about(folder, problems)
    for collection, path in files(folder, problems):
        name = str(path.relative_to(folder))
        try:
            data = path.read_bytes()
        except OSError as error:
            problems.append(Problem(name, "", "", f"cannot be read: {error.strerror}"))
            continue
        record, wrong = read(COLLECTIONS[collection], data, name)
        problems += wrong
        if record is not None:
            problems += _placed(record, path, name, data)
            found.setdefault(collection, {})[record.id] = record
    corpus = Corpus(**{name: dict(sorted(records.items())) for name, records in found.items()})
    problems += [Problem(f"{f.collection}/{f.record}.json", f.record, f.field, f.reason) for f in check(corpus)]
    return Workbench(about, corpus, tuple(problems))


def _about(folder: Path, problems: list[Problem]) -> About | None:
    try:
        data = (folder / ABOUT).read_bytes()
    except OSError as error:
        problems.append(Problem(ABOUT, "", "", f"cannot be read: {error.strerror}"))
        return None
    about, wrong = read(About, data, ABOUT)
    problems += wrong
    return about if about is None or isinstance(about, About) else None


def files(folder: Path, problems: list[Problem]) -> Iterator[tuple[str, Path]]:
    """Yield each record file with its collection, in a stable order; report files that are in no place for one."""
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if path.is_dir() or parts == (ABOUT,):
            continue
        if len(parts) == 2 and parts[0] in COLLECTIONS and path.suffix == ".json":
            yield parts[0], path
        else:
            problems.append(Problem("/".join(parts), "", "", "is no record file: <collection>/<id>.json"))


def _placed(record: Record | Tombstone, path: Path, name: str, data: bytes) -> Iterator[Problem]:
    if record.id != path.stem:
        yield Problem(name, record.id, "id", "is not the file's name")
    if data != to_bytes(record):
        yield Problem(name, record.id, "", "bytes are not canonical: run `python -m dataset format`")


def formatted(kind: type, data: bytes, file: str) -> tuple[bytes | None, list[Problem]]:
    """Return the canonical bytes of a record file, with the days computed from its dates; None where it is refused."""
    try:
        raw = parse(data)
    except ValueError as error:
        return None, [Problem(file, "", "", str(error))]
    record, problems = read(kind, to_bytes(_dated(raw)), file)
    return (None if record is None else to_bytes(record)), problems


def _dated(value: Any) -> Any:
    """Return the JSON value with `earliest` and `latest` beside each `edtf`."""
    if isinstance(value, list):
        return [_dated(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    found = {key: _dated(item) for key, item in value.items()}
    if isinstance(found.get("edtf"), str):
        try:
            found["earliest"], found["latest"] = bounds(found["edtf"])
        except EdtfError:  # `check` says why, once, with the record's name
            found.setdefault("earliest", None)
            found.setdefault("latest", None)
    return found
