"""Texts to search for that would make a regular expression, a query language or a normaliser work for ever."""

import json
from collections.abc import Iterator

from tests.hostile.case import BAD_USER_INPUT, PASSES, Case, Family, asking, escaped, get

_TEXTS = {
    "a pattern that doubles": "(a+)+$" + "a" * 60 + "!",
    "a pattern in a pattern": "((((((((((a*)*)*)*)*)*)*)*)*)*)*b",
    "letters for a pattern": "a" * 190,
    "alternatives": "|".join(["a"] * 90),
    "stars": "*" * 180,
    "question marks": "?" * 180,
    "dots": "." * 180,
    "quotes": '"' * 180,
    "half a phrase": '"mines',
    "brackets": "(" * 180,
    "operators": "NEAR(a b) AND OR NOT mines*",
    "a column": "title: mines",
    "a minus": "-mines",
    "a caret": "^mines",
    "signs": "\\^$.|?*+()[{",
    "a hundred words": " ".join(["mi"] * 66),
    "a hundred different words": " ".join(chr(97 + i % 26) + chr(97 + i // 26) for i in range(66)),
    "one letter a hundred times": " ".join(["a"] * 100),
    "spaces": " " * 199,
    "no word": "!!! ??? ---",
    "accents without a letter": "\u0301" * 150,
    "a letter with many accents": "e" + "\u0301" * 190,
    "Hangul that decomposes": "\uac01" * 190,
    "a ligature that grows": "\ufdfa" * 190,
    "Turkish letters": "İıĞğ" * 40,
    "sharp s": "ß" * 190,
    "marks of direction": "\u202e\u202dmines\u202c",
    "no-break spaces": "\u00a0" * 50 + "mines",
    "zero width": "m\u200bi\u200bn\u200be\u200bs",
    "emoji that are joined": "👨‍👩‍👧‍👦" * 20,
    "beyond the first plane": "𝓶𝓲𝓷𝓮𝓼",
    "private use": "\ue000" * 100,
    "no characters": "\ufffe\uffff",
    "digits of many scripts": "١٢٣ १२३ １２３",
    "full-width letters": "ｍｉｎｅｓ",
    "Kazakh letters": "әғқңөұүһі" * 20,
    "a statement": "'; DROP TABLE events; --",
    "a script": "<script>alert(document.cookie)</script>",
    "a template": "{{config}} ${jndi:ldap://evil.example/a} #{7*7}",
    "a format": "%s %n %x {0.__class__.__mro__}",
    "a path": "../../../../etc/passwd",
    "a command": "$(id) `id` | id",
    "a prototype": "__proto__ constructor",
}
_ADDRESSES = (
    "a",
    "://",
    "http://",
    "https://" + "a" * 1_900,
    "https://" + "a." * 900 + "b/",
    "https://a/" + "%25" * 600,
    "https://a/?" + "a=b&" * 480,
    "javascript:alert(1)",
    "file:///etc/passwd",
    "https://[::1]/",
    "https://[/",
    "https://a:99999/",
    "https://user:pw@a/",
    "https://a@b@c/",
    "https://xn--/",
    "https://ａ.example/",
    "https://a/#" + "#" * 500,
    "http://169.254.169.254/latest/meta-data/",
    "gopher://a:70/_",
    "https://a\\b/",
    "https://web.archive.org/web/" + "https://web.archive.org/web/" * 60,
    "https://a/" + "../" * 600,
    "https://١.example/",
    "data:,a",
    "https://a/ b",
    "https://www." + "www." * 400 + "a/",
    "https://a/amp" + "/amp" * 480,
    "https://a/?" + "utm_source=b&" * 140,
    "https://a/" + "/" * 1_900,
)


def _cases() -> Iterator[Case]:
    search = (
        "query ($q: String!) { search(query: $q, first: 100) { totalCount "
        "nodes { score highlights { fragments { text } } } } }"
    )
    filtered = (
        "query ($q: String!) { events(filter: {q: $q}) { totalCount } entities(filter: {name: $q}) { totalCount } }"
    )
    for name, text in _TEXTS.items():
        yield get(f"a search for {name}", f"/v1/search?q={escaped(text)}", PASSES, "invalid-parameter")
        yield get(f"events with {name}", f"/v1/events?q={escaped(text)}", PASSES, "invalid-parameter")
        yield get(f"a name of {name}", f"/v1/entities?name={escaped(text)}", PASSES, "invalid-parameter")
        yield get(f"facets of {name}", f"/v1/events/facets?q={escaped(text)}", PASSES, "invalid-parameter")
        yield asking(f"GraphQL's search for {name}", search, PASSES, BAD_USER_INPUT, variables={"q": text})
        yield asking(f"GraphQL's filters by {name}", filtered, PASSES, BAD_USER_INPUT, variables={"q": text})
        yield get(f"an event called {name}", f"/v1/events/{escaped(text)}", "unknown-record", "unknown-route")
    for address in _ADDRESSES:
        shown = address if len(address) < 40 else f"{address[:24]}… of {len(address)} characters"
        yield get(f"the article {shown}", f"/v1/lookup?url={escaped(address)}", PASSES, "invalid-parameter")
        yield asking(
            f"GraphQL's article {shown}", f"{{ lookup(url: {json.dumps(address)}) {{ id }} }}", PASSES, BAD_USER_INPUT
        )


FAMILY = Family("searching", (_cases,))
