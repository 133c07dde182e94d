"""What each REST address answers. A handler takes the request and the release that it asks."""

from collections.abc import Sequence

import orjson
from starlette.requests import Request
from starlette.responses import Response

from api.errors import KINDS, Problem
from api.limits import Limits, table
from api.negotiate import combined, preferred
from api.responses import JSON, RELEASE_HEADER, answer
from dataset.canonical import to_plain
from dataset.catalog import Catalog, Edition
from dataset.export import csvw
from dataset.filter import FILTERS
from dataset.order import ORDERS
from dataset.parameters import Given
from dataset.records import SERVED
from dataset.release import Release
from dataset.resources import RESOURCES
from schema.saved import SAVED


def catalog_of(request: Request) -> Catalog:
    """Return the catalog that this request began with."""
    found: Catalog = request.app.state.catalog
    return found


def edition_of(request: Request) -> Edition:
    """Return the release that the path names, or else the latest. Raises Problem."""
    return named(catalog_of(request), request.path_params.get("version"))


def named(catalog: Catalog, version: str | None) -> Edition:
    """Return the release with a version, or else the latest. Raises Problem."""
    if version is None:
        return catalog.latest
    if version not in catalog.editions:
        raise Problem("unknown-release", "No release with this version is served.", releases=list(catalog.editions))
    return catalog.editions[version]


def bare(request: Request, offered: Sequence[str] = (JSON,)) -> None:
    """Refuse any parameter, and a client that accepts none of our media types. Raises QueryError and Problem."""
    Given(request.query_params.multi_items()).known(())
    if preferred(combined(request.headers, "accept"), {kind: kind for kind in offered}) is None:
        reason = "None of the media types that the Accept header names."
        raise Problem("not-acceptable", reason, available=list(offered))


def index(request: Request, edition: Edition) -> Response:
    """Say what there is."""
    about = edition.release.manifest
    formats = {resource.path: resource.formats for resource in RESOURCES}
    collections = {
        name: {
            "path": f"/v1/{name}",
            "total": len(edition.release.corpus.collection(name)),
            "filters": [item.name for item in FILTERS[name]],
            "orders": [order.name for order in ORDERS[name]],
            "formats": list(formats[f"/{name}"]),
        }
        for name in SERVED
    }
    return answer(
        edition,
        {
            "title": about.title,
            "licence": about.licence,
            "collections": collections,
            "releases": "/v1/releases",
            "pinned": f"/v1/releases/{about.version}",
            "search": "/v1/search",
            "lookup": "/v1/lookup",
            "queries": "/v1/queries",
            "changes": "/v1/changes",
            "problems": "/v1/problems",
            "limits": "/v1/limits",
            "openapi": "/openapi.json",
            "graphql": "/graphql",
        },
    )


def releases(request: Request, edition: Edition) -> Response:
    """List the releases, newest first."""
    items = [_manifest(e.release, changes=False) for e in catalog_of(request).editions.values()]
    return answer(edition, {"total": len(items), "items": items, "next": None})


def release(request: Request, edition: Edition) -> Response:
    """Show a release's manifest, with what it changed."""
    return answer(edition, {"item": _manifest(edition.release, changes=True)})


def difference(request: Request, edition: Edition) -> Response:
    """List what changed from the release of the path to another one, with the reasons."""
    catalog = catalog_of(request)
    other = named(catalog, request.path_params["other"])
    changes = [to_plain(change) for change in catalog.changes(edition.release.version, other.release.version)]
    body = {"old": edition.release.version, "new": other.release.version}
    return answer(edition, {**body, "total": len(changes), "items": changes, "next": None})


def _manifest(release: Release, *, changes: bool) -> dict[str, object]:
    manifest: dict[str, object] = to_plain(release.manifest)
    if not changes:
        del manifest["changes"]
    return {**manifest, "sha256": release.sha256, "path": f"/v1/releases/{release.version}"}


def queries(request: Request, edition: Edition) -> Response:
    """List the saved queries."""
    items = [
        {
            "name": saved.name,
            "question": saved.question,
            "description": saved.description,
            "path": f"/v1/queries/{saved.name}",
            "parameters": [{"name": p.name, "description": p.description} for p in saved.resource.known],
            "document": saved.document,
            "sha256": saved.sha256,
        }
        for saved in SAVED.values()
    ]
    return answer(edition, {"total": len(items), "items": items, "next": None})


def columns(request: Request, edition: Edition, collection: str) -> Response:
    """Describe the columns of a collection's CSV."""
    body = orjson.dumps(csvw.describe(collection, edition.release.manifest))
    return Response(body, headers={RELEASE_HEADER: edition.release.version}, media_type=csvw.MEDIA_TYPE)


def limits(request: Request, edition: Edition) -> Response:
    """List what is taken at most."""
    found: Limits = request.app.state.limits
    items = [
        {
            "name": row.name,
            "value": row.value,
            "unit": row.unit,
            "status": row.status,
            "code": row.code,
            "description": row.description,
        }
        for row in table(found)
    ]
    return answer(edition, {"total": len(items), "items": items, "next": None})


def problems(request: Request, edition: Edition) -> Response:
    """List the kinds of error."""
    items = [
        {"id": name, "status": kind.status, "title": kind.title, "description": kind.description}
        for name, kind in KINDS.items()
    ]
    return answer(edition, {"total": len(items), "items": items, "next": None})
