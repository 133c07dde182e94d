"""The record types: described, frozen, strict, and the same in the committed JSON Schemas."""

import json
from collections.abc import Iterator
from dataclasses import FrozenInstanceError, fields, is_dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from dataset import jsonschema, vocabulary, workbench
from dataset.canonical import to_bytes, to_plain
from dataset.catalog import Catalog
from dataset.corpus import PREFIXES, Corpus
from dataset.links import EntityParticipation
from dataset.manifest import Manifest
from dataset.reading import adapter
from dataset.records import (
    COLLECTIONS,
    SERVED,
    Change,
    Conversion,
    Entity,
    Figure,
    Tombstone,
)
from dataset.shape import parts, shape
from dataset.vocabulary import Comparator, Measure, Modality, NameKind, Term, Unit
from dataset.workbench import About
from tests.world import Raw, evidence, raw, write


def _with_parts(kind: Any) -> Iterator[Any]:
    yield kind
    for field in shape(kind):
        if field.nested:
            yield from _with_parts(field.type)


KINDS = list(
    dict.fromkeys(
        part
        for kind in (*COLLECTIONS.values(), Change, About, Manifest, EntityParticipation)
        for part in _with_parts(kind)
    )
)
VOCABULARIES = [
    value for value in vars(vocabulary).values() if isinstance(value, type) and issubclass(value, Term) and list(value)
]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """Return the world's records, with a tombstone."""
    records: Raw = {**raw(), ("tombstones", "ent-gone"): {"id": "ent-gone", "reason": "It was there twice."}}
    loaded = workbench.load(write(tmp_path_factory.mktemp("world"), records))
    assert not loaded.problems
    return loaded.corpus


def _read(kind: Any, plain: dict[str, Any]) -> Any:
    return adapter(kind).validate_json(json.dumps(plain))


def _figure(**changed: Any) -> Figure:
    fields: dict[str, Any] = {
        "id": "fig-a",
        "about": "evt-a",
        "measure": Measure.PROFIT,
        "comparator": Comparator.EXACTLY,
        "value": "1",
        "verbatim": "1",
        "unit": Unit.KZT,
        "evidence": (),
    }
    return Figure(**{**fields, **changed})


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_field_has_a_description(kind: type) -> None:
    """Each field, stored or derived, of each type that is written or served says what it is in a sentence."""
    lacking = [
        field.name
        for field in shape(kind)
        if not (field.description.endswith(".") and field.description[0].isupper() and "\n" not in field.description)
    ]

    assert lacking == []
    assert kind.__doc__


@pytest.mark.parametrize("terms", VOCABULARIES, ids=lambda terms: terms.__name__)
def test_every_term_has_a_description(terms: type[Term]) -> None:
    """Each word of each vocabulary says what it means, and is the lower-case form of its name."""
    lacking = [term for term in terms if not term.description.endswith(".")]

    assert lacking == []
    assert [term.name.lower() for term in terms] == [term.value for term in terms]
    assert terms.__doc__


def test_every_vocabulary_that_a_record_uses_is_found() -> None:
    """No field takes a closed set of words that is not among the vocabularies tested above."""
    used = {field.type for kind in KINDS for field in shape(kind) if issubclass(field.type, Term)}

    assert used <= set(VOCABULARIES)
    assert {Modality, NameKind, Measure} <= used


def test_every_unit_has_a_code_and_money_an_iso_one() -> None:
    """Units carry codes of UCUM, currencies three letters of ISO 4217."""
    assert [unit for unit in Unit if not unit.code] == []
    assert [unit for unit in Unit if unit.code == unit.name] == sorted(vocabulary.CURRENCIES)


def test_every_measure_says_its_units() -> None:
    """No measure is without a unit that it may be measured in, and no unit is without a measure."""
    assert set(Measure) == set(vocabulary.UNITS)
    assert set(Unit) == frozenset[Unit]().union(*vocabulary.UNITS.values())


def test_collections_and_prefixes_agree() -> None:
    """Each served collection has one prefix of ids, and its record type takes no other."""
    assert set(SERVED) == set(PREFIXES.values())
    assert [*SERVED, "tombstones"] == list(COLLECTIONS) == [field.name for field in fields(Corpus)]
    for prefix, collection in PREFIXES.items():
        pattern = jsonschema.schemas()[f"{SERVED[collection].__name__.lower()}.schema.json"]["properties"]["id"]
        assert pattern["pattern"].startswith(f"^({prefix})-")


def test_records_are_frozen(corpus: Corpus) -> None:
    """No field of a record, or of a value inside one, can be set."""
    seen = set()
    for _, record in corpus.everything():
        for _, part in parts(record):
            seen.add(type(part))
            name = fields(part)[0].name
            with pytest.raises(FrozenInstanceError):
                setattr(part, name, getattr(part, name))

    assert set(COLLECTIONS.values()) <= seen


def test_records_hold_no_lists_and_no_dicts(corpus: Corpus) -> None:
    """What a record holds is itself immutable: strings, booleans, tuples and other records."""
    loose = [
        (record.id, path, field.name)
        for _, record in corpus.everything()
        for path, part in parts(record)
        for field in fields(part)
        if not isinstance(value := getattr(part, field.name), str | bool | tuple | None) and not is_dataclass(value)
    ]

    assert loose == []


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_a_record_of_the_wrong_type_is_no_record(collection: str, corpus: Corpus) -> None:
    """A field that the record lacks is refused, and so is a number where a string belongs."""
    record = next(iter(getattr(corpus, collection).values()))
    plain = to_plain(record)

    assert record == _read(type(record), plain)
    for spoiled in ({**plain, "colour": "red"}, {**plain, "id": 1}, {k: v for k, v in plain.items() if k != "id"}):
        with pytest.raises(ValidationError):
            _read(type(record), spoiled)


def test_the_committed_json_schemas_are_current() -> None:
    """The files in dataset/schemas are what the types say now, and there are no others."""
    expected = {name: to_bytes(schema) for name, schema in jsonschema.schemas().items()}

    assert expected == {path.name: path.read_bytes() for path in jsonschema.FOLDER.iterdir()}


@pytest.mark.parametrize("name", jsonschema.schemas())
def test_each_json_schema_is_one_of_draft_2020_12(name: str) -> None:
    """The schema is valid in its dialect, closed, and describes every property."""
    schema = jsonschema.schemas()[name]

    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == jsonschema.DIALECT
    for described in (schema, *schema.get("$defs", {}).values()):
        if described.get("type") == "object":
            assert described["additionalProperties"] is False
            assert [key for key, value in described["properties"].items() if not value.get("description")] == []


def _validator(kind: type) -> Draft202012Validator:
    return Draft202012Validator(
        json.loads((jsonschema.FOLDER / f"{kind.__name__.lower()}.schema.json").read_bytes()),
        format_checker=Draft202012Validator.FORMAT_CHECKER,
    )


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_each_published_record_is_valid_by_its_json_schema(catalog: Catalog, collection: str, corpus: Corpus) -> None:
    """A reader with a JSON Schema library and the committed schema finds every record of every release valid."""
    validator = _validator(COLLECTIONS[collection])
    states = [edition.release.corpus for edition in catalog.editions.values()]
    wrong = [
        (record.id, error.json_path, error.message)
        for state in (corpus, *states)
        for record in getattr(state, collection).values()
        for error in validator.iter_errors(to_plain(record))
    ]

    assert wrong == []


def test_each_published_manifest_is_valid_by_its_json_schema(catalog: Catalog) -> None:
    """The manifest of every release follows the committed schema."""
    validator = _validator(Manifest)
    for edition in catalog.editions.values():
        assert [error.message for error in validator.iter_errors(to_plain(edition.release.manifest))] == []


def test_a_json_schema_refuses_what_the_types_refuse(corpus: Corpus) -> None:
    """An unknown field, an unknown term, a missing field and empty evidence are invalid by the schema as well."""
    plain = to_plain(corpus.relations["rel-reed-behind-mines"])
    validator = _validator(SERVED["relations"])

    assert validator.is_valid(plain)
    for spoiled in (
        {**plain, "colour": "red"},
        {**plain, "predicate": "owns_all_of"},
        {**plain, "evidence": []},
        {**plain, "id": "ent-not-a-relation"},
        {key: value for key, value in plain.items() if key != "subject"},
    ):
        assert not validator.is_valid(spoiled)
        with pytest.raises(ValidationError):
            _read(SERVED["relations"], spoiled)


def test_an_entity_is_shown_by_its_primary_or_descriptive_name() -> None:
    """The name to show is the one that is no variant, wherever it stands among the names."""

    def named(*kinds: str) -> str:
        names = [{"text": f"{k} {n}", "kind": k, "evidence": evidence("cit-a")} for n, k in enumerate(kinds)]
        found = adapter(Entity).validate_json(json.dumps({"id": "ent-a", "kind": "group", "names": names}))
        assert isinstance(found, Entity)
        return found.name

    assert named("variant", "primary", "variant") == "primary 1"
    assert named("variant", "descriptive") == "descriptive 1"


def test_a_figure_tells_the_code_of_its_unit() -> None:
    """The derived code of a figure is that of its unit."""
    assert [_figure(unit=unit).unit_code for unit in Unit] == [unit.code for unit in Unit]


def _conversion(amount: str) -> Conversion:
    return Conversion(amount=amount, currency=Unit.USD, verbatim=amount)


def test_the_implied_rate_is_the_quotient_to_six_digits() -> None:
    """The rate is the figure's number divided by the converted amount, in six significant digits."""
    assert _figure(value="100000000000", conversion=_conversion("193000000")).implied_rate == "518.135"
    assert _figure(value="3", conversion=_conversion("2")).implied_rate == "1.5"


def test_without_a_number_or_a_conversion_no_rate_is_implied() -> None:
    """A range or a figure in one currency implies no rate."""
    assert _figure().implied_rate is None
    assert _figure(value=None, low="1", high="2", conversion=_conversion("2")).implied_rate is None


def test_an_amount_of_nothing_implies_no_rate() -> None:
    """A conversion into zero has no rate, and does not fail to be served."""
    assert _figure(conversion=_conversion("0")).implied_rate is None


@settings(deadline=None)
@given(st.integers(1, 10**15), st.integers(1, 10**15))
@example(3_000_000, 3)
@example(1, 3_000_000_000)
def test_an_implied_rate_is_a_plain_decimal_string(value: int, amount: int) -> None:
    """The rate is written as other decimal strings are, never with an exponent, and is right to six digits."""
    rate = _figure(value=str(value), conversion=_conversion(str(amount))).implied_rate

    assert rate is not None
    assert rate.replace(".", "", 1).isdigit()
    assert abs(Decimal(rate) * amount / value - 1) < Decimal("0.00001")


def test_a_corpus_finds_a_record_by_its_id_alone(corpus: Corpus) -> None:
    """Any id leads to its record, and an id of nothing to None."""
    assert [record for _, record in corpus.records()] == [corpus.get(record.id) for _, record in corpus.records()]
    assert [corpus.get("evt-nothing"), corpus.get("xyz-closures"), corpus.get("")] == [None, None, None]
    assert [*corpus.records(), ("tombstones", corpus.tombstones["ent-gone"])] == list(corpus.everything())


def test_a_tombstone_is_no_served_record(corpus: Corpus) -> None:
    """The id of a record that went away finds no record."""
    stone = Tombstone(id="ent-gone", reason="It was there twice.")

    assert corpus.tombstones == {"ent-gone": stone}
    assert corpus.get("ent-gone") is None
    assert replace(stone, successor="ent-atlantis").successor == "ent-atlantis"


def test_the_package_has_no_schema_without_a_type(tmp_path: Path) -> None:
    """Every record type, and the manifest, has one schema named after it."""
    kinds = (*COLLECTIONS.values(), Manifest)

    assert {f"{kind.__name__.lower()}.schema.json" for kind in kinds} == set(jsonschema.schemas())
    assert [kind.__name__ for kind in kinds] == [schema["title"] for schema in jsonschema.schemas().values()]
