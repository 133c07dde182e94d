"""Normalisation `v1` of text, and the digest of what it leaves.

The same page saved twice differs in quotes, dashes, spaces and invisible characters; its words do not. In order:

1. soft hyphens (U+00AD), zero-width characters (U+061C, U+200B to U+200F, U+202A to U+202E, U+2060 to U+206F,
   U+FEFF) and variation selectors (U+FE00 to U+FE0F) are dropped;
2. Unicode normalisation form KC;
3. curly quotes become straight (U+2018 to U+201B: `'`; U+201C to U+201F: `"`);
4. dashes (U+2010 to U+2015, U+2212) become hyphens;
5. every run of characters of Unicode's property White_Space becomes one space, and the ends are trimmed.

The digest is SHA-256 over the UTF-8 bytes. Test vectors: `tests/vectors/normalise-v1.json`.
"""

import re
import unicodedata
from hashlib import sha256

VERSION = "v1"

_DROPPED = dict.fromkeys(
    [
        *(0x00AD, 0x061C, 0xFEFF),
        *range(0x200B, 0x2010),
        *range(0x202A, 0x202F),
        *range(0x2060, 0x2070),
        *range(0xFE00, 0xFE10),
    ]
)
_FOLDED = {
    **dict.fromkeys(range(0x2018, 0x201C), "'"),
    **dict.fromkeys(range(0x201C, 0x2020), '"'),
    **dict.fromkeys([*range(0x2010, 0x2016), 0x2212], "-"),
}
_WHITE_SPACE = re.compile("[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")


def normalise(text: str) -> str:
    """Return the text as version `v1` leaves it; doing it twice changes nothing more."""
    folded = unicodedata.normalize("NFKC", text.translate(_DROPPED)).translate(_FOLDED)
    return _WHITE_SPACE.sub(" ", folded).strip(" ")


def digest(text: str) -> str:
    """Return `sha256:` and the hexadecimal SHA-256 of the normalised text."""
    return "sha256:" + sha256(normalise(text).encode()).hexdigest()
