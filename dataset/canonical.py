"""The one serialiser of records: it owns every byte of a record file."""

import json
from collections.abc import Sequence
from typing import Any

import orjson


def to_bytes(value: object) -> bytes:
    """Return a record, or a sequence of records, as its file holds it: UTF-8, two spaces, fields as declared."""
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def to_plain(value: object) -> Any:
    """Return a record as JSON's own types: dict, list, str, bool, None."""
    return orjson.loads(orjson.dumps(value))


def parse(data: bytes) -> Any:
    """Return what JSON text says. Raises ValueError with the reason, for duplicate keys as well."""

    def unique(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            keys = [key for key, _ in pairs]
            raise ValueError(f"the key {next(k for k in keys if keys.count(k) > 1)!r} is there twice")
        return found

    def constant(name: str) -> Any:
        raise ValueError(f"not JSON: {name}")

    try:
        value = json.loads(data.decode("utf-8"), object_pairs_hook=unique, parse_constant=constant)
        orjson.dumps(value)
        return value
    except UnicodeDecodeError as error:
        raise ValueError(f"not UTF-8: byte {error.start}") from error
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error.msg} in line {error.lineno}") from error
    except RecursionError as error:
        raise ValueError("not JSON: nested too deeply") from error
    except TypeError as error:
        raise ValueError(f"not JSON that can be written again: {error}") from error
