"""README and CONTRIBUTING are run: their commands, their records and their answers."""

import itertools
import json
import re
import shlex
import shutil
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from dataset import release, workbench
from dataset.cli import main
from tests.conftest import ROOT
from tests.world import ARTICLE

_BLOCK = re.compile(r"^(?:`(?P<path>[\w/.-]+)`:\n\n)?```(?P<kind>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
README, CONTRIBUTING = (
    list(_BLOCK.finditer((ROOT / f"{name}.md").read_text("utf-8"))) for name in ("README", "CONTRIBUTING")
)


async def test_the_answers_in_the_readme_are_real(client: httpx.AsyncClient) -> None:
    """Each curl of the README gives the answer that stands below it."""
    blocks = README
    asked = 0
    for block, answer in itertools.pairwise(blocks):
        if block["text"].startswith("curl "):
            words = shlex.split(block["text"].split(" | ")[0])
            path = next(word for word in words if word.startswith("http")).removeprefix("http://127.0.0.1:8000")
            if "-d" in words:
                headers = {"Content-Type": "application/json"}
                reply = await client.post(path, content=words[words.index("-d") + 1], headers=headers)
            else:
                reply = await client.get(path)
            if answer["kind"] == "json":
                assert block["text"].endswith(" | python3 -m json.tool --indent 2\n")
                assert json.dumps(reply.json(), indent=2) + "\n" == answer["text"]
            else:
                assert reply.text.replace("\r\n", "\n") == answer["text"]
            asked += 1
    assert asked == 3


def test_what_the_readme_cites_is_what_its_release_answers() -> None:
    """The command that checks a cited answer says that it is the same."""
    (command,) = [block["text"] for block in README if "cite-check" in block["text"]]
    _, _, program, *words = shlex.split(command)
    assert program == "dataset"
    done = CliRunner().invoke(main, words)
    assert (done.exit_code, done.output.partition(":")[0]) == (0, "same")


def test_an_article_is_added_as_contributing_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A newcomer who follows it word by word ends with a release."""
    bench, releases = tmp_path / "dataset" / "workbench", tmp_path / "dataset" / "releases"
    shutil.copytree(workbench.FOLDER, bench)
    shutil.copytree(release.FOLDER, releases)
    (tmp_path / "gazette-2020-05-02.txt").write_text(ARTICLE, "utf-8")
    monkeypatch.chdir(tmp_path)
    said = {}
    for block in CONTRIBUTING:
        if block["kind"] == "json":
            path = tmp_path / block["path"]
            path.parent.mkdir(exist_ok=True)
            path.write_text(block["text"], "utf-8")
        elif block["kind"] == "sh":
            for line in block["text"].splitlines():
                _, _, program, command, *words = shlex.split(line)
                assert program == "dataset"
                options = {option for parameter in main.commands[command].params for option in parameter.opts}
                folders = [("--workbench", bench), ("--releases", releases)]
                where = [str(word) for pair in folders if pair[0] in options for word in pair]
                done = CliRunner().invoke(main, [command, *words, *where], prog_name="python -m dataset")
                assert (line, done.exit_code, done.output) == (line, 0, done.output)
                said[command] = done.output
    assert said["digest"].strip() in (bench / "sources" / "src-gazette-2020-05-02.json").read_text("utf-8")
    assert "no problem" in said["check"]
    assert "1 of 1 checked citations match" in said["verify"]
    assert said["release"] == "released 1.2.0: 205 records, 5 changes\n"
    assert said["diff"].splitlines()[-1] == "1.1.0 to 1.2.0: 5 added, 0 changed, 0 removed"


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_what_a_document_points_to_is_there(name: str) -> None:
    """Every link and every path of this repository in a document leads somewhere."""
    text = (ROOT / name).read_text("utf-8")
    linked = re.findall(r"\]\(([\w./-]+)\)", text)
    mentioned = re.findall(r"`((?:dataset|schema|api|openapi|tests)/[\w./-]+)`", text)
    ours = [path for path in [*linked, *mentioned] if "gazette" not in path and "atlantis" not in path]
    assert [path for path in ours if "salt" not in path and not (ROOT / path).exists()] == []


def test_the_changelog_names_every_command_of_the_command_line() -> None:
    """The changelog lists what there is."""
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert [name for name in main.commands if f"`{name}`" not in text] == []
