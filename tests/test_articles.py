"""What can only be tested with the articles at hand: every citation, every sentence, and none of their text."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import httpx
import pytest

from dataset import article, cite, verify
from dataset.article import Article
from dataset.catalog import Catalog, Edition
from dataset.corpus import Corpus
from dataset.normalise import digest, normalise
from dataset.passage import between
from dataset.records import SERVED
from dataset.vocabulary import NameKind
from tests.conftest import ROOT

pytestmark = pytest.mark.articles

RUN = 6
"""A run of this many words of an article may stand nowhere but in a title, a name or a figure's own words."""


@pytest.fixture(scope="session")
def copies(articles: Path, catalog: Catalog) -> dict[str, Article]:
    """Return the copy of each source, by its id."""
    read = [article.read(path) for path in sorted(articles.iterdir())]
    return verify.assign(catalog.latest.release.corpus.sources.values(), read)


def test_every_citation_of_every_release_matches(catalog: Catalog, copies: dict[str, Article]) -> None:
    """The product's promise: each passage stands in its article to the letter."""
    for edition in catalog.editions.values():
        verdicts = verify.verify(edition.release.corpus.citations.values(), copies)
        assert [v for v in verdicts if v.state is not verify.State.MATCH] == []
        assert len(verdicts) > 0


def test_a_citation_says_the_right_part_of_the_article(catalog: Catalog, copies: dict[str, Article]) -> None:
    """Where a passage stands, as the layout of the copy shows it, is what the citation says."""
    corpus = catalog.latest.release.corpus
    for citation in corpus.citations.values():
        source = corpus.sources[citation.source]
        passage = _passage(corpus, citation.id, copies[source.id])
        assert (citation.id, cite.guessed_where(source, copies[source.id], passage)) == (citation.id, citation.where)


def test_the_source_digest_is_that_of_the_copy_that_was_read(catalog: Catalog, copies: dict[str, Article]) -> None:
    """A reader can tell whether a copy is the one that the curators read."""
    for source in catalog.latest.release.corpus.sources.values():
        assert source.digest == copies[source.id].digest


def test_every_sentence_is_cited_or_declared_unused(catalog: Catalog, copies: dict[str, Article]) -> None:
    """Curation is exhaustive: no sentence from the headline to the end of the body is left out."""
    corpus = catalog.latest.release.corpus
    for source in corpus.sources.values():
        copy = copies[source.id]
        cited = [_passage(corpus, c.id, copy) for c in corpus.citations.values() if c.source == source.id]
        parts = list(cite.parts(source, copy))
        last = max(n for n, (_, block) in enumerate(parts) if any(passage in block for passage in cited))
        sentences = [
            sentence
            for part, block in parts[: last + 1]
            if part not in ("", "dateline")
            for sentence in re.split(r'(?<=[a-z)"][.!?])"?\s+(?=[A-Z("])', block)
        ]
        assert len(sentences) > 10
        assert [s for s in sentences if not any(p in s or s.strip("•. ") in p for p in cited)] == []


def _passage(corpus: Corpus, citation_id: str, copy: Article) -> str:
    citation = corpus.citations[citation_id]
    found = [p for p in between(copy.text, citation.start, citation.end) if digest(p) == citation.digest]
    assert found, citation_id
    return found[0]


def test_no_text_of_an_article_is_in_the_repository(catalog: Catalog, copies: dict[str, Article]) -> None:
    """No file holds a run of more than five of an article's words, but for titles, names and figures."""
    runs, allowed = _runs(copies), _allowed(catalog.latest)
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\n")
    files = [ROOT / name for name in listed if name and (ROOT / name).is_file()]
    assert len(files) > 100
    assert [(str(f.relative_to(ROOT)), run) for f in files for run in _found(_texts(f), runs, allowed)] == []


def test_text_of_an_article_would_be_found(catalog: Catalog, copies: dict[str, Article]) -> None:
    """A sentence of an article would fail the tests around this one; a title or a figure's own words would not."""
    runs, allowed = _runs(copies), _allowed(catalog.latest)
    for copy in copies.values():
        sentence = max(copy.blocks, key=len)
        assert list(_found(iter([sentence]), runs, allowed))
    corpus = catalog.latest.release.corpus
    harmless = [*(s.title for s in corpus.sources.values()), *(f.verbatim or "" for f in corpus.figures.values())]
    assert list(_found(iter(harmless), runs, allowed)) == []


async def test_no_text_of_an_article_is_in_an_answer(
    catalog: Catalog, copies: dict[str, Article], client: httpx.AsyncClient
) -> None:
    """What is served keeps to the same rule, deep links included."""
    runs, allowed = _runs(copies), _allowed(catalog.latest)
    for collection in SERVED:
        for record in catalog.latest.release.corpus.collection(collection):
            body = (await client.get(f"/v1/{collection}/{record}")).json()
            assert (record, list(_found(_strings(body), runs, allowed))) == (record, [])


def _runs(copies: dict[str, Article]) -> set[tuple[str, ...]]:
    found: set[tuple[str, ...]] = set()
    for copy in copies.values():
        for block in copy.blocks:
            words = _words(block)
            found |= {tuple(words[i : i + RUN]) for i in range(len(words) - RUN + 1)}
    return found


def _words(text: str) -> list[str]:
    words = (re.sub(r"^\W+|\W+$", "", word) for word in normalise(text).casefold().split(" "))
    return [word for word in words if word]


def _allowed(edition: Edition) -> list[str]:
    corpus = edition.release.corpus
    titles = [source.title for source in corpus.sources.values()]
    names = [n.text for e in corpus.entities.values() for n in e.names if n.kind is not NameKind.DESCRIPTIVE]
    figures = [figure.verbatim for figure in corpus.figures.values() if figure.verbatim]
    return sorted((normalise(text).casefold() for text in (*titles, *names, *figures)), key=len, reverse=True)


def _found(texts: Iterator[str], runs: set[tuple[str, ...]], allowed: list[str]) -> Iterator[str]:
    for text in texts:
        plain = normalise(text).casefold()
        for words in allowed:
            if len(words) > 5:  # a number alone is no licence to repeat what stands around it
                plain = plain.replace(words, " \0 ")
        words_of = _words(plain)
        yield from (
            " ".join(words_of[i : i + RUN])
            for i in range(len(words_of) - RUN + 1)
            if tuple(words_of[i : i + RUN]) in runs
        )


def _texts(path: Path) -> Iterator[str]:
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError:
        return
    if path.suffix == ".json":
        yield from _strings(json.loads(text))
    else:
        yield text


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if "#:~:text=" in value:
            yield from (unquote(part) for part in value.partition("#:~:text=")[2].split(","))
        else:
            yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)
