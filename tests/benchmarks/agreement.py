"""Whether the servers say the same: a faster wrong answer is no answer."""

import difflib
import json
from collections.abc import Mapping
from itertools import islice
from typing import Any

from tests.benchmarks.servers import Answer, BenchmarkError

OWN = frozenset({"extensions", "release", "cursor", "startCursor", "endCursor", "next"})
"""What each server says in its own words: the release, and cursors."""

LINES, WIDTH = 40, 1_000
"""How much of a difference is shown."""


def meaning(answer: Answer) -> Any:
    """Return what an answer says, without what may differ. Raises BenchmarkError for an error."""
    if answer.status != 200:
        raise BenchmarkError(f"answered {answer.status}: {answer.body[:1000]!r}")
    try:
        found = json.loads(answer.body)
    except ValueError:
        return answer.body.decode().splitlines()
    if isinstance(found, dict) and found.get("errors"):
        raise BenchmarkError(f"answered with errors: {json.dumps(found['errors'])[:1000]}")
    return _without(found)


def _without(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without(inner) for key, inner in value.items() if key not in OWN}
    return [_without(one) for one in value] if isinstance(value, list) else value


def demand(what: str, answers: Mapping[str, Answer]) -> None:
    """Demand that all servers answered the same. Raises BenchmarkError with the difference."""
    said = {}
    for name, answer in answers.items():
        try:
            said[name] = meaning(answer)
        except BenchmarkError as error:
            raise BenchmarkError(f"{name} to {what}: {error}") from error
    first = next(iter(said))
    for name, found in said.items():
        if found != said[first]:
            raise BenchmarkError(
                f"{name} does not answer what {first} does to {what}:\n{_difference(said, first, name)}"
            )


def _difference(said: Mapping[str, Any], first: str, second: str) -> str:
    before, after = (
        json.dumps(said[name], indent=1, sort_keys=True, ensure_ascii=False).splitlines() for name in (first, second)
    )
    lines = difflib.unified_diff(before, after, first, second, lineterm="", n=2)
    return "\n".join(line[:WIDTH] for line in islice(lines, LINES))
