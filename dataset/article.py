"""A reader's own copy of an article: a text file or a saved page."""

import re
from dataclasses import dataclass
from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path

from dataset.normalise import digest, normalise

_INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd label mark q s samp small span strike "
    "strong sub sup time tt u var wbr".split()
)
_HIDDEN = frozenset("script style noscript template title svg".split())
_MARKUP = re.compile(rb"\s*(<\?xml|<!doctype html|<html|<head|<body|<!--)", re.IGNORECASE)
_CHARSET = re.compile(rb"""<meta[^>]+charset=["']?([A-Za-z0-9_-]+)""", re.IGNORECASE)
_LATIN = dict.fromkeys(["iso-8859-1", "latin1", "ascii", "us-ascii"], "windows-1252")  # as browsers read them


class UnreadableError(ValueError):
    """The file is no article that we can read; the message says why."""


@dataclass(frozen=True)
class Article:
    """The text of one copy, in blocks: lines of a text file, block elements of a page; normalised."""

    path: Path
    blocks: tuple[str, ...]

    @cached_property
    def text(self) -> str:
        """The whole normalised text."""
        return " ".join(self.blocks)

    @property
    def digest(self) -> str:
        """The digest of the whole text."""
        return digest(self.text)


def read(path: Path) -> Article:
    """Read a copy from a text file or a saved HTML page. Raises UnreadableError."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UnreadableError(f"{path}: {error.strerror}") from error
    text = _decoded(path, data)
    lines = _visible(text) if _MARKUP.match(data.removeprefix(b"\xef\xbb\xbf")) else text.split("\n")
    return Article(path, tuple(_undoubled(block) for line in lines if (block := normalise(line))))


def _decoded(path: Path, data: bytes) -> str:
    declared = _CHARSET.search(data[:4096])
    try:
        name = declared.group(1).decode().lower() if declared else "utf-8-sig"
        return data.decode(_LATIN.get(name, name))
    except (UnicodeError, LookupError) as error:
        raise UnreadableError(f"{path}: not in the encoding that it should be in, {error.args[0]}") from error


def _undoubled(block: str) -> str:
    """Return a block that says everything twice, as captions on some pages do, once."""
    half = block[: len(block) // 2]
    return half if len(half) > 20 and block == f"{half} {half}" else block


def _visible(html: str) -> list[str]:
    page = _Page()
    page.feed(html)
    page.close()
    return "".join(page.pieces).split("\n")


class _Page(HTMLParser):
    """Collects the text that a page shows; a block element begins and ends a line."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._hidden: list[str] = []

    def parse_marked_section(self, i: int, report: bool = True) -> int:
        # Python 3.11 raises AssertionError for a `<![` that is no CDATA; browsers skip it as a comment.
        return self.parse_bogus_comment(i)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in _HIDDEN:
            self._hidden.append(tag)
        elif tag not in _INLINE and not self._hidden:
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._hidden:  # and with it whatever was left open inside it
            del self._hidden[self._hidden.index(tag) :]
        elif tag not in _INLINE and not self._hidden:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.pieces.append(data.replace("\n", " "))
