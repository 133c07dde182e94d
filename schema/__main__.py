"""Print the schema, or write the committed `schema.graphql` anew: `python -m schema [--write]`."""

import sys
from pathlib import Path

from schema.executor import SCHEMA

FILE = Path(__file__).parent / "schema.graphql"


def text() -> str:
    """Return the schema definition, as committed."""
    return SCHEMA.as_str() + "\n"


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        FILE.write_text(text(), "utf-8")
    else:
        sys.stdout.write(text())
