"""The command line: checking, citing, verifying and releasing. Exit code 0: it holds; 1: it does not; 2: misuse."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import click
import orjson

from dataset import article, catalog, cite, jsonschema, publish, release, verify, workbench
from dataset.article import Article, UnreadableError
from dataset.canonical import to_bytes, to_plain
from dataset.catalog import Catalog, EmptyCatalogError
from dataset.check import check as check_corpus
from dataset.problem import Problem
from dataset.records import COLLECTIONS, Change, Citation, Source
from dataset.release import RefusedError, Release
from dataset.version import Version
from dataset.vocabulary import ChangeKind, ChangeReason

_FOLDER = click.Path(path_type=Path, file_okay=False)
_AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON for a machine.")
_WORKBENCH = click.option("--workbench", "bench", type=_FOLDER, default=workbench.FOLDER, help="The workbench folder.")
_RELEASES = click.option("--releases", type=_FOLDER, default=release.FOLDER, help="The folder of releases.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Curate, check, verify and release the dataset."""


@main.command()
@_WORKBENCH
@_RELEASES
@_AS_JSON
def check(bench: Path, releases: Path, as_json: bool) -> None:
    """Check the workbench and every published release; list everything that is wrong."""
    loaded = workbench.load(bench)
    problems = list(loaded.problems)
    versions: list[str] = []
    records = sum(1 for _ in loaded.corpus.everything())
    if releases.is_dir() and any(releases.iterdir()):
        published = _published(releases, problems)
        if published:
            versions = list(published.editions)
            problems += publish.retired(published.latest.release, loaded.corpus)
    if as_json:
        _print_json({"problems": problems, "workbench_records": records, "releases": versions})
    else:
        for problem in problems:
            click.echo(str(problem))
        summary = f"workbench: {records} records; releases: {', '.join(versions) or 'none'}; "
        click.echo(summary + (f"{len(problems)} problems" if problems else "no problem"), err=bool(problems))
    sys.exit(1 if problems else 0)


def _published(folder: Path, problems: list[Problem]) -> Catalog | None:
    """Return the releases that can be served, each of them checked by every rule that the workbench obeys."""
    try:
        found = catalog.load(folder)
    except EmptyCatalogError as error:
        problems.append(Problem(str(folder.name), "", "", str(error)))
        return None
    problems += found.refused
    for version, edition in found.editions.items():
        for finding in check_corpus(edition.release.corpus):
            file = f"{version}/{finding.collection}.json"
            problems.append(Problem(file, finding.record, finding.field, finding.reason))
    return found


@main.command("format")
@_WORKBENCH
@click.option("--check", "only_check", is_flag=True, help="Write nothing; say which files would change.")
def format_(bench: Path, only_check: bool) -> None:
    """Write every record file of the workbench canonically, and compute the days of its dates."""
    problems: list[Problem] = []
    changed = []
    for collection, path in workbench.files(bench, problems):
        data = path.read_bytes()
        name = str(path.relative_to(bench))
        wanted, wrong = workbench.formatted(COLLECTIONS[collection], data, name)
        problems += wrong
        if wanted is not None and wanted != data:
            changed.append(name)
            if not only_check:
                path.write_bytes(wanted)
    for problem in problems:
        click.echo(str(problem), err=True)
    for name in changed:
        click.echo(f"{'would change' if only_check else 'changed'}: {name}")
    sys.exit(1 if problems or (only_check and changed) else 0)


@main.command("cite")
@click.argument("source")
@click.argument("passage")
@click.option("--text", type=click.Path(path_type=Path), required=True, help="Your copy of the article.")
@click.option("--where", help="headline, dek, dateline, caption, lead, 'paragraph N' or 'bullet N'; else guessed.")
@click.option("--id", "citation_id", help="The citation's id; else made of the source and the place.")
@click.option("--token", "tokens", multiple=True, help="A figure or name in it; may be repeated; else suggested.")
@click.option("--save", is_flag=True, help="Write the record into the workbench as well.")
@_WORKBENCH
def cite_(
    source: str,
    passage: str,
    text: Path,
    where: str | None,
    citation_id: str | None,
    tokens: Sequence[str],
    save: bool,
    bench: Path,
) -> None:
    """Print the finished citation of PASSAGE in SOURCE, a source's id in the workbench."""
    corpus = workbench.load(bench).corpus
    if source not in corpus.sources:
        _fail(f"there is no source {source!r} in the workbench; there are: {', '.join(corpus.sources) or 'none'}")
    found = corpus.sources[source]
    try:
        copy = article.read(text)
        part = where or cite.guessed_where(found, copy, passage) or ""
        name = citation_id or _free_id(corpus.citations, source, part)
        citation = cite.cite(found, copy, passage, name, part, list(tokens))
    except (UnreadableError, cite.NotCitableError) as error:
        _fail(str(error))
    if not part:
        _fail("the part of the article cannot be told: give it with --where")
    if not where:
        click.echo(f"The place, {part!r}, is guessed from the layout: check it, or give --where.", err=True)
    data = to_bytes(citation)
    if save:
        path = bench / "citations" / f"{citation.id}.json"
        if path.exists():
            _fail(f"{path.name} is there already: give another --id")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    click.echo(data, nl=False)


def _free_id(citations: Iterable[str], source: str, part: str) -> str:
    stem = f"cit-{source.removeprefix('src-')}-{part.replace(' ', '-')}"
    taken = set(citations)
    return next(name for n in range(1, len(taken) + 2) if (name := stem if n == 1 else f"{stem}-{n}") not in taken)


@main.command("verify")
@click.option("--release", "version", help="Verify this release, or `workbench`; else the latest release.")
@click.option(
    "--text",
    "copies",
    type=click.Path(path_type=Path),
    multiple=True,
    required=True,
    help="A copy of an article (text or saved HTML) or a folder of copies; may be repeated.",
)
@click.argument("more", nargs=-1, type=click.Path(path_type=Path))
@_WORKBENCH
@_RELEASES
@_AS_JSON
def verify_(
    version: str | None, copies: Sequence[Path], more: Sequence[Path], bench: Path, releases: Path, as_json: bool
) -> None:
    """Verify every citation against your own copies of the articles.

    One line each; nothing is written and nothing leaves the machine. Exit code 1 unless every citation that was
    checked is a match. It shows that the words are there, not that we read them rightly.
    """
    label, sources, citations = _to_verify(version, bench, releases)
    articles = _articles([*copies, *more])
    verdicts = verify.verify(citations, verify.assign(sources, articles))
    counts = verify.totals(verdicts)
    checked = len(verdicts) - counts[verify.State.NOT_CHECKED]
    if as_json:
        _print_json(
            {"release": label, "checked": checked, "total": len(verdicts), "totals": counts, "verdicts": verdicts}
        )
    else:
        for verdict in verdicts:
            click.echo(f"{verdict.state.value:<12} {verdict.citation}  ({verdict.source}, {verdict.where})")
        rest = ", ".join(f"{count} {state.value}" for state, count in counts.items() if count)
        click.echo(
            f"{label}: {counts[verify.State.MATCH]} of {checked} checked citations match; "
            f"{checked} of {len(verdicts)} were checked ({rest})"
        )
    sys.exit(0 if checked and counts[verify.State.MATCH] == checked else 1)


def _to_verify(version: str | None, bench: Path, releases: Path) -> tuple[str, list[Source], list[Citation]]:
    if version == "workbench":
        corpus = workbench.load(bench).corpus
        return "workbench", list(corpus.sources.values()), list(corpus.citations.values())
    found = _release(releases, version)
    corpus = found.corpus
    return f"release {found.version}", list(corpus.sources.values()), list(corpus.citations.values())


def _articles(paths: Sequence[Path]) -> list[Article]:
    files = [file for path in paths for file in (sorted(path.iterdir()) if path.is_dir() else [path])]
    articles = []
    for file in files:
        if file.is_file() or file in paths:
            try:
                articles.append(article.read(file))
            except UnreadableError as error:
                if file in paths:
                    _fail(str(error))
                click.echo(f"left out: {error}", err=True)
    return articles


@main.command("release")
@click.argument("version")
@click.option(
    "--reason", type=click.Choice([r.value for r in ChangeReason]), required=True, help="Why records changed."
)
@click.option(
    "--reason-for",
    "exceptions",
    multiple=True,
    metavar="RECORD[.FIELD]=REASON",
    help="Another reason for one record or field; may be repeated.",
)
@click.option("--date", "day", help="The day of release, YYYY-MM-DD; else today in UTC.")
@_WORKBENCH
@_RELEASES
def release_(
    version: str, reason: str, exceptions: Sequence[str], day: str | None, bench: Path, releases: Path
) -> None:
    """Freeze the workbench into the release VERSION, with its manifest and the changes since the one before."""
    loaded = workbench.load(bench)
    if loaded.problems or loaded.about is None:
        _refuse(loaded.problems)
    previous = _release(releases, None) if releases.is_dir() and any(releases.glob("[0-9]*")) else None
    try:
        wanted = Version.parse(version)
        if (releases / version).exists():
            raise RefusedError([Problem(version, "", "version", "is published, and a release is never edited")])
        released = datetime.strptime(day, "%Y-%m-%d").date() if day else datetime.now(UTC).date()
        made, contents = publish.prepare(
            loaded.corpus,
            loaded.about,
            wanted,
            released.isoformat(),
            previous=previous,
            reason=_reasons(ChangeReason(reason), exceptions),
        )
        path = publish.write(releases, made, contents)
    except RefusedError as error:
        _refuse(error.problems)
    except ValueError as error:
        _fail(str(error))
    count = sum(entry.records for entry in made.files)
    click.echo(f"released {path.name}: {count} records, {len(made.changes)} changes")


def _reasons(default: ChangeReason, exceptions: Sequence[str]) -> Any:
    known = {}
    for text in exceptions:
        target, _, given = text.partition("=")
        if given not in {reason.value for reason in ChangeReason}:
            raise ValueError(f"--reason-for {text}: the reason must be one of {', '.join(ChangeReason)}")
        known[target] = ChangeReason(given)
    return lambda record, field: known.get(f"{record}.{field}") or known.get(record) or default


@main.command("diff")
@click.argument("old")
@click.argument("new")
@_RELEASES
@_AS_JSON
def diff_(old: str, new: str, releases: Path, as_json: bool) -> None:
    """Print what changed from release OLD to release NEW, per record and field, with the reasons."""
    found = _catalog(releases)
    for version in (old, new):
        if version not in found.editions:
            _fail(f"there is no release {version}; there are: {', '.join(found.editions)}")
    changes = found.changes(old, new)
    if as_json:
        _print_json({"old": old, "new": new, "changes": changes})
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


@main.command("jsonschema")
@click.option("--write", is_flag=True, help="Write the committed files anew; else print them.")
def jsonschema_(write: bool) -> None:
    """Print the JSON Schema (2020-12) of every record type."""
    made = jsonschema.schemas()
    if not write:
        _print_json(made)
        return
    jsonschema.FOLDER.mkdir(exist_ok=True)
    for name, content in made.items():
        (jsonschema.FOLDER / name).write_bytes(to_bytes(content))


def _catalog(folder: Path) -> Catalog:
    try:
        found = catalog.load(folder)
    except EmptyCatalogError as error:
        _fail(str(error))
    for problem in found.refused:
        click.echo(f"refused: {problem}", err=True)
    return found


def _release(folder: Path, version: str | None) -> Release:
    found = _catalog(folder)
    if version is not None and version not in found.editions:
        _fail(f"there is no release {version}; there are: {', '.join(found.editions)}")
    return (found.editions[version] if version else found.latest).release


def _print_json(value: object) -> None:
    click.echo(to_bytes(to_plain(value)), nl=False)


def _refuse(problems: Iterable[Problem]) -> NoReturn:
    for problem in problems:
        click.echo(str(problem), err=True)
    _fail("refused: nothing was written")


def _fail(message: str) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(1)
