"""The words of records: where they stand, how much they count, and how a text is taken apart."""

import re
from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataset.fold import fold, words
from dataset.wordlist import WordList

FIELDS = st.lists(
    st.tuples(
        st.sampled_from([0.5, 1, 2, 3]),
        st.dictionaries(
            st.lists(st.sampled_from("mine mines mined shaft Été".split()), max_size=4).map(" ".join),
            st.lists(st.integers(0, 6), min_size=1, max_size=5),
            max_size=4,
        ),
    ),
    max_size=4,
)


def _weights(fields: list[tuple[float, dict[str, list[int]]]], word: str) -> dict[int, float]:
    """Return what a word counts in each record, added up word by word."""
    counts: defaultdict[int, float] = defaultdict(float)
    for weight, texts in fields:
        for text, places in texts.items():
            for place in places:
                counts[place] += weight * words(text).count(word)
    return {place: count * 2.2 / (count + 1.2) for place, count in counts.items() if count}


@given(FIELDS)
def test_a_word_counts_more_the_more_often_and_the_more_telling_its_field(
    fields: list[tuple[float, dict[str, list[int]]]],
) -> None:
    """Each record has the saturated sum of its fields' weights, at one of a word's weights, and at none twice."""
    made = WordList((weight, texts.items()) for weight, texts in fields)

    for word in ("mine", "mines", "mined", "shaft", "ete", "pit"):
        found = [(place, weight) for weight, places in made.weighed(word) for place in places]
        assert dict(found) == _weights(fields, word)
        assert len(dict(found)) == len(found)


def test_what_was_counted_is_kept() -> None:
    """A word that is asked for again is the same value, and a word that is nowhere is none."""
    made = WordList([(1, [("mine shaft", [0, 2])])])

    assert made.weighed("mine") is made.weighed("mine")
    assert [(weight, list(places)) for weight, places in made.weighed("mine")] == [(1.0, [0, 2])]
    assert (made.weighed("min"), made.weighed("")) == ((), ())


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [("mine", ["mine", "mines"]), ("m", ["made", "mine", "mines"]), ("n", []), ("z", []), ("mines", ["mines"])],
)
def test_words_are_found_by_their_beginning(prefix: str, expected: list[str]) -> None:
    """All words that begin so are yielded in their order, whether they were counted or not."""
    made = WordList([(1, [("mine mines", [0]), ("shaft made", [1])])])
    made.weighed("mines")

    assert list(made.beginning(prefix)) == expected


def _plainly(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[^\W_]+", fold(text)))


def test_every_letter_is_taken_for_what_it_is() -> None:
    """The fast ways of taking a text apart make of no letter, alone or between others, anything else."""
    letters = [chr(code) for code in range(0x3000) if not 0xD800 <= code < 0xE000]
    odd = [letter for letter in letters if words(f"Ab{letter}Cd {letter}") != _plainly(f"Ab{letter}Cd {letter}")]

    assert odd == []
    assert words("It’s “Ada Reed” – 12_mines") == ("it", "s", "ada", "reed", "12", "mines")


@given(st.text())
def test_a_text_is_taken_apart_alike_however_it_is_done(text: str) -> None:
    """Whatever the text, its words are those of its folded form."""
    assert words(text) == _plainly(text)
