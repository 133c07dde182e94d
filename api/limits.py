"""What the server takes at most, and what happens beyond: one table, which `GET /v1/limits` and the README show."""

from dataclasses import dataclass

from api.errors import KINDS
from dataset import canonical
from dataset.filter import MAX_LENGTH
from dataset.parameters import AFTER, LONGEST
from dataset.query import MAX_LIMIT
from schema import limits as graphql


@dataclass(frozen=True)
class Limits:
    """The limits that an operator may set."""

    url: int = 8_192
    """Bytes of a request's path and query."""
    headers: int = 16_384
    """Bytes of the names and values of a request's headers."""
    header_lines: int = 100
    """Headers of a request."""
    body: int = 1_000_000
    """Bytes of a request's body."""
    exports: int = 8
    """Answers that are streamed at the same time by one worker."""
    exports_waiting: int = 16
    """Answers that wait to be streamed."""


DEFAULT = Limits()


@dataclass(frozen=True)
class Limit(graphql.Limit):
    """One limit; `code` is the kind of problem by which a request beyond it is refused, or that of GraphQL's error."""

    @property
    def status(self) -> int | None:
        """The status of the refusal; None where GraphQL's error says it, with 200 or 400 by the media type."""
        return KINDS[self.code].status if self.code in KINDS else None


def table(limits: Limits = DEFAULT) -> tuple[Limit, ...]:
    """Return every limit that there is."""
    return (
        Limit("url", limits.url, "bytes", "uri-too-long", "The path and the query of a request."),
        Limit(
            "headers", limits.headers, "bytes", "headers-too-large", "The names and the values of a request's headers."
        ),
        Limit("header_lines", limits.header_lines, "headers", "headers-too-large", "The headers of a request."),
        Limit(
            "body",
            limits.body,
            "bytes",
            "content-too-large",
            "The body of a request, announced or not; no more than that is read.",
        ),
        Limit("parameter", LONGEST, "characters", "invalid-parameter", "The value of any parameter."),
        Limit("filter", MAX_LENGTH, "characters", "invalid-parameter", "One value of a filter, and of `q`."),
        Limit(
            "filter_values", MAX_LIMIT, "values", "invalid-parameter", "The values of one filter, and the ids of `ids`."
        ),
        Limit("cursor", AFTER.schema["maxLength"], "characters", "invalid-parameter", "A cursor."),
        Limit("page", MAX_LIMIT, "records", "invalid-parameter", "The records of a page, unless `limit=all`."),
        Limit(
            "exports",
            limits.exports,
            "answers",
            "busy",
            "Long answers (`limit=all`) that one worker sends at the same time; others wait for their turn.",
        ),
        Limit(
            "exports_waiting",
            limits.exports_waiting,
            "answers",
            "busy",
            "Long answers that wait for their turn in one worker; `Retry-After` says when to try again.",
        ),
        Limit(
            "json_nesting",
            canonical.MAX_NESTING,
            "levels",
            "BAD_REQUEST",
            "Arrays and objects within one another in the JSON of a GraphQL request, by status 400.",
        ),
        *(Limit(**vars(row)) for row in graphql.LIMITS),
    )
