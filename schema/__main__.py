"""Print the schema, or write the committed `schema.graphql` anew: `python -m schema [--write]`.

`python -m schema cite-check ADDRESS` runs a cited answer again, that of a saved query as well.
"""

import sys
from pathlib import Path

from dataset.commands import citing
from dataset.resources import RESOURCES
from schema.executor import SCHEMA
from schema.saved import SAVED

FILE = Path(__file__).parent / "schema.graphql"


def text() -> str:
    """Return the schema definition, as committed."""
    return SCHEMA.as_str() + "\n"


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        FILE.write_text(text(), "utf-8")
    elif sys.argv[1:2] == ["cite-check"]:
        resources = (*RESOURCES, *(saved.resource for saved in SAVED.values()))
        citing.command(resources)(sys.argv[2:], prog_name="python -m schema cite-check")
    else:
        sys.stdout.write(text())
