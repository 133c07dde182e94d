"""What the server says to its operator: short lines, whole lines, and not too many."""

import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from api import logs
from api.app import create_app
from api.logs import FORMS, Json, Lines, Throttle
from dataset.catalog import Catalog, load
from tests.conftest import ROOT

LOGGER = logging.getLogger("api.test")


@pytest.fixture
def _as_it_was() -> Iterator[None]:
    """Leave logging as it was found."""
    root, names = logging.getLogger(), ("api", "schema", "dataset", "api.access", "uvicorn.error")
    handlers, levels = root.handlers[:], {name: logging.getLogger(name).level for name in ("", *names)}
    yield
    root.handlers[:] = handlers
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
    logging.getLogger("uvicorn.error").filters.clear()


def fault(text: str = "a secret") -> Exception:
    """Return an error as it was caught."""
    try:
        raise ZeroDivisionError(text)
    except ZeroDivisionError as error:
        return error


def record(
    message: str = "it failed", *args: object, error: Exception | None = None, line: int = 1
) -> logging.LogRecord:
    """Return what is to be logged."""
    about = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord("api.test", logging.ERROR, "api/test.py", line, message, args, about)


def test_a_line_for_people_has_the_time_the_level_and_who_says_it() -> None:
    """And nothing else where there is nothing else."""
    said = record("it %s", "failed")
    said.created = 1764060600.25
    assert Lines().format(said) == "2025-11-25T08:50:00.250+00:00 ERROR api.test: it failed"


def test_a_line_as_json_has_the_same() -> None:
    """As the members of an object."""
    said = record("it %s", "failed")
    said.created = 1764060600.25
    assert json.loads(Json().format(said)) == {
        "time": "2025-11-25T08:50:00.250+00:00",
        "level": "ERROR",
        "logger": "api.test",
        "message": "it failed",
    }


@pytest.mark.parametrize("form", sorted(FORMS))
def test_a_line_stays_one_line(form: str) -> None:
    """Whatever a client put into it: line breaks, escapes of a terminal, turned writing, half characters."""
    written = FORMS[form]().format(record("asked %s", "a\r\nERROR b\x1b[2J\u202e\u2028\ud800\x00"))
    assert written.isprintable()
    assert "asked a" in written


@pytest.mark.parametrize("form", sorted(FORMS))
def test_a_line_is_short(form: str) -> None:
    """Also where a document got into it, or the arguments do not fit."""
    assert len(FORMS[form]().format(record("asked %s", "x\n" * 1_000_000))) < 1_000
    assert "%d" in FORMS[form]().format(record("asked %d", "x"))


def test_of_a_fault_the_line_says_what_and_where() -> None:
    """The innermost place of ours, or nothing where it came through none."""
    try:
        logs.plain(None, 1)  # type: ignore[arg-type]
    except AttributeError as error:
        said = logs.place(error)
    assert said.startswith("AttributeError at api/logs.py:")
    assert said.endswith(" in plain")
    assert logs.place(fault()) == "ZeroDivisionError"


@pytest.mark.parametrize("form", sorted(FORMS))
def test_where_a_fault_came_through_is_written_once(form: str) -> None:
    """The steps, and what the error says, shortened; of its next occurrence only the line."""
    formatter = FORMS[form]()
    first, second = (formatter.format(record(error=fault("x" * 1_000_000))) for _ in range(2))
    assert ("in fault" in first, "in fault" in second) == (True, False)
    assert "ZeroDivisionError" in second
    assert len(first) < 2_000


def test_of_one_kind_ten_lines_are_written_in_a_second() -> None:
    """The next one says how many were not; another kind is not held back by it."""
    now = 0.5
    throttle = Throttle(clock=lambda: now)
    passed = [throttle.filter(record()) for _ in range(25)]
    assert passed == [True] * 10 + [False] * 15
    assert throttle.filter(record(line=2))
    assert throttle.filter(record(error=fault()))
    now = 1.5
    said = record()
    assert throttle.filter(said)
    assert Lines().format(said).endswith("it failed (15 more like this were not written)")
    later = record()
    assert throttle.filter(later)
    assert "more like this" not in Lines().format(later)


@pytest.mark.usefixtures("_as_it_was")
async def test_no_request_is_logged_unless_it_is_wanted(catalog: Catalog, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither one that went well nor one that was refused."""
    logs.configure()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(create_app(catalog)), base_url="http://test") as client:
        await client.get("/v1/events")
        await client.get("/v1/events?kind=x")
        await client.post("/graphql", json={"query": "{ nothing }"})
    assert capsys.readouterr() == ("", "")


@pytest.mark.usefixtures("_as_it_was")
async def test_the_access_log_has_a_line_for_each_request(catalog: Catalog, capsys: pytest.CaptureFixture[str]) -> None:
    """More than ten in a second; the query string is cut, a line break is escaped."""
    logs.configure("json", access=True)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(create_app(catalog)), base_url="http://test") as client:
        for _ in range(20):
            await client.get(f"/v1/events%0Ax?q={'x' * 5_000}", headers={"X-Request-ID": "mine"})
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert len(lines) == 20
    shown = {name: value for name, value in lines[0].items() if name not in ("time", "milliseconds", "bytes")}
    assert shown == {
        "level": "INFO",
        "logger": "api.access",
        "request": "mine",
        "client": "127.0.0.1",
        "method": "GET",
        "target": f"/v1/events\\nx?q={'x' * 197}…",
        "status": 404,
    }
    assert lines[0]["bytes"] > 100
    assert 0 < lines[0]["milliseconds"] < 60_000


@pytest.mark.usefixtures("_as_it_was")
async def test_the_access_log_is_there_for_people_too(catalog: Catalog, capsys: pytest.CaptureFixture[str]) -> None:
    """One short line, and a document is not in it."""
    logs.configure(access=True)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(create_app(catalog)), base_url="http://test") as client:
        await client.get("/v1?x=1", headers={"X-Request-ID": "mine"})
        await client.get("/graphql?query={release{version}}")
    line, asked = capsys.readouterr().err.splitlines()
    assert " INFO api.access: 127.0.0.1 GET /v1?x=1 400 " in line
    assert line.endswith(" bytes [mine]")
    assert " GET /graphql?… 200 " in asked


@pytest.mark.usefixtures("_as_it_was")
async def test_faults_are_few_short_lines(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred faults, at both doors, come to some kilobytes, with the request's id and without the document."""

    def fail(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("api.resources.edition_of", fail)
    monkeypatch.setattr("dataset.catalog.Edition.label", fail)
    logs.configure()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(create_app(load())), base_url="http://test") as client:
        for number in range(50):
            await client.get("/v1/events", headers={"X-Request-ID": f"number-{number}"})
            await client.post("/graphql", json={"query": "{ events { nodes { label } } }" + " " * 5_000})
    said = capsys.readouterr().err
    assert "ZeroDivisionError" in said
    assert "[number-0]" in said
    assert "nodes {" not in said
    assert "api.errors: GET /v1/events was not answered (ZeroDivisionError" in said
    assert "schema.executor: a resolver failed at" in said
    assert len(said) < 20_000


def test_what_the_web_server_repeats_is_left_out() -> None:
    """It logs a fault that breaks an answer off once more, with all its steps."""
    code = (
        "import logging; from api import logs; logs.configure(); log = logging.getLogger('uvicorn.error');"
        "log.error('Exception in ASGI application\\n'); log.error('another'); logging.getLogger('api').info('started')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, env={**os.environ}
    )
    assert [line.partition(" ")[2] for line in done.stderr.splitlines()] == [
        "ERROR uvicorn.error: another",
        "INFO api: started",
    ]
