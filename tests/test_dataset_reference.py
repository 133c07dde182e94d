"""References: what an article, a record and a result are cited by, and the bibliographic formats."""

import re
from collections import Counter
from dataclasses import replace
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataset.catalog import Edition
from dataset.export import bibtex, csl, ris
from dataset.reference import Reference, of_record, of_source, one_line
from tests import world

ADDRESS = "https://data.example/v1/releases/1.0.0/relations/rel-reed-behind-mines"


@pytest.fixture(scope="module")
def edition() -> Edition:
    """Return the invented world's first release."""
    return world.edition_of(world.raw())


@pytest.fixture(scope="module")
def article(edition: Edition) -> Reference:
    """Return the reference of the world's article."""
    return of_source(edition.release.corpus.sources[world.SOURCE])


@pytest.fixture(scope="module")
def believed(edition: Edition) -> Reference:
    """Return the reference of a relation that is only believed."""
    return of_record(edition, edition.release.corpus.relations["rel-reed-behind-mines"], ADDRESS)


def _written(write: Any, *references: Reference) -> str:
    return b"".join(write(references)).decode()


def test_an_article_is_cited_as_printed(article: Reference) -> None:
    """Title, authors, publisher, day and address are the source's own."""
    assert article == Reference(
        key="src-gazette-2020-05-02",
        kind="article",
        title="Atlantis Shuts 12 Mines",
        authors=("Bo Lind",),
        container="The Gazette",
        issued="2020-05-02",
        accessed="2020-05-03",
        url="https://gazette.example/2020/05/02/atlantis-mines/",
        language="en",
    )


def test_an_article_s_archived_copy_is_noted_and_its_time_is_not(edition: Edition) -> None:
    """A reference has the day of an article that is dated to the minute, and says where a copy is kept."""
    source = edition.release.corpus.sources[world.SOURCE]
    cited = of_source(replace(source, published="2020-05-02T09:58Z", archive_url="https://archive.example/1"))

    assert (cited.issued, cited.note) == ("2020-05-02", "Archived copy: https://archive.example/1")


def test_a_record_is_cited_with_its_hedge_and_its_release(edition: Edition, believed: Reference) -> None:
    """The title keeps the hedge, the note names the release's digest, and the address is the pinned one."""
    assert believed == Reference(
        key="rel-reed-behind-mines",
        kind="dataset",
        title="Ada Reed – behind – The 12 mines (believed)",
        container="Atlantis",
        issued="2020-06-01",
        url=ADDRESS,
        version="1.0.0",
        licence="CC-BY-4.0",
        note=f"Release 1.0.0 of atlantis, SHA-256 of its manifest: {edition.release.sha256}",
    )


def test_bibtex(article: Reference, believed: Reference) -> None:
    """An article and a record are written to the letter."""
    assert (
        _written(bibtex.write, article, believed)
        == rf"""@misc{{src-gazette-2020-05-02,
  author = {{Bo Lind}},
  title = {{{{Atlantis Shuts 12 Mines}}}},
  howpublished = {{The Gazette}},
  year = {{2020}},
  month = may,
  date = {{2020-05-02}},
  url = {{https://gazette.example/2020/05/02/atlantis-mines/}},
  urldate = {{2020-05-03}},
  language = {{en}},
}}
@misc{{rel-reed-behind-mines,
  title = {{{{Ada Reed – behind – The 12 mines (believed)}}}},
  howpublished = {{Atlantis}},
  year = {{2020}},
  month = jun,
  date = {{2020-06-01}},
  url = {{{ADDRESS}}},
  version = {{1.0.0}},
  note = {{{believed.note}. Licence: CC-BY-4.0}},
}}
"""
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("50% of #1 & a_b for $5", r"50\% of \#1 \& a\_b for \$5"),
        ("{a} \\b", r"\textbraceleft{}a\textbraceright{} \textbackslash{}b"),
        ("~x^2", r"\textasciitilde{}x\textasciicircum{}2"),
        ("Two\nlines,\t\u2028 one\x00", "Two lines, one"),
        ("Цех “Зерно”", "Цех “Зерно”"),
    ],
)
def test_bibtex_escapes_what_latex_reads(article: Reference, text: str, expected: str) -> None:
    """The signs of LaTeX's own language are written out, letters and quotes stay."""
    assert f"  title = {{{{{expected}}}}},\n" in _written(bibtex.write, replace(article, title=text))


@pytest.mark.parametrize(
    ("authors", "expected"),
    [
        (("Bo Lind", "Ada Reed"), "Bo Lind and Ada Reed"),
        (("Board of Salt and Iron",), "{Board of Salt and Iron}"),
        (("Salt, Iron", "Bo Lind"), "{Salt, Iron} and Bo Lind"),
        (("others",), "{others}"),
        (("The Gazette",), "{The Gazette}"),
        (("Sandy Brand",), "Sandy Brand"),
    ],
)
def test_bibtex_keeps_the_names_of_bodies_whole(article: Reference, authors: tuple[str, ...], expected: str) -> None:
    """A name that BibTeX would split, and the publisher's own, has braces of its own."""
    assert f"  author = {{{expected}}},\n" in _written(bibtex.write, replace(article, authors=authors))


def test_bibtex_keeps_an_address_as_it_is(article: Reference) -> None:
    """Only what would end the field is encoded."""
    url = "https://gazette.example/~a_b/?x=1&y=%20#z"

    assert f"  url = {{{url}}},\n" in _written(bibtex.write, replace(article, url=url))
    assert "/%7B%5Cx}," in _written(bibtex.write, replace(article, url="https://gazette.example/{\\x"))


def test_ris(article: Reference, believed: Reference) -> None:
    """An article and a record are written to the letter."""
    assert _written(ris.write, article, believed) == (
        "TY  - NEWS\r\n"
        "ID  - src-gazette-2020-05-02\r\n"
        "AU  - Bo Lind\r\n"
        "TI  - Atlantis Shuts 12 Mines\r\n"
        "T2  - The Gazette\r\n"
        "PY  - 2020\r\n"
        "DA  - 2020/05/02\r\n"
        "LA  - en\r\n"
        "UR  - https://gazette.example/2020/05/02/atlantis-mines/\r\n"
        "Y2  - 2020/05/03\r\n"
        "ER  - \r\n"
        "TY  - DATA\r\n"
        "ID  - rel-reed-behind-mines\r\n"
        "TI  - Ada Reed – behind – The 12 mines (believed)\r\n"
        "T2  - Atlantis\r\n"
        "PY  - 2020\r\n"
        "DA  - 2020/06/01\r\n"
        "ET  - 1.0.0\r\n"
        f"UR  - {ADDRESS}\r\n"
        f"N1  - {believed.note}\r\n"
        "N1  - Licence: CC-BY-4.0\r\n"
        "ER  - \r\n"
    )


def test_csl(article: Reference, believed: Reference) -> None:
    """An article and a record have the fields of CSL-JSON, and names are not split."""
    assert orjson.loads(_written(csl.write, article, believed)) == [
        {
            "id": "src-gazette-2020-05-02",
            "type": "article-newspaper",
            "title": "Atlantis Shuts 12 Mines",
            "author": [{"literal": "Bo Lind"}],
            "container-title": "The Gazette",
            "issued": {"date-parts": [[2020, 5, 2]]},
            "accessed": {"date-parts": [[2020, 5, 3]]},
            "URL": "https://gazette.example/2020/05/02/atlantis-mines/",
            "language": "en",
        },
        {
            "id": "rel-reed-behind-mines",
            "type": "dataset",
            "title": "Ada Reed – behind – The 12 mines (believed)",
            "container-title": "Atlantis",
            "issued": {"date-parts": [[2020, 6, 1]]},
            "URL": ADDRESS,
            "version": "1.0.0",
            "note": f"{believed.note}. Licence: CC-BY-4.0",
        },
    ]


@pytest.mark.parametrize(("write", "expected"), [(bibtex.write, ""), (ris.write, ""), (csl.write, "[]")])
def test_no_references_are_an_empty_bibliography(write: Any, expected: str) -> None:
    """Nothing is written where nothing is cited, and CSL-JSON stays an array."""
    assert _written(write) == expected


LINES = st.text(min_size=1)
DAYS = st.dates().map(str)
REFERENCES = st.lists(
    st.builds(
        Reference,
        key=LINES,
        kind=st.sampled_from(["article", "dataset"]),
        title=LINES,
        authors=st.lists(LINES, max_size=3).map(tuple),
        container=st.none() | LINES,
        issued=DAYS,
        accessed=st.none() | DAYS,
        url=LINES,
        version=st.none() | LINES,
        language=st.none() | LINES,
        licence=st.none() | LINES,
        note=st.none() | LINES,
    ),
    max_size=4,
)


@given(REFERENCES)
def test_bibtex_of_any_texts_has_balanced_braces(references: list[Reference]) -> None:
    """Every entry closes every brace that it opens and none before, counted as BibTeX does: escaped ones as well."""
    for entry in bibtex.write(references):
        text, depth = entry.decode(), 0
        for place, sign in enumerate(text):
            depth += {"{": 1, "}": -1}.get(sign, 0)
            assert depth > 0 or place < text.index("{") or place >= len(text) - 2
        assert depth == 0


@given(REFERENCES)
def test_ris_of_any_texts_is_made_of_tagged_lines(references: list[Reference]) -> None:
    """Every line has a tag, and each reference begins and ends once."""
    text = _written(ris.write, *references)
    lines = text.split("\r\n")
    tags = Counter(line[:2] for line in lines)

    assert lines.pop() == ""
    assert all(re.fullmatch(r"[A-Z][A-Z0-9]  - .*", line) for line in lines)
    assert lines == text.splitlines()
    assert tags["TY"] == tags["ER"] == len(references)


@given(REFERENCES)
def test_csl_of_any_texts_keeps_them(references: list[Reference]) -> None:
    """The array has each reference in order, with its title and authors to the letter."""
    items = orjson.loads(_written(csl.write, *references))

    assert [(r.key, r.title, [{"literal": author} for author in r.authors]) for r in references] == [
        (item["id"], item["title"], item.get("author", [])) for item in items
    ]


@given(st.text())
def test_one_line_is_one_line(text: str) -> None:
    """No character is left that could end a line, and a second reading changes nothing."""
    line = one_line(text)

    assert len(line.splitlines()) <= 1
    assert one_line(line) == line
