"""Folding of names for search and order: case and accents go, every letter of every script stays a letter."""

import re
import unicodedata
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+")
_MARKED = re.compile("([a-z])[\u0300-\u036f]+")
_OTHERS = re.compile("[^\0-\x7f]+")
_MARKS = re.compile("[\u2010-\u2027\u2030-\u205e]")
"""Dashes, quotes and such: between words, and no part of one."""
_ASCII = bytes(ord(letter) if (letter := chr(code).lower()).isalnum() else 0x20 for code in range(128)).ljust(256)
"""What becomes of each byte of an ASCII text: a letter in lower case, a digit, or a space between words."""


def fold(text: str) -> str:
    """Return the text in lower case and without the accents of Latin letters.

    Cyrillic letters that differ by a mark (й, ё and the Kazakh ones) are letters of their own and stay.
    """
    if text.isascii():
        return text.lower()
    lowered = unicodedata.normalize("NFKC", text).casefold()
    return _MARKED.sub(r"\1", _OTHERS.sub(lambda found: "".join(map(_plain, found.group())), lowered))


@lru_cache(maxsize=4_096)  # letters come from questions, too
def _plain(letter: str) -> str:
    base = unicodedata.normalize("NFD", letter)
    return base[0] if len(base) > 1 and base[0].isascii() else letter


def words(text: str) -> tuple[str, ...]:
    """Return the folded words of a text, in order."""
    plain = text if text.isascii() else _MARKS.sub(" ", text)
    if plain.isascii():  # nearly all are: this is many times faster, and loading folds millions
        return tuple(plain.encode().translate(_ASCII).decode().split())
    return tuple(_WORD.findall(fold(text)))
