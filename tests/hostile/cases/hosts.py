"""Host headers that lie, and headers by which a client may want to be someone else."""

from collections.abc import Iterator
from dataclasses import replace

from tests.hostile.case import HOST, NO_HTTP, PASSES, Case, Family, Raw, Request, case, get, malformed

_END = b"Connection: close\r\n\r\n"
_GET = b"GET /v1/events?limit=1 HTTP/1.1\r\n"


def _wrong() -> Iterator[Case]:
    for host in (
        "",
        " ",
        "a b",
        "a/b",
        "a\\b",
        "user@host",
        "user:secret@host",
        "<script>",
        'a"b',
        "a'b",
        "http://host",
        "host:port",
        "host:",
        "host:-1",
        "host:1:2",
        "host:999999",
        "[::1",
        "::1]",
        "[host]",
        "[::1]a",
        "host?x",
        "host#x",
        "a,b",
        "host, host",
        "a;b",
        "ho%00st",
        "%",
        "ho|st",
        "`id`",
        "$(id)",
        "{{7*7}}",
        "a\tb",
        ".",
        "..",
        "../..",
        "a" * 300,
        "a." * 2_000,
        "\x7f",
        "höst",
        "١.example",
        "evil.example#hostile.test",
    ):
        shown = host if len(host) < 30 else f"{host[:5]}… of {len(host)} characters"
        asked = Request("/v1/events?limit=1", host=host.encode().decode("latin-1"))
        yield case(f"the host {shown!r}", asked, "bad-host", *(NO_HTTP if host == "\x7f" else ()))
    for host in (
        "localhost",
        "localhost:8000",
        "127.0.0.1",
        "[::1]",
        "[::1]:8000",
        "A-b.Example",
        "xn--hst-sna.example",
        "evil.example",
    ):
        yield case(f"the host {host!r}", Request("/v1/events?limit=1", host=host), PASSES)
    yield case("no host", Request("/v1/events?limit=1", host=None), "bad-host")
    yield case("no host, to GraphQL", Request("/graphql?query=%7B__typename%7D", host=None), "bad-host")
    yield case("no host, to nothing", Request("/nothing", host=None), "bad-host")
    yield case("no host in HTTP/1.0", Raw((b"GET /v1 HTTP/1.0\r\n\r\n",)), "bad-host", PASSES)
    two = (("Host", HOST),)
    yield case("a host twice", Request("/v1/events", headers=two), "bad-host")
    yield case("two hosts", Request("/v1/events", headers=(("Host", "evil.example"),)), "bad-host")
    yield case("a host and an empty one", Request("/v1/events", headers=(("Host", ""),)), "bad-host")
    yield malformed("a host with a null", _GET + b"Host: a\x00b\r\n" + _END, codes=("bad-host",))
    yield malformed("a host that is folded", _GET + b"Host: a\r\n b\r\n" + _END, codes=("bad-host",))
    yield malformed(
        "a host after a line feed", _GET + b"X: a\nHost: evil.example\r\nHost: a\r\n" + _END, codes=("bad-host",)
    )


def _unbelieved() -> Iterator[Case]:
    """Yield headers that must change nothing of what is answered."""
    for name in (
        "X-Forwarded-Host",
        "X-Host",
        "Forwarded",
        "X-Original-Host",
        "X-Forwarded-Server",
        "X-HTTP-Host-Override",
        "X-Original-URL",
        "X-Rewrite-URL",
        "X-Forwarded-Prefix",
        "X-Forwarded-For",
        "X-Real-IP",
        "X-Forwarded-Proto",
        "X-Forwarded-Port",
        "Referer",
        "Origin",
        "User-Agent",
        "Cookie",
        "Authorization",
        "Via",
        "From",
    ):
        given = (("Accept", "application/json"), (name, "evil.example"))
        yield get(f"{name} of another host", "/v1/events?limit=1", PASSES, headers=given, check=_unmoved)
    for name in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
        yield get(f"{name} to DELETE", "/v1/events?limit=1", PASSES, headers=((name, "DELETE"),))


def _injected() -> Iterator[Case]:
    """Yield texts that could become lines of an answer's head; the client looks at each line of it."""
    for target in (
        "/v1",
        "/v1/events",
        "/graphql",
        "/nothing",
        "/docs",
        "/v1/sources/x",
        "/static/x",
        "/v1/events.csv",
        "/v1/lookup",
        "/v1/releases/9.9.9/events",
    ):
        for text in (
            "%0d%0aX-Injected:%20yes",
            "%0aSet-Cookie:%20a=b",
            "%0d%0a%0d%0aHTTP/1.1%20200%20OK",
            "%E5%98%8D%E5%98%8AX-Injected:1",
        ):
            codes = (PASSES, "invalid-parameter", "unknown-route", "unknown-record", "unknown-release", "BAD_REQUEST")
            yield case(f"a line in the address {target}, {text[:9]}", Request(f"{target}{text}"), *codes)
            yield case(
                f"a line in a parameter of {target}, {text[:9]}", Request(f"{target}?url={text}&q={text}"), *codes
            )
    for name in ("Origin", "Accept", "If-None-Match", "Accept-Language", "Range", "Access-Control-Request-Headers"):
        for text in (
            "a\tX-Injected: yes",
            "%0d%0aX-Injected: yes",
            "a" * 4_000,
            "\x7f",
            "é".encode().decode("latin-1"),
        ):
            asked = Request("/v1/events?limit=1", headers=((name, text),))
            yield case(f"{name} of {text[:12]!r}", asked, PASSES, "not-acceptable", *NO_HTTP)
    asked = Request(
        "/v1/events",
        "OPTIONS",
        (
            ("Origin", "https://evil.example"),
            ("Access-Control-Request-Method", "GET"),
            ("Access-Control-Request-Headers", "x, " * 1_000),
        ),
    )
    found = case("a preflight with a thousand headers", asked, PASSES, "headers-too-large", *NO_HTTP)
    yield replace(found, statuses=found.statuses | {204})


def _unmoved(reply: object) -> str:
    return "tells of another host" if "evil.example" in repr(reply) else ""


FAMILY = Family("hosts", (_wrong, _unbelieved, _injected))
