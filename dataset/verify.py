"""Whether citations hold against a reader's own copies of the articles.

It shows that the words are there, not that they were read rightly.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dataset.article import Article
from dataset.normalise import digest, normalise
from dataset.passage import between, occurrences
from dataset.records import Citation, Source
from dataset.vocabulary import Term


class State(Term):
    """What a copy says of a citation."""

    MATCH = "match", "The passage is there to the letter, with every token."
    CHANGED = "changed", "The anchors are there; what stands between them, or a token in it, differs."
    TOKENS_ONLY = "tokens_only", "An anchor is missing; every token is somewhere in the text."
    MISSING = "missing", "An anchor and at least one token are missing."
    NOT_CHECKED = "not_checked", "No copy of the source was given; this never counts as a pass."


@dataclass(frozen=True)
class Verdict:
    """What became of one citation."""

    citation: str
    source: str
    where: str
    state: State


def check(citation: Citation, article: Article) -> State:
    """Return what the copy says of the citation."""
    passages = list(between(article.text, citation.start, citation.end))
    if any(digest(passage) == citation.digest and _holds(passage, citation.tokens) for passage in passages):
        return State.MATCH
    if passages:
        return State.CHANGED
    return State.TOKENS_ONLY if citation.tokens and _holds(article.text, citation.tokens) else State.MISSING


def _holds(text: str, tokens: Sequence[str]) -> bool:
    return all(any(True for _ in occurrences(text, normalise(token))) for token in tokens)


def assign(
    sources: Iterable[Source], articles: Sequence[Article], citations: Iterable[Citation] = ()
) -> dict[str, Article]:
    """Return the copy of each source: the file named like its id, else, of those that print its title, the best.

    A page on another article may print the title, too, in a list of related ones: the best is the copy in which most
    of the citations match.
    """
    cited: dict[str, list[Citation]] = {}
    for citation in citations:
        cited.setdefault(citation.source, []).append(citation)
    found = {}
    for source in sources:
        named = [a for a in articles if a.path.stem in (source.id, source.id.removeprefix("src-"))]
        titled = [a for a in articles if normalise(source.title) in a.text]
        if named or titled:
            found[source.id] = named[0] if named else max(titled, key=lambda a: _matching(a, cited.get(source.id, [])))
    return found


def _matching(article: Article, citations: Iterable[Citation]) -> int:
    return sum(check(citation, article) is State.MATCH for citation in citations)


def verify(citations: Iterable[Citation], copies: Mapping[str, Article]) -> list[Verdict]:
    """Return a verdict on every citation, in their order; `copies` holds an article by source id."""
    return [
        Verdict(c.id, c.source, c.where, check(c, copies[c.source]) if c.source in copies else State.NOT_CHECKED)
        for c in citations
    ]


def totals(verdicts: Iterable[Verdict]) -> dict[State, int]:
    """Return how many verdicts there are of each state, every state named."""
    counts = Counter(verdict.state for verdict in verdicts)
    return {state: counts[state] for state in State}
