"""Every error that REST answers: a table from exception to RFC 9457 problem.

Problem            a row of KINDS, with what is particular to this request
QueryError         a question that cannot be asked (dataset.query)
UnknownRecordError, RetiredRecordError
                   a record that the release does not have, or has no longer (dataset.answer)
HTTPException      what the router says: no such route, no such method
Exception          a fault of ours: nothing of it reaches the client
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from api.responses import RELEASE_HEADER
from dataset.answer import RetiredRecordError
from dataset.catalog import Catalog
from dataset.query import QueryError

LOGGER = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
TYPES = "/v1/problems"


@dataclass(frozen=True)
class Kind:
    """A kind of error: its status, and what a client should make of it."""

    status: int
    title: str
    description: str


KINDS: Mapping[str, Kind] = {
    "invalid-parameter": Kind(
        400,
        "Invalid parameter",
        "A query parameter is unknown, repeated or has a value that it cannot have; `parameter` names it, `reason` "
        "says what is wrong.",
    ),
    "bad-host": Kind(
        400, "No valid Host", "The request has no Host header, more than one, or one that names no host and port."
    ),
    "unknown-record": Kind(404, "No such record", "The release has no record with this id in this collection."),
    "unknown-release": Kind(
        404, "No such release", "No release with this version is served; `releases` lists those that are."
    ),
    "unknown-route": Kind(404, "No such address", "Nothing is served at this address; `GET /v1` lists what is."),
    "not-acceptable": Kind(
        406,
        "Not acceptable",
        "The Accept header names nothing that the address can be had as; `available` lists the media types that are.",
    ),
    "retired-record": Kind(
        410,
        "Record withdrawn",
        "The record went away; `reason` says why and `successor` names the record that takes its place, if any.",
    ),
    "wrong-method": Kind(
        405, "Method not allowed", "The address does not know this method; the Allow header lists those that it does."
    ),
    "content-too-large": Kind(
        413, "Content too large", "The body has more bytes than are taken; `limit` says how many. It was not read on."
    ),
    "uri-too-long": Kind(
        414,
        "Address too long",
        "The path and the query have more bytes than are taken; `limit` says how many, `value` how many they have.",
    ),
    "unsupported-encoding": Kind(
        415, "Encoding not supported", "The body has a Content-Encoding; send it as it is, or as `identity`."
    ),
    "headers-too-large": Kind(
        431,
        "Headers too large",
        "The headers are more, or have more bytes, than are taken; `limit` says how many, `value` how many they are.",
    ),
    "malformed-request": Kind(400, "Malformed request", "What was sent is not HTTP/1.1; the connection is closed."),
    "request-timeout": Kind(
        408,
        "Request too slow",
        "The request was not complete in time; the connection is closed.",
    ),
    "busy": Kind(
        503,
        "Busy",
        "Too many long answers are being sent; `Retry-After` says when to try again.",
    ),
    "too-many-connections": Kind(
        503,
        "Too many connections",
        "The server takes no more connections; `Retry-After` says when to try again.",
    ),
    "fault": Kind(
        500,
        "Internal error",
        "The server failed. It is not the request's fault, and nothing about it is known to the client.",
    ),
}
"""The kinds of error by the last part of their `type`; a new kind is one row."""


class Problem(Exception):
    """An error of one of KINDS."""

    def __init__(self, kind: str, detail: str, **extra: Any) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
        self.extra = extra


def respond(problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """Return the answer to a problem."""
    kind = KINDS[problem.kind]
    body = {
        "type": f"{TYPES}#{problem.kind}",
        "title": kind.title,
        "status": kind.status,
        "detail": problem.detail,
        **problem.extra,
    }
    return Response(
        orjson.dumps(body),
        kind.status,
        {"Cache-Control": "no-store", **(headers or {})},
        media_type=MEDIA_TYPE,
    )


def _release(request: Request) -> dict[str, str]:
    """Return the header that names the release that was asked, where there is one."""
    catalog: Catalog = request.app.state.catalog
    version = request.path_params.get("version", catalog.latest.release.version)
    return {RELEASE_HEADER: version} if version in catalog.editions else {}


def on_problem(request: Request, error: Exception) -> Response:
    """Answer a problem that a handler raised."""
    assert isinstance(error, Problem)  # noqa: S101 (the application's table of handlers says so)
    return respond(error, _release(request))


def on_query_error(request: Request, error: Exception) -> Response:
    """Answer a question that cannot be asked."""
    assert isinstance(error, QueryError)  # noqa: S101 (the application's table of handlers says so)
    problem = Problem("invalid-parameter", str(error), parameter=error.parameter, reason=error.reason)
    return respond(problem, _release(request))


def on_unknown_record(request: Request, error: Exception) -> Response:
    """Answer that the release has no such record."""
    found = _release(request)
    problem = Problem("unknown-record", f"Release {found[RELEASE_HEADER]} has no such record in {error}.")
    return respond(problem, found)


def on_retired_record(request: Request, error: Exception) -> Response:
    """Answer that a record went away, and why."""
    assert isinstance(error, RetiredRecordError)  # noqa: S101 (the application's table of handlers says so)
    stone = error.stone
    more = {"id": stone.id, "reason": stone.reason, "successor": stone.successor}
    return respond(Problem("retired-record", "The record went away.", **more), _release(request))


def on_http_exception(request: Request, error: Exception) -> Response:
    """Answer what the router found: no such address, no such method."""
    assert isinstance(error, HTTPException)  # noqa: S101 (the application's table of handlers says so)
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        allowed = ", ".join(sorted((error.headers or {}).get("Allow", "").split(", ")))
        detail = f"This address knows {allowed}."
        return respond(Problem("wrong-method", detail), {"Allow": allowed})
    return respond(Problem("unknown-route", "Nothing is served at this address; GET /v1 lists what is."))


def on_fault(request: Request, error: Exception) -> Response:
    """Answer a fault of ours; the server's log has it, the client does not."""
    LOGGER.error("%s %s was not answered", request.method, request.scope["path"], exc_info=error)
    return respond(Problem("fault", "The server failed to answer; the fault is not in the request."))
