"""Reading documents: the words that graphql-core sees, or none."""

import orjson
from graphql import GraphQLError, Lexer, Source, TokenKind
from hypothesis import example, given
from hypothesis import strategies as st

from schema.document import UnsupportedError, read

SYMBOLS = ["{", "}", "(", ")", "[", "]", ":", "=", "@", "!", "$", "...", "a", "_b1", "query", "on"]
LITERALS = ["0", "-7", "12", "9999999999", '"c d"', '"\\n\\u00e9"', '"\\ud83d\\ude00"', '"""e"""']
NOTHING = [" ", ",", "\n", "\ufeff", "#", "# f } g\n", "#\n"]
NO_WORDS = ["1.5", "0x", "00", '"h', "|", "&", ".", "-", "é", "\x00", "\u00a0"]


def lexed(text: str) -> list[str] | None:
    """Return the words that graphql-core sees; None where it cannot read them all."""
    lexer, found = Lexer(Source(text)), []
    try:
        while (token := lexer.advance()).kind is not TokenKind.EOF:
            found.append(text[token.start : token.end])
    except GraphQLError:
        return None
    return found


@given(
    st.lists(st.sampled_from(SYMBOLS + LITERALS + NOTHING + NO_WORDS), max_size=30).map("".join),
    st.sampled_from(["}", "} ", "}# }", "} # i", ""]),
)
@example("{ a(b: 12c)", "}")
@example("{ a } # b", "}")
@example("#", "}")
def test_the_words_are_those_that_graphql_core_sees(begun: str, ended: str) -> None:
    """What is no word is never passed over: such a document is left to graphql-core."""
    try:
        found = read(begun + ended)
    except (UnsupportedError, ValueError):
        return
    seen = lexed(begun + ended)
    assert seen is not None
    literals = [orjson.loads(word) for word in seen if word[0] in '"-0123456789']
    assert [found.literals[int(word[1:])] for word in found.words if word[0] in '"0'] == literals
    assert [word for word in found.words if word[0] not in '"0'] == [
        word for word in seen if word[0] not in '"-0123456789'
    ]
