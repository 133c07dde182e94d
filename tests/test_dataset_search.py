"""Full-text search: what is found against a scan of every record, how it is ranked, and where it is said to be."""

from collections import Counter
from dataclasses import replace
from functools import cache
from random import Random
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dataset.canonical import to_plain
from dataset.catalog import Catalog, Edition
from dataset.catalog import load as load_catalog
from dataset.fold import words
from dataset.hits import Hit, Hits, search
from dataset.query import QueryError, parse, select
from dataset.records import SERVED
from dataset.search import SEARCHED, highlighted, wanted
from dataset.shape import shape
from dataset.spread import spread
from dataset.vocabulary import Collection
from tests import world

Plain = dict[str, Any]

LETTERS = st.sampled_from("aábcdeéghiklmnorstuvwxyzйкё 0123456789-’'.")


@cache
def _catalog() -> Catalog:
    return load_catalog()


@cache
def _plain() -> dict[str, Plain]:
    """Return every record of the published dataset as plain JSON."""
    return {record.id: to_plain(record) for _, record in _catalog().latest.release.corpus.records()}


@cache
def _known() -> tuple[str, ...]:
    """Return every word of the published dataset, as it is printed in lower case."""
    corpus = _catalog().latest.release.corpus
    said = [texts for record in _plain().values() for texts in world.texts(corpus, record).values()]
    return tuple(sorted({word for texts in said for text in texts for word in world.words(text)}))


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Draw one to three words that are there, whole or cut, with a word that may not be."""
    words = draw(st.lists(st.sampled_from(_known()), min_size=1, max_size=3))
    cut = [word[: draw(st.integers(1, len(word)))] if draw(st.booleans()) else word for word in words]
    other = draw(st.just("") | st.text(LETTERS, max_size=4))
    return " ".join([*cut, other])


def _edition(**changes: Plain) -> Edition:
    """Return the small world, these fields of its records changed; a record is named with underscores."""
    records = world.raw()
    for (_, name), record in records.items():
        record.update(changes.get(name.replace("-", "_"), {}))
    return world.edition_of(records)


def _found(edition: Edition, text: str) -> tuple[str, ...]:
    return search(edition, text).ids


def test_every_searched_field_is_one_that_is_shown() -> None:
    """What is searched of each collection is what the scan reads, and begins with a field of the record."""
    corpus = _catalog().latest.release.corpus
    for collection, searched in SEARCHED.items():
        for record in corpus.collection(collection).values():
            assert [item.field for item in searched] == list(world.texts(corpus, to_plain(record)))
        own = {field.name for field in shape(SERVED[collection])} | {"label"}
        assert {item.field.partition(".")[0] for item in searched} <= own


@pytest.mark.parametrize("collection", SEARCHED)
def test_a_field_is_read_alike_of_one_record_and_of_many(collection: str) -> None:
    """The words that a field has at a place, all its parts together, are those of the record's texts."""
    corpus = _catalog().latest.release.corpus
    together = spread(corpus)[collection]
    for item in SEARCHED[collection]:
        expected = Counter(
            (word, place)
            for place, record in enumerate(corpus.collection(collection).values())
            for text in item.texts(corpus, record)
            for word in words(text)
        )
        found = Counter(
            (word, place)
            for part in item.spread(corpus, together)
            for text, places in part
            for word in words(text)
            for place in places
        )
        assert found == expected


@settings(max_examples=80)
@given(texts())
@example("itegmenov")
def test_what_is_found_is_what_a_scan_finds(text: str) -> None:
    """Exactly the records are found that hold every word or, from three letters on, its beginning."""
    edition = _catalog().latest
    expected = {name for name, record in _plain().items() if world.holds(edition.release.corpus, record, text)}

    assert {*_found(edition, text)} == expected


@settings(max_examples=60)
@given(texts(), st.sets(st.sampled_from(Collection)))
def test_some_kinds_are_a_part_of_all(text: str, kinds: set[Collection]) -> None:
    """A search of some collections finds those of their records that a search of all does, in the same order."""
    chosen = [kind.value for kind in kinds]
    found = search(_catalog().latest, text, chosen)
    whole = [found for found in _hits(search(_catalog().latest, text)) if not kinds or found.collection in kinds]

    assert _hits(found) == whole


def _hits(found: Hits) -> list[Hit]:
    return found.hits(0, len(found.keys))


@settings(max_examples=60)
@given(texts())
def test_the_best_comes_first_and_ties_by_id(text: str) -> None:
    """Scores never rise from one hit to the next, are above zero, and equal ones stand in the order of ids."""
    ranked = [(-hit.score, hit.id) for hit in _hits(search(_catalog().latest, text))]

    assert ranked == sorted(ranked)
    assert all(score < 0 for score, _ in ranked)


@settings(max_examples=60)
@given(texts(), st.sampled_from(list(SERVED)))
def test_a_list_is_ranked_as_the_search_is(text: str, collection: str) -> None:
    """A collection's filter `q` finds what the search finds of it, in the same order."""
    edition = _catalog().latest

    assert select(edition, parse(collection, {"q": [text]})) == search(edition, text, [collection]).ids


@settings(max_examples=60)
@given(texts(), st.randoms(use_true_random=False))
def test_the_order_of_words_does_not_matter(text: str, random: Random) -> None:
    """The same records are found whatever the order of the words is, and however often one is said."""
    words = text.split()
    random.shuffle(words)
    edition = _catalog().latest

    assert {*_found(edition, text)} == {*_found(edition, " ".join([*words, words[0]]))}


@settings(max_examples=60)
@given(texts())
def test_case_and_punctuation_do_not_matter(text: str) -> None:
    """Capitals, and any signs around the words, find the same."""
    edition = _catalog().latest

    assert _found(edition, text.upper()) == _found(edition, text) == _found(edition, f'"{text}"*?')


@settings(max_examples=60)
@given(texts())
def test_every_hit_says_where_the_words_are(text: str) -> None:
    """Fragments put together are the field's text, matches are what was asked for, and each word has one."""
    edition = _catalog().latest
    asked = world.words(text)
    for hit in _hits(search(edition, text)):
        said = world.texts(edition.release.corpus, _plain()[hit.id])
        matched = []
        for highlight in hit.highlights:
            assert "".join(fragment.text for fragment in highlight.fragments) in said[highlight.field]
            assert all(fragment.text for fragment in highlight.fragments)
            matched += [fragment.text for fragment in highlight.fragments if fragment.match]
        words = [word for match in matched for word in world.words(match)]
        assert [word for word in words if not any(world.matches(word, one) for one in asked)] == []
        assert [one for one in asked if not any(world.matches(word, one) for word in words)] == []


@settings(max_examples=60)
@given(st.text(), st.text(st.characters(), min_size=0, max_size=12))
@example("", "\ud800")
@example("a", "b\udfff")
@example("\x00", "½ № ™ ǰ İ")
def test_any_text_finds_or_is_refused(printed: str, asked: str) -> None:
    """Whatever is printed in a title and whatever is asked for, the answer is hits or a QueryError."""
    edition = _edition(evt_closures={"title": printed.encode(errors="ignore").decode() or "x"})
    for text in (printed, asked, f"mine {asked}"):
        for hit in _hits_unless_refused(edition, text):
            record = edition.release.corpus.get(hit.id)
            assert record
            said = world.texts(edition.release.corpus, to_plain(record))
            for highlight in hit.highlights:
                assert "".join(fragment.text for fragment in highlight.fragments) in said[highlight.field]


def _hits_unless_refused(edition: Edition, text: str) -> list[Hit]:
    try:
        return _hits(search(edition, text))
    except QueryError:
        return []


def test_a_text_without_a_word_finds_nothing() -> None:
    """Punctuation alone is no question, and no error."""
    assert [_found(_catalog().latest, text) for text in ("?!", "_", " ", "\x00")] == [(), (), (), ()]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "must have from 1 to 200 characters"),
        ("a" * 201, "must have from 1 to 200 characters"),
        ("mine\ud800", "must be Unicode text, without a half of a surrogate pair"),
    ],
)
def test_a_text_that_cannot_be_looked_for_is_refused(text: str, reason: str) -> None:
    """No character, too many of them and what is no text are refused by the name `q`."""
    with pytest.raises(QueryError) as caught:
        search(_catalog().latest, text)

    assert (caught.value.parameter, caught.value.reason) == ("q", reason)


@pytest.mark.parametrize(
    ("title", "asked", "found"),
    [
        ("Mines shut", "mines", True),
        ("Mines shut", "min", True),
        ("Mines shut", "mi", False),
        ("Mi shut", "mi", True),
        ("Mines shut", "ines", False),
        ("Mines shut", "mines shot", False),
        ("O’Neill-Reed’s mines", "neill", True),
        ("Café mines", "cafe", True),
        ("Cafe mines", "CAFÉ", True),
        ("Cafe\u0301 mines", "café", True),
        ("Шахта", "ШАХ", True),
        ("Йога", "иога", False),
        ("№ 5 mines", "no 5", True),
        ("snake_case", "case", True),
    ],
)
def test_words_are_found_whatever_their_case_and_accents(title: str, asked: str, found: bool) -> None:
    """A word is found whole or, from three letters on, by its beginning; letters of other scripts stay theirs."""
    edition = _edition(evt_forced_closures={"title": title, "summary": "-"})

    assert ("evt-forced-closures" in _found(edition, asked)) is found


ASCII = st.text(st.sampled_from("abcAB 01_-'.min"), max_size=40)


@settings(max_examples=200)
@given(ASCII, st.lists(ASCII, min_size=1, max_size=3))
@example("minmine min_e mi", ["min", "mi", "mine"])
@example("aaab aab", ["aab", "aa"])
def test_a_text_is_cut_alike_whatever_letters_it_has(title: str, asked: list[str]) -> None:
    """A title of ASCII letters is cut where it is cut with another letter behind it."""
    corpus = _catalog().latest.release.corpus
    event = next(iter(corpus.events.values()))

    def cut(title: str) -> list[tuple[str, bool]]:
        found = highlighted(corpus, "events", replace(event, title=title), wanted(" ".join(asked)))
        return [piece for field, pieces in found if field == "title" for piece in pieces]

    pieces = cut(f"{title} \N{LATIN SMALL LETTER E WITH ACUTE}")
    if pieces:
        rest = pieces.pop()[0].removesuffix(" \N{LATIN SMALL LETTER E WITH ACUTE}")
        pieces += [(rest, False)] if rest else []

    assert cut(title) == pieces


def test_accents_that_stand_beside_their_letters_are_part_of_the_match() -> None:
    """A match is cut out with its accents, be they one character with the letter or not."""
    edition = _edition(evt_closures={"title": "The Cafe\u0301s of Salt"})
    record = edition.release.corpus.events["evt-closures"]
    found = highlighted(edition.release.corpus, "events", record, wanted("cafés"))

    assert found == [("title", [("The ", False), ("Cafe\u0301s", True), (" of Salt", False)])]


def test_a_match_in_the_title_stands_above_one_in_the_summary() -> None:
    """The more telling field counts more."""
    edition = _edition(
        evt_closures={"title": "One", "summary": "A quarry."},
        evt_forced_closures={"title": "Quarry", "summary": "One."},
    )

    assert search(edition, "quarry", ["events"]).ids == ("evt-forced-closures", "evt-closures")


def test_a_whole_word_stands_above_its_beginning() -> None:
    """What is said as it was asked for counts more than what goes on."""
    edition = _edition(evt_closures={"title": "The quarrymen"}, evt_forced_closures={"title": "The quarry men"})

    assert search(edition, "quarry", ["events"]).ids == ("evt-forced-closures", "evt-closures")


def test_what_is_said_more_often_stands_higher_and_what_is_said_alike_by_id() -> None:
    """Frequency counts; equal answers stand in the order of ids."""
    twice = _edition(evt_closures={"title": "Quarry"}, evt_forced_closures={"title": "Quarry after quarry"})
    alike = _edition(evt_closures={"title": "Quarry"}, evt_forced_closures={"title": "Quarry"})

    assert search(twice, "quarry", ["events"]).ids == ("evt-forced-closures", "evt-closures")
    assert search(alike, "quarry", ["events"]).ids == ("evt-closures", "evt-forced-closures")
    assert len({*search(alike, "quarry", ["events"]).keys.scores().values()}) == 1


def test_a_rare_word_counts_more_than_a_frequent_one() -> None:
    """Of two records that hold two words alike often, the one that says the rarer more stands higher."""
    records = world.raw()
    for number in range(9):
        records["events", f"evt-{number}"] = {
            **records["events", "evt-closures"],
            "id": f"evt-{number}",
            "title": "Salt",
        }
    records["events", "evt-closures"].update(title="Quarry salt salt salt", summary="-")
    records["events", "evt-forced-closures"].update(title="Quarry quarry quarry salt", summary="-")

    assert search(world.edition_of(records), "salt quarry", ["events"]).ids == ("evt-forced-closures", "evt-closures")


def test_a_hit_says_what_it_is() -> None:
    """A hit has the record's id, its kind, its label with its hedge, and the field in which it was found."""
    (hit,) = _hits(search(_edition(), "behind", ["relations"]))

    assert (hit.id, hit.collection, hit.label) == (
        "rel-reed-behind-mines",
        Collection.RELATIONS,
        "Ada Reed – behind – The 12 mines (believed)",
    )
    assert [(h.field, [f.text for f in h.fragments]) for h in hit.highlights] == [
        ("label", ["Ada Reed – ", "behind", " – The 12 mines (believed)"])
    ]


def test_an_answer_s_cursors_are_bound_to_what_was_asked() -> None:
    """The scope differs by release, text and kinds, and naming every kind is as naming none."""
    edition = _edition()
    every = [kind.value for kind in Collection]
    scopes = {
        search(edition, "mines").scope,
        search(edition, "mine").scope,
        search(edition, "mines", ["events"]).scope,
        search(_edition(evt_closures={"title": "Other"}), "mines").scope,
    }

    assert len(scopes) == 4
    assert search(edition, "mines", every).scope == search(edition, "mines").scope
