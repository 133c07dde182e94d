"""Parameters that are repeated, unknown, of another kind, or full of what no text needs."""

from collections.abc import Iterator
from urllib.parse import quote

from dataset.filter import FILTERS, Match
from tests.hostile.case import BAD_REQUEST, NO_HTTP, PASSES, VALIDATION_FAILED, Case, Family, escaped, get
from tests.hostile.cases.values import PROTOTYPES

_WRONG = "invalid-parameter"
_DIGITS = {
    "Arabic": "١٠",
    "Devanagari": "१०",
    "full-width": "１０",
    "mathematical": "𝟏𝟎",
    "superscript": "²",
    "Roman": "Ⅹ",
    "Bengali": "১",
}
_CONTROLS = {
    "null": "%00",
    "bell": "%07",
    "escape": "%1b",
    "delete": "%7f",
    "tab": "%09",
    "line feed": "%0a",
    "C1": "%c2%85",
}


def _limits() -> Iterator[Case]:
    for text in (
        "0",
        "-1",
        "101",
        "+5",
        "1_0",
        "5.0",
        "1e1",
        "0x5",
        "05.",
        " 5",
        "5 ",
        "",
        "null",
        "true",
        "NaN",
        "Infinity",
        "ALL",
        "all ",
        "all,all",
        "5,5",
        "5;5",
        "5%00",
        "%00",
        "5\n",
        "--5",
        "9" * 10,
        "9" * 400,
        "9" * 5_000,
        "[5]",
        "{}",
        "'5'",
        "5'--",
    ):
        shown = text if len(text) < 20 else f"{text[:5]}… of {len(text)} characters"
        value = text.replace("%00", "\x00")
        for target in ("/v1/events", "/v1/search?q=mines", "/v1/queries/timeline"):
            joined = "&" if "?" in target else "?"
            yield get(f"a limit of {shown!r} at {target}", f"{target}{joined}limit={escaped(value)}", _WRONG)
    for name, digits in _DIGITS.items():
        for parameter, target in {
            "limit": "/v1/events",
            "values": "/v1/events/facets",
            "date_from": "/v1/events",
            "value_min": "/v1/figures",
        }.items():
            yield get(f"{parameter} in {name} digits", f"{target}?{parameter}={escaped(digits)}", _WRONG)
    yield get("a plus for a space", "/v1/events?limit=+5", _WRONG)


def _names() -> Iterator[Case]:
    for name in (
        *PROTOTYPES,
        "",
        "limit[]",
        "limit[$ne]",
        "limit[0]",
        "limit.x",
        "LIMIT",
        "Limit",
        " limit",
        "limit ",
        "limit%00",
        "lim%69t%00",
        "filter",
        "where",
        "q[]",
        "kind[$gt]",
        "_method",
        "callback",
        "jsonp",
        "debug",
        "admin",
        "..",
        "*",
        "a" * 4_000,
        "%0d%0aX-Injected:1",
        "é",
        "١",
    ):
        shown = name if len(name) < 30 else f"{name[:5]}… of {len(name)} characters"
        given = name if "%" in name else quote(name, safe="[]$.*")
        yield get(f"the parameter {shown!r}", f"/v1/events?{given}=1", _WRONG)
        yield get(f"the parameter {shown!r} where there are none", f"/v1/problems?{given}=1", _WRONG)
    for name in ("limit", "after", "order", "format", "q", "fields"):
        for values in (("1", "2"), ("5", "5"), ("", "5"), ("5", "")):
            target = f"/v1/events?{name}={values[0]}&{name}={values[1]}"
            yield get(f"{name} of {values[0]!r} and {values[1]!r}", target, _WRONG)
    for count in (50, 500, 2_000):
        yield get(f"{count} parameters", "/v1/events?" + "&".join(f"p{i}=" for i in range(count))[:7_900], _WRONG)
        yield get(f"{count} times kind", ("/v1/events?" + "&".join(["kind=closure"] * count))[:8_100], PASSES, _WRONG)
        yield get(f"{count} times &", "/v1/events?limit=1" + "&" * count, PASSES, _WRONG)
        yield get(f"{count} times =", "/v1/events?limit=1" + "=" * count, _WRONG)
        ids = "&".join(f"ids=evt-{i}" for i in range(count))[:7_900].rpartition("&")[0]
        yield get(f"up to {count} ids", f"/v1/events?{ids}", PASSES, _WRONG)
        fields = ",".join(["id"] * count)[:7_900]
        yield get(f"up to {count} times one field", f"/v1/events?fields={fields.rstrip(',i')}", PASSES, _WRONG)
    for separator in (";", "%26", "?", "%3d", "|", "\t"):
        yield get(f"parameters parted by {separator!r}", f"/v1/events?limit=1{separator}limit=2", _WRONG, *NO_HTTP)


def _values() -> Iterator[Case]:
    for collection, filters in FILTERS.items():
        for item in filters:
            at = f"/v1/{collection}?{item.name}="
            free = item.match in (Match.TEXT, Match.WORDS)
            yield get(f"{collection}.{item.name} of 201 characters", at + "a" * 201, _WRONG)
            yield get(f"{collection}.{item.name} of 7,000 characters", at + "a" * 7_000, _WRONG)
            yield get(f"{collection}.{item.name} of nothing", at, _WRONG)
            yield get(f"{collection}.{item.name} with a null", at + "a%00b", _WRONG)
            for wrong in (
                "__proto__",
                "../../etc/passwd",
                "%27%20OR%201=1",
                "%E2%80%AE",
                "(a%2B)%2B%24",
                "%F0%9F%92%A9",
                "null",
                "-",
            ):
                yield get(
                    f"{collection}.{item.name} of {wrong}", at + wrong, *((PASSES, _WRONG) if free else (_WRONG,))
                )
    for name, control in _CONTROLS.items():
        for parameter in ("q", "kind", "order", "after", "format", "fields", "place"):
            yield get(f"{name} in {parameter}", f"/v1/events?{parameter}=a{control}b", _WRONG)
        yield get(f"{name} in a search", f"/v1/search?q=a{control}b", _WRONG)
        yield get(f"{name} in a web address", f"/v1/lookup?url=https://a{control}b/", _WRONG, PASSES)
    for name in ("order", "format", "fields", "excel"):
        for wrong in (
            *PROTOTYPES,
            "",
            "-",
            "--date",
            "id,",
            ",",
            "id,id",
            "*",
            "date desc",
            "a" * 3_000,
            "id%0a",
            "json.gz",
        ):
            shown = wrong if len(wrong) < 20 else f"{wrong[:5]}… of {len(wrong)} characters"
            codes = (PASSES, _WRONG) if name == "fields" and wrong == "id,id" else (_WRONG,)
            yield get(f"{name} of {shown!r}", f"/v1/events?{name}={wrong.replace(' ', '%20')}", *codes)


def _by_address() -> Iterator[Case]:
    """Yield documents in an address."""
    query = "query=%7B__typename%7D"
    for name, given in {
        "twice": f"{query}&{query}",
        "with an unknown parameter": f"{query}&a=b",
        "with two sets of variables": f"{query}&variables=%7B%7D&variables=%7B%7D",
        "with variables that are no JSON": f"{query}&variables=%7B",
        "with variables that are a list": f"{query}&variables=[]",
        "with a batch": "query=[%7B__typename%7D]&variables=[]&operationName[]=a",
        "with an empty query": "query=",
        "with no query": "variables=%7B%7D",
        "with __proto__": f"{query}&__proto__=1",
        "with deep variables": f"{query}&variables={'[' * 3_000}",
        "with an extension that is a list": f"{query}&extensions=[]",
        "with a digest that is none": "extensions="
        + escaped('{"persistedQuery": {"version": 1, "sha256Hash": "../.."}}'),
    }.items():
        codes = (BAD_REQUEST, "GRAPHQL_PARSE_FAILED") if name == "with a batch" else (BAD_REQUEST,)
        yield get(f"a document by address {name}", f"/graphql?{given}", *codes)
    for written in ("mutation%7Ba%7D", "subscription%7Ba%7D", "mutation%20M%7B__typename%7D"):
        yield get(f"{written} by address", f"/graphql?query={written}", VALIDATION_FAILED, BAD_REQUEST, "wrong-method")


FAMILY = Family("parameters", (_limits, _names, _values, _by_address))
