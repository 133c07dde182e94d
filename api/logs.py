"""What the server says to its operator, on stderr: short lines, for people or as JSON, and never a flood of them.

Whoever wants a line asks `logging` for it. A line holds nothing that could start another one, and at most so many
characters; of one kind at most so many lines are written in a second, and the next one says how many were not.
"""

import logging
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import orjson
from starlette.types import Scope

ACCESS = logging.getLogger("api.access")

REQUEST: ContextVar[bytes] = ContextVar("REQUEST", default=b"")
"""The id of the request that is being answered."""

MOST = 10
"""Lines of one kind that are written in a second; a line for each request is not held back."""

LONGEST = 400
"""Characters of a line's text."""

LONGEST_QUERY = 200
"""Characters of a query string."""

_FRAMES = 20
_KINDS = 1_000
_ROOT = f"{Path(__file__).parent.parent}/"
_HOUSE = ("api", "schema", "dataset")
_OURS = tuple(f"{_ROOT}{name}/" for name in _HOUSE)


def configure(form: str = "human", *, access: bool = False) -> None:
    """Write what is logged to stderr, in one of FORMS; with `access`, a line for each request as well."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(FORMS[form]())
    handler.addFilter(Throttle())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("uvicorn.error").addFilter(_is_news)
    for name in _HOUSE:
        logging.getLogger(name).setLevel(logging.INFO)
    ACCESS.setLevel(logging.INFO if access else logging.WARNING)


def answered(scope: Scope, status: int, elapsed: int, size: int) -> None:
    """Write the line of a request that was answered, after so many nanoseconds and with so many bytes."""
    query = scope["query_string"].decode("latin-1")
    if scope["path"].endswith("/graphql"):
        query = query and "…"  # it is the document
    target = scope["path"] + (f"?{shortened(query, LONGEST_QUERY)}" if query else "")
    client = scope.get("client")
    fields = {
        "client": client[0] if client else "",
        "method": scope["method"],
        "target": target,
        "status": status,
        "milliseconds": round(elapsed / 1e6, 3),
        "bytes": size,
    }
    ACCESS.info("%(client)s %(method)s %(target)s %(status)d %(milliseconds).3f ms %(bytes)d bytes", fields)


def shortened(text: str, most: int) -> str:
    """Return at most so many characters of a text, with an ellipsis in place of the rest."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def plain(text: str, most: int) -> str:
    """Return the beginning of a text, in which nothing controls a terminal or starts a line."""
    if not text.isprintable():
        text = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text[:most])
    return shortened(text, most)


def place(error: BaseException) -> str:
    """Return the kind of an exception and the innermost place of ours that it came through."""
    found = ""
    step: TracebackType | None = error.__traceback__
    while step is not None:
        code = step.tb_frame.f_code
        if code.co_filename.startswith(_OURS):
            found = f" at {code.co_filename.removeprefix(_ROOT)}:{step.tb_lineno} in {code.co_name}"
        step = step.tb_next
    return f"{type(error).__name__}{found}"


def _is_news(record: logging.LogRecord) -> bool:
    """Return whether the web server says something that was not said before: of a fault of ours, it does not."""
    return not str(record.msg).startswith("Exception in ASGI application")


def _fault(record: logging.LogRecord) -> BaseException | None:
    return record.exc_info[1] if isinstance(record.exc_info, tuple) else None


class Throttle(logging.Filter):
    """Lets so many lines of one kind through in a second: of one place in the code, for one kind of fault."""

    def __init__(self, most: int = MOST, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._most = most
        self._clock = clock
        self._kinds: dict[tuple[str, int, str], tuple[int, int, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether a line is written."""
        if record.name == ACCESS.name:
            return True
        error = _fault(record)
        kind = (record.pathname, record.lineno, place(error) if error else "")
        now = int(self._clock())
        second, passed, held = self._kinds.get(kind, (now, 0, 0))
        passed = passed if second == now else 0
        if len(self._kinds) >= _KINDS:
            self._kinds.clear()
        if passed >= self._most:
            self._kinds[kind] = now, passed, held + 1
            return False
        self._kinds[kind] = now, passed + 1, 0
        record.held = held
        return True


class Lines(logging.Formatter):
    """A line for people; below the first fault of a kind stands where it came through."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: set[str] = set()

    def format(self, record: logging.LogRecord) -> str:
        """Return a record as it is written."""
        found = self.fields(record)
        text = f"{found['time']} {found['level']} {found['logger']}: {found['message']}"
        if "fault" in found:
            text += f" ({found['fault']})"
        if "request" in found:
            text += f" [{found['request']}]"
        if "held" in found:
            text += f" ({found['held']} more like this were not written)"
        return text + "".join(f"\n    {line}" for line in found.get("trace", ()))

    def fields(self, record: logging.LogRecord) -> dict[str, Any]:
        """Return what a record says, by name."""
        found: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": plain(_message(record), LONGEST),
        }
        request = REQUEST.get()
        if request:
            found["request"] = request.decode("ascii")
        held = getattr(record, "held", 0)
        if held:
            found["held"] = held
        error = _fault(record)
        if error:
            found["fault"] = place(error)
            if found["fault"] not in self._shown:
                if len(self._shown) >= _KINDS:
                    self._shown.clear()
                self._shown.add(found["fault"])
                found["trace"] = _trace(error)
        return found


class Json(Lines):
    """A line as a JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        """Return a record as it is written."""
        found = self.fields(record)
        if record.name == ACCESS.name and isinstance(record.args, Mapping):
            del found["message"]
            found |= {name: plain(v, LONGEST) if isinstance(v, str) else v for name, v in record.args.items()}
        return orjson.dumps(found).decode()


FORMS: Mapping[str, type[Lines]] = {"human": Lines, "json": Json}
"""How lines are written, by the name that the operator knows."""


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage().strip()
    except Exception:  # whoever wrote the line: the others are written
        return str(record.msg)


def _trace(error: BaseException) -> list[str]:
    """Return the innermost steps of an exception, and the beginning of what it says."""
    steps = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    return [
        *(f"{step.filename}:{step.lineno} in {step.name}" for step in steps),
        plain(f"{type(error).__name__}: {_said(error)}", LONGEST_QUERY),
    ]


def _said(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:
        return ""
