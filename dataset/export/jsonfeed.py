"""JSON Feed 1.1: the feed of releases and corrections."""

from collections.abc import Iterable

import orjson

from dataset.feed import Entry

MEDIA_TYPE = "application/feed+json"
DESCRIPTION = "A JSON Feed of what was published and corrected."
PATH = "/v1/changes.json"
VERSION = "https://jsonfeed.org/version/1.1"


def write(title: str, entries: Iterable[Entry], origin: str) -> bytes:
    """Return the feed. `origin` is put before every path; with an empty one the addresses are relative references."""
    return orjson.dumps(
        {
            "version": VERSION,
            "title": title,
            "home_page_url": f"{origin}/",
            "feed_url": origin + PATH,
            "authors": [{"name": title}],
            "items": [
                {
                    "id": entry.id,
                    "url": origin + entry.address,
                    "title": entry.title,
                    "content_text": entry.summary,
                    "date_published": entry.updated,
                    "tags": [entry.kind],
                }
                for entry in entries
            ],
        }
    )
