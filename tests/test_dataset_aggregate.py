"""Adding figures up: every reason not to add two of them in a small world, and what holds of any world."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataset.aggregate import Aggregate, aggregates
from dataset.catalog import Catalog, Edition
from dataset.query import QueryError, parse
from dataset.ties import Ties
from dataset.vocabulary import Comparator, Exclusion, Modality
from tests import world

Plain = dict[str, Any]


def _day(edtf: str, basis: str = "announced", **more: str) -> Plain:
    return {"edtf": edtf, "basis": basis, **more}


def _edition(
    figures: Mapping[str, Plain],
    parts: Mapping[str, str] | None = None,
    dates: Mapping[str, str] | None = None,
    discrepancies: Sequence[Plain] = (),
) -> Edition:
    """Return a world of figures, each about an event of its own unless told, and of events that are parts of others.

    A figure `a` is `fig-a` and about `evt-a`.
    """
    records = world.raw()
    like, event = records["figures", "fig-twelve"], records["events", "evt-closures"]
    discrepancy = records["discrepancies", "dis-shut-or-ordered"]
    for kind in ("figures", "events", "discrepancies"):
        for key in [key for key in records if key[0] == kind]:
            del records[key]
    made = [{**like, "about": f"evt-{name}", "id": f"fig-{name}", **more} for name, more in figures.items()]
    parts, dates = parts or {}, dates or {}
    names = {one["about"] for one in made if one["about"][:3] == "evt"} | {*parts} | {*parts.values()}
    for name in names:
        day = _day(dates.get(name, "2020-05-01"))
        records["events", name] = {**event, "id": name, "part_of": parts.get(name), "date": day}
    for one in made:
        records["figures", one["id"]] = {**one, "value": None if "low" in one else one["value"]}
    for number, more in enumerate(discrepancies):
        name = f"dis-{number}"
        records["discrepancies", name] = {**discrepancy, "id": name, **more}
    return world.edition_of(records)


def _all(edition: Edition, *ids: str) -> tuple[Aggregate, ...]:
    return aggregates(edition, parse("figures", {"ids": ids} if ids else {}))


def _one(edition: Edition, *ids: str) -> Aggregate:
    (found,) = _all(edition, *ids)
    return found


def _ends(found: Aggregate) -> tuple[str | None, str | None, str | None]:
    return found.low, found.best, found.high


def _left(found: Aggregate) -> dict[str, tuple[str, str | None]]:
    return {one.id: (one.reason.value, one.because) for one in found.excluded}


def _value(number: str, **more: Any) -> Plain:
    return {"value": number, **more}


def test_figures_about_different_things_are_added() -> None:
    """Unrelated figures of one measure and unit come to their sum, and nothing is left out."""
    found = _one(_edition({"a": _value("12"), "b": _value("30"), "c": _value("0")}))

    assert _ends(found) == ("42", "42", "42")
    assert (found.counted, found.excluded, found.approximate) == (("fig-a", "fig-b", "fig-c"), (), False)
    assert (found.measure.value, found.unit.value, found.unit_code, found.per) == (
        "mines_closed",
        "mine",
        "{mine}",
        None,
    )


def test_a_figure_that_restates_another_does_not_count_again() -> None:
    """Of a chain of restatements, the one that the others restate counts."""
    figures = {
        "a": _value("100", comparator="more_than", restates="fig-b"),
        "b": _value("106", restates="fig-c"),
        "c": _value("106"),
        "d": _value("1"),
    }
    found = _one(_edition(figures))

    assert (_ends(found), found.counted) == (("107", "107", "107"), ("fig-c", "fig-d"))
    assert _left(found) == {"fig-a": ("restates", "fig-c"), "fig-b": ("restates", "fig-c")}


def test_figures_that_restate_one_that_is_not_asked_for_count_once() -> None:
    """Without the one that they restate, the first of them speaks for it."""
    figures = {
        "a": _value("106", restates="fig-b"),
        "b": _value("106", restates="fig-c"),
        "c": _value("106"),
        "d": _value("106", restates="fig-c"),
    }
    found = _one(_edition(figures), "fig-a", "fig-b", "fig-d")

    assert (_ends(found), found.counted) == (("106", "106", "106"), ("fig-a",))
    assert _left(found) == {"fig-b": ("restates", "fig-a"), "fig-d": ("restates", "fig-a")}


def test_figures_that_restate_one_of_another_measure_count_once() -> None:
    """Two figures that say the same thing in other terms are not added to one another."""
    figures = {
        "a": _value("7", restates="fig-c"),
        "b": _value("7", restates="fig-c"),
        "c": _value("7", measure="miners_stopped", unit="miner"),
    }
    mines, miners = _all(_edition(figures))

    assert (mines.counted, _left(mines)) == (("fig-a",), {"fig-b": ("restates", "fig-a")})
    assert (miners.counted, miners.excluded) == (("fig-c",), ())


def test_a_part_does_not_count_beside_its_whole() -> None:
    """What is contained, however many figures lie between, is left out; a part of what is not asked for counts."""
    figures = {
        "a": _value("5", part_of="fig-b"),
        "b": _value("7", part_of="fig-c", measure="mines_forced_to_close"),
        "c": _value("12"),
        "d": _value("3", part_of="fig-c"),
    }
    edition = _edition(figures)
    whole, forced = _all(edition)

    assert (_ends(whole), whole.counted) == (("12", "12", "12"), ("fig-c",))
    assert _left(whole) == {"fig-a": ("part_of", "fig-c"), "fig-d": ("part_of", "fig-c")}
    assert forced.counted == ("fig-b",)
    assert _ends(_one(edition, "fig-a", "fig-d")) == ("8", "8", "8")


@pytest.mark.parametrize(
    ("figures", "counted", "left"),
    [
        pytest.param(
            {"a": _value("5", restates="fig-b", part_of="fig-c"), "b": _value("5"), "c": _value("12")},
            ("fig-c",),
            {"fig-a": ("restates", "fig-b"), "fig-b": ("part_of", "fig-c")},
            id="the restatement says what contains both",
        ),
        pytest.param(
            {"a": _value("5", part_of="fig-b"), "b": _value("12", restates="fig-c"), "c": _value("12")},
            ("fig-c",),
            {"fig-a": ("part_of", "fig-c"), "fig-b": ("restates", "fig-c")},
            id="a part of a restatement",
        ),
        pytest.param(
            {
                "a": _value("5", part_of="fig-b"),
                "b": _value("12", restates="fig-c"),
                "c": _value("12", part_of="fig-d"),
                "d": _value("20"),
            },
            ("fig-d",),
            {"fig-a": ("part_of", "fig-c"), "fig-b": ("restates", "fig-c"), "fig-c": ("part_of", "fig-d")},
            id="a part of a part",
        ),
    ],
)
def test_parts_are_found_through_restatements(
    figures: dict[str, Plain], counted: tuple[str, ...], left: dict[str, tuple[str, str | None]]
) -> None:
    """What is said of a figure holds of those that say the same."""
    found = _one(_edition(figures))

    assert (found.counted, _left(found)) == (counted, left)


@pytest.mark.parametrize(
    ("operation", "values", "counted"),
    [("sum", ("17", "12", "5"), ("fig-x",)), ("difference", ("7", "12", "5"), ("fig-y",))],
)
def test_a_derived_figure_is_not_added_to_what_it_follows_from(
    operation: str, values: tuple[str, ...], counted: tuple[str, ...]
) -> None:
    """A sum contains its operands, and what another is taken from contains that and the rest."""
    result, first, second = values
    figures = {
        "x": _value(result, verbatim=None, derivation={"operation": operation, "operands": ["fig-y", "fig-z"]}),
        "y": _value(first),
        "z": _value(second),
    }
    found = _one(_edition(figures))

    assert found.counted == counted
    assert {reason for reason, _ in _left(found).values()} == {"part_of"}
    assert {because for _, because in _left(found).values()} == {*counted}


def test_a_figure_about_a_part_of_an_event_does_not_count_beside_one_about_the_event() -> None:
    """However deep the part lies, the figure about the larger event contains it; siblings are added."""
    parts = {"evt-a": "evt-between", "evt-between": "evt-c", "evt-b": "evt-c"}
    figures = {"a": _value("5"), "b": _value("3"), "c": _value("12"), "d": _value("1")}
    edition = _edition(figures, parts)
    found = _one(edition)

    assert (_ends(found), found.counted) == (("13", "13", "13"), ("fig-c", "fig-d"))
    assert _left(found) == {"fig-a": ("part_of", "fig-c"), "fig-b": ("part_of", "fig-c")}
    assert _ends(_one(edition, "fig-a", "fig-b")) == ("8", "8", "8")


def test_the_hierarchy_of_events_leads_on_from_what_is_left_out() -> None:
    """A figure about a part of an event is contained in what contains, or says, the figure about the event."""
    figures = {
        "a": _value("5"),
        "b": _value("12", restates="fig-c"),
        "c": _value("12", about="ent-atlantis"),
        "d": _value("6"),
        "e": _value("9", part_of="fig-f"),
        "f": _value("40"),
    }
    found = _one(_edition(figures, {"evt-a": "evt-b", "evt-d": "evt-e"}))

    assert found.counted == ("fig-c", "fig-f")
    assert _left(found) == {
        "fig-a": ("part_of", "fig-c"),
        "fig-b": ("restates", "fig-c"),
        "fig-d": ("part_of", "fig-e"),
        "fig-e": ("part_of", "fig-f"),
    }


def test_other_measures_and_other_spans_of_time_contain_nothing() -> None:
    """A figure about the larger event contains only what it counts itself, in the time that it covers."""
    figures = {
        "a": _value("5", period=_day("2020-03")),
        "b": _value("12", period=_day("2019")),
        "c": _value("99", about="evt-b", measure="mines_suspected"),
    }
    closed, suspected = _all(_edition(figures, {"evt-a": "evt-b"}))

    assert (_ends(closed), closed.excluded) == (("17", "17", "17"), ())
    assert suspected.counted == ("fig-c",)


def test_events_that_go_round_come_to_an_end() -> None:
    """Of figures that would contain one another, one counts."""
    parts = {"evt-a": "evt-b", "evt-b": "evt-a"}
    found = _one(_edition({"a": _value("5"), "b": _value("7")}, parts))

    assert (len(found.counted), len(found.excluded)) == (1, 1)


def test_a_running_total_in_a_round_gives_way_as_well() -> None:
    """Where a running total and a figure contain one another, no running total is added to that figure."""
    figures = {
        "a": _value("40", cumulative=True),
        "b": _value("5", part_of="fig-a"),
        "c": _value("60", cumulative=True),
    }
    found = _one(_edition(figures, {"evt-a": "evt-b"}))

    assert (_ends(found), found.counted) == (("5", "5", "5"), ("fig-b",))
    assert _left(found) == {"fig-a": ("part_of", "fig-b"), "fig-c": ("cumulative", None)}


def test_restatements_that_go_round_come_to_an_end() -> None:
    """Of figures that restate one another, one counts."""
    figures = {"a": _value("5", restates="fig-b"), "b": _value("5", restates="fig-a")}
    found = _one(_edition(figures))

    assert (found.counted, _left(found)) == (("fig-a",), {"fig-b": ("restates", "fig-a")})


def test_a_running_total_alone_counts() -> None:
    """One running total is the sum; what is a part of it does not count beside it."""
    figures = {"a": _value("40", cumulative=True), "b": _value("5", part_of="fig-a")}
    found = _one(_edition(figures))

    assert (_ends(found), found.counted) == (("40", "40", "40"), ("fig-a",))
    assert _left(found) == {"fig-b": ("part_of", "fig-a")}


def test_a_running_total_beside_other_figures_is_left_out() -> None:
    """A running total gives way to the others, its own parts among them, and to no single one."""
    figures = {"a": _value("40", cumulative=True), "b": _value("5", part_of="fig-a"), "c": _value("30")}
    found = _one(_edition(figures))

    assert (_ends(found), found.counted) == (("35", "35", "35"), ("fig-b", "fig-c"))
    assert _left(found) == {"fig-a": ("cumulative", None)}


def test_a_running_total_of_the_whole_does_not_take_the_place_of_its_parts() -> None:
    """A running total about an event gives way to figures about parts of it."""
    found = _one(_edition({"a": _value("5"), "b": _value("40", cumulative=True)}, {"evt-a": "evt-b"}))

    assert (_ends(found), _left(found)) == (("5", "5", "5"), {"fig-b": ("cumulative", None)})


def test_a_running_total_that_is_a_part_is_left_out_as_one() -> None:
    """What another figure contains is left out because of it, running total or not."""
    found = _one(_edition({"a": _value("5", cumulative=True, part_of="fig-b"), "b": _value("40")}))

    assert (_ends(found), _left(found)) == (("40", "40", "40"), {"fig-a": ("part_of", "fig-b")})


@pytest.mark.parametrize(
    ("first", "second", "dates", "stays"),
    [
        ({"as_of": _day("2020-05-01")}, {"as_of": _day("2020-04-30")}, {}, "fig-a"),
        ({"as_of": _day("2020-04-30")}, {"as_of": _day("2020-05-01")}, {}, "fig-b"),
        ({"period": _day("2020-01/2020-04")}, {"period": _day("2019/2020-02")}, {}, "fig-a"),
        ({"as_of": _day("2020-05-02")}, {}, {"evt-b": "2020-05-03"}, "fig-b"),
        ({"as_of": _day("2020-05-04")}, {}, {"evt-b": "2020-05-03"}, "fig-a"),
        ({"period": _day("2022-01/..")}, {"as_of": _day("2021-06-01")}, {}, "fig-a"),
        ({"about": "ent-atlantis"}, {"as_of": _day("2021-06-01")}, {}, "fig-b"),
    ],
)
def test_of_several_running_totals_the_latest_counts(
    first: Plain, second: Plain, dates: dict[str, str], stays: str
) -> None:
    """The day is that of the figure, else of its event; an open end is at least as late as its beginning."""
    figures = {"a": _value("40", cumulative=True, **first), "b": _value("50", cumulative=True, **second)}
    found = _one(_edition(figures, dates=dates))
    other = next(name for name in ("fig-a", "fig-b") if name != stays)

    assert (found.counted, _left(found)) == ((stays,), {other: ("cumulative", stays)})


def test_a_part_of_an_earlier_running_total_does_not_count_beside_the_later_one() -> None:
    """Where all that there is lies in running totals, only the latest of them counts."""
    figures = {
        "a": _value("40", cumulative=True, as_of=_day("2020-04-01")),
        "b": _value("60", cumulative=True, as_of=_day("2020-05-01")),
        "c": _value("5", part_of="fig-a"),
    }
    found = _one(_edition(figures))

    assert (_ends(found), found.counted) == (("60", "60", "60"), ("fig-b",))
    assert _left(found) == {"fig-a": ("cumulative", "fig-b"), "fig-c": ("part_of", "fig-a")}


def test_rival_running_totals_of_one_day_count_as_one() -> None:
    """Neither of two sources that give one day's total otherwise is dropped."""
    day = {"about": "evt-a", "cumulative": True, "as_of": _day("2020-05-01")}
    found = _one(_edition({"a": _value("40", **day), "b": _value("50", **day), "c": _value("60", **day)}))

    assert (_ends(found), found.counted) == (("40", None, "60"), ("fig-a", "fig-b", "fig-c"))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({}, {}),
        ({"about": "ent-atlantis"}, {"about": "ent-atlantis"}),
        ({"as_of": _day("2020-05-01")}, {"as_of": _day("2020-05-01", "reported", inference="The year.")}),
        ({"as_of": _day("2020-05-01")}, {"as_of": _day("2020-05-04")}),
        ({"as_of": _day("2020-05-01")}, {}),
        ({"period": _day("2020")}, {"period": _day("2020-03")}),
        ({"period": _day("2020")}, {"period": _day("2020-12-31/..")}),
        ({"period": _day("../2020")}, {"period": _day("2020-12-31")}),
        ({"period": _day("2020")}, {}),
    ],
)
def test_claims_about_one_thing_count_as_one(first: Plain, second: Plain) -> None:
    """Different numbers for one event or entity are never added: they are a range, and no number is the best."""
    figures = {
        "a": _value("12", **{"about": "evt-x", **first}),
        "b": _value("15", **{"about": "evt-x", **second}),
        "c": _value("100"),
    }
    found = _one(_edition(figures))

    assert (_ends(found), found.counted) == (("112", None, "115"), ("fig-a", "fig-b", "fig-c"))


def test_claims_that_agree_have_a_best_number() -> None:
    """Two sources with one number for one thing count once, at that number."""
    figures = {"a": _value("12", about="evt-x"), "b": _value("12", about="evt-x", comparator="more_than")}

    assert _ends(_one(_edition(figures))) == ("12", "12", None)


def test_figures_of_periods_without_a_common_day_are_added() -> None:
    """A series by years is a series of different things."""
    series = {
        "a": _value("12", about="ent-atlantis", period=_day("2019")),
        "b": _value("15", about="ent-atlantis", period=_day("2020")),
        "c": _value("3", about="ent-atlantis", period=_day("2021/..")),
        "d": _value("1", about="ent-atlantis", period=_day("../2018")),
    }

    assert _ends(_one(_edition(series))) == ("31", "31", "31")


def test_rates_of_one_thing_are_never_added() -> None:
    """So much a month in one year and so much a month in the next are not the sum a month."""
    rate = {"measure": "profit", "unit": "usd", "per": "month", "about": "ent-atlantis"}
    figures = {"a": _value("300", period=_day("2019"), **rate), "b": _value("400", period=_day("2020"), **rate)}

    assert _ends(_one(_edition(figures))) == ("300", None, "400")


@pytest.mark.parametrize(
    ("discrepancies", "ends", "left"),
    [
        ([], ("127", "127", "127"), {}),
        ([{"records": ["fig-a", "fig-b"]}], ("112", None, "115"), {}),
        ([{"records": ["fig-a", "evt-b"]}], ("127", "127", "127"), {}),
        (
            [{"records": ["fig-a", "fig-b"], "preferred": "fig-b"}],
            ("115", "115", "115"),
            {"fig-a": ("not_preferred", "fig-b")},
        ),
        ([{"records": ["fig-a", "fig-b", "evt-b"], "preferred": "evt-b"}], ("112", None, "115"), {}),
        (
            [
                {"records": ["fig-a", "fig-b"], "preferred": "fig-a"},
                {"records": ["fig-b", "fig-c"], "preferred": "fig-b"},
            ],
            ("12", "12", "12"),
            {"fig-b": ("not_preferred", "fig-a"), "fig-c": ("not_preferred", "fig-b")},
        ),
        (
            [{"records": ["fig-a", "fig-b"], "preferred": "fig-a"}, {"records": ["fig-b", "fig-c"]}],
            ("12", None, "100"),
            {"fig-b": ("not_preferred", "fig-a")},
        ),
        (
            [
                {"records": ["fig-a", "fig-b"], "preferred": "fig-a"},
                {"records": ["fig-a", "fig-b"], "preferred": "fig-b"},
            ],
            ("112", None, "115"),
            {},
        ),
    ],
)
def test_figures_that_a_discrepancy_names_count_as_one(
    discrepancies: list[Plain], ends: tuple[str | None, ...], left: dict[str, tuple[str, str | None]]
) -> None:
    """Set side by side they are a range, or the one that is preferred; the others are left out because of it."""
    figures = {"a": _value("12"), "b": _value("15"), "c": _value("100")}
    found = _one(_edition(figures, discrepancies=discrepancies))

    assert (_ends(found), _left(found)) == (ends, left)


def test_a_discrepancy_with_a_restatement_is_one_with_what_it_restates() -> None:
    """Figures are rivals of what says the same as what they disagree with, and give way to it."""
    figures = {"a": _value("12"), "b": _value("15"), "c": _value("15", restates="fig-b")}
    rivals: Plain = {"records": ["fig-a", "fig-c"]}
    preferred = {**rivals, "preferred": "fig-c"}

    assert _ends(_one(_edition(figures, discrepancies=[rivals]))) == ("12", None, "15")
    assert _ends(_one(_edition(figures, discrepancies=[preferred]))) == ("15", "15", "15")


def test_a_preferred_figure_that_is_not_asked_for_changes_nothing() -> None:
    """Among the figures asked for, only one of them can be preferred."""
    rivals = [{"records": ["fig-a", "fig-b"], "preferred": "fig-b"}]
    edition = _edition({"a": _value("12"), "b": _value("15")}, discrepancies=rivals)

    assert _one(edition, "fig-a").counted == ("fig-a",)


def test_ranks_are_not_added() -> None:
    """What means nothing when it is added is left out, unless there is one thing alone."""
    rank = {"measure": "wealth_rank", "unit": "rank"}
    edition = _edition({"a": _value("17", **rank), "b": _value("3", **rank), "c": _value("4", about="evt-b", **rank)})

    found = _one(edition)
    assert (_ends(found), found.counted, found.modalities) == ((None, None, None), (), ())
    assert _left(found) == {f"fig-{name}": ("not_additive", None) for name in "abc"}
    assert _ends(_one(edition, "fig-a")) == ("17", "17", "17")
    assert _ends(_one(edition, "fig-b", "fig-c")) == ("3", None, "4")


@pytest.mark.parametrize(
    ("figure", "ends", "approximate"),
    [
        ({"value": "12", "comparator": "exactly"}, ("22", "22", "22"), False),
        ({"value": "12", "comparator": "about"}, ("22", "22", "22"), True),
        ({"value": "12", "comparator": "more_than"}, ("22", "22", None), False),
        ({"value": "12", "comparator": "at_least"}, ("22", "22", None), False),
        ({"value": "12", "comparator": "up_to"}, (None, "22", "22"), False),
        ({"low": "5", "high": "12", "comparator": "between"}, ("15", None, "22"), False),
        ({"low": "5", "high": "12", "comparator": "about"}, ("15", None, "22"), True),
    ],
)
def test_a_comparator_bounds_the_sum_as_it_bounds_the_figure(
    figure: Plain, ends: tuple[str | None, ...], approximate: bool
) -> None:
    """An end that one figure leaves open is open in the sum; what is about its number makes the sum so."""
    found = _one(_edition({"a": figure, "b": _value("10")}))

    assert (_ends(found), found.approximate) == (ends, approximate)


def test_only_what_is_counted_says_how_sure_a_sum_is() -> None:
    """The modalities, and whether it is approximate, are those of the counted figures, the strongest first."""

    def said(modality: str) -> list[Plain]:
        return world.evidence("cit-gazette-lead", modality=modality)

    figures = {
        "a": _value("5", evidence=said("believed")),
        "b": _value("7", evidence=[*said("stated"), *said("alleged")]),
        "c": _value("7", evidence=said("inferred"), restates="fig-b", comparator="about"),
    }
    found = _one(_edition(figures))

    assert (found.modalities, found.approximate) == ((Modality.STATED, Modality.ALLEGED, Modality.BELIEVED), False)


def test_measures_units_and_rates_are_kept_apart() -> None:
    """Each measure, unit and rate has a sum of its own, in the order of the vocabularies, no rate first."""
    money = {"measure": "profit", "unit": "usd"}
    figures = {
        "a": _value("1", **money, per="year"),
        "b": _value("2", **money),
        "c": _value("4", **money, per="month"),
        "d": _value("8", measure="profit", unit="kzt"),
        "e": _value("16"),
    }

    assert [
        (one.measure.value, one.unit.value, one.per and one.per.value, one.best) for one in _all(_edition(figures))
    ] == [
        ("mines_closed", "mine", None, "16"),
        ("profit", "kzt", None, "8"),
        ("profit", "usd", None, "2"),
        ("profit", "usd", "month", "4"),
        ("profit", "usd", "year", "1"),
    ]


@pytest.mark.parametrize(
    ("values", "total"),
    [
        (("0.1", "0.2"), "0.3"),
        (("0.5", "0.5"), "1"),
        (("1" + "0" * 40, "0.0000000001"), "1" + "0" * 40 + ".0000000001"),
        (("100", "200"), "300"),
        (("-3", "3"), "0"),
        (("-3", "1.5"), "-1.5"),
    ],
)
def test_decimals_are_added_exactly(values: tuple[str, ...], total: str) -> None:
    """No digit is lost or made up, and the sum is written as a figure is."""
    found = _one(_edition({f"x{number}": _value(text) for number, text in enumerate(values)}))

    assert _ends(found) == (total, total, total)


def test_nothing_comes_to_nothing() -> None:
    """Without figures there are no sums."""
    assert _all(_edition({})) == ()


def test_the_published_figures_come_to_what_the_articles_say(catalog: Catalog) -> None:
    """106 mines closed, whoever says it how often; neither the parts nor the running total is added."""
    found = {one.measure.value: one for one in _all(catalog.latest)}

    closed = found["mines_closed"]
    assert (_ends(closed), closed.counted) == (("106", "106", "106"), ("fig-mines-closed-106",))
    assert _left(closed) == {
        "fig-mines-closed-around-100": ("cumulative", None),
        "fig-mines-closed-more-than-100": ("restates", "fig-mines-closed-106"),
    }
    assert _ends(found["people_supplied"]) == ("2000000", "2000000", None)


NAMES = "abcdefg"
SPANS = st.sampled_from([None, None, "2019", "2020", "2020-03", "2020-06/.."])
LINK = st.sampled_from([None, None, None, "restates", "part_of"])


@st.composite
def figures(draw: st.DrawFn) -> dict[str, Plain]:
    """Draw figures of which each may restate, or be a part of, one before it."""
    made: dict[str, Plain] = {}
    for number, name in enumerate(NAMES[: draw(st.integers(1, len(NAMES)))]):
        low, high = sorted(draw(st.tuples(*[st.integers(0, 40)] * 2)))
        comparator = draw(st.sampled_from(Comparator))
        span = comparator is Comparator.BETWEEN
        made[name] = {
            **({"low": str(low), "high": str(high)} if span else {"value": str(low)}),
            "comparator": comparator.value,
            "about": draw(st.sampled_from(["evt-0", "evt-1", "evt-2", "evt-3", "ent-atlantis"])),
            "cumulative": draw(st.sampled_from([False, False, True])),
            "period": (text := draw(SPANS)) and _day(text),
            "as_of": (text := draw(SPANS)) and _day(text),
            "measure": draw(st.sampled_from(["mines_closed", "mines_closed", "mines_suspected"])),
        }
        link = draw(LINK)
        if link and number:
            made[name][link] = f"fig-{draw(st.sampled_from(NAMES[:number]))}"
    return made


def _discrepancies(names: Sequence[str]) -> st.SearchStrategy[list[Plain]]:
    ids = st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True)
    return st.lists(
        ids.flatmap(lambda r: st.fixed_dictionaries({"records": st.just(r), "preferred": st.sampled_from([None, *r])})),
        max_size=2,
    )


def _reached(made: dict[str, Plain], name: str) -> set[str]:
    """Return what a figure restates or is a part of, through any number of figures."""
    found: set[str] = set()
    todo = [name]
    while todo:
        figure = made[todo.pop()[4:]]
        above = {figure[link] for link in ("restates", "part_of") if link in figure} - found
        found |= above
        todo += above
    return found


@settings(max_examples=120)
@given(st.data())
def test_any_sum_tells_of_every_figure_once_and_adds_none_to_its_whole(data: st.DataObject) -> None:
    """Counted and left out are all that was asked for; nothing counted lies in another; reasons lead somewhere."""
    made = data.draw(figures())
    parts = data.draw(st.sampled_from([{}, {"evt-0": "evt-1"}, {"evt-0": "evt-1", "evt-1": "evt-2"}]))
    ids = [f"fig-{name}" for name in made]
    asked = data.draw(st.lists(st.sampled_from(ids), min_size=1, unique=True))
    rivals = data.draw(_discrepancies(ids))
    found = _all(_edition(made, parts, discrepancies=rivals), *asked)

    told = [name for one in found for name in (*one.counted, *(left.id for left in one.excluded))]
    assert sorted(told) == sorted(asked)
    for one in found:
        counted, left = {*one.counted}, {out.id: out for out in one.excluded}
        assert one.counted
        assert [name for name in counted if _reached(made, name) & counted] == []
        for out in one.excluded:
            assert (out.because is None) <= (out.reason is Exclusion.CUMULATIVE)
            seen = [out.id]
            while (because := left[seen[-1]].because) and because not in counted:
                assert because not in seen
                seen.append(because)
        _check_ends(one, [made[name[4:]] for name in one.counted])


def _check_ends(one: Aggregate, counted: list[Plain]) -> None:
    """Hold the ends to one another and to what the counted figures say."""
    given = [Decimal(end) for end in _ends(one) if end is not None]
    assert given == sorted(given)
    assert (one.low is None) is any(figure["comparator"] == "up_to" for figure in counted)
    assert (one.high is None) is any(figure["comparator"] in ("more_than", "at_least") for figure in counted)
    most = sum(Decimal(figure.get("value") or figure["high"]) for figure in counted)
    assert all(end <= most for end in given)
    cumulative = {figure["cumulative"] for figure in counted}
    assert len(cumulative) == 1


def test_the_work_grows_with_the_figures_and_no_faster(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twice as many figures, and claims that disagree, are looked up about twice as often, and the ties once."""
    looked: list[str] = []
    said = Ties.said

    def counted(ties: Ties, name: str) -> str:
        looked.append(name)
        return said(ties, name)

    def looks(number: int) -> int:
        names = [f"f{one}" for one in range(number)]
        disagreeing = [
            {"records": [f"fig-{one}", f"fig-{two}"], "preferred": f"fig-{one}"}
            for one, two in zip(names[::2], names[1::2], strict=True)
        ]
        edition = _edition({name: {} for name in names}, discrepancies=disagreeing)
        first = _all(edition)
        looked.clear()
        assert _all(edition) == first
        return len(looked)

    monkeypatch.setattr(Ties, "said", counted)

    assert looks(40) < 2.2 * looks(20)


def test_too_many_figures_are_not_added_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """The refusal says how many there are, how many may be, and what to do."""
    monkeypatch.setattr("dataset.aggregate.MAX_FIGURES", 1)
    edition = _edition({"a": _value("12"), "b": _value("30")})
    reason = f"of {len(edition.release.corpus.figures)} figures, at most 1 are added up at once"
    with pytest.raises(QueryError, match=f"^measure: {reason}; ask for those of fewer measures, events or sources$"):
        aggregates(edition, parse("figures", {}))
