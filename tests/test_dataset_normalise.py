"""Normalisation `v1`, its digest, and the folding of names."""

import json
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataset.fold import fold, words
from dataset.normalise import VERSION, digest, normalise

VECTORS = json.loads((Path(__file__).parent / "vectors" / "normalise-v1.json").read_text("ascii"))

# Each row: ways to print the same thing.
SAME = [
    [" ", "\u00a0", "\u202f", "\u3000", "\u2028", "\t", "\r\n", " \u2003 "],
    ["'", "\u2018", "\u2019", "\u201a", "\u201b"],
    ['"', "\u201c", "\u201d", "\u201e", "\u201f"],
    ["-", "\u2010", "\u2011", "\u2012", "\u2013", "\u2014", "\u2015", "\u2212"],
    ["", "\u00ad", "\u200b", "\u200c", "\u200d", "\u2060", "\ufeff"],
    ["é", "e\u0301"],
    ["fi", "\ufb01"],
]
_twins = st.one_of(
    st.sampled_from(SAME).flatmap(lambda row: st.tuples(st.sampled_from(row), st.sampled_from(row))),
    st.text("abcXYZ019.,", min_size=1, max_size=4).map(lambda word: (word, word)),
)
_hard = st.one_of(
    st.text(),
    st.text(
        st.sampled_from([*(form for row in SAME for form in row if len(form) == 1), *"e\u0301\u0323\u00a8\ufb01a "])
    ),
)


@pytest.mark.parametrize("vector", VECTORS["vectors"], ids=lambda vector: vector["case"])
def test_a_text_is_normalised_and_digested_as_published(vector: dict[str, str]) -> None:
    """Each published vector's input gives the vector's text and digest."""
    expected = (vector["normalised"], vector["digest"])
    assert expected == (normalise(vector["input"]), digest(vector["input"]))


def test_the_vectors_are_those_of_the_present_version() -> None:
    """The published vectors name the version of the normalisation that they describe."""
    assert VECTORS["version"] == VERSION


@given(_hard)
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    """Normalisation is idempotent, whatever the text."""
    once = normalise(text)
    assert once == normalise(once)


@given(_hard)
def test_white_space_that_is_left_is_single_spaces_inside(text: str) -> None:
    """A normalised text has neither a double space nor one at an end."""
    normalised = normalise(text)
    assert normalised == normalised.strip(" ")
    assert "  " not in normalised


@given(st.lists(_twins))
@settings(max_examples=60, deadline=None)
def test_texts_that_differ_in_print_only_have_one_digest(pairs: list[tuple[str, str]]) -> None:
    """Quotes, dashes, spaces and invisible characters make no difference to the digest."""
    first, second = ("".join(pair[side] for pair in pairs) for side in (0, 1))
    assert digest(first) == digest(second)


@given(st.lists(st.text("abc", min_size=1), min_size=1), st.data())
@settings(max_examples=60, deadline=None)
def test_a_changed_word_changes_the_digest(found: list[str], data: st.DataObject) -> None:
    """Another word, or another order of letters, gives another digest."""
    at = data.draw(st.integers(0, len(found) - 1))
    changed = [*found[:at], found[at] + "d", *found[at + 1 :]]
    assert digest(" ".join(found)) != digest(" ".join(changed))


@given(_hard.map(normalise))
def test_the_digest_is_sha256_of_the_normalised_text_in_utf8(text: str) -> None:
    """Anybody can compute the digest with SHA-256 alone."""
    assert f"sha256:{sha256(text.encode()).hexdigest()}" == digest(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ada REED", "ada reed"),
        ("Café Müller", "cafe muller"),
        ("Cafe\u0301", "cafe"),
        ("Straße", "strasse"),
        ("\ufb01res", "fires"),
        ("Андрей Ёлкин", "андрей ёлкин"),
        ("Әлия Қасым", "әлия қасым"),
        ("и\u0306", "й"),
        ("Ελλάς", "ελλάσ"),
        ("", ""),
        ("İzmir", "izmir"),
        ("x\u0302", "x"),
    ],
)
def test_folding_drops_case_and_the_accents_of_latin_letters(text: str, expected: str) -> None:
    """A folded name is in lower case; Latin letters lose their accents, other letters keep their marks."""
    assert expected == fold(text)


@given(st.text("abzABZéÉñÑйЙёЁқҚ 12"))
def test_folding_knows_no_case_and_stays_as_it_is(text: str) -> None:
    """A name folds to the same text in upper and in lower case, and folding it again changes nothing."""
    assert fold(text) == fold(text.upper()) == fold(text.lower()) == fold(fold(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Board of Salt", ("board", "of", "salt")),
        ("O'Reed-Lind (No. 5)", ("o", "reed", "lind", "no", "5")),
        ("snake_case", ("snake", "case")),
        ("Қасым, Әлия", ("қасым", "әлия")),
        ("İzmir", ("izmir",)),
        ("… – —", ()),
        ("", ()),
    ],
)
def test_the_words_of_a_name_are_its_runs_of_letters_and_figures(text: str, expected: tuple[str, ...]) -> None:
    """Punctuation separates words and belongs to none."""
    assert expected == words(text)
