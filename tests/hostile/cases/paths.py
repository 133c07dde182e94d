"""Paths that climb, that are encoded twice, and that name what is not there."""

from collections.abc import Iterator

from tests.hostile.case import NO_HTTP, PASSES, Case, Family, get

_NOWHERE = ("unknown-route", "unknown-record", "unknown-release", "invalid-parameter", "wrong-method")
_SECRETS = (b"root:", b"[project]", b"import ", b"PATH=", b"sha256=")


def _climbing() -> Iterator[Case]:
    ups = (
        "../",
        "..%2f",
        "%2e%2e/",
        "%2e%2e%2f",
        "..%5c",
        "..\\",
        "%252e%252e%252f",
        "..%c0%af",
        "....//",
        "..;/",
        "%2e%2e%5c",
        ".%2e/",
    )
    for up in ups:
        for under in ("/", "/static/", "/v1/", "/v1/events/", "/v1/releases/", "/assets/", "/docs/"):
            target = f"{under}{up * 8}etc/passwd"
            yield get(f"{target}", target, *_NOWHERE, check=_nothing_read)
        yield get(f"ours by {up}", f"/static/{up}{up}pyproject.toml", *_NOWHERE, check=_nothing_read)
        yield get(f"a module by {up}", f"/static/vendor/{up}{up}app.py", *_NOWHERE, check=_nothing_read)
        yield get(f"a release by {up}", f"/v1/releases/{up}1.0.0/manifest.json", *_NOWHERE, check=_nothing_read)
    for target in (
        "//etc/passwd",
        "/static//etc/passwd",
        "/static/%00",
        "/static/page.css%00.png",
        "/static/C:/x",
        "/static/file:///etc/passwd",
        "/.git/config",
        "/.env",
        "/api/app.py",
        "/dataset/records.py",
        "/proc/self/environ",
        "/v1/releases/1.0.0/../../../etc/passwd",
        "/static/.",
        "/static/..",
        "/static",
    ):
        yield get(target, target, *_NOWHERE, check=_nothing_read)


def _odd() -> Iterator[Case]:
    for tail in (
        "",
        "/",
        "//",
        "/.",
        "/..",
        "/%00",
        "/%0a",
        "/%20",
        "/%7f",
        "/__proto__",
        "/constructor",
        "/null",
        "/-1",
        "/1e9",
        "/evt-%00",
        "/evt-blackouts%00",
        "/evt-blackouts/",
        "/EVT-BLACKOUTS",
        "/evt-blackouts%0a",
        "/evt-blackouts.exe",
        "/evt-blackouts.json.json",
        "/" + "a" * 7_000,
        "/" + "%41" * 2_000,
        "/'%20OR%201=1",
        "/${7*7}",
        "/{{7*7}}",
        "/%F0%9F%92%A9",
        "/%ud800",
        "/%",
        "/%zz",
        "/*",
        "/../events",
        "/.json",
        "/facets/x",
        "/x.csv",
        "/;a=b",
        "/%2f",
        "/evt-blackouts%2f..",
        "/\x7f",
    ):
        shown = tail if len(tail) < 40 else f"{tail[:5]}… of {len(tail)} characters"
        codes = (PASSES,) if tail == "" else (*_NOWHERE, *NO_HTTP)
        yield get(f"/v1/events{shown}", f"/v1/events{tail}", *codes)
    for version in (
        "0.0.0",
        "9.9.9",
        "1.0",
        "1",
        "latest",
        "1.0.0%00",
        "1.0.0%20",
        "v1.0.0",
        "-1.0.0",
        "1.0.0-rc",
        "٣.0.0",
        "1.0.0%0a",
        "__proto__",
        "%2e%2e",
        "1" * 3_000,
        "1.0.0.0",
        "01.0.0",
        "1.0.00",
        "%31.0.0/%31",
        "null",
        "*",
    ):
        shown = version if len(version) < 30 else f"{version[:5]}… of {len(version)} characters"
        given = "".join(
            letter if letter.isascii() else "".join(f"%{b:02X}" for b in letter.encode()) for letter in version
        )
        yield get(f"the release {shown}", f"/v1/releases/{given}/events", *_NOWHERE)
        yield get(f"the difference to {shown}", f"/v1/releases/1.0.0/diff/{given}", *_NOWHERE)
    for depth in (50, 1_000, 3_900):
        yield get(f"{depth} segments", "/v1" + "/a" * depth, "unknown-route")
        yield get(f"{depth} empty segments", "/v1" + "/" * depth, "unknown-route")
    for name in (
        "wp-login.php",
        "admin",
        "actuator/env",
        "server-status",
        "metrics/../admin",
        "console",
        "graphql/",
        "graphiql",
        "v2/events",
        "v1/graphql",
        "api/v1/events",
        "index.php?s=/x",
        "cgi-bin/test",
        "favicon.ico",
        "robots.txt",
    ):
        target = f"/{name}"
        yield get(target, target, *_NOWHERE, *((PASSES,) if name.endswith((".ico", ".txt")) else ()))


def _nothing_read(reply: object) -> str:
    body = getattr(reply, "body", b"")
    return next((f"holds {secret!r}" for secret in _SECRETS if secret in body), "")


FAMILY = Family("paths", (_climbing, _odd))
