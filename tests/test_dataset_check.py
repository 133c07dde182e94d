"""The checks: each rule, spoiled worlds that break exactly it, and all faults in one run."""

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, reduce
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from dataset import check, figures, vocabulary, workbench
from dataset.canonical import to_bytes, to_plain
from dataset.check import RULES
from dataset.corpus import Corpus
from dataset.evidence import carries_evidence, citations, content, evidenced
from dataset.finding import Finding
from dataset.problem import Problem
from dataset.reading import adapter
from dataset.records import COLLECTIONS, SERVED, Evidence, Participation
from dataset.vocabulary import Measure
from tests.world import SOURCE, Raw, evidence, raw, write

Edit = Callable[[Raw], None]
Rule = Callable[[Corpus], Iterator[Finding]]
GONE = object()


@cache
def _world() -> Raw:
    """Return the world's records as the workbench holds them, the days of their dates computed."""
    with TemporaryDirectory() as folder:
        loaded = workbench.load(write(Path(folder) / "bench"))
    return {(collection, record.id): to_plain(record) for collection, record in loaded.corpus.records()}


def _read(kind: Any, record: dict[str, Any]) -> Any:
    return adapter(kind).validate_json(to_bytes(record))


def _corpus(*edits: Edit) -> Corpus:
    records = copy.deepcopy(_world())
    for edit in edits:
        edit(records)
    found: dict[str, dict[str, Any]] = {}
    for (collection, name), record in sorted(records.items()):
        assert record["id"] == name
        found.setdefault(collection, {})[name] = _read(COLLECTIONS[collection], record)
    return Corpus(**found)


def put(record: str, path: str, value: Any) -> Edit:
    """Return an edit that gives one field of one record another value, or takes it away."""

    def edit(records: Raw) -> None:
        steps: list[Any] = [int(step) if step.isdigit() else step for step in path.split(".")]
        (found,) = (plain for (_, name), plain in records.items() if name == record)
        holder: Any = reduce(lambda value, step: value[step], steps[:-1], found)
        if value is GONE:
            del holder[steps[-1]]
        elif steps[-1] == "new":
            holder.append(value)
        else:
            holder[steps[-1]] = value

    return edit


def add(collection: str, like: str = "", **fields: Any) -> Edit:
    """Return an edit that adds a record, made like another one where that is named."""

    def edit(records: Raw) -> None:
        plain = copy.deepcopy(records[collection, like]) if like else {}
        records[collection, fields["id"]] = {**plain, **fields}

    return edit


def event(name: str, part_of: str | None) -> Edit:
    """Return an edit that adds an event."""
    return add("events", "evt-forced-closures", id=name, part_of=part_of)


def figure(name: str, **fields: Any) -> Edit:
    """Return an edit that adds a figure of twelve."""
    return add("figures", "fig-twelve", id=name, **fields)


def derived(name: str, operation: str, value: str | None, *operands: str, **fields: Any) -> Edit:
    """Return an edit that adds a figure that follows from others."""
    derivation = {"operation": operation, "operands": operands}
    return figure(name, value=value, verbatim=None, derivation=derivation, **fields)


def cost(**fields: Any) -> Edit:
    """Return an edit that adds a figure of money."""
    found = {
        "id": "fig-cost",
        "measure": "value_of_machines_seized",
        "unit": "kzt",
        "value": "3000000",
        "verbatim": "3 million pounds",
        "evidence": evidence("cit-gazette-cost"),
    }
    return add("figures", "fig-twelve", **{**found, **fields})


def ranged(**fields: Any) -> Edit:
    """Return an edit that adds a range of money."""
    span = {"comparator": "about", "value": None, "low": "2000000", "high": "4000000"}
    return cost(**{**span, "verbatim": "around 2-4 million", **fields})


def conversion(**fields: Any) -> dict[str, Any]:
    """Return a conversion that the passage on the cost prints."""
    return {"amount": "2000000", "currency": "usd", "verbatim": "around 2-4 million", **fields}


@dataclass(frozen=True)
class Case:
    """A way to break a rule, and everything that the check then says."""

    rule: Rule
    title: str
    edits: tuple[Edit, ...]
    expected: tuple[tuple[str, str, str], ...]


ALL_BUT_TITLE = ("kind", "summary", "date", "status", "part_of")
UNSUPPORTED = "no evidence supports this field"
CYCLE = "leads back to the record itself"

CASES = [
    Case(
        check.texts,
        "texts that show nothing",
        (put("evt-closures", "summary", " \u200b "),),
        (("evt-closures", "summary", "is blank"),),
    ),
    Case(
        check.texts,
        "days and times that are in no calendar",
        (
            put(SOURCE, "published", "2020-02-30T10:00Z"),
            put(SOURCE, "updated", "2020-05-02T24:00Z"),
            put(SOURCE, "accessed", "2020-13-01"),
        ),
        (
            (SOURCE, "accessed", "'2020-13-01' is not in the calendar"),
            (SOURCE, "published", "'2020-02-30T10:00Z' is not in the calendar"),
            (SOURCE, "updated", "'2020-05-02T24:00Z' is not in the calendar"),
        ),
    ),
    Case(
        check.origins,
        "a key that is there twice",
        (put(SOURCE, "origin.new", {"key": "board-statement", "description": "Again."}),),
        ((SOURCE, "origin[1].key", "'board-statement' is there twice"),),
    ),
    Case(
        check.origins,
        "a passage of another source among the unused ones",
        (
            add("sources", SOURCE, id="src-other-2020-05-02"),
            put("src-other-2020-05-02", "nothing_extracted.new", {"citation": "cit-gazette-lead", "reason": "None."}),
        ),
        (("src-other-2020-05-02", "nothing_extracted[0].citation", f"cit-gazette-lead stands in {SOURCE}"),),
    ),
    Case(
        check.discrepancies,
        "one thing compared with itself",
        (
            put("dis-shut-or-ordered", "records.1", "evt-closures"),
            put("dis-shut-or-ordered", "citations.0", "cit-gazette-cost"),
        ),
        (
            ("dis-shut-or-ordered", "citations", "names one twice"),
            ("dis-shut-or-ordered", "records", "names one twice"),
        ),
    ),
    Case(
        check.anchors,
        "a token that is a sentence",
        (put("cit-gazette-lead", "tokens.new", "Atlantis has shut 12 mines, the Board"),),
        (("cit-gazette-lead", "tokens[3]", "more than 5 words"),),
    ),
    Case(
        figures.figures,
        "words of its own that are a sentence",
        (
            put("cit-gazette-headline", "tokens.new", "Atlantis has shut 12 mines, the"),
            put("fig-twelve", "verbatim", "Atlantis has shut 12 mines, the"),
        ),
        (
            ("cit-gazette-headline", "tokens[2]", "more than 5 words"),
            ("fig-twelve", "verbatim", "more than 5 words"),
        ),
    ),
    Case(
        figures.figures,
        "a comparator that its words do not say",
        (put("fig-twelve", "comparator", "more_than"),),
        (("fig-twelve", "comparator", "more_than is not in its own words '12 Mines'"),),
    ),
    Case(
        figures.figures,
        "an exact number whose words say about",
        (cost(verbatim="around 2-4 million", value="2000000"),),
        (("fig-cost", "comparator", "its own words 'around 2-4 million' say about"),),
    ),
    Case(
        check.dangling,
        "a reference to no record",
        (put("evt-closures", "place", "ent-nowhere"),),
        (("evt-closures", "place", "there is no entities record 'ent-nowhere'"),),
    ),
    Case(
        check.dangling,
        "a reference that may go to several collections",
        (put("fig-seven", "about", "evt-nothing"),),
        (("fig-seven", "about", "there is no entities or events record 'evt-nothing'"),),
    ),
    Case(
        check.dangling,
        "references inside lists and inside values",
        (
            put("dis-shut-or-ordered", "records.1", "fig-nothing"),
            put(SOURCE, "origin.0.issuer", "ent-nobody"),
            put("evt-closures", "participations.0.entity", "ent-no-mines"),
        ),
        (
            (SOURCE, "origin[0].issuer", "there is no entities record 'ent-nobody'"),
            ("evt-closures", "participations[0].entity", "there is no entities record 'ent-no-mines'"),
            (
                "dis-shut-or-ordered",
                "records[1]",
                "there is no figures or events or relations or entities record 'fig-nothing'",
            ),
        ),
    ),
    Case(
        check.dangling,
        "evidence that cites nothing",
        (put("evt-closures", "evidence.new", *evidence("cit-nothing", origin="board-statement")),),
        (("evt-closures", "evidence[1].citation", "there is no citations record 'cit-nothing'"),),
    ),
    Case(
        check.dangling,
        "a citation of no source",
        (put("cit-gazette-reed", "source", "src-nothing"),),
        (("cit-gazette-reed", "source", "there is no sources record 'src-nothing'"),),
    ),
    Case(
        check.dangling,
        "a record that refers to itself",
        (put("evt-closures", "part_of", "evt-closures"), put("fig-seven", "restates", "fig-seven")),
        (
            ("evt-closures", "part_of", "the record refers to itself"),
            ("fig-seven", "restates", "the record refers to itself"),
        ),
    ),
    Case(
        check.supported,
        "a record whose evidence supports one field only",
        (put("evt-forced-closures", "evidence.0.supports", ["title"]),),
        tuple(("evt-forced-closures", name, UNSUPPORTED) for name in ALL_BUT_TITLE),
    ),
    Case(
        check.supported,
        "parts of a record whose evidence supports too little",
        (
            put("evt-closures", "participations.0.evidence.0.supports", ["entity"]),
            put("ent-atlantis", "names.0.evidence.0.supports", ["text", "script"]),
            put("ent-atlantis", "description", {"text": "A place.", "evidence": evidence("cit-gazette-lead")}),
            put(
                "ent-atlantis",
                "identifiers.new",
                {"scheme": "s", "value": "v", "evidence": evidence("cit-gazette-lead", supports=["value"])},
            ),
        ),
        (
            ("ent-atlantis", "names[0].kind", UNSUPPORTED),
            ("ent-atlantis", "names[0].language", UNSUPPORTED),
            ("ent-atlantis", "identifiers[0].scheme", UNSUPPORTED),
            ("evt-closures", "participations[0].role", UNSUPPORTED),
        ),
    ),
    Case(
        check.supported,
        "a running total that no evidence calls one",
        (
            put("fig-twelve", "cumulative", True),
            put("fig-twelve", "evidence.0.supports", "about measure comparator value verbatim unit".split()),
        ),
        (("fig-twelve", "cumulative", UNSUPPORTED),),
    ),
    Case(
        check.supported,
        "evidence for fields that are no content",
        (
            put(
                "rel-reed-behind-mines",
                "evidence.0.supports",
                ["subject", "predicate", "object", "colour", "evidence", "id"],
            ),
        ),
        tuple(
            ("rel-reed-behind-mines", "evidence[0].supports", f"{name!r} is no content field")
            for name in ("colour", "evidence", "id")
        ),
    ),
    Case(
        check.supported,
        "evidence for a derived field and for a part with evidence of its own",
        (
            put("fig-twelve", "evidence.new", *evidence("cit-gazette-headline", supports=["unit_code"])),
            put("evt-closures", "evidence.new", *evidence("cit-gazette-lead", supports=["participations"])),
        ),
        (
            ("evt-closures", "evidence[1].supports", "'participations' is no content field"),
            ("fig-twelve", "evidence[1].supports", "'unit_code' is no content field"),
        ),
    ),
    Case(
        check.inferences,
        "our own inferences put into others' mouths",
        (
            put("evt-forced-closures", "evidence.0.modality", "inferred"),
            put("evt-forced-closures", "evidence.0.inference", "It follows from the other."),
            put("evt-closures", "participations.0.evidence.0.modality", "inferred"),
            put("evt-closures", "participations.0.evidence.0.inference", "It follows as well."),
            put("evt-closures", "participations.0.evidence.0.attributed_to", None),
        ),
        (
            (
                "evt-closures",
                "participations[0].evidence[0].attributed_to",
                "an inference of ours is attributed to nobody",
            ),
            ("evt-forced-closures", "evidence[0].attributed_to", "an inference of ours is attributed to nobody"),
        ),
    ),
    Case(
        check.origins,
        "an origin that the source does not have",
        (
            put("evt-forced-closures", "evidence.0.origin", "rumour"),
            put("ent-ada-reed", "names.0.evidence.0.origin", "hearsay"),
        ),
        (
            ("ent-ada-reed", "names[0].evidence[0].origin", f"{SOURCE} has no origin 'hearsay'"),
            ("evt-forced-closures", "evidence[0].origin", f"{SOURCE} has no origin 'rumour'"),
        ),
    ),
    Case(
        check.names,
        "two names to show, and none",
        (
            put(
                "ent-ada-reed",
                "names.new",
                {"text": "Ada", "kind": "descriptive", "evidence": evidence("cit-gazette-reed")},
            ),
            put("ent-atlantis", "names.0.kind", "variant"),
        ),
        (
            ("ent-ada-reed", "names", "exactly one name must be primary or descriptive"),
            ("ent-atlantis", "names", "exactly one name must be primary or descriptive"),
        ),
    ),
    Case(
        check.names,
        "a name that is not printed where it is cited",
        (put("ent-ada-reed", "names.0.text", "Ada B. Reed"),),
        (("ent-ada-reed", "names[0].text", "'Ada B. Reed' is not among the tokens of cit-gazette-reed"),),
    ),
    Case(
        check.names,
        "a name that is printed in one of its two passages only",
        (put("ent-ada-reed", "names.0.evidence.new", *evidence("cit-gazette-lead")),),
        (("ent-ada-reed", "names[0].text", "'Ada Reed' is not among the tokens of cit-gazette-lead"),),
    ),
    Case(
        check.names,
        "a name that begins and ends inside printed words",
        (put("ent-ada-reed", "names.0.text", "da Ree"),),
        (("ent-ada-reed", "names[0].text", "'da Ree' is not among the tokens of cit-gazette-reed"),),
    ),
    Case(
        figures.figures,
        "a number that the passage does not print",
        (put("fig-twelve", "value", "13"), put("fig-twelve", "verbatim", "13 Mines")),
        (
            ("fig-twelve", "value", "13 is not printed in the tokens of cit-gazette-headline"),
            ("fig-twelve", "verbatim", "'13 Mines' is not among the tokens of cit-gazette-headline"),
        ),
    ),
    Case(
        figures.figures,
        "words that the passage does not print",
        (put("fig-twelve", "verbatim", "12 big Mines"),),
        (("fig-twelve", "verbatim", "'12 big Mines' is not among the tokens of cit-gazette-headline"),),
    ),
    Case(
        figures.figures,
        "words that end inside a printed word",
        (put("fig-twelve", "verbatim", "12 Mine"),),
        (("fig-twelve", "verbatim", "'12 Mine' is not among the tokens of cit-gazette-headline"),),
    ),
    Case(
        figures.figures,
        "a number in only one of the passages that are to support it",
        (put("fig-twelve", "evidence.new", *evidence("cit-gazette-split")),),
        (
            ("fig-twelve", "value", "12 is not printed in the tokens of cit-gazette-split"),
            ("fig-twelve", "verbatim", "'12 Mines' is not among the tokens of cit-gazette-split"),
        ),
    ),
    Case(
        figures.figures,
        "neither a value nor a range",
        (put("fig-twelve", "value", None),),
        (("fig-twelve", "value", "a figure has either a value or both low and high"),),
    ),
    Case(
        figures.figures,
        "a value and a range",
        (ranged(value="2000000"),),
        (("fig-cost", "value", "a figure has either a value or both low and high"),),
    ),
    Case(
        figures.figures,
        "half a range",
        (
            ranged(high=None),
            ranged(id="fig-rest", low=None),
        ),
        (
            ("fig-cost", "value", "a figure has either a value or both low and high"),
            ("fig-rest", "value", "a figure has either a value or both low and high"),
        ),
    ),
    Case(
        figures.figures,
        "a range upside down",
        (ranged(comparator="between", low="4000000", high="2000000"),),
        (("fig-cost", "low", "low is above high"),),
    ),
    Case(
        figures.figures,
        "comparators that do not go with the number",
        (
            ranged(comparator="more_than"),
            put("fig-twelve", "comparator", "between"),
        ),
        (
            ("fig-cost", "comparator", "a range is `between` or `about`"),
            ("fig-twelve", "comparator", "`between` needs low and high"),
        ),
    ),
    Case(
        figures.figures,
        "a unit that the measure does not have",
        (put("fig-twelve", "unit", "person"),),
        (("fig-twelve", "unit", "mines_closed is not measured in person"),),
    ),
    Case(
        figures.figures,
        "neither printed nor derived",
        (put("fig-twelve", "verbatim", None),),
        (("fig-twelve", "verbatim", "a figure is either printed (verbatim) or derived (derivation)"),),
    ),
    Case(
        figures.figures,
        "printed and derived",
        (derived("fig-sum", "sum", "19", "fig-twelve", "fig-seven"), put("fig-sum", "verbatim", "12 Mines")),
        (("fig-sum", "verbatim", "a figure is either printed (verbatim) or derived (derivation)"),),
    ),
    Case(
        figures.figures,
        "a conversion of what is no money, into what is none",
        (
            put("fig-twelve", "conversion", conversion(amount="12", verbatim="12 Mines")),
            cost(conversion=conversion(currency="mine")),
        ),
        (
            ("fig-cost", "conversion.currency", "mine is no currency"),
            ("fig-twelve", "conversion", "only money is converted"),
        ),
    ),
    Case(
        figures.figures,
        "a conversion that the passage does not print",
        (cost(conversion=conversion(amount="5", verbatim="5 dollars")),),
        (
            ("fig-cost", "conversion.amount", "5 is not printed in the tokens of cit-gazette-cost"),
            ("fig-cost", "conversion.verbatim", "'5 dollars' is not among the tokens of cit-gazette-cost"),
        ),
    ),
    Case(
        figures.figures,
        "a conversion that only its own passage lacks",
        (
            cost(
                conversion=conversion(),
                evidence=[
                    *evidence("cit-gazette-cost", supports="about measure comparator value verbatim unit".split()),
                    *evidence("cit-gazette-lead", supports=["conversion"]),
                ],
            ),
        ),
        (
            ("fig-cost", "conversion.amount", "2000000 is not printed in the tokens of cit-gazette-lead"),
            ("fig-cost", "conversion.verbatim", "'around 2-4 million' is not among the tokens of cit-gazette-lead"),
        ),
    ),
    Case(
        figures.figures,
        "arithmetic that does not come out",
        (
            derived("fig-rest", "difference", "6", "fig-twelve", "fig-seven"),
            derived("fig-sum", "sum", "20", "fig-twelve", "fig-seven"),
        ),
        (
            ("fig-rest", "value", "the declared arithmetic gives 5"),
            ("fig-sum", "value", "the declared arithmetic gives 19"),
        ),
    ),
    Case(
        figures.figures,
        "arithmetic with what has no value",
        (
            ranged(),
            derived("fig-sum", "sum", "19", "fig-twelve", "fig-cost"),
        ),
        (("fig-sum", "derivation.operands", "every operand must be a figure with a value"),),
    ),
    Case(
        figures.figures,
        "arithmetic without a result",
        (derived("fig-sum", "sum", None, "fig-twelve", "fig-seven"),),
        (
            ("fig-sum", "value", "a figure has either a value or both low and high"),
            ("fig-sum", "value", "the declared arithmetic gives 19"),
        ),
    ),
    Case(
        check.dates,
        "a date that is none",
        (
            put("evt-closures", "date.edtf", "May 2020"),
            put(
                SOURCE, "origin.0.date", {"edtf": "2020-02-30", "earliest": None, "latest": None, "basis": "announced"}
            ),
        ),
        (
            (SOURCE, "origin[0].date.edtf", "'2020-02-30' is not in the calendar"),
            ("evt-closures", "date.edtf", "'May 2020' is no year, month, season or day"),
        ),
    ),
    Case(
        check.dates,
        "days that do not follow from the date",
        (
            put("evt-closures", "date.earliest", None),
            put("evt-forced-closures", "date.latest", "2020-05-30"),
            put(
                "fig-twelve",
                "as_of",
                {"edtf": "../2020", "earliest": "2019-01-01", "latest": "2020-12-31", "basis": "occurred"},
            ),
        ),
        (
            ("evt-closures", "date.earliest", "2020-05-01 gives 2020-05-01, not None"),
            ("evt-forced-closures", "date.latest", "2020-05 gives 2020-05-31, not 2020-05-30"),
            ("fig-twelve", "as_of.earliest", "../2020 gives None, not 2019-01-01"),
        ),
    ),
    Case(
        check.anchors,
        "anchors that are too long",
        (put("cit-gazette-lead", "start", "one two three four five six"),),
        (("cit-gazette-lead", "start", "more than 5 words"),),
    ),
    Case(
        check.anchors,
        "anchors as a page prints them",
        (put("cit-gazette-split", "end", "“ordered  to”"),),
        (("cit-gazette-split", "end", "not normalised"),),
    ),
    Case(
        check.anchors,
        "a citation that nothing cites",
        (add("citations", "cit-gazette-lead", id="cit-unused"),),
        (("cit-unused", "id", "nothing cites it"),),
    ),
    Case(
        check.discrepancies,
        "a preference for a stranger",
        (
            put("dis-shut-or-ordered", "preferred", "fig-twelve"),
            put("dis-shut-or-ordered", "preference", "It is round."),
        ),
        (("dis-shut-or-ordered", "preferred", "not one of the records"),),
    ),
    Case(
        check.discrepancies,
        "a preference without its reason",
        (put("dis-shut-or-ordered", "preferred", "evt-closures"),),
        (("dis-shut-or-ordered", "preference", "goes with preferred"),),
    ),
    Case(
        check.discrepancies,
        "a reason without its preference",
        (put("dis-shut-or-ordered", "preference", "It is round."),),
        (("dis-shut-or-ordered", "preference", "goes with preferred"),),
    ),
    Case(
        check.cycles,
        "events in a ring, and one that leads into it",
        (
            event("evt-a", "evt-b"),
            event("evt-b", "evt-c"),
            event("evt-c", "evt-a"),
            event("evt-tail", "evt-a"),
        ),
        tuple((name, "part_of", CYCLE) for name in ("evt-a", "evt-b", "evt-c")),
    ),
    Case(
        check.cycles,
        "figures in rings",
        (
            figure("fig-a", part_of="fig-b"),
            figure("fig-b", part_of="fig-a"),
            figure("fig-c", restates="fig-d"),
            figure("fig-d", restates="fig-c"),
        ),
        (
            ("fig-a", "part_of", CYCLE),
            ("fig-b", "part_of", CYCLE),
            ("fig-c", "restates", CYCLE),
            ("fig-d", "restates", CYCLE),
        ),
    ),
    Case(
        check.cycles,
        "a chain that ends nowhere",
        (event("evt-a", "evt-b"), event("evt-b", "evt-nothing"), figure("fig-a", part_of="fig-nothing")),
        (
            ("evt-b", "part_of", "there is no events record 'evt-nothing'"),
            ("fig-a", "part_of", "there is no figures record 'fig-nothing'"),
        ),
    ),
    Case(
        check.tombstones,
        "an id that is used again",
        (add("tombstones", id="ent-atlantis", reason="It sank."),),
        (("ent-atlantis", "id", "an id is never used again"),),
    ),
    Case(
        check.tombstones,
        "a successor that is not there",
        (
            add("tombstones", id="ent-old", reason="It was merged.", successor="ent-nobody"),
            add("tombstones", id="ent-older", reason="It was merged.", successor="ent-old"),
            add("tombstones", id="ent-oldest", reason="It was merged.", successor="ent-atlantis"),
        ),
        (("ent-old", "successor", "there is no record 'ent-nobody'"),),
    ),
]
"""At least one case for every rule; each says everything that the check finds."""


def test_nothing_is_wrong_with_the_world() -> None:
    """The world that the cases spoil is whole."""
    assert check.check(_corpus()) == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule.__name__}: {case.title}")
def test_a_fault_yields_exactly_its_findings(case: Case) -> None:
    """A world with this fault is refused for it, by record, field and reason, and for nothing else."""
    found = [(finding.record, finding.field, finding.reason) for finding in check.check(_corpus(*case.edits))]

    assert sorted(case.expected) == sorted(found)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_every_rule_has_a_case(rule: Rule) -> None:
    """Each rule in the table has a case above that it alone finds, and says what it demands."""
    assert rule in {case.rule for case in CASES}
    assert (rule.__doc__ or "").endswith(".")
    assert any({*rule(_corpus(*case.edits))} for case in CASES if case.rule is rule)


def test_a_finding_names_the_collection_of_its_record() -> None:
    """The collection of a finding is the one in which its record is."""
    for case in CASES:
        corpus = _corpus(*case.edits)
        for finding in check.check(corpus):
            assert finding.record in getattr(corpus, finding.collection)


@pytest.mark.parametrize(
    "edits",
    [
        (put("ent-board-of-salt", "names.0.evidence.0.attributed_to", "ent-board-of-salt"),),
        (
            put("evt-forced-closures", "evidence.0.attributed_to", None),
            put("evt-forced-closures", "evidence.0.channel", None),
            put("evt-forced-closures", "evidence.0.modality", "inferred"),
            put("evt-forced-closures", "evidence.0.inference", "It follows."),
        ),
        (put("evt-forced-closures", "evidence.0.modality", "inferred"),),
        (put("evt-forced-closures", "evidence.0.inference", "The seven are mines."),),
        (put("ent-shut-mines", "names.0.text", "What we call them"),),
        (
            put(
                "ent-ada-reed",
                "names.new",
                {"text": "Reed", "kind": "variant", "evidence": evidence("cit-gazette-reed")},
            ),
        ),
        (ranged(),),
        (cost(conversion=conversion()),),
        (derived("fig-rest", "difference", "5", "fig-twelve", "fig-seven"),),
        (derived("fig-sum", "sum", "31", "fig-twelve", "fig-seven", "fig-twelve"),),
        (
            put("fig-twelve", "evidence.0.supports", "about measure comparator value verbatim unit".split()),
            put(
                "fig-twelve",
                "as_of",
                {"edtf": "2020", "earliest": "2020-01-01", "latest": "2020-12-31", "basis": "reported"},
            ),
            put("fig-twelve", "evidence.new", *evidence("cit-gazette-reed", supports=["as_of"])),
        ),
        (
            put("evt-forced-closures", "evidence.0.supports", ["title", "kind", "date"]),
            put(
                "evt-forced-closures",
                "evidence.new",
                *evidence("cit-gazette-lead", supports=["summary", "status", "part_of"]),
            ),
        ),
        (
            put("dis-shut-or-ordered", "preferred", "evt-closures"),
            put("dis-shut-or-ordered", "preference", "It is wider."),
        ),
        (
            add("citations", "cit-gazette-lead", id="cit-byline"),
            put(SOURCE, "nothing_extracted.new", {"citation": "cit-byline", "reason": "It names the author."}),
        ),
        (add("tombstones", id="evt-gone", reason="It was there twice.", successor="evt-closures"),),
    ],
    ids=[
        "a body speaks of itself",
        "we infer, for ourselves",
        "the author infers what a speaker said",
        "we apply what a speaker stated",
        "a label of ours is not printed",
        "a variant is a part of what is printed",
        "a range",
        "money converted",
        "a difference",
        "a sum of three",
        "a date from another passage prints no number",
        "two passages support a record together",
        "a preference with its reason",
        "a passage that yielded nothing",
        "a tombstone with a successor",
    ],
)
def test_what_is_right_is_not_refused(edits: tuple[Edit, ...]) -> None:
    """A world that was changed within the rules is as whole as before."""
    assert check.check(_corpus(*edits)) == []


def test_a_conversion_is_sought_in_the_passages_that_support_it() -> None:
    """An amount and its conversion may be printed in two passages, each supporting its own."""
    amount = "about measure comparator value verbatim unit".split()
    edits = (
        add("citations", "cit-gazette-cost", id="cit-dollars", tokens=["7 million dollars"]),
        cost(
            conversion=conversion(amount="7000000", verbatim="7 million dollars"),
            evidence=[
                *evidence("cit-gazette-cost", supports=amount),
                *evidence("cit-dollars", supports=["conversion"]),
            ],
        ),
    )

    assert check.check(_corpus(*edits)) == []


def test_the_ends_of_a_range_are_sought_in_the_passages_that_support_them() -> None:
    """A range may begin in one passage and end in another, each supporting its own end."""
    rest = "about measure comparator verbatim unit low".split()
    edits = (
        add("citations", "cit-gazette-cost", id="cit-high", tokens=["up to 9"]),
        ranged(evidence=[*evidence("cit-gazette-cost", supports=rest), *evidence("cit-high", supports=["high"])]),
    )
    found = [(finding.record, finding.field, finding.reason) for finding in check.check(_corpus(*edits))]

    assert found == [("fig-cost", "high", "4000000 is not printed in the tokens of cit-high")]


def test_a_number_stands_in_the_words_that_are_given_for_it() -> None:
    """A figure whose own words print another number of the same passage is refused."""
    found = check.check(_corpus(put("fig-seven", "verbatim", "5")))

    assert {("fig-seven", "verbatim"), ("fig-seven", "value")} & {(f.record, f.field) for f in found}


def test_figures_are_not_derived_from_one_another() -> None:
    """Arithmetic that comes out but goes round in a circle rests on nothing, and is refused."""
    edits = (
        derived("fig-total", "sum", "112", "fig-twelve", "fig-rest"),
        derived("fig-rest", "difference", "100", "fig-total", "fig-twelve"),
    )

    assert {"fig-total", "fig-rest"} == {finding.record for finding in check.check(_corpus(*edits))}


@pytest.mark.parametrize(
    "successors",
    [{"ent-a": "ent-a"}, {"ent-a": "ent-b", "ent-b": "ent-a"}],
    ids=["itself", "one another"],
)
def test_no_tombstone_succeeds_itself(successors: dict[str, str]) -> None:
    """Successors that lead back to the tombstone lead a reader nowhere, and are refused."""
    edits = [add("tombstones", id=name, reason="Gone.", successor=to) for name, to in successors.items()]

    assert {(name, "successor") for name in successors} == {(f.record, f.field) for f in check.check(_corpus(*edits))}


@pytest.mark.parametrize("measure", Measure)
def test_every_measure_refuses_every_other_unit(measure: Measure) -> None:
    """A figure passes with the units of its measure and with no other."""
    passing = {
        unit
        for units in vocabulary.UNITS.values()
        for unit in units
        if "unit"
        not in {f.field for f in check.check(_corpus(figure("fig-a", measure=measure.value, unit=unit.value)))}
    }

    assert vocabulary.UNITS[measure] == passing


def test_faults_in_several_files_are_all_reported_in_one_run(tmp_path: Path) -> None:
    """One run names every fault: broken files, wrong types and broken rules, by file, record, field and reason."""
    records = raw()
    for edit in (
        put("fig-twelve", "value", "13"),
        put("ent-atlantis", "kind", "planet"),
        put("ent-atlantis", "colour", "blue"),
        put("rel-reed-behind-mines", "evidence.0.modality", GONE),
        put("evt-closures", "date.edtf", "soon"),
        put("evt-forced-closures", "status", 1),
        put("cit-gazette-reed", "where", "page 3"),
        put("dis-shut-or-ordered", "preference", "It is round."),
    ):
        edit(records)
    bench = write(tmp_path / "bench", records)
    (bench / "entities" / "ent-ada-reed.json").write_text("{")
    (bench / "notes.txt").write_text("to do")
    shape = r"does not have the form ^(headline|dek|lead|caption|dateline|(paragraph|bullet) [1-9][0-9]*)$"
    no_place = "there is no entities record 'ent-atlantis'"
    expected = [
        Problem("notes.txt", "", "", "is no record file: <collection>/<id>.json"),
        Problem("citations/cit-gazette-reed.json", "cit-gazette-reed", "where", f"'page 3' {shape}"),
        Problem(
            "entities/ent-ada-reed.json",
            "",
            "",
            "not JSON: Expecting property name enclosed in double quotes in line 1",
        ),
        Problem(
            "entities/ent-atlantis.json",
            "ent-atlantis",
            "kind",
            "'planet' is not one of 'person', 'organization', 'public_body', 'place' or 'group'",
        ),
        Problem("entities/ent-atlantis.json", "ent-atlantis", "colour", "is no field of this record"),
        Problem("events/evt-forced-closures.json", "evt-forced-closures", "status", "1 is not one of "),
        Problem("relations/rel-reed-behind-mines.json", "rel-reed-behind-mines", "evidence[0].modality", "is required"),
        Problem("events/evt-closures.json", "evt-closures", "place", no_place),
        Problem("events/evt-closures.json", "evt-closures", "date.edtf", "'soon' is no year, month, season or day"),
        Problem("discrepancies/dis-shut-or-ordered.json", "dis-shut-or-ordered", "preference", "goes with preferred"),
        Problem(
            "figures/fig-twelve.json", "fig-twelve", "value", "13 is not printed in the tokens of cit-gazette-headline"
        ),
    ]

    found = workbench.load(bench).problems

    for problem in expected:
        assert any(
            (problem.file, problem.record, problem.field) == (other.file, other.record, other.field)
            and other.reason.startswith(problem.reason)
            for other in found
        ), problem
    assert len(expected) <= len(set(found)) == len(found)


def test_a_problem_reads_as_one_line() -> None:
    """A problem is said as file, record, field and reason, without those that it lacks."""
    assert str(Problem("a.json", "ent-a", "kind", "is required")) == "a.json: ent-a: kind: is required"
    assert str(Problem("a.json", "", "", "not JSON")) == "a.json: not JSON"


def test_content_is_what_carries_no_evidence_of_its_own() -> None:
    """Evidence must stand for every stored field but the id, the evidence and the parts that bring theirs."""
    found = {name: [field.name for field in content(kind)] for name, kind in SERVED.items()}

    assert found["relations"] == ["subject", "predicate", "object", "valid", "note"]
    assert found["entities"] == ["kind"]
    assert found["events"] == ["kind", "title", "summary", "date", "place", "status", "part_of"]
    assert {"unit_code", "implied_rate", "evidence", "id"}.isdisjoint(found["figures"])
    assert carries_evidence(Participation)
    assert not carries_evidence(Evidence)


def test_the_evidence_of_a_record_is_found_at_every_depth() -> None:
    """A record's own evidence and that of its parts is found with its path, and so are the citations."""
    found = _corpus().events["evt-closures"]

    assert [path for path, _, _ in evidenced(found)] == ["", "participations[0]"]
    assert list(citations(found)) == ["cit-gazette-lead", "cit-gazette-lead"]
    assert list(evidenced(_corpus().sources[SOURCE])) == []


def test_the_published_workbench_and_releases_hold_to_every_rule() -> None:
    """Nothing is wrong with the records in this repository."""
    found = workbench.load()

    assert found.problems == ()
    assert json.loads((workbench.FOLDER / workbench.ABOUT).read_bytes()) == to_plain(found.about)
