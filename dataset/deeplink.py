"""Deep links: an article's address with a text fragment that lets a browser show the passage."""

from urllib.parse import quote

from dataset.records import Citation, Source

DESCRIPTION = "The article's address with a text fragment by which a browser shows the passage."


def deep_link(source: Source, citation: Citation) -> str:
    """Return the source's address with a text fragment (`#:~:text=start,end`) made of the citation's anchors."""
    text = _encoded(citation.start)
    if citation.end != citation.start:
        text += "," + _encoded(citation.end)
    return f"{source.url}#:~:text={text}"


def _quoted(words: str) -> str:
    # The fragment's own syntax is made of commas, ampersands and hyphens; quote() leaves the hyphen alone.
    return quote(words, safe="").replace("-", "%2D")


_ASCII = {code: _quoted(chr(code)) for code in range(128)}


def _encoded(words: str) -> str:
    return words.translate(_ASCII) if words.isascii() else _quoted(words)
