"""Reading a reader's own copy of an article."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataset.article import Article, UnreadableError, read
from dataset.normalise import normalise

INLINE = (
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark q s samp small span strike "
    "strong sub sup time tt u var"
).split()
BLOCKS = "address article blockquote dd div dt figcaption footer h1 h6 header li main p pre section td".split()


def copy(folder: Path, text: str | bytes, name: str = "copy") -> Article:
    """Return what is read from a file of these bytes."""
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read(path)


def page(folder: Path, body: str, head: str = "") -> tuple[str, ...]:
    """Return the blocks of a page with this body."""
    return copy(folder, f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>").blocks


def test_the_blocks_of_a_text_file_are_its_lines_normalised(tmp_path: Path) -> None:
    """Each line with something in it is a block."""
    read_copy = copy(tmp_path, "Atlantis\u00a0Shuts\r\n\r\n \u200b \n  “12”\tmines \n")
    assert read_copy.blocks == ("Atlantis Shuts", '"12" mines')
    assert read_copy.text == 'Atlantis Shuts "12" mines'


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    """A mark at the beginning of a UTF-8 file, text or page, is dropped."""
    assert copy(tmp_path, b"\xef\xbb\xbfAtlantis").blocks == ("Atlantis",)
    assert copy(tmp_path, b"\xef\xbb\xbf<!doctype html><p>Atlantis</p>").blocks == ("Atlantis",)
    assert copy(tmp_path, b"\xef\xbb\xbf<html><meta charset=utf-8><p>Atlantis</p>").blocks == ("Atlantis",)


def test_an_empty_file_is_an_article_without_blocks(tmp_path: Path) -> None:
    """Nothing in the file is nothing in the article."""
    read_copy = copy(tmp_path, "")
    assert read_copy.blocks == ()
    assert read_copy.text == ""


@pytest.mark.parametrize(
    "start",
    [
        "<!DOCTYPE html>",
        "<!doctype HTML>",
        "\n <html lang='en'>",
        "<head></head>",
        "<body>",
        "<!-- saved from -->",
        "<?xml version='1.0' encoding='utf-8'?>\n<!DOCTYPE html>",
    ],
)
def test_a_saved_page_is_known_by_its_beginning(start: str, tmp_path: Path) -> None:
    """A page is read as one whatever its file is called."""
    assert copy(tmp_path, f"{start}<p>12 <b>mines</b></p><p>shut", "copy.txt").blocks == ("12 mines", "shut")


def test_a_text_file_that_mentions_markup_is_a_text_file(tmp_path: Path) -> None:
    """Angle brackets in a plain text are kept."""
    assert copy(tmp_path, "5 < 7 and <b>\n12").blocks == ("5 < 7 and <b>", "12")


@pytest.mark.parametrize("tag", INLINE)
def test_a_tag_inside_a_word_does_not_break_it(tag: str, tmp_path: Path) -> None:
    """An element of running text begins no new block and adds no space."""
    assert page(tmp_path, f"<p>At<{tag} class=x>lan</{tag}>t<{tag}>is</{tag}>, shut</p>") == ("Atlantis, shut",)


@pytest.mark.parametrize("between", ["<wbr>", "<img src=x.png alt=icon>", "<!-- ad -->", "<svg><g><path/></g></svg>"])
def test_what_shows_no_text_adds_no_space(between: str, tmp_path: Path) -> None:
    """An icon, a comment or a possible break between a word and its comma leaves them together."""
    assert page(tmp_path, f"<p>Atlantis{between}, shut</p>") == ("Atlantis, shut",)


@pytest.mark.parametrize("tag", BLOCKS)
def test_a_block_element_is_a_block(tag: str, tmp_path: Path) -> None:
    """The text before, in and after a block element stays apart."""
    assert page(tmp_path, f"one<{tag}>two</{tag}>three") == ("one", "two", "three")


def test_a_line_break_ends_a_block_and_a_line_of_the_file_does_not(tmp_path: Path) -> None:
    """Only what the page shows as a new line is one."""
    assert page(tmp_path, "<p>one\ntwo<br>three<br/>four</p>") == ("one two", "three", "four")


@pytest.mark.parametrize("tag", "script style noscript template title svg".split())
def test_what_the_page_does_not_show_is_left_out(tag: str, tmp_path: Path) -> None:
    """The contents of scripts, styles and the like are no text."""
    assert page(tmp_path, f"<p>Atlantis</p><{tag}>12 mines</{tag}><p>shut</p>") == ("Atlantis", "shut")
    assert page(tmp_path, "<p>shut</p>", f"<{tag}>12 mines</{tag}>") == ("shut",)


def test_hidden_elements_nest(tmp_path: Path) -> None:
    """The end of an inner hidden element does not show the rest of the outer one."""
    body = "<svg><title>icon</title><text>12</text><style>x</style></svg><p>Atlantis</title></p>"
    assert page(tmp_path, body) == ("Atlantis",)


def test_entities_are_the_characters_they_stand_for(tmp_path: Path) -> None:
    """Named and numbered entities are read before normalisation."""
    body = "<p>&ldquo;Salt &amp; Co&rdquo;&nbsp;shut&#32;2&ndash;4 mines&#8217; gates &lt;b&gt; At&shy;lantis</p>"
    assert page(tmp_path, body) == ('"Salt & Co" shut 2-4 mines\' gates <b> Atlantis',)


def test_an_entity_for_a_surrogate_can_be_read(tmp_path: Path) -> None:
    """A reference to no character becomes the replacement character."""
    assert page(tmp_path, "<p>a&#xD800;b</p>") == ("a\ufffdb",)


CAPTION = "Salt mines of Atlantis. (Photo: The Board)"


@pytest.mark.parametrize("doubled", [f"{CAPTION} {CAPTION}", f"{CAPTION}\u00a0 {CAPTION}", f" {CAPTION}\t{CAPTION} "])
def test_a_doubled_caption_is_read_once(doubled: str, tmp_path: Path) -> None:
    """A block that says everything twice says it once, in a text as in a page."""
    assert copy(tmp_path, doubled).blocks == (CAPTION,)
    assert page(tmp_path, f"<figcaption>{doubled}</figcaption>") == (CAPTION,)


@pytest.mark.parametrize("block", ["mine mine", "ha ha ha ha", f"{CAPTION} {CAPTION[:-1]}!", f"{CAPTION}-{CAPTION}"])
def test_a_block_that_merely_repeats_words_is_kept(block: str, tmp_path: Path) -> None:
    """Short repetitions, and halves that differ, are the article's own."""
    assert (block,) == copy(tmp_path, block).blocks


@pytest.mark.parametrize(
    ("meta", "encoding", "text"),
    [
        ('<meta charset="windows-1252">', "windows-1252", "the board’s “order” – café"),
        ("<META CHARSET=windows-1251>", "windows-1251", "Атлантида “закрыла” 12 шахт"),
        ("<meta http-equiv='Content-Type' content='text/html; charset=koi8-r'>", "koi8-r", "Атлантида"),
        ("<meta charset='shift_jis'>", "shift_jis", "アトランティス"),
        ("", "utf-8", "the board’s “order” – café"),
        # As on the web, Latin 1 and ASCII mean windows-1252.
        ("<meta charset=iso-8859-1>", "windows-1252", "the board’s “order” – café"),
        ("<meta charset=us-ascii>", "windows-1252", "the board’s “order”"),
    ],
)
def test_a_page_is_read_in_the_encoding_that_it_declares(meta: str, encoding: str, text: str, tmp_path: Path) -> None:
    """The declared encoding is used, and UTF-8 where none is declared."""
    data = f"<html><head>{meta}</head><p>{text}</p></html>".encode(encoding)
    assert copy(tmp_path, text).blocks == copy(tmp_path, data).blocks


@pytest.mark.parametrize(
    "data",
    [
        b"caf\xe9",
        b"\xff\xfea\x00",
        b"<html><meta charset=utf-8><p>caf\xe9",
        b"<html><meta charset=no-such-encoding><p>cafe",
        b"<html><meta charset=rot13><p>cafe",
        b"<html><meta charset=undefined><p>cafe",
    ],
)
def test_a_file_in_another_encoding_is_unreadable(data: bytes, tmp_path: Path) -> None:
    """A file that is not in its encoding, or whose encoding nobody knows, is refused by name."""
    with pytest.raises(UnreadableError, match="copy: not in the encoding that it should be in"):
        copy(tmp_path, data)


def test_a_file_that_is_not_there_is_unreadable(tmp_path: Path) -> None:
    """A missing file, and a folder, are refused by name with the system's reason."""
    with pytest.raises(UnreadableError) as missing:
        read(tmp_path / "nothing.txt")
    assert f"{tmp_path / 'nothing.txt'}: No such file or directory" == str(missing.value)
    with pytest.raises(UnreadableError, match="Is a directory"):
        read(tmp_path)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that the runs of a property share."""
    return tmp_path_factory.mktemp("copies")


@given(
    start=st.sampled_from(["", "<html>", "<!doctype html><html>"]),
    found=st.lists(
        st.one_of(
            st.sampled_from(
                [
                    "<p>",
                    "</p>",
                    "<!",
                    "<![",
                    "<![CDATA[",
                    "<?",
                    "]]>",
                    "-->",
                    "<!--",
                    "<svg>",
                    "</svg>",
                    "<a b='",
                    "&",
                    "&#",
                    "<script>",
                    "<title>",
                    "</",
                    "<",
                    ">",
                    "/>",
                    "<![if IE]>",
                    "<![x[y]]>",
                ]
            ),
            st.text("ab1 \n<>&;!-[]", max_size=6),
        ),
        max_size=8,
    ),
)
@settings(max_examples=60, deadline=None)
def test_any_markup_can_be_read(folder: Path, start: str, found: list[str]) -> None:
    """However broken the page, its text is read and normalised."""
    assert all(block == normalise(block) != "" for block in copy(folder, start + "".join(found)).blocks)


def test_a_page_that_leaves_a_hidden_element_open_is_read_on(tmp_path: Path) -> None:
    """What was left open inside an icon ends with the icon."""
    page = tmp_path / "page.html"
    page.write_text("<html><p>one</p><svg><title>icon</svg><p>two</p></html>")
    assert read(page).blocks == ("one", "two")
