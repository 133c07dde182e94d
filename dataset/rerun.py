"""Running a cited address again: the answer that a release gives at it, and whether it is the one that was cited.

An address to cite is pinned to a release and ends with the digest of its answer, `#sha256=…`, as the `cite-as` link of
an answer has it. Whoever has the release can run it again, without a server and without a network.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import parse_qsl, unquote, urlsplit

from dataset.address import PINNED, matched, pinned
from dataset.answer import RetiredRecordError, UnknownRecordError, chosen, excel
from dataset.catalog import Catalog
from dataset.export import FORMATS
from dataset.parameters import Given
from dataset.query import QueryError
from dataset.resource import Asked, Resource
from dataset.resources import RESOURCES

MAX_LENGTH = 10_000  # characters


class AddressError(ValueError):
    """The address is none that can be run again; the message says why."""


@dataclass(frozen=True)
class Rerun:
    """What came of running an address again."""

    address: str
    """The address in the one way in which it is cited, with the answer's digest."""
    sha256: str
    """The digest of the answer."""
    cited: str | None
    """The digest that the address was cited with."""

    @property
    def same(self) -> bool:
        """Whether the answer is the one that was cited."""
        return self.sha256 == self.cited


def rerun(catalog: Catalog, address: str, resources: Sequence[Resource] = RESOURCES) -> Rerun:
    """Run an address again. Raises AddressError."""
    if len(address) > MAX_LENGTH:
        raise AddressError(f"an address has at most {MAX_LENGTH} characters")
    try:
        address.encode()
        parts = urlsplit(address)
    except ValueError as error:
        raise AddressError(f"is no address: {error}") from error
    cited = parts.fragment.removeprefix("sha256=") if parts.fragment.startswith("sha256=") else None
    version, path = _release(unquote(parts.path))
    if version not in catalog.editions:
        raise AddressError(f"there is no release {version}; there are: {', '.join(catalog.editions)}")
    resource, names, suffix = _resource(path, resources)
    given = Given(parse_qsl(parts.query, keep_blank_values=True))
    origin = f"{parts.scheme}://{parts.netloc}".removeprefix(":") if parts.netloc else ""
    try:
        given.known(resource.known)
        form = (chosen(given, resource.formats, suffix) if resource.formats else None) or ""
        for_excel = excel(given, form) if "csv" in resource.formats else False
        answer = resource.respond(Asked(catalog.editions[version], names, given, form, origin))
    except QueryError as error:
        raise AddressError(str(error)) from error
    except UnknownRecordError as error:
        raise AddressError(f"release {version} has no such record in {error}") from error
    except RetiredRecordError as error:
        raise AddressError(f"the record went away: {error.stone.reason}") from error
    digest = sha256()
    for part in answer.write(form, excel=for_excel):
        digest.update(part)
    found = digest.hexdigest()
    return Rerun(f"{origin}{answer.address(form, excel=for_excel)}#sha256={found}", found, cited)


def _release(path: str) -> tuple[str, str]:
    """Return the version that a path is pinned to, and the rest of the path."""
    before, mark, after = path.partition(PINNED.partition("{")[0])
    version, _, rest = after.partition("/")
    if not mark or before.strip("/") or not rest:
        raise AddressError(f"must lead below a release, such as {pinned('1.0.0')}/events")
    return version, f"/{rest}"


def _resource(path: str, resources: Sequence[Resource]) -> tuple[Resource, dict[str, str], str]:
    stem, dot, suffix = path.rpartition(".")
    for resource in resources:
        names = matched(resource.path, path)
        if names is not None:
            return resource, names, ""
        names = matched(resource.path, stem) if dot and suffix in FORMATS and suffix in resource.formats else None
        if names is not None:
            return resource, names, suffix
    if path.startswith("/queries/") and resources is RESOURCES:
        raise AddressError("is a saved query: `python -m schema cite-check` runs it again")
    raise AddressError("is answered by a server only, not by the release alone, or by nothing at all")
