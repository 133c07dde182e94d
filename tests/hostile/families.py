"""Every family of cases: a new one is a file in `cases`."""

from importlib import import_module
from pathlib import Path

from tests.hostile.case import Family

FAMILIES: tuple[Family, ...] = tuple(
    import_module(f"tests.hostile.cases.{file.stem}").FAMILY
    for file in sorted((Path(__file__).parent / "cases").glob("*.py"))
)
