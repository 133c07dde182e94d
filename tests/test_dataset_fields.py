"""Sparse fields: the outline against what records really show, and the part that is picked."""

from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataset import fields
from dataset.catalog import load
from dataset.outline import Outline, listed, names, reference
from dataset.query import QueryError
from dataset.records import SERVED
from dataset.represent import listed as shown

Plain = dict[str, Any]


@cache
def _shown(collection: str) -> tuple[Plain, ...]:
    """Return every record of the published dataset as a list shows it."""
    edition = load().latest
    return tuple(shown(edition, collection, one) for one in edition.release.corpus.collection(collection).values())


@cache
def _names(collection: str) -> tuple[str, ...]:
    return tuple(names(listed(collection)))


def _keys(value: Any, outline: Outline) -> None:
    """Hold a value to its outline, at every depth."""
    if isinstance(value, list):
        for one in value:
            _keys(one, outline)
    elif isinstance(value, dict):
        # A reference to a record of one of several kinds shows the fields of its own kind.
        references = {"name", "title"} if {*outline} == {"id", "name", "title"} else set()
        assert {*outline} - {*value} <= references
        assert [*value] == [name for name in outline if name in value]
        for name, inside in value.items():
            _keys(inside, outline[name])
    elif value is not None:
        assert outline == {}


@pytest.mark.parametrize("collection", SERVED)
def test_the_outline_is_that_of_every_record(collection: str) -> None:
    """Every record shows the fields of the outline and no others, in its order, however deep they lie."""
    for record in _shown(collection):
        _keys(record, listed(collection))
        assert [*record] == [*listed(collection)]


@pytest.mark.parametrize("collection", SERVED)
def test_every_name_of_the_outline_can_be_asked_for(collection: str) -> None:
    """Each dotted name is there once, and asking for it asks for it alone."""
    assert len(_names(collection)) == len({*_names(collection)})
    assert [fields.parse(name, listed(collection)).names for name in _names(collection)] == [
        (name,) for name in _names(collection)
    ]


def test_a_reference_is_shown_by_its_kind() -> None:
    """A citation is shown whole, a source as where a citation is, an entity by its name, others by their title."""
    assert [*reference("sources")] == ["id", "title", "publisher", "published", "url"]
    assert [*reference("entities")] == ["id", "name"]
    assert [*reference("figures")] == [*reference("events")] == ["id", "title"]
    assert {"digest", "label", "deep_link", "source"} <= {*reference("citations")}


def _reach(value: Any, path: list[str]) -> Any:
    """Return what lies at a path, in a list for each of its values; None inside nothing."""
    if isinstance(value, list):
        return [_reach(one, path) for one in value]
    if not path or value is None:
        return value
    return _reach(value[path[0]], path[1:]) if path[0] in value else "absent"


@settings(max_examples=80)
@given(st.data())
def test_what_is_picked_is_what_was_asked_for(data: st.DataObject) -> None:
    """At every name that is asked for lies what the whole record has there, in its order, and nothing else is kept."""
    collection = data.draw(st.sampled_from(list(SERVED)))
    asked = data.draw(st.lists(st.sampled_from(_names(collection)), min_size=1, max_size=4))
    chosen = fields.parse(",".join(asked), listed(collection))
    for record in _shown(collection):
        picked = chosen.pick(record)
        assert {name: _reach(picked, name.split(".")) for name in asked} == {
            name: _reach(record, name.split(".")) for name in asked
        }
        assert [*picked] == [name for name in record if name in {one.partition(".")[0] for one in asked}]
        left = [name for name in _names(collection) if _there(picked, name.split("."))]
        assert [name for name in left if not chosen.column(name)] == []


def _there(value: Any, path: list[str]) -> bool:
    if isinstance(value, list):
        return any(_there(one, path) for one in value)
    if not path:
        return True
    return isinstance(value, dict) and path[0] in value and _there(value[path[0]], path[1:])


@settings(max_examples=80)
@given(st.data())
def test_one_set_of_fields_has_one_form(data: st.DataObject) -> None:
    """Whatever the order, said twice or with what lies inside them, fields are the same."""
    collection = data.draw(st.sampled_from(list(SERVED)))
    asked = data.draw(st.lists(st.sampled_from(_names(collection)), min_size=1, max_size=5))
    inside = [name for name in _names(collection) if name.startswith(tuple(f"{one}." for one in asked))][:5]
    outline = listed(collection)
    chosen = fields.parse(",".join(asked), outline)

    assert fields.parse(",".join([*inside, *asked[::-1], asked[0]]), outline) == chosen
    assert fields.parse(",".join(chosen.names), outline) == chosen
    assert chosen.names == tuple(sorted(chosen.names))


@pytest.mark.parametrize(
    ("wanted", "column", "held"),
    [
        ("date", "date", True),
        ("date", "date.earliest", True),
        ("date.earliest", "date.earliest", True),
        ("date.earliest", "date.latest", False),
        ("evidence.modality", "evidence", True),
        ("id", "identifiers", False),
        ("place", "place.id", True),
    ],
)
def test_a_column_is_kept_if_it_holds_something_that_is_wanted(wanted: str, column: str, held: bool) -> None:
    """A column holds the field itself, what lies inside it, or what it lies in."""
    assert fields.Fields((wanted,)).column(column) is held


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "'' is unknown at ''; there are id, source, where"),
        ("id,", "'' is unknown at ''; there are id, source, where"),
        ("ID", "'ID' is unknown at 'ID'; there are id, source, where"),
        ("id.x", "'id.x' is unknown at 'x'; there is nothing inside"),
        ("source.body", "'source.body' is unknown at 'body'; there are id, title, publisher, published, url"),
        ("source.", "'source.' is unknown at ''; there are id, title"),
        (".id", "'.id' is unknown at ''; there are id"),
        ("id id", "'id id' is unknown at 'id id'; there are id"),
    ],
)
def test_a_field_that_there_is_not_is_refused(text: str, reason: str) -> None:
    """The message says which name, at which of its parts, and what there is instead."""
    with pytest.raises(QueryError) as caught:
        fields.parse(text, listed("citations"))

    assert caught.value.parameter == "fields"
    assert caught.value.reason.startswith(reason)


def test_too_long_a_list_of_fields_is_refused() -> None:
    """A thousand characters are read, and no more."""
    longest = ",".join(["id"] * 330 + ["source.url"])
    assert len(longest) == fields.MAX_LENGTH
    assert fields.parse(longest, listed("citations")).names == ("id", "source.url")
    with pytest.raises(QueryError) as caught:
        fields.parse(f"{longest},id", listed("citations"))

    assert str(caught.value) == "fields: must have at most 1000 characters"


@settings(max_examples=100)
@given(st.text())
def test_any_text_is_fields_or_refused(text: str) -> None:
    """Whatever is asked for, it names fields or a QueryError says that it does not."""
    known = {*_names("events")}
    try:
        chosen = fields.parse(text, listed("events"))
    except QueryError:
        assert not known.issuperset(text.split(","))
    else:
        assert known.issuperset(text.split(","))
        assert {*chosen.names} <= {*text.split(",")}
