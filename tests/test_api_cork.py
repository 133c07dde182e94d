"""What is written in one turn of the event loop, sent as one."""

import asyncio

from api.cork import SHORT, Corked


class Recording(asyncio.Transport):
    """A transport that tells what it is sent, and what is done with it."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[list[bytes]] = []
        self.closed = ""

    def writelines(self, parts: list[bytes]) -> None:  # type: ignore[override]
        """Note what is sent at once."""
        self.sent.append(parts)

    def close(self) -> None:
        """Note it."""
        self.closed = "closed"

    def abort(self) -> None:
        """Note it."""
        self.closed = "aborted"

    def is_closing(self) -> bool:
        """Return whether it is closed."""
        return bool(self.closed)


def corked() -> tuple[Recording, Corked]:
    """Return a transport, and what is in front of it."""
    transport = Recording()
    return transport, Corked(transport, asyncio.get_running_loop())


async def test_what_is_written_in_one_turn_is_sent_as_one() -> None:
    """In its order; and what is written in the next one by itself."""
    transport, cork = corked()
    cork.write(b"head")
    cork.write(b"body")
    assert transport.sent == []
    await asyncio.sleep(0)
    assert transport.sent == [[b"head", b"body"]]
    cork.write(b"more")
    await asyncio.sleep(0)
    assert transport.sent == [[b"head", b"body"], [b"more"]]


async def test_what_is_long_is_not_held_back() -> None:
    """The transport must know of it, to say that it is enough."""
    transport, cork = corked()
    cork.write(b"head")
    cork.write(b"x" * SHORT)
    assert transport.sent == [[b"head", b"x" * SHORT]]
    cork.write(b"more")
    await asyncio.sleep(0)
    assert [len(parts) for parts in transport.sent] == [2, 1]


async def test_closing_sends_what_was_written() -> None:
    """Nothing is lost, and nothing is sent twice."""
    transport, cork = corked()
    cork.write(b"last")
    cork.close()
    assert (transport.sent, transport.closed, cork.is_closing()) == ([[b"last"]], "closed", True)
    await asyncio.sleep(0)
    assert transport.sent == [[b"last"]]


async def test_nothing_is_sent_to_a_client_that_has_gone() -> None:
    """The connection may be lost between the writing and the sending."""
    transport, cork = corked()
    cork.write(b"late")
    transport.close()
    await asyncio.sleep(0)
    assert transport.sent == []


async def test_aborting_sends_nothing() -> None:
    """The connection is over."""
    transport, cork = corked()
    cork.write(b"last")
    cork.abort()
    await asyncio.sleep(0)
    assert (transport.sent, transport.closed) == ([], "aborted")
