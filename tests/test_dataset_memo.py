"""What is kept to be used again: values by key, texts by form and place, rows by place."""

import tracemalloc
from collections.abc import Sequence

import orjson
import pytest

from dataset import memo
from dataset.memo import Memo
from dataset.rows import ENTRY as ROW
from dataset.rows import Row, Rows
from dataset.written import ENTRY, FORM, Written


def test_a_memo_keeps_what_is_offered_twice() -> None:
    """What is offered once is only remembered as seen."""
    found: Memo[bytes] = Memo(100)
    found.offer("a", b"1234", 4)
    assert (found.get("a"), len(found), found.size) == (None, 0, 0)
    found.offer("a", b"1234", 4)
    assert (found.get("a"), len(found), found.size) == (b"1234", 1, 4)
    found.offer("a", b"1234", 4)
    assert (len(found), found.size) == (1, 4)
    assert (found.hits, found.misses) == (1, 1)


def test_a_memo_drops_the_oldest_when_its_budget_is_spent() -> None:
    """It never holds more than its budget, and nothing that is larger than all of it."""
    found: Memo[bytes] = Memo(10)
    for key, value in (("a", b"1234"), ("b", b"123"), ("c", b"12345"), ("d", b"x" * 11), ("e", b"")):
        found.keep(key, value, len(value))
        assert found.size <= 10
    assert [found.get(key) for key in "abcde"] == [None, b"123", b"12345", None, b""]
    found.keep("f", b"x" * 10, 10)
    assert (found.get("b"), found.get("c"), found.size) == (None, None, 10)


def test_what_is_large_waits_for_its_turn_where_there_is_no_room() -> None:
    """One of so many takes the place of the oldest: what is wanted from now on gets in sooner or later."""
    found: Memo[int] = Memo(30, large=10)
    for number in range(3 + 2 * memo.TURN):
        found.keep(number, number, 10)
    let_in = [2 + memo.TURN, 2 + 2 * memo.TURN]
    assert [number for number in range(3 + 2 * memo.TURN) if found.get(number) is not None] == [2, *let_in]
    found.keep(-1, -1, 9)
    assert (found.get(2), found.get(-1), found.size) == (None, -1, 29)


def test_a_memo_forgets_what_it_saw_once_for_what_it_sees_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it keeps it keeps."""
    monkeypatch.setattr(memo, "SEEN", 2)
    found: Memo[bytes] = Memo(100)
    for key in (3, 3, 5, 7, 5, 4, 5):  # odd ones share a place, and 4 has another
        found.offer(key, b"x", 1)
    assert [found.get(key) for key in (3, 4, 5, 7)] == [b"x", None, b"x", None]


def test_keys_are_wanted_alike_one_by_one_and_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """From the second time on, until another one takes the place of the key; in one go as well."""
    monkeypatch.setattr(memo, "SEEN", 2)
    keys = (3, 3, 5, 7, 5, 4, 5)
    single, together = Memo[bytes](100), Memo[bytes](100)
    expected = [single.wanted(key) for key in keys]
    assert together.again(keys[:2]) + together.again(keys[2:]) == expected
    assert expected == [False, True, False, False, False, False, True]


class Writer:
    """Makes texts, and tells of which places."""

    def __init__(self) -> None:
        self.made: list[int] = []

    def __call__(self, places: Sequence[int]) -> Sequence[bytes]:
        """Return the texts of some places."""
        self.made += places
        return [b"text %d" % place for place in places]


def test_texts_are_made_twice_and_then_kept() -> None:
    """Each by its form and place; others of the same form are made beside them."""
    written, make = Written(10_000), Writer()

    def asked(form: str, places: Sequence[int]) -> list[int]:
        make.made.clear()
        assert written.texts(form, places, make) == [b"text %d" % place for place in places]
        return list(make.made)

    assert [asked("a", (7, 3)) for _ in range(3)] == [[7, 3], [7, 3], []]
    assert asked("a", (3, 4, 7)) == [4]
    assert asked("b", (3,)) == [3]
    assert (written.hits, written.misses, len(written), written.size) == (4, 6, 2, 2 * (6 + ENTRY) + FORM + 1)


def test_a_form_is_familiar_from_the_second_time_on() -> None:
    """Until then nothing of it can be kept."""
    written = Written(10_000)
    assert [written.familiar("a"), written.familiar("b"), written.familiar("a")] == [False, False, True]


def test_texts_stay_within_their_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest are dropped first, whatever form they have, and a form without any is forgotten."""
    monkeypatch.setattr(memo, "TURN", 1)
    written, make = Written(2 * (6 + ENTRY) + 2 * (FORM + 1)), Writer()
    for form, place in (("a", 1), ("a", 2), ("b", 3)):
        for _ in range(2):
            written.texts(form, (place,), make)
        assert written.size <= written.budget
    make.made.clear()
    for form, place in (("b", 3), ("a", 2), ("a", 1)):
        written.texts(form, (place,), make)
    assert make.made == [1]
    for place in range(4, 6):
        for _ in range(2):
            written.texts("c", (place,), make)
    assert (len(written), written.size) == (2, 2 * (6 + ENTRY) + FORM + 1)


def test_texts_are_kept_without_the_spare_memory_of_their_writer() -> None:
    """orjson hands out what it wrote in a block of up to twice the size."""
    written, values = Written(1_000_000), ["x" * 100] * 22

    def made() -> bytes:
        return written.texts("a", (1,), lambda _: [orjson.dumps(values)])[0]

    tracemalloc.start()
    made()
    made()
    before = tracemalloc.take_snapshot()
    kept = made()
    blocks = [trace.size for trace in before.traces if trace.size >= len(kept)]
    tracemalloc.stop()
    assert blocks
    assert max(blocks) < len(kept) + 100


class Rower:
    """Makes rows of ten bytes, and tells of which places."""

    def __init__(self) -> None:
        self.made: list[Sequence[int]] = []

    def __call__(self, places: Sequence[int]) -> tuple[Sequence[Row], int]:
        """Return the rows of some places, and their size."""
        self.made.append(places)
        return [(place, b"row") for place in places], 10 * len(places)


def test_rows_are_made_together_and_once() -> None:
    """Only those that are missing, whatever is beside them; a place that comes twice is made once."""
    rows, make = Rows(10_000), Rower()
    for places in ((3, 1), (1, 2, 4, 2, 3), (4, 4)):
        assert list(rows.at("events", 5, places, make)) == [(place, b"row") for place in places]
    assert list(rows.at("figures", 2, (1,), make)) == [(1, b"row")]
    assert not rows.at("figures", 2, (), make)
    assert make.made == [[3, 1], [2, 4], [1]]
    assert (rows.hits, rows.misses, len(rows), rows.size) == (4, 6, 5, 5 * (10 + ROW))


def test_rows_are_made_anew_when_more_of_them_is_asked_for() -> None:
    """Those that there are lack it; what was asked for before is made with it."""
    rows, make = Rows(10_000), Rower()
    for fields in (["a"], ["a"], ["b"], ["a", "b"]):
        rows.expect(frozenset(fields))
        rows.at("events", 2, (1,), make)
    assert (len(make.made), len(rows), rows.size) == (2, 1, 10 + ROW)
    assert rows.asked == {"a", "b"}


def test_rows_stay_within_their_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest are dropped first, whatever they are of, and made again when they are wanted."""
    monkeypatch.setattr(memo, "TURN", 1)
    rows, make = Rows(2 * (10 + ROW)), Rower()
    for collection, place in (("events", 0), ("figures", 0), ("events", 1)):
        rows.at(collection, 2, (place,), make)
        assert rows.size <= rows.budget
    make.made.clear()
    assert rows.at("events", 2, (1, 0), make) == [(1, b"row"), (0, b"row")]
    assert make.made == [[0]]
    assert (len(rows), rows.size) == (2, 2 * (10 + ROW))
