"""The command line: what each command answers, writes and refuses."""

import json
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from dataset import jsonschema, publish, workbench
from dataset.canonical import to_bytes
from dataset.cli import main
from dataset.normalise import digest
from dataset.release import read
from dataset.version import Version
from dataset.vocabulary import ChangeReason
from tests import world

LEAD = "Atlantis has shut 12 mines, the Board of Salt said in a statement on Friday."
RECORDS = len(world.raw())
CITATIONS = len(world.PASSAGES)


@pytest.fixture
def bench(tmp_path: Path) -> Path:
    """Return a workbench that holds the small world."""
    return world.write(tmp_path / "workbench")


@pytest.fixture
def releases(tmp_path: Path) -> Path:
    """Return a folder in which the small world is released as 1.0.0."""
    world.release(tmp_path / "releases")
    return tmp_path / "releases"


@pytest.fixture
def text(tmp_path: Path) -> Path:
    """Return a copy of the small world's article."""
    path = tmp_path / "copies" / "gazette.txt"
    path.parent.mkdir()
    path.write_text(world.ARTICLE)
    return path


def run(*args: object) -> Result:
    """Run a command and return what came of it; only a deliberate exit is one."""
    result = CliRunner().invoke(main, [str(arg) for arg in args])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def lines(output: str) -> list[str]:
    """Return the lines of an output."""
    return output.splitlines()


def snapshot(folder: Path) -> dict[Path, bytes]:
    """Return every file of a folder with its bytes."""
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def without_a_title(bench: Path) -> str:
    """Spoil a record of the workbench by its type, and return the problem that must be listed."""
    path = bench / "events" / "evt-closures.json"
    record = json.loads(path.read_text())
    del record["title"]
    path.write_text(json.dumps(record))
    return "events/evt-closures.json: evt-closures: title: is required"


def with_a_wrong_unit(records: world.Raw) -> world.Raw:
    """Spoil a record in a way that only a rule of the corpus tells."""
    records["figures", "fig-seven"]["unit"] = "person"
    return records


WRONG_UNIT = "fig-seven: unit: mines_forced_to_close is not measured in person"


def with_a_title(title: str = "A dozen mines shut") -> world.Raw:
    """Return the small world with one title corrected."""
    records = world.raw()
    records["events", "evt-closures"]["title"] = title
    return records


def with_a_group(records: world.Raw) -> world.Raw:
    """Add a record to the small world."""
    records["entities", "ent-salt"] = {
        "id": "ent-salt",
        "kind": "group",
        "names": world._name("Salt", "cit-gazette-lead", "descriptive"),
    }
    return records


def without_the_relation(records: world.Raw, *, tombstone: bool) -> world.Raw:
    """Take a record out of the small world."""
    del records["relations", "rel-reed-behind-mines"]
    if tombstone:
        stone = {"id": "rel-reed-behind-mines", "reason": "It was read wrongly."}
        records["tombstones", "rel-reed-behind-mines"] = stone
    return records


def alter(releases: Path, version: str) -> str:
    """Alter a published file, and return the problem that must be listed."""
    path = releases / version / "events.json"
    path.write_bytes(path.read_bytes().replace(b"Mines were shut.", b"Mines were open."))
    return f"{version}/events.json: its checksum is not the manifest's: the file was altered"


# --- the program


def test_the_module_runs_as_a_program() -> None:
    """`python -m dataset` is the command line."""
    done = subprocess.run(
        [sys.executable, "-m", "dataset", "--help"],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[1],
    )
    assert done.stdout.startswith("Usage: ")
    assert all(f"\n  {name} " in done.stdout for name in main.commands)


@pytest.mark.parametrize("command", sorted(main.commands))
def test_every_command_explains_itself_and_its_options(command: str) -> None:
    """Each command has a help text, and each of its options too."""
    assert main.commands[command].help
    assert all(param.help for param in main.commands[command].params if isinstance(param, click.Option))
    assert run(command, "-h").exit_code == 0


@pytest.mark.parametrize(
    "args",
    [
        ("verify",),
        ("cite", "src-x", "words"),
        ("release", "1.0.0"),
        ("diff", "1.0.0"),
        ("digest",),
        ("check", "--no"),
        ("release", "1.0.0", "--reason", "whim"),
        ("nothing",),
    ],
)
def test_misuse_is_told_apart_from_a_bad_answer(args: tuple[str, ...]) -> None:
    """A command that lacks what it needs, or is given what it does not know, exits with 2."""
    assert run(*args).exit_code == 2


# --- check


def test_check_finds_nothing_wrong_in_a_sound_world(bench: Path, releases: Path) -> None:
    """A sound workbench and its release give no problem and exit code 0."""
    result = run("check", "--workbench", bench, "--releases", releases)
    expected = f"workbench: {RECORDS} records; releases: 1.0.0; no problem\n"
    assert (0, expected, "") == (result.exit_code, result.stdout, result.stderr)


@pytest.mark.parametrize("made", [(), ("",), ("", ".gitkeep")], ids=["no folder", "empty", "a hidden file"])
def test_check_does_without_releases(made: tuple[str, ...], bench: Path, tmp_path: Path) -> None:
    """Before the first release there is none to check."""
    folder = tmp_path / "none"
    for name in made:
        if name:
            (folder / name).write_text("")
        else:
            folder.mkdir()
    result = run("check", "--workbench", bench, "--releases", folder)
    assert (0, f"workbench: {RECORDS} records; releases: none; no problem\n") == (result.exit_code, result.stdout)


def test_check_lists_every_problem_of_one_run(bench: Path, releases: Path) -> None:
    """What is wrong in several files, with several rules and in a release is all told at once."""
    expected = [without_a_title(bench)]
    (bench / "notes.txt").write_text("")
    expected.append("notes.txt: is no record file: <collection>/<id>.json")
    figure = bench / "figures" / "fig-seven.json"
    figure.write_bytes(figure.read_bytes().replace(b'"mine"', b'"person"'))
    expected.append(f"figures/fig-seven.json: {WRONG_UNIT}")
    world.release(releases, "1.0.1", with_a_title(), read(releases / "1.0.0"))
    expected.append(alter(releases, "1.0.1"))
    result = run("check", "--workbench", bench, "--releases", releases)
    told = lines(result.stdout)
    assert result.exit_code == 1
    assert [problem for problem in expected if problem not in told] == []
    assert f"workbench: {RECORDS - 1} records; releases: 1.0.0; {len(told)} problems\n" == result.stderr


def test_check_says_in_json_what_it_says_in_words(bench: Path, releases: Path) -> None:
    """The JSON names each problem's file, record, field and reason."""
    sound = json.loads(run("check", "--json", "--workbench", bench, "--releases", releases).stdout)
    assert sound == {"problems": [], "workbench_records": RECORDS, "releases": ["1.0.0"]}
    without_a_title(bench)
    result = run("check", "--json", "--workbench", bench, "--releases", releases)
    file = "events/evt-closures.json"
    expected = {"file": file, "record": "evt-closures", "field": "title", "reason": "is required"}
    assert result.exit_code == 1
    assert expected == json.loads(result.stdout)["problems"][0]


def test_check_holds_releases_to_every_rule_of_the_workbench(bench: Path, tmp_path: Path) -> None:
    """A release whose checksums hold, and whose records break a rule, is told."""
    spoilt = workbench.load(world.write(tmp_path / "spoilt", with_a_wrong_unit(world.raw())))
    assert spoilt.about
    made = publish.prepare(
        spoilt.corpus,
        spoilt.about,
        Version(1, 0, 0),
        "2020-06-01",
        previous=None,
        reason=lambda record, field: ChangeReason.SCOPE,
    )
    publish.write(tmp_path / "releases", *made)
    result = run("check", "--workbench", bench, "--releases", tmp_path / "releases")
    assert (1, f"1.0.0/figures.json: {WRONG_UNIT}\n") == (result.exit_code, result.stdout)


def test_check_says_why_no_release_can_be_served(bench: Path, releases: Path) -> None:
    """Where every release is refused, each problem is told all the same, with its file, in words as in JSON."""
    problem = alter(releases, "1.0.0")
    result = run("check", "--workbench", bench, "--releases", releases)
    assert result.exit_code == 1
    assert problem in lines(result.stdout)
    assert result.stderr.startswith(f"workbench: {RECORDS} records; releases: none; ")
    told = json.loads(run("check", "--json", "--workbench", bench, "--releases", releases).stdout)
    assert "1.0.0/events.json" in {problem["file"] for problem in told["problems"]}


def test_check_tells_of_a_record_that_went_away_without_a_tombstone(releases: Path, tmp_path: Path) -> None:
    """A released id may leave the workbench only for a tombstone."""
    bench = world.write(tmp_path / "later", without_the_relation(world.raw(), tombstone=False))
    result = run("check", "--workbench", bench, "--releases", releases)
    expected = "relations/rel-reed-behind-mines.json: rel-reed-behind-mines: is gone without a tombstone\n"
    assert (1, expected) == (result.exit_code, result.stdout)
    buried = world.write(tmp_path / "buried", without_the_relation(world.raw(), tombstone=True))
    assert run("check", "--workbench", buried, "--releases", releases).exit_code == 0


# --- format


def test_format_makes_the_bytes_canonical_and_computes_days(bench: Path) -> None:
    """A record as a curator types it becomes the serialiser's bytes, with the days of its dates."""
    path = bench / "events" / "evt-closures.json"
    wanted = path.read_bytes()
    path.write_text(json.dumps(world.raw()["events", "evt-closures"]))
    result = run("format", "--workbench", bench)
    assert (result.exit_code, result.stdout, result.stderr) == (0, "changed: events/evt-closures.json\n", "")
    assert wanted == path.read_bytes()
    date = json.loads(wanted)["date"]
    assert (date["earliest"], date["latest"]) == ("2020-05-01", "2020-05-01")
    again = run("format", "--workbench", bench)
    assert (again.exit_code, again.output) == (0, "")


def test_format_can_only_say_what_it_would_change(bench: Path) -> None:
    """With --check nothing is written, and a file that would change is an exit code 1."""
    assert run("format", "--check", "--workbench", bench).exit_code == 0
    path = bench / "sources" / f"{world.SOURCE}.json"
    path.write_bytes(path.read_bytes() + b"\n")
    before = snapshot(bench)
    result = run("format", "--check", "--workbench", bench)
    assert (1, f"would change: sources/{world.SOURCE}.json\n") == (result.exit_code, result.stdout)
    assert before == snapshot(bench)


def test_format_lists_what_it_cannot_format_and_formats_the_rest(bench: Path) -> None:
    """Records that are refused stay as they are and are told, each with its reason."""
    expected = [without_a_title(bench), "figures/fig-twelve.json: not JSON: Expecting value in line 1"]
    expected.append("notes.txt: is no record file: <collection>/<id>.json")
    (bench / "figures" / "fig-twelve.json").write_text("no")
    (bench / "notes.txt").write_text("")
    path = bench / "sources" / f"{world.SOURCE}.json"
    path.write_bytes(path.read_bytes() + b"\n")
    untouched = {p: data for p, data in snapshot(bench).items() if p != path}
    result = run("format", "--workbench", bench)
    assert (1, f"changed: sources/{world.SOURCE}.json\n") == (result.exit_code, result.stdout)
    assert sorted(expected) == sorted(lines(result.stderr))
    assert untouched == {p: data for p, data in snapshot(bench).items() if p != path}


# --- cite


def cite(bench: Path, text: Path, passage: str, *options: str, source: str = world.SOURCE) -> Result:
    """Run `cite` for a passage of a copy."""
    return run("cite", source, passage, "--text", text, "--workbench", bench, *options)


def test_cite_prints_the_finished_record_and_writes_nothing(bench: Path, text: Path) -> None:
    """The record is canonical; its place is guessed, its id made of source and place, its tokens suggested."""
    before = snapshot(bench.parent)
    result = cite(bench, text, LEAD)
    expected = {
        "id": "cit-gazette-2020-05-02-lead",
        "source": world.SOURCE,
        "where": "lead",
        "start": "Atlantis has shut 12 mines,",
        "end": "in a statement on Friday.",
        "digest": digest(LEAD),
        "tokens": ["12", "Board of Salt", "Friday"],
    }
    assert (0, to_bytes(expected).decode()) == (result.exit_code, result.stdout)
    assert result.stderr == "The place, 'lead', is guessed from the layout: check it, or give --where.\n"
    assert before == snapshot(bench.parent)


def test_cite_takes_place_id_and_tokens_as_given(bench: Path, text: Path) -> None:
    """What is given is not guessed, and nothing is said of a guess."""
    options = ["--where", "paragraph 1", "--id", "cit-mine", "--token", "12", "--token", "Board of Salt"]
    result = cite(bench, text, LEAD, *options)
    made = json.loads(result.stdout)
    assert (made["where"], made["id"], made["tokens"]) == ("paragraph 1", "cit-mine", ["12", "Board of Salt"])
    assert result.stderr == ""


def test_cite_saves_a_record_that_the_workbench_accepts(bench: Path, text: Path) -> None:
    """A saved record is the printed one, in its place, and gets an id of its own each time."""
    for name, passage in [("", LEAD), ("-2", "the Board of Salt said"), ("-3", "in a statement")]:
        result = cite(bench, text, passage, "--save")
        path = bench / "citations" / f"cit-gazette-2020-05-02-lead{name}.json"
        assert result.exit_code == 0
        assert path.read_text() == result.stdout
    assert {"nothing cites it"} == {problem.reason for problem in workbench.load(bench).problems}


def test_cite_saves_the_first_citation_of_a_workbench(tmp_path: Path, text: Path) -> None:
    """The folder is made where there is none."""
    key = ("sources", world.SOURCE)
    bench = world.write(tmp_path / "new", {key: {**world.raw()[key], "origin": []}})
    assert cite(bench, text, LEAD, "--save").exit_code == 0
    assert (bench / "citations" / "cit-gazette-2020-05-02-lead.json").exists()


def test_cite_overwrites_no_citation(bench: Path, text: Path) -> None:
    """An id that is there already is refused, and the record stays."""
    before = snapshot(bench)
    result = cite(bench, text, LEAD, "--save", "--id", "cit-gazette-lead")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "cit-gazette-lead.json is there already: give another --id" in result.stderr
    assert before == snapshot(bench)


@pytest.mark.parametrize(
    ("passage", "options", "message"),
    [
        ("Thule has shut", [], "absent: the passage does not stand in {text}"),
        ("Atlantis", [], "ambiguous: the passage stands 2 times in {text}; take a longer one"),
        (" ", [], "the passage is empty"),
        (LEAD, ["--token", "13"], "the token '13' does not stand in the passage"),
        ("on Friday. Of these", [], "the part of the article cannot be told: give it with --where"),
        (LEAD, ["--text", "{folder}/none.txt"], "{folder}/none.txt: No such file or directory"),
    ],
)
def test_cite_refuses_what_it_cannot_cite(
    passage: str, options: list[str], message: str, bench: Path, text: Path
) -> None:
    """The message says what is wrong, and nothing is printed or saved."""
    names = {"text": text, "folder": text.parent}
    before = snapshot(bench)
    result = cite(bench, text, passage, "--save", *(option.format(**names) for option in options))
    assert (1, "", message.format(**names) + "\n") == (result.exit_code, result.stdout, result.stderr)
    assert before == snapshot(bench)


@pytest.mark.parametrize(
    "options",
    [
        ["--where", "page 3"],
        ["--where", "lead", "--id", "Cit X"],
        ["--where", "lead", "--id", "../../escaped"],
        ["--where", "lead", "--id", "src-wrong-kind"],
        ["--where", "lead", "--token", ""],
    ],
    ids=" ".join,
)
def test_cite_refuses_to_make_a_record_that_the_check_would_refuse(options: list[str], bench: Path, text: Path) -> None:
    """A place, an id or a token that no citation may have is refused before anything is written."""
    before = snapshot(bench.parent)
    result = cite(bench, text, LEAD, "--save", *options)
    assert result.exit_code != 0
    assert before == snapshot(bench.parent)


def test_cite_names_the_sources_there_are(bench: Path, text: Path, tmp_path: Path) -> None:
    """An unknown source is answered with the known ones."""
    result = cite(bench, text, LEAD, source="src-x")
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"there is no source 'src-x' in the workbench; there are: {world.SOURCE}\n" == result.stderr
    (tmp_path / "empty").mkdir()
    empty = cite(tmp_path / "empty", text, LEAD, source="src-x")
    assert (empty.exit_code, empty.stderr) == (1, "there is no source 'src-x' in the workbench; there are: none\n")
    assert cite(tmp_path / "nowhere", text, LEAD, source="src-x").exit_code == 2


# --- digest


def test_digest_prints_what_a_source_record_needs(text: Path) -> None:
    """The digest of a copy is the one of its whole normalised text."""
    result = run("digest", text)
    assert (0, world.raw()["sources", world.SOURCE]["digest"] + "\n") == (result.exit_code, result.stdout)


def test_digest_refuses_a_file_that_it_cannot_read(tmp_path: Path) -> None:
    """A file that is not there is told on the error stream."""
    result = run("digest", tmp_path / "none.txt")
    expected = f"{tmp_path / 'none.txt'}: No such file or directory\n"
    assert (1, "", expected) == (result.exit_code, result.stdout, result.stderr)


# --- verify


def test_verify_says_of_each_citation_what_the_copy_says(releases: Path, text: Path) -> None:
    """One line each, then how many were checked out of how many; all matches are exit code 0."""
    result = run("verify", "--text", text, "--releases", releases)
    told = lines(result.stdout)
    assert result.exit_code == 0
    assert f"match        cit-gazette-lead  ({world.SOURCE}, lead)" in told
    summary = f"release 1.0.0: {CITATIONS} of {CITATIONS} checked citations match; "
    assert summary + f"{CITATIONS} of {CITATIONS} were checked ({CITATIONS} match)" == told[-1]
    assert len(told) == CITATIONS + 1


def test_verify_fails_where_one_citation_does_not_hold(releases: Path, text: Path) -> None:
    """A copy that differs is exit code 1, and the summary counts each state."""
    text.write_text(world.ARTICLE.replace("ordered", "told").replace("Friday", "Monday").replace("Ada Reed", "She"))
    result = run("verify", "--text", text, "--releases", releases)
    expected = "release 1.0.0: 2 of 5 checked citations match; 5 of 5 were checked "
    assert result.exit_code == 1
    assert expected + "(2 match, 1 changed, 1 tokens_only, 1 missing)" == lines(result.stdout)[-1]


def test_verify_quietly_names_only_what_does_not_match(releases: Path, text: Path) -> None:
    """With --quiet matches are only counted."""
    text.write_text(world.ARTICLE.replace("ordered", "told"))
    told = lines(run("verify", "-q", "--text", text, "--releases", releases).stdout)
    assert [f"changed      cit-gazette-split  ({world.SOURCE}, paragraph 2)"] == told[:-1]
    assert told[-1].startswith("release 1.0.0: 4 of 5 ")


def test_verify_never_counts_what_it_did_not_check_as_a_pass(releases: Path, tmp_path: Path) -> None:
    """Without a copy of the source nothing is checked, and that is exit code 1."""
    (tmp_path / "other.txt").write_text("Thule Opens 12 Mines")
    (tmp_path / "empty").mkdir()
    for path in (tmp_path / "other.txt", tmp_path / "empty"):
        result = run("verify", "--text", path, "--releases", releases)
        expected = "release 1.0.0: 0 of 0 checked citations match; 0 of 5 were checked (5 not_checked)"
        assert (1, expected) == (result.exit_code, lines(result.stdout)[-1])


def test_verify_keeps_what_it_did_not_check_apart_from_what_matches(text: Path, tmp_path: Path) -> None:
    """A second source without a copy adds to the denominator only."""
    records = world.raw()
    second = {**records["sources", world.SOURCE], "id": "src-herald-2020-05-03", "title": "Thule Next", "origin": []}
    second["nothing_extracted"] = [{"citation": "cit-herald-lead", "reason": "It repeats the Gazette."}]
    records["sources", "src-herald-2020-05-03"] = second
    lead = {**records["citations", "cit-gazette-lead"], "id": "cit-herald-lead", "source": "src-herald-2020-05-03"}
    records["citations", "cit-herald-lead"] = lead
    world.release(tmp_path / "releases", records=records)
    result = run("verify", "--text", text, "--releases", tmp_path / "releases")
    told = lines(result.stdout)
    assert result.exit_code == 0
    assert "not_checked  cit-herald-lead  (src-herald-2020-05-03, lead)" in told
    expected = "release 1.0.0: 5 of 5 checked citations match; 5 of 6 were checked (5 match, 1 not_checked)"
    assert expected == told[-1]


@pytest.mark.parametrize("change", ["ordered", "nothing"])
def test_verify_says_in_json_what_it_says_in_words(change: str, releases: Path, text: Path) -> None:
    """The JSON holds the verdicts, every state's count and both denominators, with the same exit code."""
    text.write_text(world.ARTICLE.replace(change, "told"))
    words = run("verify", "--text", text, "--releases", releases)
    result = run("verify", "--json", "--text", text, "--releases", releases)
    told = json.loads(result.stdout)
    changed = int(change == "ordered")
    totals = {"match": 5 - changed, "changed": changed, "tokens_only": 0, "missing": 0, "not_checked": 0}
    assert (changed, changed) == (words.exit_code, result.exit_code)
    assert ("1.0.0", 5, 5, totals) == (told["release"], told["checked"], told["total"], told["totals"])
    expected = [f"{v['state']:<12} {v['citation']}  ({v['source']}, {v['where']})" for v in told["verdicts"]]
    assert expected == lines(words.stdout)[:-1]


def test_verify_writes_nothing(releases: Path, bench: Path, text: Path, tmp_path: Path) -> None:
    """Neither the dataset nor the copies nor anything beside them is touched."""
    before = snapshot(tmp_path)
    for version in ("1.0.0", "workbench"):
        args = ["--release", version, "--releases", releases, "--workbench", bench, "--text", text.parent]
        assert run("verify", *args).exit_code == 0
    assert before == snapshot(tmp_path)


def test_verify_takes_the_release_that_is_named_or_the_latest_or_the_workbench(
    releases: Path, text: Path, tmp_path: Path
) -> None:
    """The summary names what was verified."""
    world.release(releases, "1.0.1", with_a_title(), read(releases / "1.0.0"))
    bench = world.write(tmp_path / "later", with_a_title("Another title"))
    for options, label in [
        ([], "release 1.0.1"),
        (["--release", "1.0.0"], "release 1.0.0"),
        (["--release", "workbench"], "workbench"),
    ]:
        result = run("verify", "--text", text, "--releases", releases, "--workbench", bench, *options)
        assert (0, f"{label}: 5 of 5") == (result.exit_code, lines(result.stdout)[-1][: len(label) + 8])


def test_verify_tells_of_citations_of_the_workbench_that_are_refused(bench: Path, text: Path) -> None:
    """A citation whose record is refused does not fall out of the denominator without a word."""
    (bench / "citations" / "cit-gazette-lead.json").write_text("{}")
    result = run("verify", "--release", "workbench", "--text", text, "--workbench", bench)
    assert "cit-gazette-lead" in result.output


def test_verify_reads_folders_and_several_copies(releases: Path, text: Path) -> None:
    """Copies may be named with --text, behind it, or by their folder; what is no copy in a folder is left out."""
    bad = text.parent / "picture.png"
    bad.write_bytes(b"\x89PNG\xff")
    (text.parent / "folder").mkdir()
    for args in [["--text", text.parent], ["--text", text.parent / "folder", text]]:
        assert run("verify", "--releases", releases, *args).exit_code == 0
    result = run("verify", "--releases", releases, "--text", text.parent)
    checked = f"{world.SOURCE} was checked against {text}\n"
    assert f"left out: {bad}: not in the encoding that it should be in, utf-8\n{checked}" == result.stderr


@pytest.mark.parametrize("data", [None, b"\x89PNG\xff"], ids=["missing", "no text"])
def test_verify_refuses_a_copy_that_is_named_and_cannot_be_read(data: bytes | None, releases: Path, text: Path) -> None:
    """A copy that the reader names must be readable."""
    path = text.parent / "named.txt"
    if data:
        path.write_bytes(data)
    result = run("verify", "--releases", releases, "--text", text, path)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"{path}: ")


def test_verify_names_the_releases_there_are(releases: Path, text: Path, tmp_path: Path) -> None:
    """An unknown release is answered with the known ones; where there is none, that is said."""
    result = run("verify", "--text", text, "--releases", releases, "--release", "9.9.9")
    assert (result.exit_code, result.stderr) == (1, "there is no release 9.9.9; there are: 1.0.0\n")
    result = run("verify", "--text", text, "--releases", tmp_path / "none")
    expected = f"No release can be served.\n{tmp_path / 'none'} holds no release\n"
    assert (1, expected) == (result.exit_code, result.stderr)


def test_verify_warns_of_releases_that_are_refused(releases: Path, text: Path) -> None:
    """Where the latest release was altered, the one before is verified and the reason is told."""
    world.release(releases, "1.0.1", with_a_title(), read(releases / "1.0.0"))
    problem = alter(releases, "1.0.1")
    result = run("verify", "--quiet", "--text", text, "--releases", releases)
    assert (0, f"refused: {problem}\n") == (result.exit_code, result.stderr)
    assert lines(result.stdout)[-1].startswith("release 1.0.0: ")


# --- release


def publish_(bench: Path, releases: Path, version: str, *options: str, reason: str = "curator_error") -> Result:
    """Run `release`."""
    return run("release", version, "--reason", reason, "--workbench", bench, "--releases", releases, *options)


def manifest(releases: Path, version: str) -> dict[str, Any]:
    """Return a release's manifest."""
    found: dict[str, Any] = json.loads((releases / version / "manifest.json").read_text())
    return found


def test_release_publishes_the_workbench(bench: Path, tmp_path: Path) -> None:
    """The first release is 1.0.0; it holds every record and no change."""
    result = publish_(bench, tmp_path / "releases", "1.0.0", "--date", "2020-06-01")
    assert (0, f"released 1.0.0: {RECORDS} records, 0 changes\n") == (result.exit_code, result.stdout)
    assert workbench.load(bench).corpus == read(tmp_path / "releases" / "1.0.0").corpus
    assert [path.name for path in (tmp_path / "releases").iterdir()] == ["1.0.0"]
    assert manifest(tmp_path / "releases", "1.0.0")["released"] == "2020-06-01"


def test_release_is_dated_today_unless_told(bench: Path, tmp_path: Path) -> None:
    """The day of release is the present one in UTC."""
    before = datetime.now(UTC).date().isoformat()
    publish_(bench, tmp_path / "releases", "1.0.0")
    after = datetime.now(UTC).date().isoformat()
    assert manifest(tmp_path / "releases", "1.0.0")["released"] in {before, after}


@pytest.mark.parametrize(
    ("version", "records", "change"),
    [
        ("1.0.1", with_a_title(), ("changed", "evt-closures", "title")),
        ("1.1.0", with_a_group(world.raw()), ("added", "ent-salt", None)),
        ("2.0.0", without_the_relation(world.raw(), tombstone=True), ("removed", "rel-reed-behind-mines", None)),
        ("2.0.0", with_a_title(), ("changed", "evt-closures", "title")),
    ],
)
def test_release_numbers_the_version_by_what_changed(
    version: str, records: world.Raw, change: tuple[str, str, str | None], releases: Path, tmp_path: Path
) -> None:
    """PATCH for a value, MINOR for a new record, MAJOR for one that went, or for another meaning."""
    bench = world.write(tmp_path / "later", records)
    result = publish_(bench, releases, version)
    assert (0, f"released {version}: {len(records)} records, 1 changes\n") == (result.exit_code, result.stdout)
    (made,) = manifest(releases, version)["changes"]
    assert (*change, "curator_error") == (made["change"], made["record"], made["field"], made["reason"])


def test_release_gives_each_change_the_reason_that_it_was_told(releases: Path, tmp_path: Path) -> None:
    """A reason for a field counts before one for its record, and that before the common one."""
    records = with_a_group(with_a_title())
    records["events", "evt-closures"]["summary"] = "Twelve were."
    records["relations", "rel-reed-behind-mines"]["note"] = "Some of them."
    bench = world.write(tmp_path / "later", records)
    exceptions = ["--reason-for", "evt-closures=wording", "--reason-for", "evt-closures.title=scope"]
    result = publish_(bench, releases, "1.1.0", *exceptions, reason="new_source")
    assert result.exit_code == 0
    expected = {
        ("ent-salt", None): "new_source",
        ("evt-closures", "title"): "scope",
        ("evt-closures", "summary"): "wording",
        ("rel-reed-behind-mines", "note"): "new_source",
    }
    changes = manifest(releases, "1.1.0")["changes"]
    assert expected == {(change["record"], change["field"]): change["reason"] for change in changes}


@pytest.mark.parametrize(
    ("version", "records", "message"),
    [
        ("1.0.0", with_a_title(), "1.0.0: version: is published, and a release is never edited"),
        ("1.0.1", world.raw(), "version: nothing changed since 1.0.0"),
        ("1.1.0", with_a_title(), "version: after 1.0.0, with 1 changed, comes 1.0.1, not 1.1.0"),
        (
            "1.0.1",
            with_a_group(with_a_title()),
            "version: after 1.0.0, with 1 added and 1 changed, comes 1.1.0, not 1.0.1",
        ),
        ("1.0.2", with_a_title(), "version: after 1.0.0, with 1 changed, comes 1.0.1, not 1.0.2"),
        (
            "1.1.0",
            without_the_relation(world.raw(), tombstone=True),
            "version: after 1.0.0, with 1 removed, comes 2.0.0, not 1.1.0",
        ),
        (
            "2.0.0",
            without_the_relation(world.raw(), tombstone=False),
            "relations/rel-reed-behind-mines.json: rel-reed-behind-mines: is gone without a tombstone",
        ),
    ],
)
def test_release_refuses_what_does_not_follow_from_the_release_before(
    version: str, records: world.Raw, message: str, releases: Path, tmp_path: Path
) -> None:
    """A wrong number, a published one, no change, and a record that vanished are refused, and nothing is written."""
    bench = world.write(tmp_path / "later", records)
    before = snapshot(releases)
    result = publish_(bench, releases, version)
    assert (result.exit_code, result.stdout) == (1, "")
    assert [message, "refused: nothing was written"] == lines(result.stderr)
    assert before == snapshot(releases)


def test_release_lists_everything_that_is_against_it(releases: Path, tmp_path: Path) -> None:
    """A wrong number and a record that vanished are told in one run."""
    bench = world.write(tmp_path / "later", without_the_relation(world.raw(), tombstone=False))
    told = lines(publish_(bench, releases, "1.0.1").stderr)
    assert told == [
        "version: after 1.0.0, with 1 removed, comes 2.0.0, not 1.0.1",
        "relations/rel-reed-behind-mines.json: rel-reed-behind-mines: is gone without a tombstone",
        "refused: nothing was written",
    ]


@pytest.mark.parametrize(
    ("version", "options", "message"),
    [
        ("1.0.1", [], "version: the first release is 1.0.0, not 1.0.1\nrefused: nothing was written"),
        ("1.0", [], "'1.0' is no version: it must be three numbers, such as 1.2.0"),
        ("../1.0.0", [], "'../1.0.0' is no version: it must be three numbers, such as 1.2.0"),
        ("1.0.0", ["--date", "2020-02-30"], None),
        ("1.0.0", ["--date", "tomorrow"], None),
        (
            "1.0.0",
            ["--reason-for", "evt-x=whim"],
            "--reason-for evt-x=whim: the reason must be one of "
            "new_source, source_corrected, curator_error, scope, wording",
        ),
    ],
)
def test_release_refuses_what_it_does_not_understand(
    version: str, options: list[str], message: str | None, bench: Path, tmp_path: Path
) -> None:
    """A first release with another number, a malformed version, day or reason is refused, and nothing is written."""
    result = publish_(bench, tmp_path / "releases", version, *options)
    assert (result.exit_code, result.stdout) == (1, "")
    assert message is None or f"{message}\n" == result.stderr
    assert result.stderr
    assert not (tmp_path / "releases").exists()


def test_release_refuses_a_workbench_with_problems_and_lists_them_all(bench: Path, tmp_path: Path) -> None:
    """Nothing that the check refuses is ever released."""
    expected = without_a_title(bench)
    figure = bench / "figures" / "fig-seven.json"
    figure.write_bytes(figure.read_bytes().replace(b'"mine"', b'"person"'))
    result = publish_(bench, tmp_path / "releases", "1.0.0")
    told = lines(result.stderr)
    assert result.exit_code == 1
    assert expected in told
    assert f"figures/fig-seven.json: {WRONG_UNIT}" in told
    assert told[-1] == "refused: nothing was written"
    assert not (tmp_path / "releases").exists()


def test_release_refuses_a_folder_that_is_no_workbench(tmp_path: Path) -> None:
    """Without the file that names the dataset there is nothing to release."""
    (tmp_path / "none").mkdir()
    result = publish_(tmp_path / "none", tmp_path / "releases", "1.0.0")
    expected = "dataset.json: cannot be read: No such file or directory\nrefused: nothing was written\n"
    assert (1, expected) == (result.exit_code, result.stderr)


def test_release_builds_on_no_history_that_was_altered(releases: Path, tmp_path: Path) -> None:
    """While a published release is refused, the next one has no sound release to follow and is refused too."""
    world.release(releases, "1.1.0", with_a_group(world.raw()), read(releases / "1.0.0"))
    problem = alter(releases, "1.1.0")
    before = snapshot(releases)
    result = publish_(world.write(tmp_path / "later", with_a_title()), releases, "1.0.1")
    assert result.exit_code == 1
    assert problem in result.stderr
    assert before == snapshot(releases)


# --- diff


@pytest.fixture
def history(releases: Path) -> Path:
    """Return a folder of three releases: a value corrected, then a record added and a list changed."""
    first = read(releases / "1.0.0")
    second = world.release(releases, "1.0.1", with_a_title(), first)
    records = with_a_group(with_a_title("Twelve!"))
    records["events", "evt-closures"]["participations"][0]["note"] = "All of them."
    world.release(releases, "1.1.0", records, second)
    return releases


def test_diff_prints_each_change_with_the_old_and_the_new_value(history: Path) -> None:
    """One line per record and field with the reason, then how many there are of each kind."""
    result = run("diff", "1.0.0", "1.0.1", "--releases", history)
    expected = [
        'changed  evt-closures  title: "Twelve mines shut" -> "A dozen mines shut"  (new_source)',
        "1.0.0 to 1.0.1: 0 added, 1 changed, 0 removed",
    ]
    assert (0, sorted(expected)) == (result.exit_code, sorted(lines(result.stdout)))


def test_diff_reaches_over_several_releases(history: Path) -> None:
    """From the first to the last release each value is given once; of a list, what went and what came."""
    told = lines(run("diff", "1.0.0", "1.1.0", "--releases", history).stdout)
    assert "added    ent-salt  (new_source)" in told
    assert 'changed  evt-closures  title: "Twelve mines shut" -> "Twelve!"  (new_source)' in told
    at = told.index("changed  evt-closures  participations  (new_source)")
    went, came = (line.removeprefix("         ") for line in told[at + 1 : at + 3])
    assert (went[:2], came[:2]) == ("- ", "+ ")
    assert {**json.loads(went[2:]), "note": "All of them."} == json.loads(came[2:])


def test_diff_can_go_back(history: Path) -> None:
    """From the later to the earlier release, what was added is removed, for the same reason."""
    told = lines(run("diff", "1.1.0", "1.0.0", "--releases", history).stdout)
    assert "removed  ent-salt  (new_source)" in told
    assert 'changed  evt-closures  title: "Twelve!" -> "Twelve mines shut"  (new_source)' in told


def test_diff_of_a_release_with_itself_is_nothing(history: Path) -> None:
    """The same release twice has no changes."""
    result = run("diff", "1.0.1", "1.0.1", "--releases", history)
    assert result.exit_code == 0
    assert len(lines(result.stdout)) == 1


def test_diff_says_in_json_what_it_says_in_words(history: Path) -> None:
    """The JSON holds the changes as the manifest records them."""
    result = run("diff", "1.0.0", "1.0.1", "--json", "--releases", history)
    expected = {"old": "1.0.0", "new": "1.0.1", "changes": manifest(history, "1.0.1")["changes"]}
    assert (0, expected) == (result.exit_code, json.loads(result.stdout))


@pytest.mark.parametrize("versions", [("9.9.9", "1.0.0"), ("1.0.0", "9.9.9"), ("9.9.9", "8.8.8")])
def test_diff_names_the_releases_there_are(versions: tuple[str, str], history: Path) -> None:
    """An unknown release is answered with the known ones."""
    result = run("diff", *versions, "--releases", history)
    unknown = next(version for version in versions if version != "1.0.0")
    expected = f"there is no release {unknown}; there are: 1.1.0, 1.0.1, 1.0.0\n"
    assert (1, "", expected) == (result.exit_code, result.stdout, result.stderr)


def test_diff_does_without_a_release_between(history: Path) -> None:
    """Where a release in between is refused, the two at the ends can still be compared, and the refusal is told."""
    problem = alter(history, "1.0.1")
    result = run("diff", "1.0.0", "1.1.0", "--releases", history)
    assert f"refused: {problem}" in lines(result.stderr)
    assert 'changed  evt-closures  title: "Twelve mines shut" -> "Twelve!"  (new_source)' in lines(result.stdout)


def test_diff_tells_of_a_change_that_only_a_refused_release_explains(releases: Path) -> None:
    """A change without a recorded reason is told, and does not bring the command down."""
    second = world.release(releases, "1.0.1", with_a_title(), read(releases / "1.0.0"))
    world.release(releases, "1.1.0", with_a_group(with_a_title()), second)
    alter(releases, "1.0.1")
    result = run("diff", "1.0.0", "1.1.0", "--releases", releases)
    assert "evt-closures" in result.output


# --- jsonschema


def test_jsonschema_prints_the_schema_of_every_record() -> None:
    """The printed schemas are the ones that the library makes."""
    result = run("jsonschema")
    assert (0, jsonschema.schemas()) == (result.exit_code, json.loads(result.stdout))


def test_jsonschema_writes_one_file_per_record_type(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With --write each schema becomes a file, and nothing is printed."""
    folder = tmp_path / "schemas"
    monkeypatch.setattr(jsonschema, "FOLDER", folder)
    result = run("jsonschema", "--write")
    assert (result.exit_code, result.output) == (0, "")
    assert jsonschema.schemas() == {path.name: json.loads(path.read_text()) for path in folder.iterdir()}


def test_verify_all_demands_that_every_citation_was_checked(releases: Path, tmp_path: Path) -> None:
    """With a source whose copy was not given, the rest may match: that is no pass where all are wanted."""
    records = with_another_source()
    world.release(releases, "1.1.0", records, read(releases / "1.0.0"))
    copies = tmp_path / "some"
    copies.mkdir()
    (copies / "gazette-2020-05-02.txt").write_text(world.ARTICLE, "utf-8")
    some = run("verify", "--releases", releases, "--text", copies)
    every = run("verify", "--all", "--releases", releases, "--text", copies)
    assert (some.exit_code, every.exit_code) == (0, 1)
    assert lines(every.stdout)[-1] == (
        "release 1.1.0: 5 of 5 checked citations match; 5 of 6 were checked (5 match, 1 not_checked)"
    )


def with_another_source() -> world.Raw:
    """Return the world with a second article and a citation in it."""
    records = world.raw()
    other = "src-herald-2020-05-03"
    records["sources", other] = {
        **records["sources", world.SOURCE],
        "id": other,
        "title": "Salt and Silence",
        "url": "https://herald.example/salt/",
        "origin": [],
        "nothing_extracted": [{"citation": "cit-herald-lead", "reason": "It makes no claim."}],
    }
    records["citations", "cit-herald-lead"] = {
        **records["citations", "cit-gazette-lead"],
        "id": "cit-herald-lead",
        "source": other,
    }
    return records


def test_verify_says_which_copy_was_taken_and_takes_the_best(releases: Path, tmp_path: Path) -> None:
    """Of several pages that print a title, one that only lists the article as related is not taken for it."""
    copies = tmp_path / "saved"
    copies.mkdir()
    (copies / "a related page.txt").write_text(f"Another Article\n\nRelated\n\n{LINES[0]}\n", "utf-8")
    (copies / "b the article.txt").write_text(world.ARTICLE, "utf-8")
    result = run("verify", "--releases", releases, "--text", copies)
    assert result.exit_code == 0
    assert result.stderr.splitlines() == [
        f"{world.SOURCE} was checked against {copies / 'b the article.txt'}",
        f"{copies / 'a related page.txt'} is taken for no source; a file named like a source's id is its copy",
    ]


LINES = world.ARTICLE.splitlines()


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("previous", None, "is None, and the release before this one in the folder is 1.0.0"),
        ("normalisation", "v99", "is 'v99', and there is only 'v1'"),
        ("released", "2020-99-99", "'2020-99-99' is not in the calendar"),
        ("changes", [], "are not what changed since 1.0.0"),
    ],
)
def test_check_finds_a_manifest_that_tells_another_history(
    field: str, value: Any, reason: str, bench: Path, releases: Path
) -> None:
    """A manifest that was written anew, its release served all the same, is found out by `check`."""
    world.release(releases, "1.1.0", with_a_group(world.raw()), read(releases / "1.0.0"))
    path = releases / "1.1.0" / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), field: value}))
    world.write(bench, with_a_group(world.raw()))
    result = run("check", "--workbench", bench, "--releases", releases)
    assert result.exit_code == 1
    assert f"1.1.0/manifest.json: {field}: {reason}" in result.output.splitlines()


def test_check_misses_a_release_that_was_deleted(bench: Path, releases: Path) -> None:
    """The release after it names it."""
    world.release(releases, "1.1.0", with_a_group(world.raw()), read(releases / "1.0.0"))
    shutil.rmtree(releases / "1.0.0")
    world.write(bench, with_a_group(world.raw()))
    result = run("check", "--workbench", bench, "--releases", releases)
    missed = "1.1.0/manifest.json: previous: is 1.0.0, and the release before this one in the folder is None"
    assert missed in result.output


def test_release_has_a_day_of_the_calendar_and_not_before_the_one_before(bench: Path, releases: Path) -> None:
    """An impossible or earlier day is refused with the reason."""
    for day, reason in (("soon", "must be a day of the calendar"), ("2019-01-01", "release 1.0.0 is of 2020-06-01")):
        result = publish_(bench, releases, "1.0.1", "--date", day)
        assert (result.exit_code, reason in result.stderr) == (1, True)
