"""Folding of names for search and order: case and accents go, every letter of every script stays a letter."""

import re
import unicodedata

_WORD = re.compile(r"[^\W_]+")
_MARKED = re.compile("([a-z])[\u0300-\u036f]+")


def fold(text: str) -> str:
    """Return the text in lower case and without the accents of Latin letters.

    Cyrillic letters that differ by a mark (й, ё and the Kazakh ones) are letters of their own and stay.
    """
    if text.isascii():
        return text.lower()
    lowered = unicodedata.normalize("NFKC", text).casefold()
    return _MARKED.sub(r"\1", "".join(_plain(letter) for letter in lowered))


def _plain(letter: str) -> str:
    base = unicodedata.normalize("NFD", letter)
    return base[0] if len(base) > 1 and base[0].isascii() else letter


def words(text: str) -> tuple[str, ...]:
    """Return the folded words of a text, in order."""
    return tuple(_WORD.findall(fold(text)))
