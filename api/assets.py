"""The files that pages load, read once and frozen; the digest in an address changes with any of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from api.delivery import KEPT_PINNED, deliver
from api.endpoints import edition_of

FOLDER = Path(__file__).parent / "static"
ROUTE = "/static/{digest}/{name:path}"

MEDIA_TYPES: Mapping[str, str] = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
"""The files that are served, by the end of their name; the others lie there for those who read the code."""


@dataclass(frozen=True)
class Assets:
    """The files by name, and one digest over all of them."""

    files: Mapping[str, bytes]
    digest: str

    def address(self, name: str) -> str:
        """Return the path at which a file is served. Raises KeyError."""
        if name not in self.files:
            raise KeyError(name)
        return f"/static/{self.digest}/{name}"


@cache
def load(folder: Path = FOLDER) -> Assets:
    """Read the files."""
    paths = sorted(path for path in folder.rglob("*") if path.suffix in MEDIA_TYPES)
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
    over_all = sha256("".join(f"{name} {sha256(data).hexdigest()}\n" for name, data in files.items()).encode())
    return Assets(MappingProxyType(files), over_all.hexdigest()[:16])


async def respond(request: Request) -> Response:
    """Serve a file, for good: its address has its digest. Raises HTTPException."""
    assets = load()
    name = request.path_params["name"]
    # A file is looked up among those that were read, so no path leads out of the folder.
    if request.path_params["digest"] != assets.digest or name not in assets.files:
        raise HTTPException(404)
    suffix = name[name.rindex(".") :]
    headers = {"X-Content-Type-Options": "nosniff"}
    response = Response(assets.files[name], headers=headers, media_type=MEDIA_TYPES[suffix])
    response = deliver(request, response, edition_of(request), request.app.state.variants)
    response.headers["Cache-Control"] = KEPT_PINNED
    del response.headers["Last-Modified"]  # a release has that date, a file has none
    return response
