"""Publishing: freezing a release, and telling what changed."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import click
import orjson

from dataset import publish, workbench
from dataset.commands.shared import AS_JSON, RELEASES, WORKBENCH, fail, load_catalog, print_json, refuse
from dataset.edtf import is_day
from dataset.problem import Problem
from dataset.records import Change
from dataset.release import RefusedError
from dataset.version import Version
from dataset.vocabulary import ChangeKind, ChangeReason

_REASONS = [reason.value for reason in ChangeReason if reason is not ChangeReason.UNKNOWN]


@click.command("release")
@click.argument("version")
@click.option("--reason", type=click.Choice(_REASONS), required=True, help="Why records changed.")
@click.option(
    "--reason-for",
    "exceptions",
    multiple=True,
    metavar="RECORD[.FIELD]=REASON",
    help="Another reason for one record or field; may be repeated.",
)
@click.option("--date", "day", help="The day of release, YYYY-MM-DD; else today in UTC.")
@WORKBENCH
@RELEASES
def release_(
    version: str, reason: str, exceptions: Sequence[str], day: str | None, bench: Path, releases: Path
) -> None:
    """Freeze the workbench into the release VERSION, with its manifest and the changes since the one before."""
    loaded = workbench.load(bench)
    if loaded.problems or loaded.about is None:
        refuse(loaded.problems)
    previous = None
    if releases.is_dir() and any(releases.glob("[0-9]*")):
        published = load_catalog(releases)
        if published.refused:
            refuse(published.refused)
        previous = published.latest.release
    try:
        reasons = _Reasons(ChangeReason(reason), exceptions)
        wanted = Version.parse(version)
        if (releases / version).exists():
            raise RefusedError([Problem(version, "", "version", "is published, and a release is never edited")])
        released = day or datetime.now(UTC).date().isoformat()
        if not is_day(released):
            raise ValueError(f"--date {released}: must be a day of the calendar, YYYY-MM-DD")
        if previous and released < previous.manifest.released:
            raise ValueError(f"--date {released}: release {previous.version} is of {previous.manifest.released}")
        made, contents = publish.prepare(
            loaded.corpus,
            loaded.about,
            wanted,
            released,
            previous=previous,
            reason=reasons,
        )
        if reasons.unused:
            raise ValueError(f"--reason-for names what did not change: {', '.join(sorted(reasons.unused))}")
        path = publish.write(releases, made, contents)
    except RefusedError as error:
        refuse(error.problems)
    except ValueError as error:
        fail(str(error))
    except OSError as error:
        fail(f"release {version} is not written: {error.strerror}")
    count = sum(entry.records for entry in made.files)
    click.echo(f"released {path.name}: {count} records, {len(made.changes)} changes")


class _Reasons:
    """The reason of each change: the one given for its field or record, else the one given for all."""

    def __init__(self, default: ChangeReason, exceptions: Sequence[str]) -> None:
        self._default = default
        self._known = {}
        for text in exceptions:
            target, _, given = text.partition("=")
            if given not in _REASONS:
                raise ValueError(f"--reason-for {text}: the reason must be one of {', '.join(_REASONS)}")
            self._known[target] = ChangeReason(given)
        self.unused = set(self._known)

    def __call__(self, record: str, field: str | None) -> ChangeReason:
        for target in (f"{record}.{field}", record):
            if target in self._known:
                self.unused.discard(target)
                return self._known[target]
        return self._default


@click.command("diff")
@click.argument("old")
@click.argument("new")
@RELEASES
@AS_JSON
def diff_(old: str, new: str, releases: Path, as_json: bool) -> None:
    """Print what changed from release OLD to release NEW, per record and field, with the reasons."""
    found = load_catalog(releases)
    for version in (old, new):
        if version not in found.editions:
            fail(f"there is no release {version}; there are: {', '.join(found.editions)}")
    changes = found.changes(old, new)
    if as_json:
        print_json({"old": old, "new": new, "changes": changes})
        return
    for change in changes:
        for line in _lines(change):
            click.echo(line)
    counts = ", ".join(f"{sum(c.change is kind for c in changes)} {kind.value}" for kind in ChangeKind)
    click.echo(f"{old} to {new}: {counts}")


def _lines(change: Change) -> Iterator[str]:
    """Yield the lines that say what changed; of two lists, what went (-) and what came (+)."""
    reason = f"({change.reason.value})"
    if change.field is None:
        yield f"{change.change.value:<8} {change.record}  {reason}"
    elif isinstance(change.old, list) and isinstance(change.new, list):
        yield f"{change.change.value:<8} {change.record}  {change.field}  {reason}"
        yield from (f"         - {_json(item)}" for item in change.old if item not in change.new)
        yield from (f"         + {_json(item)}" for item in change.new if item not in change.old)
    else:
        told = f"{change.field}: {_json(change.old)} -> {_json(change.new)}"
        yield f"{change.change.value:<8} {change.record}  {told}  {reason}"


def _json(value: object) -> str:
    return orjson.dumps(value).decode()
