"""Sets of places as bits, and pages cut from them: against plain lists."""

from hypothesis import given
from hypothesis import strategies as st

from dataset import bits
from dataset.sequence import LISTED, Listed, Marked, Placed

SIZE = 20_000
PLACES = st.sets(st.integers(0, SIZE - 1), max_size=60) | st.sets(st.integers(0, 300), max_size=250)
KEYS = tuple(f"key-{place:05}" for place in range(SIZE))
NUMBERS = {key: place for place, key in enumerate(KEYS)}


@given(PLACES, st.integers(0, SIZE), st.integers(0, 80))
def test_positions_are_listed_in_order_from_a_start(places: set[int], start: int, count: int) -> None:
    """However far apart they are."""
    marks = bits.of(places, SIZE)
    assert bits.ascending(marks, start, count) == sorted(place for place in places if place >= start)[:count]


@given(PLACES, st.sampled_from([1, 3, 60, 1_000]))
def test_a_set_is_listed_whole(places: set[int], apart: int) -> None:
    """However many of the positions are members, and however the positions were given."""
    positions = sorted(place * apart for place in places)
    marks = bits.of(positions, SIZE * apart)

    assert bits.listed(marks) == positions
    assert marks == bits.of(iter(positions), SIZE * apart) == sum(1 << position for position in positions)


@given(PLACES)
def test_a_position_is_found_by_its_rank(places: set[int]) -> None:
    """Each one of them."""
    marks = bits.of(places, SIZE)
    assert [bits.select(marks, rank) for rank in range(len(places))] == sorted(places)
    assert [place for place in range(SIZE) if bits.holds(marks, place)] == sorted(places)


@given(PLACES, st.booleans(), st.booleans(), st.integers(0, 300), st.integers(0, 40))
def test_marked_keys_are_those_that_a_list_of_them_has(
    places: set[int], reverse: bool, listed: bool, begin: int, size: int
) -> None:
    """Their number, the rank of each, and every part, forward and reversed, with their places listed or not."""
    keys = tuple(KEYS[place] for place in sorted(places, reverse=reverse))
    marked = Marked(KEYS, NUMBERS, bits.of(places, SIZE), len(places), reverse)
    found, expected = marked.listed() if listed else marked, Listed(keys)
    assert len(found) == len(expected)
    assert [found.rank(key) for key in keys] == list(range(len(keys)))
    begin = min(begin, len(keys))
    end = min(begin + size, len(keys))
    assert found.part(begin, end) == expected.part(begin, end)
    assert [KEYS[place] for place in found.at(begin, end)] == list(expected.part(begin, end))
    assert found.rank("key-none") is None
    assert all(found.rank(key) == expected.rank(key) for key in KEYS[:50])


def test_keys_are_listed_unless_they_are_many() -> None:
    """What is listed takes four bytes for each; more than some thousands stay as they are."""
    few, many = (Marked(KEYS, NUMBERS, bits.below(size), size) for size in (LISTED, LISTED + 1))

    assert isinstance(few.listed(), Placed)
    assert few.listed().size == 4 * LISTED
    assert many.listed() is many
