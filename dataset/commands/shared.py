"""What the commands have in common: options, how they print and how they fail."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn

import click

from dataset import catalog, release, workbench
from dataset.canonical import to_bytes, to_plain
from dataset.catalog import Catalog, EmptyCatalogError
from dataset.problem import Problem
from dataset.release import Release

FOLDER = click.Path(path_type=Path, file_okay=False)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON for a machine.")
WORKBENCH = click.option(
    "--workbench",
    "bench",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    default=workbench.FOLDER,
    help="The workbench folder.",
)
RELEASES = click.option("--releases", type=FOLDER, default=release.FOLDER, help="The folder of releases.")


def load_catalog(folder: Path) -> Catalog:
    """Return the releases in a folder and say which are refused; fail where none can be served."""
    try:
        found = catalog.load(folder)
    except EmptyCatalogError as error:
        fail(str(error))
    for problem in found.refused:
        click.echo(f"refused: {problem}", err=True)
    return found


def load_release(folder: Path, version: str | None) -> Release:
    """Return a release, the latest unless told; fail where it is not there."""
    found = load_catalog(folder)
    if version is not None and version not in found.editions:
        fail(f"there is no release {version}; there are: {', '.join(found.editions)}")
    return (found.editions[version] if version else found.latest).release


def print_json(value: object) -> None:
    """Print a value as JSON."""
    click.echo(to_bytes(to_plain(value)), nl=False)


def refuse(problems: Iterable[Problem]) -> NoReturn:
    """Say every problem, and fail."""
    for problem in problems:
        click.echo(str(problem), err=True)
    fail("refused: nothing was written")


def fail(message: str) -> NoReturn:
    """Say why, and end with exit code 1."""
    click.echo(message, err=True)
    sys.exit(1)
