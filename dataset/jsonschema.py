"""JSON Schema (2020-12) of every record type, made from the types and committed."""

from pathlib import Path
from typing import Any

from dataset.manifest import Manifest
from dataset.reading import adapter
from dataset.records import COLLECTIONS

FOLDER = Path(__file__).parent / "schemas"
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> dict[str, dict[str, Any]]:
    """Return the JSON Schema of each record type and of the manifest, by file name."""
    kinds: list[type] = [*COLLECTIONS.values(), Manifest]
    return {
        f"{kind.__name__.lower()}.schema.json": {
            "$schema": DIALECT,
            **adapter(kind).json_schema(),
            "title": kind.__name__,
        }
        for kind in kinds
    }
