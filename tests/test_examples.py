"""Every example is asked at every door that it names, and all of them must give the answer that it prints.

An example is a question asked in several ways, each a GraphQL query or an HTTP request followed by a jq program that
picks the answer out (of CSV, the rows as objects); at the end stands the one answer. A request may also be followed by
the whole text of its answer. `EXAMPLES=write pytest tests/test_examples.py` prints the answers into the files anew.
"""

import csv
import io
import json
import os
import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import jq
import pytest

from tests.conftest import ROOT

FILES = sorted((ROOT / "tests" / "examples").glob("*.md"))
_BLOCK = re.compile(r"^```(?P<kind>\w+) ?(?P<path>\S*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Way:
    """One way to ask: a GraphQL query at a path, or a GET request, and what is to be made of the answer."""

    kind: str
    path: str
    query: str
    pick: str | None
    text: str | None


def read(path: Path) -> tuple[list[Way], Any]:
    """Return the ways to ask of an example file, and the answer."""
    blocks = list(_BLOCK.finditer(path.read_text("utf-8")))
    ways, answer = [], None
    for ask, then in pairwise(blocks):
        if ask["kind"] in ("graphql", "http"):
            is_query = ask["kind"] == "graphql"
            address = (ask["path"] or "/graphql") if is_query else ask["text"].strip().removeprefix("GET ")
            pick, text = (then["text"], None) if then["kind"] == "jq" else (None, then["text"])
            ways.append(Way(ask["kind"], address, ask["text"] if is_query else "", pick, text))
    if blocks[-1]["kind"] == "json":
        answer = json.loads(blocks[-1]["text"])
    known = {"graphql", "http", "jq", "json", "csv", "bibtex", "jsonl"}
    assert {block["kind"] for block in blocks} <= known, f"{path.name} has a block of another kind"
    return ways, answer


async def ask(client: httpx.AsyncClient, way: Way) -> httpx.Response:
    """Return the answer to one way of asking."""
    if way.kind == "graphql":
        return await client.post(way.path, json={"query": way.query})
    return await client.get(way.path)


def rows(reply: httpx.Response) -> Any:
    """Return a JSON answer, or the rows of a CSV one as objects."""
    if reply.headers["content-type"].startswith("text/csv"):
        return list(csv.DictReader(io.StringIO(reply.text)))
    return reply.json()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
async def test_an_example_has_the_same_answer_at_every_door(file: Path, client: httpx.AsyncClient) -> None:
    """The printed answer is what each way of asking gives."""
    if os.environ.get("EXAMPLES") == "write":
        await _write(file, client)
    ways, answer = read(file)
    assert ways
    for way in ways:
        reply = await ask(client, way)
        assert (way.path, reply.status_code) == (way.path, 200)
        if way.pick is None:
            assert reply.text.replace("\r\n", "\n") == way.text
            continue
        body = rows(reply)
        assert "errors" not in body
        assert (way.path, jq.compile(way.pick).input_value(body).first()) == (way.path, answer)
        assert answer, "an example that finds nothing shows nothing"


async def _write(file: Path, client: httpx.AsyncClient) -> None:
    """Print the answers anew."""
    text = file.read_text("utf-8")
    ways, _ = read(file)
    for way in ways:
        if way.text is not None:
            text = text.replace(way.text, (await ask(client, way)).text.replace("\r\n", "\n"))
    picking = next((way for way in ways if way.pick), None)
    if picking and picking.pick:
        found = jq.compile(picking.pick).input_value(rows(await ask(client, picking))).first()
        text = _BLOCK.sub(lambda block: "" if block["kind"] == "json" else block.group(), text)
        text = f"{text.rstrip()}\n\n```json\n{_printed(found)}\n```\n"
    file.write_text(text, "utf-8")


def _printed(answer: Any) -> str:
    """Return an answer with one line for each of its items."""
    if isinstance(answer, list) and any(isinstance(item, list) for item in answer):
        return "[\n" + ",\n".join(f"  {json.dumps(item, ensure_ascii=False)}" for item in answer) + "\n]"
    return json.dumps(answer, ensure_ascii=False, indent=2)


def test_there_are_enough_examples() -> None:
    """At least a dozen questions are asked in GraphQL and over REST, and five of them of CSV and saved queries too."""
    asked = [{_door(way) for way in read(file)[0]} for file in FILES]
    assert len([doors for doors in asked if {"graphql", "rest"} <= doors]) >= 12
    assert len([doors for doors in asked if {"graphql", "rest", "csv", "saved"} <= doors]) >= 5


def _door(way: Way) -> str:
    if way.kind == "graphql":
        return "graphql"
    if "/queries/" in way.path:
        return "saved"
    return "csv" if ".csv" in way.path else "rest"
