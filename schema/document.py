"""Documents, read fast: the words of one, its literals lifted out, and the tree of fields that it selects.

Documents that differ in literals, white space and comments only have one structure, and are made ready once. Read here
is what nearly every document is: one query and its fragments. Anything else, and whatever is not plainly right, raises
UnsupportedError and is left to graphql-core, which says what is wrong with it, if anything.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from schema.budget import MAX_DEPTH

_WORDS = re.compile(
    r"""(?:[ \t\n\r,\ufeff]|\#[^\n\r]*+)*+                                # what means nothing
    ([_A-Za-z][_0-9A-Za-z]*|\.\.\.|[$()\[\]{}:=@!]                        # names and punctuation
    |-?(?:0|[1-9][0-9]*)(?![_0-9A-Za-z.])                                 # whole numbers
    |"(?:[^"\\\x00-\x1f]|\\["\\/bfnrt]|\\u(?:[0-9A-CE-Fa-ce-f][0-9A-Fa-f]{3}|[Dd][0-7][0-9A-Fa-f]{2}))*"
    |\Z|(?s:.+))                                                          # the end, or the rest from what is no word on
    """,
    re.VERBOSE,
)
_NUMBER = frozenset("-0123456789")
_NAME = frozenset("_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")

COMMENTS = 20
"""Comments above which a document is left to graphql-core, which knows how many are too many."""

MAX_INT = 2**31

NESTING = 4 * MAX_DEPTH
"""Brackets within brackets above which a document is left to graphql-core."""


class UnsupportedError(Exception):
    """It is not supported here: graphql-core answers it."""


@dataclass(frozen=True, slots=True)
class Lexed:
    """A document's words."""

    structure: str
    """The words, each literal replaced by its kind and number: documents alike in it differ in their literals only."""
    words: Sequence[str]
    literals: Mapping[Any, Any]
    """The values of the literals by their numbers; equal literals have one number."""


def read(text: str) -> Lexed:
    """Return the words of a document. Raises UnsupportedError."""
    words: list[str] = _WORDS.findall(text)
    while words and not words[-1]:
        words.pop()  # the end
    if words[-1:] != ["}"] or '"""' in text or text.count("#") > COMMENTS:
        raise UnsupportedError
    numbers: dict[str, int] = {}
    literals: dict[Any, Any] = {}
    for place, word in enumerate(words):
        first = word[0]
        if first == '"' or first in _NUMBER:
            number = numbers.setdefault(word, len(numbers))
            words[place] = ('"' if first == '"' else "0") + str(number)
            # No Int is as long as twelve digits. Nobody may ever look at a value: it is wrong all the same.
            if first != '"' and (len(word) > 11 or not -MAX_INT <= int(word) < MAX_INT):
                raise UnsupportedError
            literals[number] = orjson.loads(word)
    return Lexed(" ".join(words), words, literals)


VARIABLE, STRING, INT, WORD, LIST, OBJECT = range(6)
Value = tuple[int, Any]
"""A kind of value, and its content: a name, the number of a literal, the values of a list, or those of an object by
name."""


@dataclass(frozen=True, slots=True)
class Directive:
    """A directive of a selection."""

    name: str
    arguments: Mapping[str, Value]


@dataclass(slots=True, eq=False)  # not frozen: that would take twice the time, and there are many
class Field:
    """A field that is selected."""

    key: str
    """The name that it has in the answer."""
    name: str
    arguments: Mapping[str, Value]
    directives: Sequence[Directive]
    selections: "Selections | None"


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """A fragment that is spread."""

    name: str
    directives: Sequence[Directive]


@dataclass(frozen=True, slots=True, eq=False)
class Inline:
    """Selections under a condition."""

    condition: str | None
    """The type that they are for."""
    directives: Sequence[Directive]
    selections: "Selections"


Selections = Sequence[Field | Spread | Inline]


@dataclass(frozen=True, slots=True, eq=False)
class Fragment:
    """A fragment's definition."""

    condition: str
    selections: Selections


@dataclass(frozen=True, slots=True)
class Declared:
    """A variable's declaration."""

    type: Any
    """The name of its type, a list of what it is a list of, and each of them in a tuple where it is not null."""
    default: Value | None


@dataclass(slots=True)
class Document:
    """A document with one query."""

    name: str | None = None
    variables: dict[str, Declared] = field(default_factory=dict)
    selections: Selections = ()
    fragments: dict[str, Fragment] = field(default_factory=dict)
    words: int = 0
    aliases: int = 0
    directives: int = 0


def parse(words: Sequence[str]) -> Document:
    """Return what a document's words say. Raises UnsupportedError."""
    return _Parser(words).document()


class _Parser:
    """Reads words from the left to the right."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = [*words, "", ""]  # so that one may always look at the next one, too
        self._at = 0
        self._deep = 0
        self._made = Document()

    def document(self) -> Document:
        made = self._made
        made.words = len(self._words)
        while self._words[self._at]:
            word = self._words[self._at]
            if word == "fragment":
                self._fragment()
            elif made.selections or word not in ("query", "{"):
                raise UnsupportedError  # several operations, or something else than a query
            else:
                self._query(word)
        if not made.selections:
            raise UnsupportedError
        return made

    def _query(self, word: str) -> None:
        if word == "query":
            self._at += 1
            if self._words[self._at] not in ("(", "{"):
                self._made.name = self._name()
            if self._took("("):
                self._variables()
        self._made.selections = self._selections()

    def _variables(self) -> None:
        while not self._took(")"):
            self._expect("$")
            name = self._name()
            self._expect(":")
            kind = self._type()
            default = self._value() if self._took("=") else None
            if name in self._made.variables:
                raise UnsupportedError
            self._made.variables[name] = Declared(kind, default)
        if not self._made.variables:
            raise UnsupportedError

    def _type(self) -> Any:
        self._enter()
        if self._took("["):
            kind: Any = [self._type()]
            self._expect("]")
        else:
            kind = self._name()
        self._deep -= 1
        return (kind,) if self._took("!") else kind

    def _fragment(self) -> None:
        self._at += 1
        name = self._name()
        self._expect("on")
        condition = self._name()
        if name == "on" or name in self._made.fragments:
            raise UnsupportedError
        self._made.fragments[name] = Fragment(condition, self._selections())

    def _selections(self) -> Selections:
        self._enter()
        self._expect("{")
        found: list[Field | Spread | Inline] = []
        words = self._words
        while (word := words[self._at]) != "}":
            after = words[self._at + 1]
            if word[:1] in _NAME and (after == "}" or after[:1] in _NAME):
                found.append(Field(word, word, {}, (), None))  # most are such
                self._at += 1
            else:
                found.append(self._more() if self._took("...") else self._field())
        self._at += 1
        self._deep -= 1
        if not found:
            raise UnsupportedError
        return found

    def _more(self) -> Spread | Inline:
        word = self._words[self._at]
        if word == "on":
            self._at += 1
            return Inline(self._name(), self._directives(), self._selections())
        if word in ("{", "@"):
            return Inline(None, self._directives(), self._selections())
        return Spread(self._name(), self._directives())

    def _field(self) -> Field:
        key = name = self._name()
        if self._took(":"):
            name = self._name()
            self._made.aliases += 1
        arguments = self._arguments() if self._words[self._at] == "(" else {}
        directives = self._directives() if self._words[self._at] == "@" else ()
        return Field(key, name, arguments, directives, self._selections() if self._words[self._at] == "{" else None)

    def _directives(self) -> Sequence[Directive]:
        found = []
        while self._took("@"):
            found.append(Directive(self._name(), self._arguments() if self._words[self._at] == "(" else {}))
        self._made.directives += len(found)
        return found

    def _arguments(self) -> Mapping[str, Value]:
        self._at += 1
        found = self._pairs(")")
        if not found:
            raise UnsupportedError
        return found

    def _pairs(self, end: str) -> dict[str, Value]:
        found: dict[str, Value] = {}
        while not self._took(end):
            name = self._name()
            self._expect(":")
            if name in found:
                raise UnsupportedError
            found[name] = self._value()
        return found

    def _value(self) -> Value:
        place, word = self._at, self._words[self._at]
        self._at += 1
        if word[:1] == '"':
            return STRING, int(word[1:])
        if word[:1] == "0":
            return INT, int(word[1:])
        if word == "$":
            return VARIABLE, self._name()
        if word in ("[", "{"):
            self._enter()
            value: Value = (LIST, self._items()) if word == "[" else (OBJECT, self._pairs("}"))
            self._deep -= 1
            return value
        self._at = place
        return WORD, self._name()

    def _items(self) -> list[Value]:
        found = []
        while not self._took("]"):
            found.append(self._value())
        return found

    def _enter(self) -> None:
        self._deep += 1
        if self._deep > NESTING:
            raise UnsupportedError

    def _name(self) -> str:
        word = self._words[self._at]
        if word[:1] not in _NAME or not word:
            raise UnsupportedError
        self._at += 1
        return word

    def _expect(self, word: str) -> None:
        if self._words[self._at] != word:
            raise UnsupportedError
        self._at += 1

    def _took(self, word: str) -> bool:
        if self._words[self._at] != word:
            return False
        self._at += 1
        return True
