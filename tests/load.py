"""Clients that ask a server without a pause, or with pauses, and look at every answer.

They keep their connections, as far as the server lets them, and ask nothing twice: a connection that is closed under a
request is a request that failed.
"""

import http.client
import json
import threading
from collections.abc import Mapping
from types import TracebackType
from typing import Any

QUERY = json.dumps({"query": "{ release { version } relations { totalCount } }"}).encode()
PATHS = ("/v1/relations", "/v1/releases/1.0.0/relations", "/graphql")


class Load:
    """Clients of a server that asks for the relations of its releases, of which each has another number."""

    def __init__(self, port: int, totals: Mapping[str, int], pauses: tuple[float, ...] = (0, 0, 0.05, 0.4)) -> None:
        self.requests = 0
        self.failed: list[str] = []
        self.mixed: list[str] = []
        self.seen: set[str] = set()
        """The releases that answers were of."""
        self._port = port
        self._totals = totals
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=(pause,)) for pause in pauses]

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def __str__(self) -> str:
        return f"requests {self.requests}, failed {len(self.failed)}, mixed {len(self.mixed)}"

    def _ask(self, pause: float) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        number = 0
        while not self._over.wait(pause):
            path = PATHS[number % len(PATHS)]
            number += 1
            self.requests += 1
            try:
                if path == "/graphql":
                    connection.request("POST", path, QUERY, {"Content-Type": "application/json"})
                else:
                    connection.request("GET", path)
                reply = connection.getresponse()
                self._look(path, reply.status, reply.getheader("Dataset-Release"), json.loads(reply.read()))
            except Exception as error:  # whatever it is, it is counted
                self.failed.append(f"{path}: {error!r}")
                connection.close()
        connection.close()

    def _look(self, path: str, status: int, version: str | None, body: Any) -> None:
        if status != 200:
            self.failed.append(f"{path}: {status} {body}")
            return
        if path == "/graphql":
            body = {"total": body["data"]["relations"]["totalCount"], "release": body["data"]["release"]}
        said = body["release"]["version"]
        self.seen.add(said)
        pinned = path.split("/")[3] if "releases" in path else said
        if not (said == (version or said) == pinned and body["total"] == self._totals[said]):
            self.mixed.append(f"{path}: {version} {said} {body['total']}")
