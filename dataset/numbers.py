"""The numbers that a few printed words contain."""

import re
from collections.abc import Iterator
from decimal import Decimal

_SCALES = {"hundred": 2, "thousand": 3, "million": 6, "billion": 9, "trillion": 12}
_WORDS = "zero one two three four five six seven eight nine ten eleven twelve".split()
_SCALE = "|".join(_SCALES)
_NUMBER = r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?"
_PRINTED = re.compile(
    rf"(?<![0-9A-Za-z.,])(?P<first>{_NUMBER})(?:\s?(?:-|to)\s?\$?(?P<second>{_NUMBER}))?"
    rf"(?P<scale>(?:[\s-]?(?:{_SCALE}))*)(?:st|nd|rd|th)?(?![0-9A-Za-z]|[.,][0-9]|[\s-]dozen)",
    re.IGNORECASE | re.ASCII,
)
_SPELLED = re.compile(
    rf"(?<![\w-])(?P<word>{'|'.join(_WORDS)})\b(?P<scale>(?:[\s-](?:{_SCALE})\b)*)(?![\s-]dozen)", re.IGNORECASE
)


def numbers(text: str) -> frozenset[Decimal]:
    """Return every number that the text prints, in figures or, up to twelve, in words.

    In a range the scale belongs to both ends: `2-3 million` is 2,000,000 and 3,000,000. Of a number that goes on in a
    way that is not understood (`1.5m`, `two dozen`) nothing is returned, so that none is taken for another.
    """
    return frozenset(_numbers(text))


def _numbers(text: str) -> Iterator[Decimal]:
    for found in _PRINTED.finditer(text):
        for end in found.group("first", "second"):
            if end:
                yield _scaled(Decimal(end.replace(",", "")), found["scale"])
    for found in _SPELLED.finditer(text):
        yield _scaled(Decimal(_WORDS.index(found["word"].lower())), found["scale"])


def _scaled(number: Decimal, scales: str) -> Decimal:
    return number.scaleb(sum(_SCALES[scale.lower()] for scale in re.findall(_SCALE, scales, re.IGNORECASE)))
