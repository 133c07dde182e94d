"""The GraphQL door, by the GraphQL-over-HTTP specification: reading a request, and answering it."""

import re
from functools import lru_cache
from hashlib import sha256
from typing import Any, NamedTuple

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from api.delivery import KEPT_LATEST, deliver
from api.head import Head
from api.negotiate import accepted, remembered
from api.observe import COMPLETE, completed
from api.responses import JSON, RELEASE_HEADER
from api.scope import BODY, HEAD, WORTH
from api.tracing import OPERATION
from dataset.canonical import parse
from dataset.catalog import Catalog, Edition
from dataset.represent import summary
from schema.context import Context
from schema.engine import Answered, Engine
from schema.persisted import Persisted

GRAPHQL_JSON = "application/graphql-response+json"

_PLAIN = JSON.encode("ascii")
"""What nearly every request says that its body is."""


class BadRequestError(Exception):
    """A request that is no GraphQL request: the status and the reason."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


class Asked(NamedTuple):
    """What a request asks to run."""

    query: str
    """The document; empty where it is asked by its digest."""
    sha256: str
    """The digest by which the document is asked, or is to be kept; empty where it has none."""
    variables: dict[str, Any] | None
    operation: str | None


class Reply(NamedTuple):
    """What a request is answered with."""

    status: int
    media_type: str
    body: bytes
    right: bool = False
    """Whether the operation was run without an error."""


async def respond(scope: Scope, edition: Edition, catalog: Catalog, receive: Receive, send: Send) -> None:
    """Answer a GraphQL request; what is wrong with it is answered as JSON with `errors` as well."""
    found = _answered(scope, edition, catalog)
    if found.right:
        scope[WORTH] = True
    if scope["method"] == "POST":  # what it takes, and no more: most requests are of this kind
        length = (b"content-length", str(len(found.body)).encode("ascii"))
        headers = [*_headers(edition.release.version, found.media_type), length]
        start = {"type": "http.response.start", "status": found.status, "headers": headers, COMPLETE: headers}
        await send(start)
        await send({"type": "http.response.body", "body": found.body})
        return
    response = _response(found, edition)
    if found.right:
        response = deliver(Request(scope), response, edition, scope["app"].state.variants)
        # It may tell which releases there are, so even a pinned one does not stay for good.
        response.headers["Cache-Control"] = KEPT_LATEST
    await response(scope, receive, send)


def _answered(scope: Scope, edition: Edition, catalog: Catalog) -> Reply:
    media_type = JSON
    state = scope["app"].state
    head: Head = scope[HEAD]
    persisted: Persisted = state.persisted
    try:
        media_type = _negotiated(head)
        asked = _from_body(scope, head) if scope["method"] == "POST" else _from_url(Request(scope))
        document = asked.query or persisted.get(asked.sha256)
    except BadRequestError as error:
        return _refused(edition, error.status, media_type, error.reason, "BAD_REQUEST")
    scope[OPERATION] = asked.operation
    if document is None:
        status = _status(executed=False, media_type=media_type)
        return _refused(edition, status, media_type, "PersistedQueryNotFound", "PERSISTED_QUERY_NOT_FOUND")
    engine: Engine = state.engine
    found = engine.answer(document, asked.variables, asked.operation, Context(edition, catalog))
    if asked.sha256 and found.executed:
        persisted.learn(document)
    return _reply(found, edition, _status(executed=found.executed, media_type=media_type), media_type)


def turned_away(scope: Scope, status: int, reason: str) -> Response | None:
    """Return the answer to a request whose body is not read; None where its path is of no release."""
    catalog: Catalog = scope["app"].state.catalog
    version = _PINNED.match(scope["path"])
    edition = catalog.editions.get(version[1]) if version else catalog.latest
    if edition is None:
        return None
    try:
        media_type = _negotiated(scope[HEAD])
    except BadRequestError:
        media_type = JSON
    return _response(_refused(edition, status, media_type, reason, "BAD_REQUEST"), edition)


_PINNED = re.compile("/v1/releases/([^/]*)/")


def _refused(edition: Edition, status: int, media_type: str, reason: str, code: str) -> Reply:
    error = {"message": reason, "extensions": {"code": code}}
    return _reply(Answered(executed=False, errors=(error,)), edition, status, media_type)


def _status(*, executed: bool, media_type: str) -> int:
    # With the older media type a well-formed request is answered 200, whatever came of it.
    return 200 if executed or media_type == JSON else 400


def _reply(found: Answered, edition: Edition, status: int, media_type: str) -> Reply:
    errors = (b'"errors":', orjson.dumps(found.errors), b",") if found.errors else ()
    data = (b'"data":', *found.pieces, b",") if found.executed else ()
    body = b"".join((b"{", *errors, *data, b'"extensions":', _extensions(**summary(edition)), b"}"))
    return Reply(status, media_type, body, found.executed and not found.errors)


def _response(found: Reply, edition: Edition) -> Response:
    headers = {RELEASE_HEADER: edition.release.version, "Vary": "Accept", "Cache-Control": "no-store"}
    return Response(found.body, found.status, headers, media_type=f"{found.media_type}; charset=utf-8")


@lru_cache(100)
def _headers(release: str, media_type: str) -> tuple[tuple[bytes, bytes], ...]:
    """Return the headers of an answer to POST, complete but for its length and the request's id."""
    own = {RELEASE_HEADER: release, "Vary": "Accept", "Cache-Control": "no-store"}
    own["Content-Type"] = f"{media_type}; charset=utf-8"
    return tuple(completed(200, [(name.lower().encode("ascii"), said.encode("ascii")) for name, said in own.items()]))


@lru_cache(100)
def _extensions(**release: str) -> bytes:
    return orjson.dumps({"release": release})


def _negotiated(head: Head) -> str:
    """Return the media type to answer with: the client's most wanted of the two that there are."""
    found = _wanted(head.line(b"accept"))
    if found is None:
        raise BadRequestError(406, f"Answers are {GRAPHQL_JSON} or {JSON}.")
    return found


@remembered
def _wanted(accept: str) -> str | None:
    """Return the media type that an Accept header wants most of the two; None: neither of them."""
    if not accept:
        return JSON
    for kind, quality in accepted(accept):
        if quality > 0 and kind in (GRAPHQL_JSON, JSON):
            return kind
        if quality > 0 and kind in ("*/*", "application/*"):
            return JSON
    return None


def _from_url(request: Request) -> Asked:
    given = request.query_params
    for name in given:
        if name not in ("query", "variables", "operationName", "extensions"):
            raise BadRequestError(400, f"The parameter {name[:100]!r} is unknown.")
        if len(given.getlist(name)) > 1:
            raise BadRequestError(400, f"The parameter {name!r} is given more than once.")
    fields: dict[str, Any] = {name: given[name] for name in ("query", "operationName") if name in given}
    for name in ("variables", "extensions"):
        if given.get(name):
            fields[name] = _json(given[name].encode("utf-8", "surrogatepass"), f"The parameter {name!r}")
    return _asked(fields)


def _from_body(scope: Scope, head: Head) -> Asked:
    said = head.given.get(b"content-type", b"")
    if said != _PLAIN:
        _readable(said.decode("latin-1"))
    body = _json(scope.get(BODY, b""), "The body")
    if isinstance(body, list):
        raise BadRequestError(400, "The body must be one request, a JSON object with `query`: there is no batching.")
    if not isinstance(body, dict):
        raise BadRequestError(400, "The body must be a JSON object with `query`.")
    return _asked(body)


def _readable(said: str) -> None:
    """Raise BadRequestError where a body is not of a kind that is read, by its Content-Type."""
    kind, _, parameters = said.partition(";")
    if kind.strip().lower() != JSON:
        raise BadRequestError(415, f"The body must be {JSON}.")
    charset = parameters.strip().lower().replace('"', "")
    if charset.startswith("charset=") and charset not in ("charset=utf-8", "charset=utf8"):
        raise BadRequestError(415, "The body must be UTF-8.")


def _json(data: bytes, what: str) -> Any:
    try:
        return parse(data)
    except ValueError as error:
        raise BadRequestError(400, f"{what} is not the JSON that it must be: {str(error)[:200]}.") from error


def _asked(fields: dict[str, Any]) -> Asked:
    if fields.get("extensions") is not None and not isinstance(fields["extensions"], dict):
        raise BadRequestError(400, "`extensions` must be an object.")
    digest = _digest((fields.get("extensions") or {}).get("persistedQuery"))
    query = fields.get("query") or ("" if digest else None)
    if not isinstance(query, str):
        raise BadRequestError(400, "`query` must be a string with a GraphQL document.")
    if digest and query and sha256(query.encode()).hexdigest() != digest:
        raise BadRequestError(400, "`extensions.persistedQuery.sha256Hash` is not the SHA-256 of `query`.")
    variables, operation = fields.get("variables"), fields.get("operationName")
    if variables is not None and not isinstance(variables, dict):
        raise BadRequestError(400, "`variables` must be an object.")
    if operation is not None and not isinstance(operation, str):
        raise BadRequestError(400, "`operationName` must be a string.")
    return Asked(query, digest, variables, operation or None)


def _digest(persisted: Any) -> str:
    """Return the digest by which a document is asked."""
    if persisted is None:
        return ""
    found = persisted.get("sha256Hash") if isinstance(persisted, dict) and persisted.get("version") == 1 else None
    if not isinstance(found, str) or not re.fullmatch("[0-9a-f]{64}", found, re.ASCII):
        raise BadRequestError(400, "`extensions.persistedQuery` must have `version` 1 and `sha256Hash`.")
    return found
