"""What the columns of a table are: metadata by CSV on the Web (W3C), at the address where its readers look for it."""

from typing import Any

from dataset.columns import columns
from dataset.manifest import Manifest
from dataset.records import SERVED

MEDIA_TYPE = "application/csvm+json"
SUFFIX = ".csv-metadata.json"


def describe(collection: str, about: Manifest) -> dict[str, Any]:
    """Return the metadata of a collection's table, with a description of each column."""
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "url": f"{collection}.csv",
        "dc:title": f"{about.title}: {collection}",
        "dc:license": about.licence,
        "dialect": {"encoding": "utf-8", "header": True, "delimiter": ",", "quoteChar": '"', "doubleQuote": True},
        "tableSchema": {
            "columns": [
                {
                    "titles": column.name,
                    "dc:description": column.description,
                    "datatype": "json" if column.many else "string",
                }
                for column in columns(collection)
            ],
            "primaryKey": "id",
        },
    }


PATHS = {collection: f"/{collection}{SUFFIX}" for collection in SERVED}
"""The path, below a release, of the metadata of each collection's table."""
