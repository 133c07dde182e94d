"""The most that a Python server can reach: constant bytes from a bare ASGI application, on the same uvicorn.

`python -m tests.benchmarks.limit ANSWERS PORT`, where ANSWERS is a JSON file with, for each workload, the headers and
the number of bytes of our own answers to it. A request names its workload in the header `x-workload`.
"""

import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import uvicorn

Message = dict[str, Any]
HEADER = "x-workload"


def create_app(answers: dict[str, Any]) -> Callable[..., Awaitable[None]]:
    """Return an application that answers each workload with constant bytes."""
    name = HEADER.encode()
    made: dict[bytes, tuple[Message, Message]] = {}
    for workload, answer in answers.items():
        headers = [(key.encode("latin-1"), value.encode("latin-1")) for key, value in answer["headers"]]
        start = {"type": "http.response.start", "status": 200, "headers": headers}
        made[workload.encode()] = start, {"type": "http.response.body", "body": b"x" * answer["bytes"]}

    async def app(
        scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
    ) -> None:
        while (await receive()).get("more_body"):
            pass
        start, body = made[next(value for key, value in scope["headers"] if key == name)]
        await send(start)
        await send(body)

    return app


if __name__ == "__main__":
    config = uvicorn.Config(
        create_app(json.loads(Path(sys.argv[1]).read_bytes())),
        host="127.0.0.1",
        port=int(sys.argv[2]),
        log_level="warning",
        server_header=False,
        lifespan="off",
    )
    uvicorn.Server(config).run([config.bind_socket()])
