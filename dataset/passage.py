"""Passages of an article: their anchors, and where they stand in a text."""

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
        if not (text[max(at - 1, 0) : at].isalnum() and words[:1].isalnum()) and not (
            text[end : end + 1].isalnum() and words[-1:].isalnum()
        ):
            yield at
        at = text.find(words, at + 1)


def between(text: str, start: str, end: str) -> Iterator[str]:
    """Yield every passage of a normalised text that begins with one anchor and stops with the other."""
    ends = [at + len(end) for at in occurrences(text, end)]
    shortest = max(len(start), len(end))
    for at in occurrences(text, start):
        for stop in ends:
            if shortest <= stop - at <= LONGEST:
                yield text[at:stop]
