"""Passages of an article: their anchors, and where they stand in a text."""

import re
from collections.abc import Iterator

ANCHOR_WORDS = 5
LONGEST = 4_000  # characters; no sentence that is worth citing is longer


def anchors(passage: str) -> tuple[str, str]:
    """Return the first and the last words of a normalised passage, at most five each.

    A passage of up to five words is its own start and end; of a longer one the anchors leave at least a third
    out, so that they never amount to the sentence.
    """
    words = passage.split(" ")
    if len(words) <= ANCHOR_WORDS:
        return passage, passage
    count = min(ANCHOR_WORDS, len(words) // 3)
    return " ".join(words[:count]), " ".join(words[-count:])


def occurrences(text: str, words: str) -> Iterator[int]:
    """Yield each position at which the words stand in the text, not inside a longer word."""
    at = text.find(words)
    while at >= 0:
        end = at + len(words)
        if not _joined(text, at) and not _joined(text, end):
            yield at
        at = text.find(words, at + 1)


def _joined(text: str, at: int) -> bool:
    """Return whether a word, or a number with its separators, goes on across this position."""
    around = text[max(at - 2, 0) : at], text[at : at + 2]
    if around[0][-1:].isalnum() and around[1][:1].isalnum():
        return True
    return bool(re.search("[0-9]$", around[0]) and re.match("[.,][0-9]", around[1])) or bool(
        re.search("[0-9][.,]$", around[0]) and re.match("[0-9]", around[1])
    )


def between(text: str, start: str, end: str) -> Iterator[str]:
    """Yield every passage of a normalised text that begins with one anchor and stops with the other."""
    ends = [at + len(end) for at in occurrences(text, end)]
    shortest = max(len(start), len(end))
    for at in occurrences(text, start):
        for stop in ends:
            if shortest <= stop - at <= LONGEST:
                yield text[at:stop]
