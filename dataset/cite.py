"""Making a citation of a passage that stands in a reader's copy of an article."""

import re
from collections.abc import Iterator
from datetime import date

from dataset.article import Article
from dataset.normalise import digest, normalise
from dataset.passage import LONGEST, anchors, occurrences
from dataset.records import Citation, Source

_FIGURE = re.compile(
    r"(?:(?:around|about|more than|at least|up to|another|some) )?"
    r"[$€£]?\d[\d,.]*(?:-\d[\d,.]*)?(?:st|nd|rd|th)?\b"
    r"(?: (?:hundred|thousand|million|billion|trillion))?(?: megawatts)?"
)
_NAME = re.compile(r"[A-Z][\w'.]*(?:[ -](?:of |and )?[A-Z][\w'.]*)*")
_SENTENCE = re.compile(r"[.!?][\"')\]]*$")


class NotCitableError(ValueError):
    """The passage is absent or ambiguous; the message says which."""


def cite(source: Source, article: Article, passage: str, citation_id: str, where: str, tokens: list[str]) -> Citation:
    """Return the finished citation of a passage. Raises NotCitableError.

    Without `tokens`, the figures and the names that the passage seems to hold are taken.
    """
    wanted = normalise(passage)
    if not wanted:
        raise NotCitableError("the passage is empty")
    if len(wanted) > LONGEST:
        raise NotCitableError(f"the passage is longer than {LONGEST} characters")
    count = sum(1 for _ in occurrences(article.text, wanted))
    if count == 0:
        raise NotCitableError(f"absent: the passage does not stand in {article.path}")
    if count > 1:
        raise NotCitableError(f"ambiguous: the passage stands {count} times in {article.path}; take a longer one")
    start, end = anchors(wanted)
    chosen = [normalise(token) for token in tokens] or suggested(wanted)
    for token in chosen:
        if not token or not any(True for _ in occurrences(wanted, token)):
            raise NotCitableError(f"the token {token!r} does not stand in the passage")
    return Citation(
        id=citation_id,
        source=source.id,
        where=where,
        start=start,
        end=end,
        digest=digest(wanted),
        tokens=tuple(chosen),
    )


def suggested(passage: str) -> list[str]:
    """Return the figures and the names that a normalised passage seems to hold, in their order."""
    found = [(m.start(), m.group().rstrip(".,")) for m in _FIGURE.finditer(passage)]
    # A capital at the beginning of a sentence makes no name.
    opening = [
        m for m in _NAME.finditer(passage) if m.start() > 0 and not _SENTENCE.search(passage[: m.start()].rstrip())
    ]
    found += [(m.start(), re.sub(r"'s$", "", m.group().rstrip(".,"))) for m in opening]
    whole = [text for _, text in sorted(found) if any(True for _ in occurrences(passage, text))]
    return list(dict.fromkeys(whole))


def guessed_where(source: Source, article: Article, passage: str) -> str | None:
    """Return the part of the article in which the passage seems to stand; None where it cannot be told."""
    wanted = normalise(passage)
    return next((part or None for part, block in parts(source, article) if wanted in block), None)


def parts(source: Source, article: Article) -> Iterator[tuple[str, str]]:
    """Yield the blocks of a copy from the headline on, each with the part of the article that it seems to be.

    The headline is the last line that is the title, a dateline one with the day of publication or update; the
    sentence before it is the dek, the first after it the lead. A block that is no part of the article has "".
    """
    title = normalise(source.title)
    headline = max((n for n, block in enumerate(article.blocks) if block == title), default=None)
    if headline is None:
        return
    printed = re.compile("|".join(_printed(day) for day in (source.published, source.updated) if day))
    paragraph = bullet = 0
    dated = False
    for block in article.blocks[headline:]:
        part = ""
        if block == title:
            part = "headline"
        elif not _SENTENCE.search(block) and printed.search(block):
            dated, part = True, "dateline"
        elif "(Photo" in block or "(Image" in block:
            part = "caption"
        elif not _SENTENCE.search(block):
            pass  # a heading, a menu or a button
        elif block.startswith("•"):
            bullet += 1
            part = f"bullet {bullet}"
        elif dated:
            paragraph += 1
            part = "lead" if paragraph == 1 else f"paragraph {paragraph}"
        else:
            part = "dek"
        yield part, block


def _printed(day: str) -> str:
    """Return a pattern of a day as English datelines print it."""
    parsed = date.fromisoformat(day[:10])
    return rf"{parsed:%b}[a-z]*\.? {parsed.day}, {parsed.year}\b"
