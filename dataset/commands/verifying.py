"""Verifying: every citation against the reader's own copies of the articles."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from dataset import article, verify, workbench
from dataset.article import Article, UnreadableError
from dataset.commands.shared import AS_JSON, RELEASES, WORKBENCH, fail, load_release, print_json
from dataset.records import Citation, Source


@click.command("verify")
@click.option("--release", "version", help="Verify this release, or `workbench`; else the latest release.")
@click.option(
    "--text",
    "copies",
    type=click.Path(path_type=Path),
    multiple=True,
    required=True,
    help="A copy of an article (text or saved HTML) or a folder of copies; may be repeated.",
)
@click.option("--all", "every", is_flag=True, help="Exit code 1 as well where a citation was not checked.")
@click.option("--quiet", "-q", is_flag=True, help="Name only the citations that do not match.")
@click.argument("more", nargs=-1, type=click.Path(path_type=Path))
@WORKBENCH
@RELEASES
@AS_JSON
def verify_(
    version: str | None,
    copies: Sequence[Path],
    more: Sequence[Path],
    every: bool,
    quiet: bool,
    bench: Path,
    releases: Path,
    as_json: bool,
) -> None:
    """Verify every citation against your own copies of the articles.

    One line each; nothing is written and nothing leaves the machine. Exit code 1 unless every citation that was
    checked is a match. It shows that the words are there, not that we read them rightly.
    """
    label, sources, citations = _to_verify(version, bench, releases)
    articles = _articles([*copies, *more])
    copies_used = verify.assign(sources, articles, citations)
    verdicts = verify.verify(citations, copies_used)
    counts = verify.totals(verdicts)
    checked = len(verdicts) - counts[verify.State.NOT_CHECKED]
    if as_json:
        print_json(
            {
                "release": label.removeprefix("release "),
                "checked": checked,
                "total": len(verdicts),
                "totals": {s.value: n for s, n in counts.items()},
                "verdicts": verdicts,
            }
        )
    else:
        for verdict in verdicts:
            if quiet and verdict.state is verify.State.MATCH:
                continue
            click.echo(f"{verdict.state.value:<12} {verdict.citation}  ({verdict.source}, {verdict.where})")
        rest = ", ".join(f"{count} {state.value}" for state, count in counts.items() if count)
        click.echo(
            f"{label}: {counts[verify.State.MATCH]} of {checked} checked citations match; "
            f"{checked} of {len(verdicts)} were checked ({rest})"
        )
        if not quiet:
            _say_copies(copies_used, articles)
    wanted = len(verdicts) if every else checked
    sys.exit(0 if checked and counts[verify.State.MATCH] == wanted else 1)


def _say_copies(used: Mapping[str, Article], articles: Sequence[Article]) -> None:
    """Say which file was taken for which source, and which for none."""
    for source, copy in used.items():
        click.echo(f"{source} was checked against {copy.path}", err=True)
    for copy in articles:
        if copy not in used.values():
            click.echo(f"{copy.path} is taken for no source; a file named like a source's id is its copy", err=True)


def _to_verify(version: str | None, bench: Path, releases: Path) -> tuple[str, list[Source], list[Citation]]:
    if version == "workbench":
        loaded = workbench.load(bench)
        for problem in loaded.problems:
            click.echo(str(problem), err=True)
        corpus = loaded.corpus
        return "workbench", list(corpus.sources.values()), list(corpus.citations.values())
    found = load_release(releases, version)
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
                    fail(str(error))
                click.echo(f"left out: {error}", err=True)
    return articles
