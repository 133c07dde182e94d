"""Every example is asked at both doors, and both must give the answer that it prints.

An example is a question, a GraphQL query and, where REST can answer it, a request; each is followed by a jq program
that picks the answer out, and at the end stands the one answer. `EXAMPLES=write pytest tests/test_examples.py` prints
the GraphQL door's answers into the files anew.
"""

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import jq
import pytest

from tests.conftest import ROOT

FILES = sorted((ROOT / "tests" / "examples").glob("*.md"))
_BLOCK = re.compile(r"^```(?P<kind>\w+) ?(?P<path>\S*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Example:
    """What an example file asks and answers."""

    query: str
    path: str
    request: str | None
    picks: list[str]
    answer: Any


def read(path: Path) -> Example:
    """Read an example file."""
    blocks = list(_BLOCK.finditer(path.read_text("utf-8")))
    kinds = {block["kind"]: block for block in blocks}
    assert [block["kind"] for block in blocks if block["kind"] != "json"] in (
        ["graphql", "jq", "http", "jq"],
        ["graphql", "jq"],
    )
    return Example(
        query=kinds["graphql"]["text"],
        path=kinds["graphql"]["path"] or "/graphql",
        request=kinds["http"]["text"].strip().removeprefix("GET ") if "http" in kinds else None,
        picks=[block["text"] for block in blocks if block["kind"] == "jq"],
        answer=json.loads(kinds["json"]["text"]) if "json" in kinds else None,
    )


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
async def test_an_example_has_the_same_answer_at_both_doors(file: Path, client: httpx.AsyncClient) -> None:
    """The printed answer is what GraphQL says and what REST says."""
    example = read(file)
    reply = await client.post(example.path, json={"query": example.query})
    body = reply.json()
    assert "errors" not in body
    found = jq.compile(example.picks[0]).input_value(body).first()
    if os.environ.get("EXAMPLES") == "write":
        rest = _BLOCK.sub(lambda block: "" if block["kind"] == "json" else block.group(), file.read_text("utf-8"))
        file.write_text(f"{rest.rstrip()}\n\n```json\n{_printed(found)}\n```\n", "utf-8")
        example = read(file)
    assert found == example.answer
    assert found, "an example that finds nothing shows nothing"
    if example.request:
        said = await client.get(example.request)
        assert said.status_code == 200
        assert jq.compile(example.picks[1]).input_value(said.json()).first() == example.answer


def _printed(answer: Any) -> str:
    """Return an answer with one line for each of its items."""
    if isinstance(answer, list) and any(isinstance(item, list) for item in answer):
        return "[\n" + ",\n".join(f"  {json.dumps(item, ensure_ascii=False)}" for item in answer) + "\n]"
    return json.dumps(answer, ensure_ascii=False, indent=2)


def test_there_are_enough_examples() -> None:
    """At least a dozen questions are asked at both doors."""
    assert len([file for file in FILES if read(file).request]) >= 12
