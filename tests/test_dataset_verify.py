"""Verifying citations against a reader's own copies."""

import re
from collections.abc import Callable
from dataclasses import replace
from html import escape
from pathlib import Path

import pytest

from dataset import workbench
from dataset.article import Article, read
from dataset.corpus import Corpus
from dataset.verify import State, Verdict, assign, check, totals, verify
from tests import world


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """Return the small world's records."""
    return workbench.load(world.write(tmp_path_factory.mktemp("world") / "workbench")).corpus


def copied(folder: Path, text: str, name: str = "gazette.txt", encoding: str = "utf-8") -> Article:
    """Return what is read from a copy with this text."""
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return read(path)


def states(corpus: Corpus, article: Article) -> dict[str, State]:
    """Return the state of every citation of the one source."""
    return {v.citation: v.state for v in verify(corpus.citations.values(), {world.SOURCE: article})}


def state(corpus: Corpus, folder: Path, old: str, new: str, citation: str = "cit-gazette-lead") -> State:
    """Return what becomes of a citation in a copy that prints other words."""
    assert old in world.ARTICLE
    return check(corpus.citations[citation], copied(folder, world.ARTICLE.replace(old, new)))


def test_every_citation_is_a_match_in_the_copy_that_it_was_made_from(corpus: Corpus, tmp_path: Path) -> None:
    """A faithful copy gives nothing but matches."""
    assert dict.fromkeys(corpus.citations, State.MATCH) == states(corpus, copied(tmp_path, world.ARTICLE))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("shut 12 mines,", "shut\u00a012\u2028mines,", State.MATCH),
        ("the Board of Salt said", "the Board of Salt claimed", State.CHANGED),
        ("the Board of Salt said", "the Board, of salt, said", State.CHANGED),
        ("the Board of Salt said", "", State.CHANGED),
        ("on Friday", "on Monday", State.TOKENS_ONLY),
        ("Atlantis has shut 12 mines", "Atlantis has shut 12 of the mines", State.TOKENS_ONLY),
        ("on Friday", "on", State.TOKENS_ONLY),
        ("Atlantis has shut 12 mines, the Board of Salt said", "It has said", State.MISSING),
        ("Board of Salt said in a statement on Friday", "board said", State.MISSING),
        ("on Friday.", "on Fridays.", State.TOKENS_ONLY),
    ],
)
def test_a_copy_that_differs_is_told_by_how_it_differs(
    old: str, new: str, expected: State, corpus: Corpus, tmp_path: Path
) -> None:
    """Print makes no difference; other words between, at or without the anchors each have a state."""
    assert expected is state(corpus, tmp_path, old, new)


def test_a_passage_without_one_of_its_tokens_is_no_match(corpus: Corpus, tmp_path: Path) -> None:
    """A record whose digest holds but whose token does not stand in the passage is not confirmed."""
    citation = replace(corpus.citations["cit-gazette-lead"], tokens=("12", "Ada Reed"))
    assert State.CHANGED is check(citation, copied(tmp_path, world.ARTICLE))


def test_a_record_with_another_digest_is_no_match(corpus: Corpus, tmp_path: Path) -> None:
    """Anchors and tokens alone confirm nothing."""
    citation = replace(corpus.citations["cit-gazette-lead"], digest="sha256:" + "0" * 64)
    assert State.CHANGED is check(citation, copied(tmp_path, world.ARTICLE))


def test_without_tokens_a_missing_anchor_is_missing(corpus: Corpus, tmp_path: Path) -> None:
    """Where there is no token, none can speak for the passage."""
    citation = replace(corpus.citations["cit-gazette-lead"], tokens=())
    assert State.MATCH is check(citation, copied(tmp_path, world.ARTICLE))
    assert State.MISSING is check(citation, copied(tmp_path, world.ARTICLE.replace("Friday", "Monday")))


def test_a_number_inside_a_larger_one_is_no_token(corpus: Corpus, tmp_path: Path) -> None:
    """A copy that prints 7,012 does not print the token 12."""
    citation = replace(corpus.citations["cit-gazette-lead"], tokens=("12",))
    assert State.MISSING is check(citation, copied(tmp_path, "Atlantis has shut 7,012 mines."))


def test_a_passage_is_a_match_wherever_it_stands_whole(corpus: Corpus, tmp_path: Path) -> None:
    """A teaser with the same beginning before it does not hide the passage."""
    teaser = "Atlantis has shut 12 mines, read more."
    article = copied(tmp_path, f"{teaser}\n{world.ARTICLE}\n{teaser}")
    assert State.MATCH is check(corpus.citations["cit-gazette-lead"], article)


def page(text: str) -> str:
    """Return the text as a page, one paragraph a line."""
    lines = "".join(f"<p>{escape(line.strip())}</p>\n" for line in text.split("\n") if line.strip())
    return f"<!DOCTYPE html>\n<html><head><title>The Gazette</title></head><body>{lines}</body></html>"


PAGES: dict[str, Callable[[str], str]] = {
    "plain": lambda html: html,
    "tags inside words": lambda html: re.sub("([a-z])([a-z]{2}[ ,.])", r"\1<span class='x'><b>\2</b></span>", html),
    "links on names": lambda html: re.sub("(Ada Reed|Board of Salt|12)", r"<a href='/x'>\1</a>", html),
    "no-break spaces": lambda html: re.sub("(?<=[a-z]) (?=[0-9a-z])", "&nbsp;", html),
    "entities": lambda html: html.replace("’", "&rsquo;").replace("“", "&#8220;").replace("-", "&#x2013;"),
    "straight quotes": lambda html: html.replace("’", "'").replace("“", "&quot;").replace("”", '"'),
    "soft hyphens": lambda html: re.sub("(?<=[a-z]{3})(?=[a-z]{3} )", "&shy;", html),
    "lines broken in the file": lambda html: re.sub("(?<=[a-z,]) (?=[a-z])", "\n        ", html),
    "an icon before punctuation": lambda html: re.sub("(?<=[a-z])([,.])", r"<svg><g><path/></g></svg>\1", html),
    "scripts and styles": lambda html: html.replace(
        "</p>", "</p><script>var x = 'Atlantis Shuts 12 Mines';</script><style>p { top: 12 }</style>"
    ),
    "a script inside a sentence": lambda html: html.replace(" the ", " <script>ad('Friday.')</script>the "),
    "comments": lambda html: html.replace(" said", " <!-- ad > -->said"),
    "a list": lambda html: re.sub("<p>• (.*)</p>", r"<ul><li>\1</li></ul>", html),
    "capital tags": lambda html: re.sub("</?p>|</?body>", lambda tag: tag.group().upper(), html),
    "unclosed paragraphs": lambda html: html.replace("</p>", ""),
    "a doubled caption": lambda html: html.replace(
        "<p>Atlantis has",
        "<figcaption>Salt, of course. (Photo: Board) Salt, of course. (Photo: Board)</figcaption><p>Atlantis has",
    ),
    "doubled passages": lambda html: re.sub("<p>(.*)</p>", r"<p>\1 \1</p>", html),
}
COPIES: dict[str, Callable[[str], str]] = {
    "faithful": lambda text: text,
    "one word changed": lambda text: text.replace("ordered", "told"),
    "an anchor changed": lambda text: text.replace("Friday", "Monday"),
    "a bullet missing": lambda text: text.replace("Ada Reed", "Somebody"),
}


@pytest.mark.parametrize("spoil", COPIES.values(), ids=COPIES.keys())
@pytest.mark.parametrize("render", PAGES.values(), ids=PAGES.keys())
def test_a_page_and_a_text_of_one_article_give_the_same_verdicts(
    render: Callable[[str], str], spoil: Callable[[str], str], corpus: Corpus, tmp_path: Path
) -> None:
    """However the page is marked up, each citation fares as it does in a text file."""
    text = spoil(world.ARTICLE)
    html = copied(tmp_path, render(page(text)), "gazette.html")
    assert states(corpus, copied(tmp_path, text)) == states(corpus, html)


@pytest.mark.parametrize("encoding", ["windows-1252", "utf-8", "utf-8-sig"])
def test_a_page_in_another_encoding_gives_the_same_verdicts(encoding: str, corpus: Corpus, tmp_path: Path) -> None:
    """The encoding of a page that declares it makes no difference."""
    declared = page(world.ARTICLE).replace("<head>", f"<head><meta charset='{encoding.removesuffix('-sig')}'>")
    expected = dict.fromkeys(corpus.citations, State.MATCH)
    assert expected == states(corpus, copied(tmp_path, declared, "gazette.html", encoding))


def test_a_citation_without_a_copy_of_its_source_is_not_checked(corpus: Corpus) -> None:
    """Nothing is said of what nobody looked at."""
    expected = [Verdict(c.id, c.source, c.where, State.NOT_CHECKED) for c in corpus.citations.values()]
    assert expected == verify(corpus.citations.values(), {})


def test_the_totals_name_every_state(corpus: Corpus, tmp_path: Path) -> None:
    """A state without a verdict counts zero, and the counts add up to all citations."""
    article = copied(tmp_path, world.ARTICLE.replace("ordered", "told"))
    other = replace(corpus.citations["cit-gazette-lead"], id="cit-other", source="src-other")
    counts = totals(verify([*corpus.citations.values(), other], {world.SOURCE: article}))
    expected = {
        State.MATCH: 4,
        State.CHANGED: 1,
        State.TOKENS_ONLY: 0,
        State.MISSING: 0,
        State.NOT_CHECKED: 1,
    }
    assert expected == counts
    assert dict.fromkeys(State, 0) == totals([])


@pytest.mark.parametrize("name", ["src-gazette-2020-05-02.txt", "gazette-2020-05-02.html", "src-gazette-2020-05-02"])
def test_a_copy_named_like_its_source_belongs_to_it(name: str, corpus: Corpus, tmp_path: Path) -> None:
    """A file's name says whose copy it is, even where another one prints the title."""
    titled = copied(tmp_path, world.ARTICLE, "a.txt")
    named = copied(tmp_path, "Cut short.", name)
    assert {world.SOURCE: named} == assign(corpus.sources.values(), [titled, named])


def test_a_copy_with_another_name_is_known_by_the_title(corpus: Corpus, tmp_path: Path) -> None:
    """The first file that prints the title, however its quotes and spaces are printed, is the copy."""
    other = copied(tmp_path, "Thule Opens 12 Mines", "a.txt")
    first, second = (copied(tmp_path, "Atlantis\u00a0Shuts  12 Mines", name) for name in ("b.txt", "c.txt"))
    assert {world.SOURCE: first} == assign(corpus.sources.values(), [other, first, second])


def test_a_source_without_a_copy_is_assigned_none(corpus: Corpus, tmp_path: Path) -> None:
    """A file that is no copy of any source is not taken for one."""
    assert assign(corpus.sources.values(), [copied(tmp_path, "Thule Opens 12 Mines", "a.txt")]) == {}
