"""What a person gets who comes with a browser, or asks the GraphQL door nothing: HTML pages, and how to ask."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from urllib.parse import quote

import orjson
from graphql.utilities import strip_ignored_characters
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import Response

from api import assets
from api.delivery import KEPT_LATEST, deliver
from api.endpoints import catalog_of, edition_of
from api.negotiate import accepted, combined
from api.responses import RELEASE_HEADER, origin
from dataset.records import SERVED
from schema.saved import SAVED, Saved

TEMPLATES = Path(__file__).parent / "templates"
HTML = "text/html"
JSON_TYPES = ("application/json", "application/graphql-response+json")
LICENCES: Mapping[str, str] = {"CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/"}

Queries = Sequence[Saved]

QUERIES: Queries = tuple(SAVED.values())
"""The queries that are shown as examples."""

FIRST = "{ events(first: 5) { totalCount nodes { id title } } }"
"""The query of the command lines that are shown."""

_POLICY = "default-src 'none'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_PLAIN = f"{_POLICY}; style-src 'self'"
_SCRIPTED = f"{_PLAIN}; script-src 'self'; font-src 'self' data:; connect-src 'self'"


def wanted(request: Request) -> bool:
    """Return whether the client asks for HTML, and for it more than for JSON."""
    named = dict(reversed(accepted(combined(request.headers, "accept"))))
    rest = named.get("application/*", named.get("*/*", 0.0))
    return named.get(HTML, 0.0) > max(named.get(kind, rest) for kind in JSON_TYPES)


def index(request: Request, queries: Queries) -> Response:
    """Show what there is, and how to ask it."""
    edition = edition_of(request)
    corpus = edition.release.corpus
    about = edition.release.manifest
    return _page(
        request,
        "index.html",
        _PLAIN,
        about=about,
        release=edition.release,
        licence=LICENCES.get(about.licence),
        collections=[(name, len(corpus.collection(name)), kind.__doc__) for name, kind in SERVED.items()],
        releases=[found.release for found in catalog_of(request).editions.values()],
        origin=_place(request),
        curl=_curl(request, "/graphql"),
        queries=queries,
    )


def graphiql(request: Request, queries: Queries) -> Response:
    """Show GraphiQL at the door that the request came to, with a tab for each example query."""
    return _page(
        request,
        "graphiql.html",
        _SCRIPTED,
        about=edition_of(request).release.manifest,
        endpoint=request.url.path,
        examples=orjson.dumps([query.document for query in queries]).decode(),
        curl=_curl(request, request.url.path),
    )


def docs(request: Request) -> Response:
    """Show Swagger UI on the OpenAPI document."""
    return _page(request, "docs.html", _SCRIPTED, about=edition_of(request).release.manifest)


def asks_nothing(request: Request) -> bool:
    """Return whether a client that will take anything asks the GraphQL door nothing."""
    plain = combined(request.headers, "accept").strip() in ("", "*/*")
    return plain and request.method in ("GET", "HEAD") and not request.url.query


def usage(request: Request, queries: Queries) -> Response:
    """Say, as JSON, how the GraphQL door is used."""
    path = request.url.path
    body = {
        "usage": 'POST a JSON object with "query" and, where needed, "variables" and "operationName"; or GET with '
        "them as parameters. A browser gets GraphiQL at the same address.",
        "example": _curl(request, request.url.path),
        "schema": "/schema.graphql",
        "graphiql": path,
        "examples": [
            {"question": query.question, "address": f"{path}?query={_quoted(strip_ignored_characters(query.document))}"}
            for query in queries
        ],
    }
    return _finished(request, Response(orjson.dumps(body), media_type="application/json"))


def _page(request: Request, template: str, policy: str, **values: object) -> Response:
    text = _environment().get_template(template).render(asset=assets.load().address, **values)
    headers = {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }
    return _finished(request, Response(text, headers=headers, media_type=HTML))


def _finished(request: Request, response: Response) -> Response:
    edition = edition_of(request)
    response.headers[RELEASE_HEADER] = edition.release.version
    response.headers.add_vary_header("Accept")
    response = deliver(request, response, edition, request.app.state.variants)
    response.headers["Cache-Control"] = KEPT_LATEST  # a page may change where the release that it shows does not
    del response.headers["Last-Modified"]
    return response


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters.update(quoted=_quoted, day=_day)
    return made


def _quoted(text: str) -> str:
    return quote(text, safe="")


def _day(text: str) -> str:
    found = date.fromisoformat(text)
    return f"{found.day} {found:%B %Y}"


def _place(request: Request) -> str:
    """Return where the client reached this server, as it may stand in a command line."""
    return origin(request) or f"{request.url.scheme}://localhost"


def _curl(request: Request, path: str) -> str:
    """Return a command that asks a query."""
    body = orjson.dumps({"query": FIRST}).decode()
    return f"curl -s {_place(request)}{quote(path)} -H 'Content-Type: application/json' -d '{body}'"
