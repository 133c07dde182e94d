"""Too many aliases, directives, fields, arguments, operations, tokens and comments."""

from collections.abc import Iterator

from tests.hostile.case import (
    BAD_USER_INPUT,
    FLOODED,
    PARSE_FAILED,
    PASSES,
    TOO_LARGE,
    UNUSABLE,
    VALIDATION_FAILED,
    Case,
    Family,
    asking,
)

COUNTS = (500, 2_000, 20_000)
_REFUSED = (VALIDATION_FAILED, *FLOODED)


def _aliases() -> Iterator[Case]:
    for count in (300, *COUNTS):
        yield asking(
            f"{count} aliases of the release",
            "{ " + " ".join(f"a{i}: release {{ version }}" for i in range(count)) + " }",
            *FLOODED,
        )
        yield asking(
            f"{count} aliases of a field",
            "{ release { " + " ".join(f"a{i}: version" for i in range(count)) + " } }",
            *FLOODED,
        )
        yield asking(
            f"{count} aliases of a page",
            "{ " + " ".join(f"a{i}: events(first: 100) {{ nodes {{ id }} }}" for i in range(count)) + " }",
            *FLOODED,
        )
        yield asking(
            f"{count} aliases of one name",
            "{ release { " + " ".join(f"a: {'version' if i % 2 else 'title'}" for i in range(count)) + " } }",
            *_REFUSED,
        )
        yield asking(
            f"{count} root fields",
            "{ " + " ".join(f"a{i}: __typename" for i in range(count)) + " }",
            *FLOODED,
        )
        yield asking(f"{count} times one field", "{ release { " + "version " * count + "} }", PASSES, *FLOODED)
        yield asking(f"{count} times one root field", "{" + " __typename" * count + " }", PASSES, *FLOODED)


def _directives() -> Iterator[Case]:
    for count in (100, *COUNTS):
        yield asking(f"{count} times @skip", "{ release { version" + " @skip(if: false)" * count + " } }", *_REFUSED)
        yield asking(f"{count} unknown directives", "{ release { version" + " @a" * count + " } }", *_REFUSED)
        many = " ".join(f"@d{i}" for i in range(count))
        yield asking(f"{count} different unknown directives", f"{{ release {{ version {many} }} }}", *_REFUSED)
        yield asking(
            f"{count} directives on the operation", "query" + " @skip(if: true)" * count + " { __typename }", *_REFUSED
        )
        fields = " ".join(f"a{i}: version @include(if: true)" for i in range(count))
        yield asking(f"{count} fields with a directive each", f"{{ release {{ {fields} }} }}", PASSES, *FLOODED)


def _definitions() -> Iterator[Case]:
    for count in (100, *COUNTS):
        operations = " ".join(f"query Q{i} {{ release {{ version }} }}" for i in range(count))
        yield asking(f"{count} operations, none named", operations, UNUSABLE, *_REFUSED)
        nameless = "{ release { version } } " * count
        yield asking(f"{count} operations without a name", nameless, *_REFUSED)
        variables = ", ".join(f"$v{i}: Int" for i in range(count))
        yield asking(f"{count} variables that nothing uses", f"query ({variables}) {{ __typename }}", *_REFUSED)
        same = ", ".join(["$v: Int"] * count)
        yield asking(f"one variable {count} times", f"query ({same}) {{ __typename }}", *_REFUSED)
        arguments = ", ".join(f"a{i}: 1" for i in range(count))
        yield asking(f"{count} unknown arguments", f"{{ events({arguments}) {{ totalCount }} }}", *_REFUSED)
        again = ", ".join(["first: 1"] * count)
        yield asking(f"one argument {count} times", f"{{ events({again}) {{ totalCount }} }}", *_REFUSED)
        unknown = " ".join(f"nothing{i}" for i in range(count))
        yield asking(f"{count} unknown fields", f"{{ {unknown} }}", *_REFUSED)
        close = " ".join(f"event{i}" for i in range(count))
        yield asking(f"{count} fields that are almost right", f"{{ {close} }}", *_REFUSED)
        terms = ", ".join(["CLOSUR"] * count)
        yield asking(
            f"{count} terms that are almost right",
            f"{{ events(filter: {{kind: [{terms}]}}) {{ totalCount }} }}",
            *_REFUSED,
        )
        right = ", ".join(["CLOSURE"] * count)
        yield asking(
            f"{count} times one term",
            f"{{ events(filter: {{kind: [{right}]}}) {{ totalCount }} }}",
            PASSES,
            BAD_USER_INPUT,
            *FLOODED,
        )
        keys = ", ".join(f"k{i}: 1" for i in range(count))
        yield asking(f"{count} unknown filters", f"{{ events(filter: {{{keys}}}) {{ totalCount }} }}", *_REFUSED)
        ids = ", ".join(f'"evt-{i}"' for i in range(count))
        yield asking(
            f"{count} ids in the document", f"{{ nodes(ids: [{ids}]) {{ id }} }}", PASSES, BAD_USER_INPUT, *FLOODED
        )


def _characters() -> Iterator[Case]:
    end = "{ release { version } }"
    for count in (5_000, 100_000, 900_000):
        yield asking(f"{count} commas", "," * count + end, PASSES, *FLOODED)
        yield asking(f"{count} spaces", " " * count + end, PASSES, *FLOODED)
        yield asking(f"{count // 4} comments", "#\n" * (count // 4) + end, PASSES, *FLOODED)
        yield asking(f"a comment of {count} characters", "#" * count + "\n" + end, PASSES, *FLOODED)
        yield asking(f"{count} exclamation marks", "!" * count, PARSE_FAILED, *FLOODED)
        yield asking(f"{count} dots", "{" + "." * count, PARSE_FAILED, *FLOODED)
        yield asking(f"{count} ampersands", "&" * count, PARSE_FAILED, *FLOODED)
        yield asking(f"a name of {count} letters", "{ " + "a" * count + " }", *_REFUSED)
        yield asking(f"a variable of {count} letters", "query ($" + "a" * count + ": Int) { __typename }", *_REFUSED)
        yield asking(f"an alias of {count} letters", "{ " + "a" * count + ": __typename }", PASSES, *FLOODED)
        yield asking(
            f"a number of {count} digits",
            "{ events(first: " + "9" * count + ") { totalCount } }",
            BAD_USER_INPUT,
            PARSE_FAILED,
            *_REFUSED,
        )
        yield asking(
            f"a fraction of {count} digits",
            "{ events(first: 1." + "9" * count + ") { totalCount } }",
            PARSE_FAILED,
            *_REFUSED,
        )
        yield asking(
            f"a string of {count} letters",
            '{ node(id: "' + "a" * count + '") { id } }',
            PASSES,
            BAD_USER_INPUT,
            *FLOODED,
        )
        yield asking(
            f"a block string of {count // 4} words",
            '{ node(id: """' + " a\t" * (count // 4) + '""") { id } }',
            PASSES,
            BAD_USER_INPUT,
            PARSE_FAILED,
            *FLOODED,
        )
        yield asking(
            f"a string of {count} letters that does not end", '{ node(id: "' + "a" * count, PARSE_FAILED, *FLOODED
        )
        yield asking(
            f"a block string of {count // 2} quotes", "{ node(id: " + '"' * (count // 2) + " }", PARSE_FAILED, *_REFUSED
        )
        yield asking(
            f"{count // 8} escapes",
            '{ node(id: "' + "\\u0061" * (count // 8) + '") { id } }',
            PASSES,
            BAD_USER_INPUT,
            *FLOODED,
        )


def _costs() -> Iterator[Case]:
    page = (
        "nodes { parts(first: 100) { nodes { parts(first: 100) { nodes { parts(first: 100) { nodes { id } } } } } } }"
    )
    yield asking("a hundred of a hundred of a hundred", f"{{ events(first: 100) {{ {page} }} }}", TOO_LARGE)
    yield asking(
        "edges and nodes of everything",
        f"{{ events(first: 100) {{ {page} e: edges {{ node {{ id }} }} }} }}",
        TOO_LARGE,
    )
    yield asking(
        "a page by a variable",
        "query ($n: Int!) { events(first: $n) { " + page.replace("100", "$n") + " } }",
        TOO_LARGE,
        variables={"n": 100},
    )
    yield asking(
        "a page by a variable's default",
        "query ($n: Int = 100) { events(first: $n) { " + page.replace("100", "$n") + " } }",
        TOO_LARGE,
    )
    yield asking(
        "a page by a variable that is a fraction",
        "query ($n: Int!) { events(first: $n) { " + page.replace("100", "$n") + " } }",
        TOO_LARGE,
        variables={"n": 100.0},
    )
    yield asking(
        "a page that is too large twenty times",
        "{ "
        + " ".join(
            f"a{i}: citations(first: 100) {{ nodes {{ events(first: 100) {{ nodes {{ id }} }} }} }}" for i in range(20)
        )
        + " }",
        *FLOODED,
    )
    changes = " ".join(f"a{i}: releases {{ changes {{ record old new }} }}" for i in range(45))
    yield asking("the changes of all releases 45 times", f"{{ {changes} }}", TOO_LARGE)


FAMILY = Family("floods", (_aliases, _directives, _definitions, _characters, _costs))
