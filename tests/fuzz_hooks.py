"""What the fuzzer is told that a schema cannot say.

Which releases there are; that a cursor is handed out; that an answer lacks the fields that were not asked for.
"""

from typing import Any

import schemathesis


@schemathesis.hook
def map_path_parameters(context: Any, parameters: dict[str, Any] | None) -> dict[str, Any] | None:
    """Ask releases that are there, as often as not."""
    for name in ("version", "other"):
        if parameters and len(str(parameters.get(name, ""))) % 2:
            parameters[name] = "1.1.0"
    return parameters


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    """Leave out cursors, for no made-up one is ever right, and sparse fields where the schema has them all."""
    if case.meta and case.meta.generation.mode.is_positive and case.query:
        case.query.pop("after", None)
        if "{format}" not in case.operation.path:
            case.query.pop("fields", None)
