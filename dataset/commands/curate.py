"""Curating: checking and formatting the workbench, citing passages."""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from dataset import article, catalog, cite, jsonschema, publish, reading, release, workbench
from dataset.article import UnreadableError
from dataset.canonical import to_bytes
from dataset.catalog import Catalog, EmptyCatalogError
from dataset.check import check as check_corpus
from dataset.commands.shared import AS_JSON, RELEASES, WORKBENCH, fail, print_json, refuse
from dataset.problem import Problem
from dataset.records import COLLECTIONS, Citation


@click.command()
@WORKBENCH
@RELEASES
@AS_JSON
def check(bench: Path, releases: Path, as_json: bool) -> None:
    """Check the workbench and every published release; list everything that is wrong."""
    loaded = workbench.load(bench)
    problems = list(loaded.problems)
    versions: list[str] = []
    records = sum(1 for _ in loaded.corpus.everything())
    if releases.is_dir() and any(releases.glob("[!.]*")):
        published = _published(releases, problems)
        if published:
            versions = list(published.editions)
            problems += publish.retired(published.latest.release, loaded.corpus)
    if as_json:
        print_json({"problems": problems, "workbench_records": records, "releases": versions})
    else:
        for problem in problems:
            click.echo(str(problem))
        summary = f"workbench: {records} records; releases: {', '.join(versions) or 'none'}; "
        click.echo(summary + (f"{len(problems)} problems" if problems else "no problem"), err=bool(problems))
    sys.exit(1 if problems else 0)


def _published(folder: Path, problems: list[Problem]) -> Catalog | None:
    """Return the releases that can be served; check each as strictly as the workbench, and their history."""
    try:
        found = catalog.load(folder)
    except EmptyCatalogError as error:
        problems += error.problems or [Problem(folder.name, "", "", str(error))]
        return None
    problems += found.refused
    editions = list(found.editions.values())[::-1]
    for older, edition in zip([None, *editions], editions, strict=False):
        version = edition.release.version
        problems += release.faults(folder / version)
        problems += publish.history(edition.release, older.release if older else None)
        for finding in check_corpus(edition.release.corpus):
            file = f"{version}/{finding.collection}.json"
            problems.append(Problem(file, finding.record, finding.field, finding.reason))
    return found


@click.command("format")
@WORKBENCH
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


@click.command("digest")
@click.argument("text", type=click.Path(path_type=Path))
def digest_(text: Path) -> None:
    """Print the digest of the copy TEXT of an article, for the `digest` of its source."""
    try:
        click.echo(article.read(text).digest)
    except UnreadableError as error:
        fail(str(error))


@click.command("cite")
@click.argument("source")
@click.argument("passage")
@click.option("--text", type=click.Path(path_type=Path), required=True, help="Your copy of the article.")
@click.option("--where", help="headline, dek, dateline, caption, lead, 'paragraph N' or 'bullet N'; else guessed.")
@click.option("--id", "citation_id", help="The citation's id; else made of the source and the place.")
@click.option("--token", "tokens", multiple=True, help="A figure or name in it; may be repeated; else suggested.")
@click.option("--save", is_flag=True, help="Write the record into the workbench as well.")
@WORKBENCH
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
        fail(f"there is no source {source!r} in the workbench; there are: {', '.join(corpus.sources) or 'none'}")
    found = corpus.sources[source]
    try:
        copy = article.read(text)
        part = where or cite.guessed_where(found, copy, passage) or ""
        name = citation_id or _free_id(corpus.citations, source, part)
        citation = cite.cite(found, copy, passage, name, part, list(tokens))
    except (UnreadableError, cite.NotCitableError) as error:
        fail(str(error))
    if not part:
        fail("the part of the article cannot be told: give it with --where")
    if not where:
        click.echo(f"The place, {part!r}, is guessed from the layout: check it, or give --where.", err=True)
    data = to_bytes(citation)
    _, wrong = reading.read(Citation, data, f"{citation.id}.json")
    if wrong:
        refuse(wrong)
    if save:
        path = bench / "citations" / f"{citation.id}.json"
        if path.exists():
            fail(f"{path.name} is there already: give another --id")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    click.echo(data, nl=False)


def _free_id(citations: Iterable[str], source: str, part: str) -> str:
    stem = f"cit-{source.removeprefix('src-')}-{part.replace(' ', '-')}"
    taken = set(citations)
    return next(name for n in range(1, len(taken) + 2) if (name := stem if n == 1 else f"{stem}-{n}") not in taken)


@click.command("jsonschema")
@click.option("--write", is_flag=True, help="Write the committed files anew; else print them.")
def jsonschema_(write: bool) -> None:
    """Print the JSON Schema (2020-12) of every record type."""
    made = jsonschema.schemas()
    if not write:
        print_json(made)
        return
    jsonschema.FOLDER.mkdir(exist_ok=True)
    for name, content in made.items():
        (jsonschema.FOLDER / name).write_bytes(to_bytes(content))
