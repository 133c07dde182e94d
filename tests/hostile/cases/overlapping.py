"""Documents whose fields overlap, so that whoever compares all with all never ends."""

from collections.abc import Iterator

from tests.hostile.case import FLOODED, PASSES, VALIDATION_FAILED, Case, Family, asking

_EVENT = "evt-blackouts"
_ANY = (PASSES, VALIDATION_FAILED, *FLOODED)


def _cases() -> Iterator[Case]:
    for count in (50, 150, 300, 600, 1_000, 3_000, 20_000):
        same = "partOf { id } " * count
        yield asking(f"one field {count} times", f'{{ event(id: "{_EVENT}") {{ {same} }} }}', *_ANY)
        aliased = "a: partOf { id } " * count
        yield asking(f"one alias {count} times", f'{{ event(id: "{_EVENT}") {{ {aliased} }} }}', *_ANY)
        roots = f'a: event(id: "{_EVENT}") {{ id }} ' * count
        yield asking(f"one root field {count} times", f"{{ {roots} }}", *_ANY)
        different = " ".join(f"a: events(first: {i % 90}) {{ totalCount }}" for i in range(count))
        yield asking(f"one alias with {count} arguments", f"{{ {different} }}", VALIDATION_FAILED, *FLOODED)
        conflicts = " ".join(("a: id", "a: title", "a: kind")[i % 3] for i in range(count))
        yield asking(
            f"{count} fields that conflict",
            f'{{ event(id: "{_EVENT}") {{ {conflicts} }} }}',
            VALIDATION_FAILED,
            *FLOODED,
        )
        inline = "... on Event { a: id b: title } " * count
        yield asking(f"{count} inline fragments that overlap", f'{{ event(id: "{_EVENT}") {{ {inline} }} }}', *_ANY)
        nested = "".join(f"... on Node {{ ... on Event {{ a: id b{i}: id }} }} " for i in range(count))
        yield asking(
            f"{count} fragments in fragments that overlap", f'{{ event(id: "{_EVENT}") {{ {nested} }} }}', *_ANY
        )
        arguments = ", ".join(f"a{i}: {i}" for i in range(count))
        yield asking(
            f"two fields of {count} arguments",
            f"{{ events({arguments}) {{ totalCount }} events({arguments}) {{ totalCount }} }}",
            VALIDATION_FAILED,
            *FLOODED,
        )
    for count in (10, 40, 100, 300, 2_000):
        spread = " ".join(f"...F{i}" for i in range(count))
        fragments = " ".join(
            f"fragment F{i} on Event {{ a: id b: title c: kind partOf {{ id }} }}" for i in range(count)
        )
        yield asking(
            f"{count} fragments that overlap", f'{{ event(id: "{_EVENT}") {{ {spread} }} }} {fragments}', *_ANY
        )
        chain = " ".join(f"fragment F{i} on Event {{ a: id partOf {{ id }} ...F{i + 1} }}" for i in range(count))
        yield asking(
            f"a chain of {count} fragments that overlap",
            f'{{ event(id: "{_EVENT}") {{ ...F0 ...F1 ...F2 }} }} {chain} fragment F{count} on Event {{ id }}',
            *_ANY,
        )
        pairs = " ".join(
            f"fragment F{i} on Event {{ x: partOf {{ ...F{i + 1} }} x: partOf {{ ...F{i + 1} }} }}"
            for i in range(count)
        )
        yield asking(
            f"{count} fragments that double and overlap",
            f'{{ event(id: "{_EVENT}") {{ ...F0 }} }} {pairs} fragment F{count} on Event {{ id }}',
            *_ANY,
        )
        wide = " ".join(
            f"fragment F{i} on Event {{ {spread[:1500].rpartition(' ')[0]} id }}" for i in range(20, min(count, 300))
        )
        yield asking(
            f"{count} fragments that share",
            f'{{ event(id: "{_EVENT}") {{ id {spread} }} }} {wide} {fragments[:9_000]}',
            *_ANY,
        )
    deep = "{ x { x { x { x { x { y } } } } } }".replace("x", "a: partOf").replace("y", "id")
    inside = deep.strip()[1:-1]
    for count in (10, 50, 200):
        repeated = (inside + " ") * count
        yield asking(f"{count} times six levels that overlap", f'{{ event(id: "{_EVENT}") {{ {repeated} }} }}', *_ANY)
    for width, levels in ((2, 8), (3, 6), (4, 5), (6, 4), (10, 3)):
        tree = "id"
        for _ in range(levels):
            tree = f"a: partOf {{ {tree} }} " * width
        yield asking(
            f"a tree of {levels} levels, each {width} times", f'{{ event(id: "{_EVENT}") {{ {tree} }} }}', *_ANY
        )
    lists = "[" + ", ".join(f'"{i}"' for i in range(300)) + "]"
    yield asking(
        "two long lists that are compared",
        f"{{ a: nodes(ids: {lists}) {{ id }} a: nodes(ids: {lists}) {{ id }} }}",
        "BAD_USER_INPUT",
        *_ANY,
    )
    objects = "{kind: [CLOSURE], " + ", ".join(f'q: "{i}"' for i in range(200)) + "}"
    yield asking(
        "two large filters that are compared",
        f"{{ a: events(filter: {objects}) {{ totalCount }} a: events(filter: {objects}) {{ totalCount }} }}",
        VALIDATION_FAILED,
        *FLOODED,
    )


FAMILY = Family("overlapping", (_cases,))
