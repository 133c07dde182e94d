"""The numbers that printed words contain."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataset.numbers import numbers

SCALES = {"": 1, " hundred": 100, " thousand": 10**3, " million": 10**6, " billion": 10**9, " trillion": 10**12}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("no number at all", []),
        ("", []),
        ("12 mines", [12]),
        ("67,000 machines", [67_000]),
        ("1,234,567.5 shells", ["1234567.5"]),
        ("3.25 megawatts", ["3.25"]),
        ("around 100", [100]),
        ("more than 2 million people", [2_000_000]),
        ("100 billion pounds ($193 million)", [100_000_000_000, 193_000_000]),
        ("2-4 million shells", [2_000_000, 4_000_000]),
        ("2 to 4 Million shells", [2_000_000, 4_000_000]),
        ("$300,000-500,000 a month", [300_000, 500_000]),
        ("$300,000-$500,000 a month", [300_000, 500_000]),
        ("5 thousand to 2 million", [5_000, 2_000_000]),
        ("12, 5 and 7.", [12, 5, 7]),
        ("in 2022, 12 were shut", [2022, 12]),
        ("the 17th, 1st, 2nd and 3rd", [17, 1, 2, 3]),
        ("a 3-million-pound raid", [3_000_000]),
        ("12 12 12", [12]),
        ("(12)", [12]),
        ("€5", [5]),
        ("5% of them", [5]),
    ],
)
def test_printed_figures_are_read_with_their_scale(text: str, expected: list[int | str]) -> None:
    """Figures are read as printed, with thousands separators, decimals, ranges, ordinals and scales."""
    assert {Decimal(number) for number in expected} == numbers(text)


@pytest.mark.parametrize("text", ["MH17", "G20", "5km", "3bn", "1990s", "v1.2x", "12,345x", "1.2.3x"])
def test_figures_inside_a_word_are_no_number(text: str) -> None:
    """A name or an abbreviation that holds figures prints no number of its own after the letters."""
    whole = Decimal("".join(figure for figure in text if figure.isdigit()))
    assert whole not in numbers(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Seven mines", [7]),
        ("one or two", [1, 2]),
        ("twelve and zero", [12, 0]),
        ("three million shells", [3_000_000]),
        ("two hundred thousand shells", [200_000]),
        ("a twelve-year term", [12]),
        ("thirteen", []),
        ("someone, often, tend, weight", []),
        ("twenty-five mines", []),
    ],
)
def test_numbers_up_to_twelve_are_read_in_words(text: str, expected: list[int]) -> None:
    """Words up to twelve are numbers, alone or with a scale; what is spelled beyond twelve is not half read."""
    assert {Decimal(number) for number in expected} == numbers(text)


@given(st.integers(0, 10**12), st.sampled_from(["{:d}", "{:,d}"]), st.sampled_from(sorted(SCALES)))
def test_every_whole_number_is_read_back(number: int, form: str, scale: str) -> None:
    """A whole number is read whether or not its thousands are separated, times the scale that follows it."""
    assert {Decimal(number * SCALES[scale])} == numbers(f"They shut {form.format(number)}{scale} of them.")


@given(st.decimals(0, 10**9, places=2), st.decimals(0, 10**9, places=2), st.sampled_from(sorted(SCALES)))
def test_the_scale_of_a_range_belongs_to_both_ends(low: Decimal, high: Decimal, scale: str) -> None:
    """Both ends of a range are read, times the scale behind it."""
    expected = {low * SCALES[scale], high * SCALES[scale]}
    assert expected == numbers(f"{low:,}-{high:,}{scale}") == numbers(f"{low} to {high}{scale}")


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    """Whatever the text, its numbers are finite and not negative."""
    assert all(number.is_finite() and number >= 0 for number in numbers(text))


@pytest.mark.parametrize("text", ["1.5m", "2.5bn", "1,00", "two dozen", "3 dozen", "12.5k"])
def test_a_number_that_goes_on_in_a_way_not_understood_is_none(text: str) -> None:
    """Rather no number than another one."""
    assert numbers(text) == frozenset()
