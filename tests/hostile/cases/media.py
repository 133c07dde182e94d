"""Bodies of the wrong media type, batches, uploads, and Accept headers that make no sense."""

import json
from collections.abc import Iterator

from tests.hostile.case import BAD_REQUEST, GRAPHQL_JSON, PASSES, Case, Family, Request, case, get, posting

_RIGHT = b'{"query": "{ release { version } }"}'


def _bodies() -> Iterator[Case]:
    form = "application/x-www-form-urlencoded"
    for kind in (
        "",
        "text/plain",
        "text/html",
        form,
        "multipart/form-data",
        "application/graphql",
        "application/xml",
        "json",
        "application/jsonx",
        "application/json+x",
        "text/json",
        "application/ld+json",
        "*/*",
        "application/*",
        "/",
        "application/octet-stream",
        "application/json, text/plain",
        "text/plain; application/json",
        "image/png",
        "application/x-yaml",
        "application/msgpack",
        "application/x-python-pickle",
        "application\\json",
        "a" * 8_000,
        "application/json" + "x" * 1_000,
        "text/plain;charset=utf-8, application/json",
    ):
        shown = kind if len(kind) < 50 else f"{kind[:20]}… of {len(kind)} characters"
        yield posting(f"a body of {shown!r}", _RIGHT, BAD_REQUEST, kind=kind, status=415)
    for kind in ("application/json", "APPLICATION/JSON", "application/json;charset=UTF-8", " application/json ;a=b"):
        yield posting(f"a body of {kind!r}", _RIGHT, PASSES, kind=kind)
    yield posting("a form", b"query=%7B__typename%7D", BAD_REQUEST, kind=form, status=415)
    yield posting("a pickle", b"cos\nsystem\n(S'id'\ntR.", BAD_REQUEST)
    yield posting(
        "an entity bomb",
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;">]><a>&d;</a>',
        BAD_REQUEST,
        kind="application/xml",
        status=415,
    )


def _uploads() -> Iterator[Case]:
    multipart = "multipart/form-data; boundary=b"
    operations = json.dumps({"query": "query ($f: Upload!) { release { version } }", "variables": {"f": None}})
    parts = {"operations": operations, "map": '{"0": ["variables.f"]}', "0": "a file"}
    body = "".join(f'--b\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in parts.items())
    yield posting("an upload", (body + "--b--\r\n").encode(), BAD_REQUEST, kind=multipart, status=415)
    yield posting(
        "ten thousand parts",
        b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n' * 10_000,
        BAD_REQUEST,
        kind=multipart,
        status=415,
    )
    yield posting("parts without end", b"--b\r\n" + b"X: y\r\n" * 100_000, BAD_REQUEST, kind=multipart, status=415)
    yield posting("parts without a boundary", body.encode(), BAD_REQUEST, kind="multipart/form-data", status=415)
    yield posting("an upload that says it is JSON", body.encode(), BAD_REQUEST)


def _batches() -> Iterator[Case]:
    for count in (0, 1, 2, 100, 20_000):
        yield posting(f"a batch of {count}", b"[" + b", ".join([_RIGHT] * count) + b"]", BAD_REQUEST)
    yield posting("lines of requests", (_RIGHT + b"\n") * 100, BAD_REQUEST)
    yield posting("a query that is a list", b'{"query": ["{ __typename }", "{ __typename }"]}', BAD_REQUEST)
    yield posting("variables that are a list", b'{"query": "{ __typename }", "variables": [{}, {}]}', BAD_REQUEST)


def _accepts() -> Iterator[Case]:
    for accept in (
        "text/html",
        "image/png",
        "application/xml",
        "text/plain",
        "application/json;q=0",
        "nothing",
        "application/jsonx",
        "a" * 8_000,
        "text/*",
        "application/json;q=0, */*;q=0",
    ):
        shown = accept if len(accept) < 40 else f"{accept[:5]}… of {len(accept)} characters"
        yield posting(f"an answer in {shown!r}", _RIGHT, BAD_REQUEST, accept=accept, status=406)
        target = "/v1/problems"
        yield get(f"problems in {shown!r}", target, "not-acceptable", headers=(("Accept", accept),))
    for accept in (
        "*/*",
        "application/*",
        GRAPHQL_JSON,
        "application/json;q=0.1",
        "text/html, */*;q=0.1",
        ", ".join(["text/html"] * 300) + ", application/json",
        "application/json;" + "a=b;" * 500,
    ):
        shown = accept if len(accept) < 40 else f"{accept[:12]}… of {len(accept)} characters"
        yield posting(f"an answer in {shown!r}", _RIGHT, PASSES, accept=accept)
    for accept in (
        ",",
        ";",
        ";;;q=",
        "application/json;q=2",
        "application/json;q=-1",
        "application/json;q=NaN",
        "application/json;q=1e400",
        "application/json;q=" + "1" * 5_000,
        "*",
        "*/json",
        "application/json;q=١",
        'application/json;a="',
        "\t,\t",
        "," * 5_000,
        ", " * 3_000 + "application/json",
    ):
        shown = accept if len(accept) < 40 else f"{accept[:12]}… of {len(accept)} characters"
        given = accept.encode().decode("latin-1")
        found = Request("/v1/events?limit=1", headers=(("Accept", given),))
        yield case(f"an event in {shown!r}", found, PASSES, "not-acceptable")


FAMILY = Family("media", (_bodies, _uploads, _batches, _accepts))
