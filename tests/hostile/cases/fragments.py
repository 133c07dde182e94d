"""Fragments in circles, in graphs that double, and in great numbers."""

from collections.abc import Iterator

from tests.hostile.case import FLOODED, PARSE_FAILED, PASSES, VALIDATION_FAILED, Case, Family, asking

_ROOT = '{ event(id: "evt-blackouts") { ...F0 } } '
_REFUSED = (VALIDATION_FAILED, *FLOODED)


def circle(length: int, field: str = "") -> str:
    """Return a document of fragments that spread one another in a circle."""
    inside = "%s { ...F%d id }" if field else "%s...F%d id"
    return _ROOT + " ".join(f"fragment F{i} on Event {{ {inside % (field, (i + 1) % length)} }}" for i in range(length))


def doubling(length: int, inside: str = "...F{n} ...F{n}", end: str = "id") -> str:
    """Return a document of fragments, each of which spreads the next one twice."""
    found = [f"fragment F{i} on Event {{ {inside.format(n=i + 1)} }}" for i in range(length)]
    return _ROOT + " ".join([*found, f"fragment F{length} on Event {{ {end} }}"])


def _circles() -> Iterator[Case]:
    for length in (1, 2, 3, 10, 50, 120, 500, 5_000):
        yield asking(f"a circle of {length} fragments", circle(length), *_REFUSED)
        yield asking(f"a circle of {length} fragments through a field", circle(length, "partOf"), *_REFUSED)
    yield asking(
        "two circles that share a fragment",
        _ROOT + "fragment F0 on Event { ...F1 ...F2 } fragment F1 on Event { ...F0 } fragment F2 on Event { ...F0 }",
        VALIDATION_FAILED,
    )
    complete = " ".join(f"fragment F{i} on Event {{ {' '.join(f'...F{j}' for j in range(12))} }}" for i in range(12))
    yield asking("twelve fragments that all spread all", _ROOT + complete, *_REFUSED)
    yield asking(
        "a circle through an inline fragment",
        _ROOT + "fragment F0 on Event { ... on Event { ... on Node { ...F0 } } }",
        VALIDATION_FAILED,
    )
    yield asking("a circle that nothing spreads", "{ release { version } } fragment F on Event { ...F }", *_REFUSED)
    yield asking("a circle at the root", "{ ...Q } fragment Q on Query { ...Q }", VALIDATION_FAILED)


def _graphs() -> Iterator[Case]:
    for length in (3, 8):
        yield asking(f"fragments that double {length} times", doubling(length), PASSES)
    for length in (16, 20, 24, 30, 40, 60, 100, 150, 400):
        yield asking(f"fragments that double {length} times", doubling(length), PASSES, *FLOODED)
        aliased = doubling(length, "a{n}: id ...F{n} b{n}: id ...F{n}")
        yield asking(f"fragments with aliases that double {length} times", aliased, PASSES, *FLOODED)
        fields = doubling(length, "a: partOf {{ ...F{n} }} b: partOf {{ ...F{n} }}")
        yield asking(f"fields that double {length} times", fields, *FLOODED)
        lists = doubling(length, "parts(first: 100) {{ nodes {{ ...F{n} }} }}")
        yield asking(f"pages in pages {length} times", lists, *FLOODED)
        conditions = doubling(length, "...F{n} @include(if: true) ...F{n} @skip(if: false)")
        yield asking(f"conditions that double {length} times", conditions, PASSES, *FLOODED)
    ten = " ".join(f"fragment F{i} on Event {{ {f'...F{i + 1} ' * 10} }}" for i in range(12))
    yield asking(
        "fragments that are ten times as many, twelve times",
        f"{_ROOT}{ten} fragment F12 on Event {{ id }}",
        PASSES,
        *FLOODED,
    )
    types = "fragment T{} on __Type {{ a: ofType {{ ...T{} }} b: ofType {{ ...T{} }} }}"
    for length in (10, 30, 60):
        kinds = " ".join(types.format(i, i + 1, i + 1) for i in range(length))
        document = f"{{ __schema {{ types {{ ...T0 }} }} }} {kinds} fragment T{length} on __Type {{ name }}"
        yield asking(f"types that double {length} times", document, *((PASSES,) if length < 30 else ()), *_REFUSED)


def _many() -> Iterator[Case]:
    for count in (200, 1_000, 10_000):
        found = " ".join(f"fragment F{i} on Event {{ id }}" for i in range(count))
        spread = " ".join(f"...F{i}" for i in range(count))
        yield asking(f"{count} fragments", f'{{ event(id: "evt-blackouts") {{ {spread} }} }} {found}', *FLOODED)
        yield asking(f"{count} fragments that nothing spreads", f"{{ release {{ version }} }} {found}", *_REFUSED)
        same = f"fragment F0 on Event {{ {'...F1 ' * count} }} fragment F1 on Event {{ id }}"
        yield asking(f"a fragment that is spread {count} times", _ROOT + same, PASSES, *FLOODED)
        inline = "... on Event { id } " * count
        yield asking(f"{count} inline fragments", f'{{ event(id: "evt-blackouts") {{ {inline} }} }}', PASSES, *FLOODED)
        unknown = " ".join(f"...X{i}" for i in range(count))
        yield asking(
            f"{count} fragments that are not there", f'{{ event(id: "evt-blackouts") {{ {unknown} }} }}', *_REFUSED
        )
        twice = "fragment F0 on Event { id } " * count
        yield asking(f"one fragment {count} times", _ROOT + twice, *_REFUSED)
    yield asking("a fragment on no type", _ROOT + "fragment F0 on Nothing { id }", VALIDATION_FAILED)
    yield asking("a fragment on an input", _ROOT + "fragment F0 on EventFilter { id }", VALIDATION_FAILED)
    yield asking("a fragment that cannot apply", _ROOT + "fragment F0 on Figure { id }", VALIDATION_FAILED)
    yield asking(
        "a fragment that is called on",
        "{ ...on } fragment on on Query { release { version } }",
        PARSE_FAILED,
        VALIDATION_FAILED,
    )
    yield asking("only a fragment", "fragment F on Event { id }", VALIDATION_FAILED)
    yield asking("a fragment with variables", _ROOT + "fragment F0($a: Int = 1) on Event { id }", PARSE_FAILED)


FAMILY = Family("fragments", (_circles, _graphs, _many))
