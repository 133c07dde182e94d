"""Reading record files strictly: every reason to refuse one, not just the first."""

from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from dataset.canonical import parse
from dataset.problem import Problem

_REASONS = {
    "missing_argument": "is required",
    "missing_keyword_only_argument": "is required",
    "missing": "is required",
    "unexpected_keyword_argument": "is no field of this record",
    "string_type": "must be a string",
    "bool_type": "must be true or false",
    "tuple_type": "must be a list",
    "dataclass_type": "must be an object",
    "string_too_short": "must not be empty",
    "too_short": "must not be empty",
}


@cache
def adapter(kind: Any) -> TypeAdapter[Any]:
    """Return the strict validator of a record type, or of a list of one."""
    return TypeAdapter(kind)


def read(kind: Any, data: bytes, file: str) -> tuple[Any, list[Problem]]:
    """Return the value that a file holds, or None, with every problem found in it."""
    try:
        raw = parse(data)
    except ValueError as error:
        return None, [Problem(file, "", "", str(error))]
    try:
        return adapter(kind).validate_json(data), []
    except ValidationError as error:
        # a list of which every item is refused counts as empty as well
        details = (d for d in error.errors(include_url=False) if not (d["type"] == "too_short" and d["input"]))
        return None, [_problem(file, raw, detail) for detail in details]


def _problem(file: str, raw: Any, detail: ErrorDetails) -> Problem:
    loc = detail["loc"]
    record = raw
    if isinstance(raw, list) and loc and isinstance(loc[0], int):
        record, loc = raw[loc[0]], loc[1:]
    name = record.get("id", "") if isinstance(record, dict) else ""
    return Problem(file, str(name), _path(loc), _reason(detail))


def _path(loc: tuple[int | str, ...]) -> str:
    path = ""
    for part in loc:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else part
    return path


def _reason(detail: ErrorDetails) -> str:
    context = detail.get("ctx", {})
    if detail["type"] == "enum":
        return f"{detail['input']!r} is not one of {context['expected']}"
    if detail["type"] == "string_pattern_mismatch":
        return f"{detail['input']!r} does not have the form {context['pattern']}"
    return _REASONS.get(detail["type"], detail["msg"])
