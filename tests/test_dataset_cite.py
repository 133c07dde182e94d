"""Making citations of passages, guessing their place, and linking to them."""

from pathlib import Path
from urllib.parse import unquote

import msgspec
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dataset.article import Article
from dataset.cite import NotCitableError, cite, guessed_where, suggested
from dataset.deeplink import deep_link
from dataset.normalise import digest, normalise
from dataset.passage import LONGEST, anchors
from dataset.records import Citation, Source
from dataset.verify import State, check
from tests import world

SOURCE = msgspec.convert(world.raw()["sources", world.SOURCE], Source)


def copied(text: str) -> Article:
    """Return the article of which this text is a copy."""
    return Article(Path("gazette.txt"), tuple(block for line in text.split("\n") if (block := normalise(line))))


def cited(passage: str, *tokens: str, text: str = world.ARTICLE) -> Citation:
    """Return the citation of a passage in the lead of the article."""
    return cite(SOURCE, copied(text), passage, "cit-gazette-lead", "lead", list(tokens))


def test_a_citation_holds_anchors_digest_and_tokens_and_no_sentence() -> None:
    """A citation is made of the passage's first and last words, its digest and the tokens given."""
    passage = "Atlantis has shut 12 mines, the Board of Salt said in a statement on Friday."
    expected = Citation(
        id="cit-gazette-lead",
        source=world.SOURCE,
        where="lead",
        start="Atlantis has shut 12 mines,",
        end="in a statement on Friday.",
        digest=digest(passage),
        tokens=("12", "Board of Salt"),
    )
    assert expected == cited(passage, "12", "Board of Salt")


def test_a_passage_is_found_however_its_quotes_and_spaces_are_printed() -> None:
    """The passage and the tokens are normalised before they are looked for."""
    passage = "“and\u00a07 were\nordered to”"
    expected = cited('"and 7 were ordered to"', '7 were ordered to"')
    assert expected == cited(passage, "7\u00a0were ordered to”")


@pytest.mark.parametrize(
    ("passage", "message"),
    [
        (" \u200b", "the passage is empty"),
        ("Atlantis has shut 13 mines", "absent: the passage does not stand in gazette.txt"),
        ("antis has shut", "absent: the passage does not stand in gazette.txt"),
        ("Atlantis", "ambiguous: the passage stands 2 times in gazette.txt; take a longer one"),
    ],
)
def test_a_passage_that_cannot_be_told_is_refused(passage: str, message: str) -> None:
    """A passage must stand in the copy, in whole words, exactly once."""
    with pytest.raises(NotCitableError) as refusal:
        cited(passage)
    assert message == str(refusal.value)


@pytest.mark.parametrize("token", ["13", "Board of Salt", "1", "oard", "mine"])
def test_a_token_must_stand_in_the_passage(token: str) -> None:
    """A token that is elsewhere, or only inside a longer word, is refused."""
    with pytest.raises(NotCitableError) as refusal:
        cited("Atlantis has shut 12 mines, the Board", token)
    assert f"the token {token!r} does not stand in the passage" == str(refusal.value)


@pytest.mark.parametrize("token", ["", " ", "\u200b"])
def test_an_empty_token_is_refused(token: str) -> None:
    """A token of nothing stands in every passage and proves nothing."""
    with pytest.raises(NotCitableError):
        cited("Atlantis has shut 12 mines", token)


def test_a_part_of_a_number_is_no_token() -> None:
    """A token must be the whole number that is printed, since figures are checked against tokens."""
    with pytest.raises(NotCitableError):
        cited("shut 1,200 mines", "200", text="They shut 1,200 mines.")


def test_a_passage_too_long_to_be_found_again_is_refused() -> None:
    """What `verify` could never find cannot be cited."""
    passage = " ".join(f"word{n}" for n in range(LONGEST // 4))
    with pytest.raises(NotCitableError):
        cited(passage, text=passage)


@pytest.mark.parametrize(
    ("passage", "expected"),
    [
        ("Mines were shut.", []),
        ("The mines of Atlantis, Ada Reed's and the U.S. ones.", ["Atlantis", "Ada Reed", "U.S"]),
        ("So the Board of Salt said. They did not.", ["Board of Salt"]),
        ("more than 100 mines and 67,000 machines", ["more than 100", "67,000"]),
        ("worth $193 million, or around $300,000-500,000 a month", ["$193 million", "around $300,000-500,000"]),
        ("the 17th, in 2021.", ["17th", "2021"]),
        ("5 in Atlantis, then 5 in Atlantis", ["5", "Atlantis"]),
        ("the firm of Salt-Lind and Co. of Thule", ["Salt-Lind and Co. of Thule"]),
    ],
)
def test_figures_and_names_are_suggested_as_tokens(passage: str, expected: list[str]) -> None:
    """Figures with their words, and names, are suggested once each, in order; a sentence's first word is no name."""
    assert expected == suggested(passage)


@pytest.mark.parametrize(
    "passage",
    ["the iPhone of 2020", "flight MH17 was full", "a turnaround 5 years on", "the ÜNal case", "some 12,5km and x1.5y"],
)
def test_a_passage_can_be_cited_with_the_tokens_that_are_suggested_for_it(passage: str) -> None:
    """Whatever is suggested stands in the passage in whole words."""
    assert State.MATCH is check(cited(passage, text=passage), copied(passage))


PAGE = """Menu
• Regions
Atlantis Shuts 12 Mines
More in Mines
Atlantis Shuts 12 Mines
They are said to be Ada Reed’s.
Bo Lind May 2, 2020 at 9:58 a.m. UTC
Updated June 11, 2020
Subscribe now
The salted gate of a mine. (Photo: The Board)
Atlantis has shut 12 mines, it said.
Of these, 5 closed of their own accord.
It said:
  • Salt is dear.
“That is all,” it said.
  • Gates are shut.
  • Related
"""


@pytest.mark.parametrize(
    ("passage", "where"),
    [
        ("Atlantis Shuts 12 Mines", "headline"),
        ("said to be Ada Reed's", "dek"),
        ("May 2, 2020", "dateline"),
        ("The salted gate", "caption"),
        ("Atlantis has shut 12 mines", "lead"),
        ("their own accord", "paragraph 2"),
        ("Salt is dear", "bullet 1"),
        ("“That is all,”", "paragraph 3"),
        ("Gates are shut.", "bullet 2"),
        ("Salt", "bullet 1"),
        ("Subscribe now", None),
        ("Regions", None),
        ("More in Mines", None),
        ("of their own accord. It said:", None),
        ("Thule", None),
    ],
)
def test_the_place_of_a_passage_is_guessed_from_the_layout(passage: str, where: str | None) -> None:
    """Headline, dek, dateline, caption, paragraphs and bullets are told apart; the rest of a page is no place."""
    assert where == guessed_where(SOURCE, copied(PAGE), passage)


def test_the_day_of_an_update_is_a_dateline_too() -> None:
    """A line with the day on which the article was updated is a dateline."""
    source = msgspec.convert({**world.raw()["sources", world.SOURCE], "updated": "2020-06-11T10:00Z"}, Source)
    assert guessed_where(source, copied(PAGE), "June 11, 2020") == "dateline"
    assert None is guessed_where(SOURCE, copied(PAGE), "June 11, 2020")


def test_no_place_is_guessed_in_a_copy_without_the_headline() -> None:
    """Where the title is not printed on a line of its own, nothing can be told."""
    assert None is guessed_where(SOURCE, copied("Atlantis has shut 12 mines."), "12 mines")


_words = st.lists(
    st.one_of(
        st.sampled_from(
            ["the", "Board", "of", "Salt", "12", "$3", "million", "2-4", "said.", "A.", "“so”", "Ada’s", "x"]
        ),
        st.text("abAB12.,’-é", min_size=1, max_size=6),
    ),
    min_size=1,
    max_size=40,
)


@st.composite
def _passages(draw: st.DrawFn) -> tuple[list[str], int, int]:
    """Return the words of an article, and where a passage of it, which stands there once, begins and stops."""
    words = normalise(" ".join(draw(_words))).split(" ")
    first = draw(st.integers(0, len(words) - 1))
    stop = draw(st.integers(first + 1, len(words)))
    return words, first, stop


def _cited(words: list[str], first: int, stop: int) -> Citation:
    text = " ".join(words)
    try:
        return cited(" ".join(words[first:stop]), text=text)
    except NotCitableError as refusal:
        assume(not str(refusal).startswith("ambiguous"))
        raise


@given(_passages(), st.lists(st.integers(0, 40), max_size=3))
@settings(max_examples=60, deadline=None)
def test_what_was_cited_is_a_match(found: tuple[list[str], int, int], breaks: list[int]) -> None:
    """Any passage that can be cited is a match in the copy that it was cited from, however it is cut into lines."""
    words, first, stop = found
    lines = "".join(("\n" if n in breaks else " ") + word for n, word in enumerate(words))
    assert State.MATCH is check(_cited(words, first, stop), copied(lines))


@given(_passages(), st.data())
@settings(max_examples=60, deadline=None)
def test_a_passage_with_a_changed_word_is_no_match(found: tuple[list[str], int, int], data: st.DataObject) -> None:
    """One word changed, added or left out inside the passage, and it is no match any more."""
    words, first, stop = found
    citation = _cited(words, first, stop)
    at = data.draw(st.integers(first, stop - 1))
    instead = data.draw(st.sampled_from([["changed"], [words[at], "changed"]] if at < stop - 1 else [["changed"]]))
    assert State.MATCH is not check(citation, copied(" ".join([*words[:at], *instead, *words[at + 1 :]])))


@given(_passages())
@settings(max_examples=60, deadline=None)
def test_a_deep_link_leads_to_the_anchors(found: tuple[list[str], int, int]) -> None:
    """The fragment decodes to the anchors, and the words keep its own signs (hyphen, comma, ampersand) out of it."""
    citation = _cited(*found)
    url, _, fragment = deep_link(SOURCE, citation).partition("#:~:text=")
    words = fragment.split(",")
    assert SOURCE.url == url
    assert list(dict.fromkeys([citation.start, citation.end])) == [unquote(part) for part in words]
    assert not {*"-,&# "} & set("".join(words))


@pytest.mark.parametrize(
    ("passage", "fragment"),
    [
        ("12 mines", "12%20mines"),
        ("Salt & Co, 2-4", "Salt%20%26%20Co%2C%202%2D4"),
        ("Atlantis has shut 12 mines at last", "Atlantis%20has,at%20last"),
        ("кафе", "%D0%BA%D0%B0%D1%84%D0%B5"),
    ],
)
def test_a_deep_link_is_the_address_with_a_text_fragment(passage: str, fragment: str) -> None:
    """A short passage is linked by itself, a longer one by its first and last words."""
    start, end = anchors(passage)
    citation = Citation(
        id="cit-x", source=world.SOURCE, where="lead", start=start, end=end, digest=digest(passage), tokens=()
    )
    assert f"https://gazette.example/2020/05/02/atlantis-mines/#:~:text={fragment}" == deep_link(SOURCE, citation)
