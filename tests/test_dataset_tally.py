"""Counts of keys at some places, against a count of every place."""

from collections import Counter
from random import Random

from hypothesis import example, given
from hypothesis import strategies as st

from dataset import bits
from dataset.tally import FEW, Count, Picked, Tally, taker

SIZE = 120
PLACES = st.sets(st.integers(0, SIZE - 1))


@st.composite
def held(draw: st.DrawFn) -> dict[str, list[int]]:
    """Draw the places of few keys or of many, some places having one key, some many, most of them at times none."""
    number = draw(st.sampled_from([0, 1, FEW, FEW + 1, 90]))
    often = draw(st.sampled_from([1, 3, 40]))
    chance = draw(st.randoms(use_true_random=False))
    crowded = chance.sample(range(SIZE), 4)
    return {
        f"key-{key:02}": sorted({chance.choice(crowded), *chance.sample(range(SIZE), chance.randint(0, often))})
        for key in range(number)
    }


def _count(found: dict[str, list[int]], places: set[int], most: int) -> Count:
    counts = Counter({key: len(places.intersection(some)) for key, some in found.items()})
    there = [(key, count) for key, count in counts.items() if count]
    ranked = sorted(there, key=lambda pair: (-pair[1], pair[0]))
    known = {place for some in found.values() for place in some}
    return Count(len(there), len(places - known), tuple(ranked[:most]))


@given(held(), PLACES, st.booleans(), st.integers(1, 30))
@example({}, {3}, False, 5)
@example({}, {3}, True, 5)
def test_a_count_is_that_of_every_place(
    found: dict[str, list[int]], places: set[int], inverse: bool, most: int
) -> None:
    """However many keys there are, however many places are picked, and however many keys a place has."""
    picked = {*range(SIZE)} - places if inverse else places

    assert Tally(found, SIZE).count(Picked(bits.of(picked, SIZE), SIZE), most) == _count(found, picked, most)


@given(held(), PLACES, st.permutations(range(SIZE)))
def test_a_place_counts_once_and_by_its_rank(found: dict[str, list[int]], places: set[int], order: list[int]) -> None:
    """A place that stands beside a key several times counts once; in another order it is told by its rank there."""
    ranks = sorted(range(SIZE), key=order.__getitem__)
    tally = Tally({key: [*some, *some[:2]] for key, some in found.items()}, SIZE, (ranks, taker(order)))
    told = {key: [ranks[place] for place in some] for key, some in found.items()}

    for picked in (places, {*range(SIZE)} - places):
        assert tally.count(Picked(bits.of(picked, SIZE), SIZE), FEW) == _count(told, picked, FEW)


@given(held(), st.integers(1, 30))
def test_all_and_none_are_counted(found: dict[str, list[int]], most: int) -> None:
    """Every place and no place are as any others."""
    tally = Tally(found, SIZE)

    assert tally.count(Picked(bits.below(SIZE), SIZE), most) == _count(found, {*range(SIZE)}, most)
    assert tally.count(Picked(0, SIZE), most) == Count(0, 0, ())


def test_no_key_of_a_crowded_place_is_lost() -> None:
    """Where nearly all places have no key or one, a place that has every key counts for each of them."""
    found = {f"key-{key:02}": [7, 20 + key] for key in range(FEW + 1)}

    counted = Tally(found, SIZE).count(Picked(bits.of({7, 8, 20}, SIZE), SIZE), FEW + 1)

    assert counted == _count(found, {7, 8, 20}, FEW + 1)


@given(st.integers(0, 700), st.integers(0, 700), st.booleans(), st.integers(1, 50), st.randoms(use_true_random=False))
def test_a_count_may_be_higher_than_a_byte(low: int, high: int, rest: bool, most: int, chance: Random) -> None:
    """Keys that many hundreds of places have are counted and ranked beside those of few."""
    size = 1_000
    found = {f"key-{key:02}": [*range(chance.choice([3, 255, 256, 511, 900]))] for key in range(FEW + 1)}
    between = {*range(*sorted((low, high)))}
    picked = {*range(size)} - between if rest else between

    counted = Tally(found, size).count(Picked(bits.of(picked, size), size), most)

    assert counted == _count(found, picked, most)


@given(st.sets(st.integers(0, 1_999), max_size=12), st.integers(0, 1_999), st.integers(1, 60))
def test_few_places_of_many_keys_are_counted(places: set[int], start: int, most: int) -> None:
    """Where far fewer places are picked than there are keys, and where few places have a key at all."""
    size = 2_000
    found = {f"key-{key:04}": [key * 7 % 1_900, (key + key % 3) * 11 % 1_900] for key in range(1_200)}
    rare = {f"key-{key:02}": [key % 13, size - 1 - key] for key in range(FEW + 1)}

    for picked in (places, {*range(start, size)}):
        for some in (found, rare):
            counted = Tally(some, size).count(Picked(bits.of(picked, size), size), most)
            assert counted == _count(some, picked, most)


def test_what_is_looked_at_is_the_less() -> None:
    """Of most places the others are looked at, so that a count never looks at more than half of them."""
    few, many = Picked(0b0101, 4), Picked(0b0111, 4)

    assert (few.inverse, few.looked, [*few.of([5, 6, 7, 8])]) == (False, [0, 2], [5, 7])
    assert (many.inverse, many.looked, [*many.of([5, 6, 7, 8])]) == (True, [3], [8])
