"""What tests share: the articles, where they are to be had, and the published dataset."""

import os
import sys
from collections.abc import AsyncIterator, Generator
from pathlib import Path

import httpx
import pytest
from hypothesis import settings

from api.app import create_app
from dataset.catalog import Catalog, load

_figures: list[str] = []

settings.register_profile("default", deadline=None)  # a busy machine is slow, and that is no fault
settings.load_profile("default")

ROOT = Path(__file__).parent.parent


def figure(line: str) -> None:
    """Print a line of what a test measured at the end of the run."""
    _figures.append(line)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item) -> None:
    """Hand what a test measured on with its report: the process that prints may be another one."""
    item.user_properties += [("figure", line) for line in _figures]
    _figures.clear()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    """Let coverage not follow a test that is marked so.

    pytest-cov's own mark does nothing where there are several workers: each of them is followed as a process as well.
    """
    if not item.get_closest_marker("unmeasured"):
        return (yield)
    followed = sys.gettrace()
    sys.settrace(None)
    try:
        return (yield)
    finally:
        sys.settrace(followed)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what the tests measured."""
    reports = [report for found in terminalreporter.stats.values() for report in found]
    said = [pair[1] for one in reports for pair in getattr(one, "user_properties", []) if pair[0] == "figure"]
    if said:
        terminalreporter.section("figures")
        for line in dict.fromkeys(map(str, said)):
            terminalreporter.line(line)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Return the event loop that asynchronous tests run on."""
    return "asyncio"


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    """Return the published releases."""
    return load()


@pytest.fixture
async def client(catalog: Catalog) -> AsyncIterator[httpx.AsyncClient]:
    """Return a client of the application over the published releases; it has kept no answers yet."""
    transport = httpx.ASGITransport(create_app(catalog), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as made:
        yield made


@pytest.fixture(scope="session")
def articles() -> Path:
    """Return the folder of source articles; skip where there is none, except in CI, which has them."""
    folder = Path(os.environ.get("ARTICLES", ROOT.parent / "shared" / "sources"))
    if not folder.is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"CI must have the articles in {folder}")
        pytest.skip("the source articles are not here; ARTICLES names their folder")
    return folder
