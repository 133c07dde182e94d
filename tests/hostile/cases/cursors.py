"""Cursors that were tampered with, belong to another question or release, or were never cursors."""

import base64
from collections.abc import Iterator
from urllib.parse import quote

from dataset.catalog import load
from dataset.query import cursor, parse, scope
from tests.hostile.case import BAD_USER_INPUT, PASSES, Case, Family, asking, get

_WRONG = "invalid-parameter"
_CATALOG = load()
_OLD, _NEW = _CATALOG.editions["1.0.0"], _CATALOG.latest


def _right(collection: str = "events", key: str = "evt-blackouts", *, old: bool = False) -> str:
    """Return a cursor that the server gives out itself."""
    edition = _OLD if old else _NEW
    return cursor(scope(edition, parse(collection, {})), key)


def _tampered() -> Iterator[tuple[str, str]]:
    right = _right()
    yield "of nothing", ""
    for place in (0, 1, 5, len(right) // 2, len(right) - 2, len(right) - 1):
        yield (
            f"with another letter at {place}",
            right[:place] + ("A" if right[place] != "A" else "B") + right[place + 1 :],
        )
        yield f"without the letter at {place}", right[:place] + right[place + 1 :]
        yield f"that ends at {place}", right[:place]
    for more in ("=", "==", "A", "\n", " ", "\x00", "%00", "'", "é", "١", right):
        yield f"and {more[:8]!r}", right + more
    yield "in small letters", right.lower()
    yield "backwards", right[::-1]
    yield "twice encoded", base64.urlsafe_b64encode(right.encode()).decode()
    yield "in the other alphabet", right.replace("-", "+").replace("_", "/") + "="
    for inside in (
        b"",
        b"0",
        b"-1",
        b"5",
        b"arrayconnection:5",
        b"\x00" * 40,
        b"\xff" * 40,
        b'{"id": 1}',
        b"null",
        b"[]",
        b"cos\nsystem\n(S'id'\ntR.",
        b"a:b:c",
        b":::::",
        b"evt-blackouts",
        b"../../etc/passwd",
        b"a" * 300,
        b"__proto__",
        "١٠".encode(),
    ):
        yield f"made of {inside[:20]!r}", base64.urlsafe_b64encode(inside).decode().rstrip("=")
    for text in (
        "a",
        "0",
        "-1",
        "1e9",
        "null",
        "[object Object]",
        "__proto__",
        "🧨",
        "a" * 500,
        "a" * 501,
        "a" * 5_000,
        "%",
        "'; --",
    ):
        yield f"{text[:16]!r} of {len(text)} letters", text


def _cases() -> Iterator[Case]:
    right, paged = _right(), "query ($c: String) { events(first: 1, after: $c) { nodes { id } } }"
    yield get("a cursor as it was given", f"/v1/events?after={right}", PASSES)
    yield asking("a cursor as it was given, to GraphQL", paged, PASSES, variables={"c": right})
    for name, text in dict(_tampered()).items():
        if text == right:
            continue
        yield get(f"a cursor {name}", f"/v1/events?after={quote(text, safe='')}", _WRONG)
        yield asking(f"a cursor {name}, to GraphQL", paged, BAD_USER_INPUT, variables={"c": text})
        before = paged.replace("first: 1, after", "last: 1, before")
        yield asking(f"a cursor {name}, from behind", before, BAD_USER_INPUT, variables={"c": text})
    for name, text in {
        "of another release": _right(old=True),
        "of another collection": _right("entities", "ent-kazakhstan"),
        "at another collection's record": cursor(scope(_NEW, parse("events", {})), "ent-kazakhstan"),
        "at no record": cursor(scope(_NEW, parse("events", {})), "evt-nothing"),
        "of no question": cursor("a:b", "c"),
    }.items():
        yield get(f"a cursor {name}", f"/v1/events?after={text}", _WRONG)
        yield asking(f"a cursor {name}, to GraphQL", paged, BAD_USER_INPUT, variables={"c": text})
    for target in (
        "/v1/events?kind=closure",
        "/v1/events?order=-date",
        "/v1/entities?limit=1",
        "/v1/search?q=mines",
        "/v1/events?q=mines",
        "/v1/releases/1.0.0/events?limit=1",
        "/v1/queries/timeline?kind=closure",
    ):
        yield get(f"a cursor at {target}", f"{target}&after={right}", _WRONG)
    yield get("a cursor with the whole answer", f"/v1/events?limit=all&after={right}", PASSES, _WRONG)
    for first in (
        "first: 1, last: 1",
        "first: -1",
        "last: -1",
        "first: 101",
        "last: 1000000",
        f'last: 1, after: "{right}"',
    ):
        yield asking(f"a page of {first[:20]}", f"{{ events({first}) {{ nodes {{ id }} }} }}", BAD_USER_INPUT, PASSES)


FAMILY = Family("cursors", (_cases,))
