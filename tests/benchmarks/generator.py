"""Releases of any size, shaped like the product's and the same on every machine: what the benchmark serves.

`python -m tests.benchmarks.generator --events 10000 FOLDER` writes one. The files are written in batches, so that a
million events need little memory. Every record is valid by `dataset.records`, and every reference leads somewhere.
"""

import shutil
import tempfile
from collections.abc import Iterator
from hashlib import sha256
from itertools import islice
from pathlib import Path

import click
import orjson

from dataset import manifest
from dataset.canonical import to_bytes
from dataset.manifest import CollectionFile, Manifest
from dataset.normalise import VERSION as NORMALISATION
from dataset.records import COLLECTIONS
from tests.benchmarks.population import Raw, World

SHAPE = 1
"""Counts up whenever other records are generated, so that no folder of an earlier run is used again."""

VERSION = "1.0.0"
BATCH = 2_000


def write(folder: Path, events: int) -> Path:
    """Write a release of so many events into a folder of releases, whole or not at all, and return the release's."""
    world = World(events)
    folder.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=".", dir=folder))
    try:
        files = tuple(_collection(staging, name, world) for name in COLLECTIONS)
        made = Manifest(
            dataset=f"benchmark-{events}",
            title=f"A benchmark of {events} events",
            version=VERSION,
            released="2026-01-31",
            licence="CC-BY-4.0",
            normalisation=NORMALISATION,
            previous=None,
            files=files,
            changes=(),
        )
        (staging / manifest.FILE).write_bytes(to_bytes(made))
        staging.chmod(0o755)
        return staging.rename(folder / VERSION)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _collection(folder: Path, name: str, world: World) -> CollectionFile:
    """Write a collection as the serialiser of records would write it, a batch at a time."""
    digest, records = sha256(), world.counts[name]
    with (folder / f"{name}.json").open("wb") as file:
        for part in _written(iter(()) if not records else world.records(name)):
            digest.update(part)
            file.write(part)
    return CollectionFile(collection=name, records=records, sha256=digest.hexdigest())


def _written(records: Iterator[Raw]) -> Iterator[bytes]:
    begun = False
    while batch := list(islice(records, BATCH)):
        text = orjson.dumps(batch, option=orjson.OPT_INDENT_2)
        yield (b"," if begun else b"[") + text[1:-2]  # without the list's own brackets
        begun = True
    yield b"\n]\n" if begun else b"[]\n"


def cached(events: int, root: Path | None = None) -> Path:
    """Return the folder of releases of so many events; it is made where it is not there yet."""
    folder = (root or Path(tempfile.gettempdir()) / "enforcement-record-bench") / f"{SHAPE}-{events}"
    if not (folder / VERSION / manifest.FILE).is_file():
        write(folder, events)
    return folder


@click.command()
@click.option("--events", default=10_000, show_default=True, type=click.IntRange(1), help="How many events.")
@click.argument("folder", type=click.Path(path_type=Path))
def main(events: int, folder: Path) -> None:
    """Write a release of so many events into FOLDER."""
    click.echo(write(folder, events))


if __name__ == "__main__":
    main()
