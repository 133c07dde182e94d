"""Ranks and scores by sets of places, against scores of every record."""

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataset import bits, ranking
from dataset.ranking import Ranked, Sorted, held, scored

IDS = [f"evt-{number:03}" for number in range(60)]
WEIGHTS = (0.5, 1.375, 1.571, 1.8)
Word = tuple[float, dict[int, float]]
"""How rare a word is, and its weight at each place."""

WORD = st.tuples(
    st.floats(0.1, 12), st.dictionaries(st.integers(0, 59), st.sampled_from(WEIGHTS), min_size=20, max_size=60)
)


def _held(weights: Mapping[int, float]) -> ranking.Held:
    return held([(weight, [place]) for place, weight in weights.items()], len(IDS))


def _scores(words: list[Word]) -> dict[str, float]:
    """Return the score of each record that holds every word."""
    found = set.intersection(*[{*weights} for _, weights in words])
    return {IDS[place]: round(sum(rarity * weights[place] for rarity, weights in words), 4) for place in found}


def _ranked(words: list[Word]) -> Ranked:
    found = scored(IDS, [(rarity, _held(weights)) for rarity, weights in words])
    return Ranked((score, found[score]) for score in sorted(found, reverse=True))


@settings(max_examples=60)
@given(st.lists(WORD, min_size=1, max_size=4), st.sampled_from([0, 64, 10_000]), st.integers(0, 60), st.integers(0, 60))
def test_ranks_are_those_of_every_record(words: list[Word], combined: int, begin: int, size: int) -> None:
    """By sets or one by one: who is found, in which order, every score, every rank and every part."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ranking, "COMBINED", combined)
        found = _ranked(words)
    scores = _scores(words)
    ids = tuple(sorted(scores, key=lambda one: (-scores[one], one)))

    assert (found.ids, found.scores(), len(found)) == (ids, scores, len(ids))
    assert [found.rank(one) for one in ids] == list(range(len(ids)))
    assert found.part(begin, min(begin + size, len(ids))) == ids[begin : begin + size]
    assert [*found.scored(begin, begin + size)] == [(one, scores[one]) for one in ids[begin : begin + size]]
    assert {found.rank(one) for one in IDS if one not in scores} <= {None}


def test_nothing_takes_memory_as_well() -> None:
    """What keeps answers within a budget cannot keep those of nothing without end."""
    assert min(Ranked([]).size, held([], 60).size) > 0


@given(st.dictionaries(st.integers(0, 59), st.lists(st.sampled_from(WEIGHTS), min_size=1, max_size=3)))
def test_the_highest_weight_of_a_place_counts(weights: dict[int, list[float]]) -> None:
    """Each place is in one set, that of its highest weight, and the highest weight comes first."""
    found = held([(weight, [place]) for place, some in weights.items() for weight in some], len(IDS))

    assert {p: weight for weight, own in found.levels for p in bits.listed(own)} == {
        p: max(w) for p, w in weights.items()
    }
    assert sum(own.bit_count() for _, own in found.levels) == found.marks.bit_count() == len(weights)
    assert [weight for weight, _ in found.levels] == sorted({max(some) for some in weights.values()}, reverse=True)


@given(st.sets(st.integers(0, 499), max_size=400), st.integers(0, 400), st.integers(0, 400))
def test_a_part_of_a_sorted_list_is_that_of_its_keys(places: set[int], begin: int, size: int) -> None:
    """Every part, short or long, and the rank of each key, of any other none."""
    keys = [f"key-{place:03}" for place in range(500)]
    own = tuple(keys[place] for place in sorted(places))
    found = Sorted(keys, bits.of(places, 500))
    end = min(begin + size, len(own))

    assert found.part(begin, end) == own[begin:end]
    assert [found.rank(key) for key in [*keys, "key-", "key-500"]] == [
        own.index(key) if key in own else None for key in [*keys, "key-", "key-500"]
    ]
