"""What each REST address answers. A handler takes the request and the release that it asks."""

from starlette.requests import Request
from starlette.responses import Response

from api import params, represent
from api.errors import KINDS, Problem
from api.responses import answer, link
from dataset.canonical import to_plain
from dataset.catalog import Catalog, Edition
from dataset.filter import FILTERS
from dataset.order import ORDERS
from dataset.query import cursor, page, scope
from dataset.records import SERVED
from dataset.release import Release


def catalog_of(request: Request) -> Catalog:
    """Return the catalog that this request began with."""
    found: Catalog = request.app.state.catalog
    return found


def edition_of(request: Request) -> Edition:
    """Return the release that the path names, or else the latest. Raises Problem."""
    catalog = catalog_of(request)
    version = request.path_params.get("version")
    return catalog.latest if version is None else _edition(catalog, version)


def _edition(catalog: Catalog, version: str) -> Edition:
    if version not in catalog.editions:
        raise Problem("unknown-release", "No release with this version is served.", releases=list(catalog.editions))
    return catalog.editions[version]


def index(request: Request, edition: Edition) -> Response:
    """Say what there is."""
    params.known(request.query_params, ())
    about = edition.release.manifest
    collections = {
        name: {
            "path": f"/v1/{name}",
            "total": len(edition.release.corpus.collection(name)),
            "filters": [item.name for item in FILTERS[name]],
            "orders": [order.name for order in ORDERS[name]],
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
            "problems": "/v1/problems",
            "openapi": "/openapi.json",
            "graphql": "/graphql",
        },
    )


def releases(request: Request, edition: Edition) -> Response:
    """List the releases, newest first."""
    params.known(request.query_params, ())
    items = [_manifest(e.release, changes=False) for e in catalog_of(request).editions.values()]
    return answer(edition, {"total": len(items), "items": items, "next": None})


def release(request: Request, edition: Edition) -> Response:
    """Show a release's manifest, with what it changed."""
    params.known(request.query_params, ())
    return answer(edition, {"item": _manifest(edition.release, changes=True)})


def difference(request: Request, edition: Edition) -> Response:
    """List what changed from the release of the path to another one, with the reasons."""
    params.known(request.query_params, ())
    catalog = catalog_of(request)
    other = _edition(catalog, request.path_params["other"])
    changes = [to_plain(change) for change in catalog.changes(edition.release.version, other.release.version)]
    body = {"old": edition.release.version, "new": other.release.version}
    return answer(edition, {**body, "total": len(changes), "items": changes, "next": None})


def _manifest(release: Release, *, changes: bool) -> dict[str, object]:
    manifest: dict[str, object] = to_plain(release.manifest)
    if not changes:
        del manifest["changes"]
    return {**manifest, "sha256": release.sha256, "path": f"/v1/releases/{release.version}"}


def problems(request: Request, edition: Edition) -> Response:
    """List the kinds of error."""
    params.known(request.query_params, ())
    items = [
        {"id": name, "status": kind.status, "title": kind.title, "description": kind.description}
        for name, kind in KINDS.items()
    ]
    return answer(edition, {"total": len(items), "items": items, "next": None})


def records(request: Request, edition: Edition, collection: str) -> Response:
    """List the records of a collection that the query string asks for."""
    query, paging = params.listing(collection, request.query_params)
    found = page(edition, query, **paging)
    stored = edition.release.corpus.collection(collection)
    # The other pages are of this same release, whatever is the latest by then.
    path = f"/v1/releases/{edition.release.version}/{collection}"

    def page_after(key: str | None) -> str:
        return params.paged(path, request.query_params, cursor(scope(edition, query), key) if key else None)

    following = page_after(found.ids[-1]) if found.has_next else None
    items = [represent.listed(edition, collection, stored[i]) for i in found.ids]
    response = answer(edition, {"total": found.total, "items": items, "next": following})
    link(response, page_after(None), "first")
    if found.has_previous:
        link(response, page_after(found.previous), "prev")
    if following:
        link(response, following, "next")
    return response


def record(request: Request, edition: Edition, collection: str) -> Response:
    """Show one record of a collection with everything that leads on from it."""
    params.known(request.query_params, ())
    name = request.path_params["id"]
    corpus = edition.release.corpus
    found = corpus.collection(collection).get(name)
    if found:
        return answer(edition, {"item": represent.item(edition, collection, found)})
    stone = corpus.retired(name, collection)
    if stone:
        raise Problem(
            "retired-record", "The record went away.", id=name, reason=stone.reason, successor=stone.successor
        )
    raise Problem("unknown-record", f"Release {edition.release.version} has no such record in {collection}.")
