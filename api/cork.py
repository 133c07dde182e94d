"""What is written in one turn of the event loop, sent as one: an answer's headers and its body, if that is short.

uvicorn writes the headers and the body by themselves. Each write is a system call, a packet on the wire, and a client
that is woken: the first time for headers alone.
"""

import asyncio
from typing import Any

SHORT = 65_536
"""Bytes above which what was written is sent at once: the loop's transport counts them then, and may want a pause."""


class Corked(asyncio.Transport):
    """A transport in front of another one."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._transport = transport
        self._loop = loop
        self._written: list[bytes] = []
        self._size = 0

    def write(self, data: Any) -> None:
        """Send it with what else is written in this turn."""
        written = self._written
        if not written:
            self._loop.call_soon(self._send)
        written.append(data)
        self._size += len(data)
        if self._size > SHORT:
            self._send()

    def _send(self) -> None:
        if self._written:
            written, self._written, self._size = self._written, [], 0
            if not self._transport.is_closing():  # the client may have gone in the meantime
                self._transport.writelines(written)

    def close(self) -> None:
        """Close the connection once everything is sent."""
        self._send()
        self._transport.close()

    def abort(self) -> None:
        """Close the connection now."""
        self._written, self._size = [], 0
        self._transport.abort()

    def is_closing(self) -> bool:
        """Return whether the connection is closed, or will be."""
        return self._transport.is_closing()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Return what is known about the connection."""
        return self._transport.get_extra_info(name, default)
