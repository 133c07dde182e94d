"""Atom 1.0 by RFC 4287: the feed of releases and corrections."""

import re
from collections.abc import Iterable
from xml.etree import ElementTree

from dataset.feed import Entry, urn

MEDIA_TYPE = "application/atom+xml"
DESCRIPTION = "An Atom feed of what was published and corrected."
PATH = "/v1/changes.atom"

_NAMESPACE = "http://www.w3.org/2005/Atom"
_NEVER = "1970-01-01T00:00:00Z"
# What XML 1.0 cannot hold, and the carriage return, which a parser reads as a line feed.
_IMPOSSIBLE = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(title: str, entries: Iterable[Entry], origin: str, *, dataset: str = "") -> bytes:
    """Return the feed. Its id is made from the dataset's name, or where none is given from the title.

    `origin` is put before every path; with an empty one the links are relative references.
    """
    found = list(entries)
    # Elements without a prefix under `xmlns`: ElementTree's own default namespace refuses attributes without one.
    feed = ElementTree.Element("feed", {"xmlns": _NAMESPACE})
    _add(feed, "id", urn(dataset or title))
    _add(feed, "title", title)
    _add(feed, "updated", max((entry.updated for entry in found), default=_NEVER))
    _add(_add(feed, "author"), "name", title)
    _add(feed, "link", rel="self", type=MEDIA_TYPE, href=origin + PATH)
    _add(feed, "link", rel="alternate", type="application/json", href=f"{origin}/v1/releases")
    for entry in found:
        _entry(feed, entry, origin)
    written: bytes = ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True)
    return written


def _entry(feed: ElementTree.Element, entry: Entry, origin: str) -> None:
    element = _add(feed, "entry")
    _add(element, "id", entry.id)
    _add(element, "title", entry.title)
    _add(element, "updated", entry.updated)
    _add(element, "link", rel="alternate", href=origin + entry.address)
    _add(element, "category", term=entry.kind)
    _add(element, "summary", entry.summary)


def _add(parent: ElementTree.Element, name: str, text: str = "", **attributes: str) -> ElementTree.Element:
    element = ElementTree.SubElement(parent, name, {key: _clean(value) for key, value in attributes.items()})
    element.text = _clean(text) or None
    return element


def _clean(text: str) -> str:
    return _IMPOSSIBLE.sub("", text)
