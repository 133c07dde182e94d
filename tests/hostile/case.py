"""What a hostile case is: what is sent, and the answers that are right.

An answer is right by its code: the last part of a problem's `type`, or `extensions.code` of a GraphQL answer's errors.
A family of cases is a module of `tests.hostile.cases`.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import quote

if TYPE_CHECKING:
    from tests.hostile.client import Address, Reply

HOST = "hostile.test"
JSON = "application/json"
GRAPHQL_JSON = "application/graphql-response+json"

PASSES = ""
"""The code of an answer without an error."""
CLOSED = "(closed)"
"""Stands for a connection that ends without an answer."""
PLAIN = "(plain)"
"""Stands for a 400 in plain text."""
NO_HTTP = (PLAIN, CLOSED, "malformed-request")
"""The codes with which the HTTP parser turns away what is no HTTP."""

PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
TOO_DEEP = "QUERY_TOO_DEEP"
TOO_LARGE = "QUERY_TOO_LARGE"
TOO_MANY_TOKENS = "TOO_MANY_TOKENS"
TOO_LONG = "DOCUMENT_TOO_LONG"
TOO_MANY_COMMENTS = "TOO_MANY_COMMENTS"
TOO_MANY_ALIASES = "TOO_MANY_ALIASES"
TOO_MANY_DIRECTIVES = "TOO_MANY_DIRECTIVES"
TOO_MANY_ROOT_FIELDS = "TOO_MANY_ROOT_FIELDS"
TOO_MANY_FRAGMENTS = "TOO_MANY_FRAGMENTS"
BAD_REQUEST = "BAD_REQUEST"
BAD_USER_INPUT = "BAD_USER_INPUT"
UNUSABLE = "OPERATION_RESOLUTION_FAILURE"

FLOODED = (
    TOO_MANY_TOKENS,
    TOO_LONG,
    TOO_MANY_COMMENTS,
    TOO_MANY_ALIASES,
    TOO_MANY_DIRECTIVES,
    TOO_MANY_ROOT_FIELDS,
    TOO_MANY_FRAGMENTS,
    TOO_DEEP,
    TOO_LARGE,
)
"""The codes of a document that is too much of anything; one that breaks several limits may name any of them."""

STATUSES: Mapping[str, frozenset[int]] = {
    PASSES: frozenset({200}),
    PLAIN: frozenset({400}),
    CLOSED: frozenset({0}),
    BAD_REQUEST: frozenset({400}),
    "invalid-parameter": frozenset({400}),
    "bad-host": frozenset({400}),
    "malformed-request": frozenset({400}),
    "unknown-record": frozenset({404}),
    "unknown-release": frozenset({404}),
    "unknown-route": frozenset({404}),
    "wrong-method": frozenset({405}),
    "not-acceptable": frozenset({406}),
    "request-timeout": frozenset({408}),
    "retired-record": frozenset({410}),
    "content-too-large": frozenset({413}),
    "uri-too-long": frozenset({414}),
    "unsupported-encoding": frozenset({415}),
    "headers-too-large": frozenset({431}),
    "busy": frozenset({503}),
}
"""The status of an answer by its code; a GraphQL document that is refused is answered 200 unless told otherwise."""

Headers: TypeAlias = tuple[tuple[str, str], ...]
Body: TypeAlias = bytes | Callable[[], Iterable[bytes]]


@dataclass(frozen=True)
class Request:
    """A request as its parts, for the wire and for an application in this process."""

    target: str
    method: str = "GET"
    headers: Headers = ()
    body: Body = b""
    host: str | None = HOST
    chunked: bool = False
    """Whether the body goes in chunks, without a length."""

    def parts(self) -> Iterable[bytes]:
        """Return the body in parts."""
        if isinstance(self.body, bytes):
            return [self.body] if self.body else []
        return self.body()

    def fields(self) -> list[tuple[bytes, bytes]]:
        """Return the headers, with those that every request has."""
        own = [] if self.host is None else [("Host", self.host)]
        if self.chunked:
            own.append(("Transfer-Encoding", "chunked"))
        elif isinstance(self.body, bytes) and (self.body or self.method == "POST"):
            own.append(("Content-Length", str(len(self.body))))
        found = [*own, *self.headers, ("Connection", "close")]
        return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in found]

    def wire(self) -> Iterator[bytes]:
        """Yield the request's bytes."""
        lines = [name + b": " + value for name, value in self.fields()]
        yield b"\r\n".join([f"{self.method} {self.target} HTTP/1.1".encode("latin-1"), *lines, b"", b""])
        for part in self.parts():
            yield b"%x\r\n%s\r\n" % (len(part), part) if self.chunked else part
        if self.chunked:
            yield b"0\r\n\r\n"


@dataclass(frozen=True)
class Raw:
    """Bytes as they are sent, with a pause between them."""

    parts: tuple[bytes, ...]
    pause: float = 0
    """Seconds."""


Script: TypeAlias = Callable[["Address"], "Reply"]
"""What a client does that is neither."""


@dataclass(frozen=True)
class Case:
    """One hostile request, or a heavy one that is right."""

    name: str
    sent: Request | Raw | Script
    codes: frozenset[str]
    """The codes of a right answer."""
    statuses: frozenset[int]
    """The statuses of a right answer."""
    check: Callable[["Reply"], str] | None = None
    """What more must be true of the answer: returns a complaint, or nothing."""
    seconds: float = 2.0
    """How long it may take."""
    answers: int = 1
    """How many answers it may get: one that gets more has hidden a request in a request."""


@dataclass(frozen=True)
class Family:
    """Cases of one kind."""

    name: str
    makers: tuple[Callable[[], Iterator[Case]], ...]
    """What makes the cases, one at a time: some are of megabytes."""
    clients: int = 1
    """How many ask at the same time."""

    def cases(self) -> Iterator[Case]:
        """Yield the cases, each name once."""
        names = set()
        for made in self.makers:
            for one in made():
                if one.name in names:
                    raise ValueError(f"{self.name} has two cases called {one.name!r}")
                names.add(one.name)
                yield one


def case(name: str, sent: Request | Raw | Script, *codes: str, status: int | None = None, **more: Any) -> Case:
    """Return a case; its statuses are those of its codes unless told."""
    known = frozenset[int]().union(*(STATUSES.get(code, STATUSES[PASSES]) for code in codes))
    return Case(name, sent, frozenset(codes), known if status is None else frozenset({status}), **more)


def get(name: str, target: str, *codes: str, headers: Headers = (), **more: Any) -> Case:
    """Return a case of GET; the target goes as it is written."""
    return case(name, Request(target, headers=headers), *codes, **more)


def asking(name: str, document: str, *codes: str, variables: Any = None, accept: str = "", **more: Any) -> Case:
    """Return a case of a GraphQL document in a POST."""
    body = json.dumps({"query": document, **({} if variables is None else {"variables": variables})}).encode()
    return posting(name, body, *codes, accept=accept, **more)


def posting(
    name: str,
    body: Body,
    *codes: str,
    kind: str = JSON,
    accept: str = "",
    headers: Headers = (),
    chunked: bool = False,
    **more: Any,
) -> Case:
    """Return a case of a POST to GraphQL."""
    given = ((("Content-Type", kind),) if kind else ()) + ((("Accept", accept),) if accept else ()) + headers
    found = case(name, Request("/graphql", "POST", given, body, chunked=chunked), *codes, **more)
    if accept == GRAPHQL_JSON and "status" not in more and PASSES not in codes:
        found = replace(found, statuses=frozenset({HTTPStatus.BAD_REQUEST}))
    return found


def malformed(name: str, *parts: bytes, codes: tuple[str, ...] = (), **more: Any) -> Case:
    """Return a case of bytes that are no HTTP request, or a wrong one."""
    return case(name, Raw(parts), *NO_HTTP, *codes, **more)


def escaped(text: str) -> str:
    """Return a text as it stands in a query string."""
    return quote(text, safe="")
