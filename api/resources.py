"""The resources of a release over HTTP: the format that the client asks for, headers, and streaming of what is long."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from hashlib import sha256
from itertools import islice
from urllib.parse import parse_qsl

from anyio.lowlevel import checkpoint
from starlette.requests import Request
from starlette.responses import Response

from api import negotiate
from api.delivery import deliver, stream
from api.endpoints import edition_of
from api.errors import Problem
from api.exports import Export
from api.responses import LINKS, RELEASE_HEADER, link, origin
from api.routing import Route
from dataset.address import PINNED, ROOT, pinned
from dataset.answer import Answer, chosen, excel
from dataset.export import CITING, FORMATS, csvw
from dataset.parameters import Given
from dataset.resource import Asked, Resource
from dataset.resources import RESOURCES
from schema.saved import SAVED

ADDRESSES: tuple[Resource, ...] = (*RESOURCES, *(saved.resource for saved in SAVED.values()))
"""Everything that a release answers: what it does by itself, and the saved queries."""

BUFFERED = 2_000_000
"""Bytes up to which an answer is made as a whole, so that its ETag and its citation hold its digest."""

LONG = 1_500
"""Characters of an address that is not repeated for every relation: clients take some 16,000 bytes of headers."""

PIECES = 128
"""Pieces that are made before other requests have their turn."""


def routes(resource: Resource) -> Iterator[Route]:
    """Yield the routes of a resource: below the latest release and a pinned one, and each with every suffix."""
    for under in (ROOT, PINNED):
        for suffix in (*resource.formats, ""):
            path = f"{under}{resource.path}{f'.{suffix}' if suffix else ''}"
            yield Route(path, _endpoint(resource, suffix), methods=["GET"])


def _endpoint(resource: Resource, suffix: str) -> Callable[[Request], Awaitable[Response]]:
    offered = {FORMATS[name].essence: name for name in ("", *resource.formats) if name != "json"}
    offered |= {kind: name for name in resource.formats for kind in FORMATS[name].also}
    choose = negotiate.chooser(offered)

    def accepted(request: Request) -> str:
        """Return the format that the client accepts most. Raises Problem."""
        found = choose(negotiate.combined(request.headers, "accept"))
        if found is None:
            reason = "None of the media types that the Accept header names."
            raise Problem("not-acceptable", reason, available=[*offered])
        return found

    async def respond(request: Request) -> Response:
        edition = edition_of(request)
        given = Given(parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True))
        given.known(resource.known)
        form = (chosen(given, resource.formats, suffix) if resource.formats else None) or accepted(request)
        for_excel = excel(given, form) if "csv" in resource.formats else False
        answer = resource.respond(Asked(edition, request.path_params, given, form, origin(request)))
        return await _delivered(request, answer, form, for_excel=for_excel)

    return respond


async def _delivered(request: Request, answer: Answer, form: str, *, for_excel: bool) -> Response:
    parts = _parts(answer.write(form, excel=for_excel))
    begun: list[bytes] = []
    size = 0
    async for part in parts:
        begun.append(part)
        size += len(part)
        if size > BUFFERED:
            rest = _rest(b"".join(begun), parts)
            headers = _described(answer, form, for_excel=for_excel, digest="")
            streamed = Export(request.app.state.exports, rest, headers=headers, media_type=FORMATS[form].media_type)
            return stream(request, streamed, answer.edition, answer.address(form, excel=for_excel))
    body = b"".join(begun)
    content = sha256(body).hexdigest()
    headers = _described(answer, form, for_excel=for_excel, digest=f"#sha256={content}")
    response = Response(body, headers=headers, media_type=FORMATS[form].media_type)
    return deliver(request, response, answer.edition, request.app.state.variants, content)


async def _parts(written: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Yield an answer in parts, giving way to other requests between them."""
    while True:
        pieces = list(islice(written, PIECES))
        yield b"".join(pieces)
        if len(pieces) < PIECES:
            return
        await checkpoint()


async def _rest(begun: bytes, parts: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield begun
    async for part in parts:
        yield part


def _described(answer: Answer, form: str, *, for_excel: bool, digest: str) -> dict[str, str]:
    """Return headers that say what the body does not: the release, the pages around, how to cite it, a file's name."""
    canonical = answer.address(form, excel=for_excel)
    long = len(canonical) > LONG
    links = [
        (answer.address(form, relation, excel=for_excel), relation)
        for relation in answer.pages
        if relation == "next" or not long
    ]
    if not long:
        links.append((canonical, "canonical"))
    # A bibliography is not itself what is cited.
    links.append((answer.address("") if form in CITING else f"{canonical}{digest}", "cite-as"))
    links += LINKS
    described = csvw.PATHS.get(answer.path.strip("/"))
    if form == "csv" and described:
        links.append((pinned(answer.edition.release.version) + described, "describedby"))
    headers = {RELEASE_HEADER: answer.edition.release.version, "Vary": "Accept", "Link": link(*links)}
    if FORMATS[form].extension:
        headers["Content-Disposition"] = f'attachment; filename="{answer.file(form)}"'
    return headers
