"""Random GraphQL documents, walked from the schema itself: valid ones, and ones spoilt by a few tokens."""

import json
from dataclasses import dataclass, field
from random import Random
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLUnionType,
    Lexer,
    Source,
    TokenKind,
    get_named_type,
    is_leaf_type,
    is_non_null_type,
)

from dataset.catalog import Catalog
from dataset.records import SERVED
from schema.context import Context
from schema.executor import SCHEMA, run

MAX_DEPTH = 5
TEXTS = ("mines", "kaz", "clos", "nazarbayev president", "2022", "2022-03-15", "2021-12", "100", "0.5", "", "é")
INTROSPECTION = "{alias}: __schema {{ queryType {{ name }} }}"


@dataclass(frozen=True)
class Pool:
    """Real ids and cursors to ask for."""

    ids: dict[str, list[str]]
    """By the types of the records."""
    cursors: dict[str, list[str]]
    """By type and field."""


def pool(catalog: Catalog) -> Pool:
    """Return the ids and some cursors of all releases."""
    ids: dict[str, list[str]] = {}
    cursors: dict[str, list[str]] = {"Query.search": []}
    for edition in catalog.editions.values():
        context = Context(edition, catalog)
        for name, kind in SERVED.items():
            ids.setdefault(kind.__name__, []).extend(edition.release.corpus.collection(name))
            cursors.setdefault(f"Query.{name}", []).extend(_cursors(f"{name}(first: 9)", context))
        for text in TEXTS[:4]:
            cursors["Query.search"] += _cursors(f'search(query: "{text}", first: 9)', context)
    return Pool(ids, cursors)


def _cursors(asked: str, context: Context) -> list[str]:
    data = run(f"{{ found: {asked} {{ edges {{ cursor }} }} }}", None, None, context).data
    return [edge["cursor"] for edge in data["found"]["edges"]]


@dataclass
class Made:
    """A document with its variables."""

    text: str
    variables: dict[str, Any]


def document(random: Random, known: Pool) -> Made:
    """Return a valid document."""
    return _Walk(random, known, left=random.randint(3, 50)).document()


def mutated(random: Random, text: str) -> str:
    """Return a document of which some tokens were dropped, doubled, exchanged or replaced by others of it."""
    tokens = _tokens(text)
    for _ in range(random.randint(1, 3)):
        place, other = random.randrange(len(tokens)), random.randrange(len(tokens))
        match random.randrange(5):
            case 0 if len(tokens) > 1:
                del tokens[place]
            case 1:
                tokens.insert(place, tokens[place])
            case 2:
                tokens[place], tokens[other] = tokens[other], tokens[place]
            case 3:
                tokens[place] = tokens[other]
            case _:
                tokens[place] = random.choice(
                    ("{", "}", "(", ")", "$", "null", "1", "true", '"x"', "id", "nodes", "...", "[]")
                )
    return " ".join(tokens)


def _tokens(text: str) -> list[str]:
    lexer = Lexer(Source(text))
    found = []
    while lexer.advance().kind != TokenKind.EOF:
        found.append(text[lexer.token.start : lexer.token.end])
    return found


@dataclass
class _Walk:
    """One document on its way."""

    random: Random
    known: Pool
    declared: dict[str, str] = field(default_factory=dict)
    """The declarations of variables by name."""
    values: dict[str, Any] = field(default_factory=dict)
    fragments: dict[str, tuple[Any, str]] = field(default_factory=dict)
    """Type condition and text of each fragment that is complete, by name."""
    keys: dict[tuple[str, str], str] = field(default_factory=dict)
    """The arguments that a response key has on a type, so that fields of one key can always be merged."""
    shapes: dict[str, str] = field(default_factory=dict)
    """The type of each response key, which is the same wherever it is used."""
    count: int = 0
    left: int = 40
    """How many more selections there may be: then it is brought to an end."""

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def name(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}{self.count}"

    def document(self) -> Made:
        root = self.selection(SCHEMA.core.query_type, MAX_DEPTH)
        if self.chance(0.03):
            root = f"{root[:-1]} {INTROSPECTION.format(alias=self.name('s'))} }}"
        declared = f"({', '.join(self.declared.values())})" if self.declared else ""
        operation = f"query {self.name('Q')}{declared} {root}"
        parts = [
            operation,
            *(f"fragment {name} on {kind.name} {text}" for name, (kind, text) in self.fragments.items()),
        ]
        self.random.shuffle(parts)
        return Made(" ".join(parts), self.values)

    def selection(self, kind: Any, depth: int) -> str:
        """Return a selection set of a type."""
        found = [self.one(kind, depth) for _ in range(self.random.randint(1, 4) if self.left > 0 else 1)]
        return f"{{ {' '.join(found)} }}"

    def one(self, kind: Any, depth: int) -> str:
        """Return a field, an inline fragment or a spread."""
        self.left -= 1
        if self.left < 0:
            return "__typename"
        if self.chance(0.08):
            return f"... {self.directives()}{self.selection(kind, depth)}"
        conditions = self.conditions(kind)
        if self.chance(0.75 if isinstance(kind, GraphQLInterfaceType | GraphQLUnionType) else 0.05):
            chosen = self.random.choice(conditions)
            return f"... on {chosen.name} {self.directives()}{self.selection(chosen, depth)}"
        usable = [name for name, (condition, _) in self.fragments.items() if condition in conditions]
        if usable and self.chance(0.15):
            return f"...{self.random.choice(usable)} {self.directives()}"
        if self.chance(0.08):
            chosen, name = self.random.choice(conditions), self.name("F")
            text = self.selection(chosen, depth)
            self.fragments[name] = chosen, text
            return f"...{name} {self.directives()}"
        return self.field(kind, depth)

    def conditions(self, kind: Any) -> list[Any]:
        """Return the types that a fragment on a type may have."""
        schema = SCHEMA.core
        abstract = [one for one in schema.type_map.values() if isinstance(one, GraphQLInterfaceType | GraphQLUnionType)]
        if isinstance(kind, GraphQLObjectType):
            return [kind, *(one for one in abstract if not one.name.startswith("__") and schema.is_sub_type(one, kind))]
        return [kind, *schema.get_possible_types(kind)]

    def field(self, kind: Any, depth: int) -> str:
        fields: dict[str, GraphQLField] = {} if isinstance(kind, GraphQLUnionType) else kind.fields
        names = [name for name, one in fields.items() if depth > 1 or is_leaf_type(get_named_type(one.type))]
        if not names or self.chance(0.08):
            return f"{self.name('t')}: __typename" if self.chance(0.3) else "__typename"
        inner = [name for name in names if not is_leaf_type(get_named_type(fields[name].type))]
        name = self.random.choice(inner if inner and self.chance(0.4) else names)
        definition = fields[name]
        key, arguments = self.keyed(kind, name, definition)
        named = get_named_type(definition.type)
        inside = "" if is_leaf_type(named) else self.selection(named, depth - 1)
        shown = name if key == name else f"{key}: {name}"
        return f"{shown}{arguments} {self.directives()}{inside}"

    def keyed(self, kind: Any, name: str, definition: GraphQLField) -> tuple[str, str]:
        """Return a response key and arguments that are the same wherever the key is used on the type."""
        key, shape = name, str(definition.type)
        if self.chance(0.2) or self.shapes.get(key, shape) != shape:
            key = self.name(f"{name}_")
        self.shapes[key] = shape
        if (kind.name, key) not in self.keys:
            self.keys[kind.name, key] = self.arguments(f"{kind.name}.{name}", definition)
        return key, self.keys[kind.name, key]

    def arguments(self, where: str, definition: GraphQLField) -> str:
        given = {}
        paged = "first" in definition.args
        for name, one in definition.args.items():
            if name in ("first", "last", "after", "before"):
                continue
            if self.required(one) or self.chance(0.3):
                given[name] = self.argument(one, name, where)
        if paged:
            forward = "last" not in definition.args or self.chance(0.7)
            if self.chance(0.9):
                size = "first" if forward else "last"
                given[size] = self.argument(definition.args[size], size, where)
            if self.chance(0.2):
                cursor = "after" if forward else "before"
                given[cursor] = self.argument(definition.args[cursor], cursor, where)
        items = [f"{name}: {value}" for name, value in given.items()]
        self.random.shuffle(items)
        return f"({', '.join(items)})" if items else ""

    @staticmethod
    def required(one: GraphQLArgument) -> bool:
        return is_non_null_type(one.type) and one.default is None

    def argument(self, one: GraphQLArgument, name: str, where: str) -> str:
        return self.value(one.type, name, where, defaulted=one.default is not None)

    def value(self, kind: Any, name: str, where: str, *, defaulted: bool = False) -> str:
        """Return a literal of an input type, or a variable for it."""
        if self.chance(0.3):
            return self.variable(kind, name, where, defaulted=defaulted)
        if not is_non_null_type(kind) and self.chance(0.06):
            return "null"
        bare = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
        if isinstance(bare, GraphQLList):
            if self.chance(0.2):
                return self.literal(bare.of_type, self.plain(bare.of_type, name, where))
            return f"[{', '.join(self.value(bare.of_type, name, where) for _ in range(self.random.randint(0, 3)))}]"
        if isinstance(bare, GraphQLInputObjectType):
            chosen = self.random.sample(sorted(bare.fields), self.random.randint(0, 2))
            return f"{{{', '.join(f'{one}: {self.value(bare.fields[one].type, one, where)}' for one in chosen)}}}"
        return self.literal(bare, self.plain(bare, name, where))

    def variable(self, kind: Any, name: str, where: str, *, defaulted: bool) -> str:
        """Return a variable that is declared for a place: given, null, left out, or left to its default."""
        made = self.name("v")
        text, default = str(kind), ""
        nullable = not is_non_null_type(kind)
        if self.chance(0.3):
            bare = kind if nullable else kind.of_type
            default = f" = {self.literal(bare, self.plain(bare, name, where))}"
            text, nullable = str(bare), True
        elif nullable and self.chance(0.2):
            text, nullable = f"{text}!", False
        elif defaulted and not nullable and self.chance(0.5):
            text, nullable = str(kind.of_type), True
        self.declared[made] = f"${made}: {text}{default}"
        left_out = nullable and self.chance(0.25)
        if not left_out:
            self.values[made] = None if nullable and self.chance(0.1) else self.plain(kind, name, where)
        return f"${made}"

    def plain(self, kind: Any, name: str, where: str) -> Any:
        """Return a value as JSON has it."""
        if isinstance(kind, GraphQLNonNull):
            return self.plain(kind.of_type, name, where)
        if isinstance(kind, GraphQLList):
            if self.chance(0.2):
                return self.plain(kind.of_type, name, where)
            return [self.plain(kind.of_type, name, where) for _ in range(self.random.randint(0, 3))]
        if isinstance(kind, GraphQLInputObjectType):
            chosen = self.random.sample(sorted(kind.fields), self.random.randint(0, 2))
            return {one: self.plain(kind.fields[one].type, one, where) for one in chosen}
        if isinstance(kind, GraphQLEnumType):
            return self.random.choice(sorted(kind.values))
        if kind.name == "Boolean":
            return self.chance(0.5)
        if kind.name == "Int":
            return self.random.choice((0, 1, 1, 2, 2, 2, 3, 3, 5, 101 if self.chance(0.2) else 4))
        return self.text(kind.name, name, where)

    def text(self, kind: str, name: str, where: str) -> str:
        if name in ("after", "before"):
            return self.random.choice(self.known.cursors.get(where) or ["x"])
        if kind == "ID":
            called = where.partition(".")[2]
            fitting = [
                ids for record, ids in self.known.ids.items() if record.lower() in (called.lower(), name.lower())
            ]
            return self.random.choice(self.random.choice(fitting or list(self.known.ids.values())))
        if name in ("old", "new"):
            return self.random.choice(("1.0.0", "1.1.0", "1.1.0", "9.0.0" if self.chance(0.1) else "1.0.0"))
        if name.startswith("date") or name.startswith("published"):
            return self.random.choice(("2022-03-15", "2022", "2021-12"))
        if name.startswith("value"):
            return self.random.choice(("100", "0.5", "-1"))
        if name == "url":
            return (
                "https://www.coindesk.com/policy/2022/03/15/kazakhstan-crackdown-forces-106-more-crypto-mines-to-close/"
            )
        return self.random.choice(TEXTS)

    def literal(self, kind: Any, value: Any) -> str:
        """Return a value as GraphQL writes it."""
        if isinstance(kind, GraphQLNonNull):
            return self.literal(kind.of_type, value)
        if isinstance(value, list):
            return f"[{', '.join(self.literal(kind.of_type, one) for one in value)}]"
        if isinstance(kind, GraphQLList):
            return self.literal(kind.of_type, value)
        if isinstance(value, dict):
            fields = [f"{name}: {self.literal(kind.fields[name].type, one)}" for name, one in value.items()]
            return f"{{{', '.join(fields)}}}"
        return str(value) if isinstance(kind, GraphQLEnumType) else json.dumps(value, ensure_ascii=False)

    def directives(self) -> str:
        """Return directives, mostly none."""
        return "".join(f"@{name}(if: {self.flag()}) " for name in ("include", "skip") if self.chance(0.08))

    def flag(self) -> str:
        """Return a truth value: of a new variable, of one that there is, or a literal."""
        if self.chance(0.5):
            return self.random.choice(("true", "false"))
        flags = [name for name in self.declared if name.startswith("x")]
        if flags and self.chance(0.5):
            return f"${self.random.choice(flags)}"
        made = self.name("x")
        default = self.chance(0.3)
        self.declared[made] = f"${made}: Boolean{' = true' if default else '!'}"
        if not default or self.chance(0.7):
            self.values[made] = None if default and self.chance(0.05) else self.chance(0.5)
        return f"${made}"
