"""Anchors of passages, and where words and passages stand in a text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataset.normalise import normalise
from dataset.passage import ANCHOR_WORDS, LONGEST, anchors, between, occurrences

_text = st.lists(st.text("aáB1.,'-", min_size=1, max_size=4), min_size=1, max_size=40).map(" ".join)


@pytest.mark.parametrize(
    ("count", "anchored"),
    [(6, 2), (7, 2), (8, 2), (9, 3), (12, 4), (14, 4), (15, 5), (16, 5), (100, 5)],
)
def test_anchors_are_the_first_and_the_last_words(count: int, anchored: int) -> None:
    """A passage of more than five words is anchored by a third of its words at each end, five at most."""
    words = [f"w{n}" for n in range(count)]
    assert (" ".join(words[:anchored]), " ".join(words[-anchored:])) == anchors(" ".join(words))


@pytest.mark.parametrize("passage", ["Atlantis", "the Board of Salt said"])
def test_a_passage_of_up_to_five_words_is_its_own_anchor(passage: str) -> None:
    """A short passage is both its start and its end."""
    assert (passage, passage) == anchors(passage)


@given(_text)
@settings(max_examples=60, deadline=None)
def test_anchors_never_amount_to_the_sentence(passage: str) -> None:
    """An anchor has at most five words, and of more than five words at least a third is in neither."""
    words = len(passage.split())
    start, end = (anchor.split() for anchor in anchors(passage))
    assert max(len(start), len(end)) <= ANCHOR_WORDS
    assert words <= ANCHOR_WORDS or len(start) + len(end) <= words * 2 / 3


@given(_text, _text, _text)
@settings(max_examples=60, deadline=None)
def test_a_passage_is_found_between_its_anchors(before: str, passage: str, after: str) -> None:
    """Whatever stands around it, the anchors of a passage lead to the passage."""
    text = normalise(f"{before} {passage} {after}")
    wanted = normalise(passage)
    assert wanted in between(text, *anchors(wanted))


@given(_text, _text, _text)
@settings(max_examples=60, deadline=None)
def test_what_is_found_begins_and_ends_with_the_anchors(text: str, start: str, end: str) -> None:
    """Every passage found stands in the text and has the anchors at its ends, even where they overlap."""
    for passage in between(text, start, end):
        assert passage in text
        assert passage.startswith(start)
        assert passage.endswith(end)


def test_every_pair_of_anchors_makes_a_passage() -> None:
    """Anchors that stand several times give each passage between them, and none that runs backwards."""
    expected = ["a x b", "a x b y b", "a z"]
    assert expected[:2] == list(between("b a x b y b", "a", "b"))
    assert expected[2:] == list(between("z a z", "a z", "z"))


def test_the_longest_passage_is_found_and_a_longer_one_is_not() -> None:
    """A passage reaches over 4,000 characters at most."""
    fits = "a " + "x" * (LONGEST - 4) + " b"
    assert [fits] == list(between(fits, "a", "b"))
    assert list(between(fits.replace(" b", "x b"), "a", "b")) == []


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("the mine, the mine", "the mine", [0, 10]),
        ("undermine mines mine", "mine", [16]),
        ("mine", "mine", [0]),
        ("a mine's gate", "mine", [2]),
        ("(mine)", "mine", [1]),
        ('"mine" mines', '"mine"', [0]),
        ("x(mine)y", "(mine)", [1]),
        ("a a a", "a a", [0, 2]),
        ("кафе кафель", "кафе", [0]),
        ("none here", "mine", []),
        ("", "mine", []),
        ("in 12 of 120 or 312", "12", [3]),
        ("it shut 1,200 mines", "200", []),
        ("it shut 1,200 mines", "1", []),
        ("it shut 2.5 mines", "5", []),
        ("it shut 2.5 mines", "2", []),
        ("it shut 5, 12.", "5", [8]),
        ("it shut 5, 12.", "12", [11]),
        ("it shut 2-4 mines", "4 mines", [10]),
        ("the U.S.5 case", "5", [8]),
    ],
)
def test_words_stand_in_a_text_but_not_inside_a_longer_word_or_number(
    text: str, words: str, expected: list[int]
) -> None:
    """Letters and figures beside the words make them part of a longer word, or of another number."""
    assert expected == list(occurrences(text, words))
