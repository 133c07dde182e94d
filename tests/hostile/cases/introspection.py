"""Introspection that is asked for over and over."""

from collections.abc import Iterator

from graphql import get_introspection_query

from tests.hostile.case import FLOODED, PASSES, VALIDATION_FAILED, Case, Family, asking

_BOUNDED = (VALIDATION_FAILED, *FLOODED)


def _cases() -> Iterator[Case]:
    for levels in (3, 4, 6, 8, 12, 30, 200):
        for field, then in (("fields", "type"), ("inputFields", "type"), ("possibleTypes", ""), ("interfaces", "")):
            opening = f"{field} {{ {f'{then} {{ ' if then else ''}" * levels
            closing = f" {'} ' if then else ''}}}" * levels
            yield asking(
                f"{levels} levels of {field}",
                f"{{ __schema {{ types {{ {opening}name{closing} }} }} }}",
                *((PASSES,) if levels < 4 else ()),
                *_BOUNDED,
            )
    for levels in (20, 200, 900):
        yield asking(
            f"{levels} levels of types in types",
            "{ __schema { types { " + "ofType { " * levels + "name" + " }" * levels + " } } }",
            *((PASSES,) if levels < 30 else ()),
            *_BOUNDED,
        )
    for count in (100, 400, 2_000):
        types = "types { name description fields { name description type { name } } }"
        yield asking(
            f"the schema {count} times",
            "{ " + " ".join(f"a{i}: __schema {{ {types} }}" for i in range(count)) + " }",
            *_BOUNDED,
        )
        yield asking(
            f"the types {count} times",
            "{ __schema { " + " ".join(f"a{i}: {types}" for i in range(count)) + " } }",
            *_BOUNDED,
        )
        yield asking(
            f"a type {count} times",
            "{ " + " ".join(f'a{i}: __type(name: "Event") {{ fields {{ name }} }}' for i in range(count)) + " }",
            *_BOUNDED,
        )
    named = get_introspection_query(descriptions=True)
    again = named.replace(
        "query IntrospectionQuery {",
        "query IntrospectionQuery { "
        + " ".join(f"a{i}: __schema {{ types {{ ...FullType }} directives {{ name }} }}" for i in range(30)),
        1,
    )
    yield asking("the whole introspection thirty times", again, *_BOUNDED)
    for name in ("__proto__", "", "Event\x00", "a" * 5_000, "../Event", "Query!", "[Event]", "Кошка"):
        yield asking(
            f"the type {name[:10]!r}",
            "query ($n: String!) { __type(name: $n) { name } }",
            PASSES,
            variables={"n": name},
        )
    doubled = "fragment T{} on __Type {{ fields {{ type {{ ...T{} }} }} }}"
    for length in (2, 4, 20):
        kinds = " ".join(doubled.format(i, i + 1) for i in range(length))
        yield asking(
            f"fields of fields in {length} fragments",
            f"{{ __schema {{ types {{ ...T0 }} }} }} {kinds} fragment T{length} on __Type {{ name }}",
            *((PASSES,) if length < 3 else ()),
            *_BOUNDED,
        )


FAMILY = Family("introspection", (_cases,))
