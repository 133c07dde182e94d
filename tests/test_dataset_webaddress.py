"""The key of a web address: one for every form of an article's address, another for another article."""

from contextlib import suppress
from dataclasses import replace
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataset.records import Source
from dataset.webaddress import LONGEST, TRACKING, TRACKING_PREFIXES, addresses, canonical
from tests import world

ARTICLE = "gazette.example/2020/05/02/atlantis-mines"
WRAPPED = [
    f"https://www.google.com/amp/s/www.{ARTICLE}/",
    f"https://www.google.co.uk/amp/{ARTICLE}?amp_js_v=0.1&usqp=mq",
    f"https://gazette-example.cdn.ampproject.org/c/s/{ARTICLE}/amp/",
    f"https://gazette-example.cdn.ampproject.org/v/s/{ARTICLE}?amp_gsa=1",
    f"https://gazette-example.cdn.ampproject.org/wp/s/{ARTICLE}.amp",
    f"https://cdn.ampproject.org/c/{ARTICLE}",
    f"https://www.google.com/url?sa=t&q=https%3A%2F%2F{ARTICLE}%2F&usg=x",
    f"https://www.google.com/url?rct=j&url=http://{ARTICLE}",
    f"https://www.google.com/url?q=mines&url=http://{ARTICLE}",
    f"https://web.archive.org/web/20200503120000/https://{ARTICLE}/",
    f"https://web.archive.org/web/20200503120000id_/http://{ARTICLE}/",
    f"https://web.archive.org/web/20200503120000if_/http:/{ARTICLE}/",
    f"http://web.archive.org/web/2020im_/{ARTICLE}",
    f"https://web.archive.org/web/*/https://{ARTICLE}",
    f"https://web.archive.org/web/2020*/{ARTICLE}",
    f"https://web.archive.org/web/%2a/{ARTICLE}",
    f"https://web.archive.org/web/https://{ARTICLE}",
    f"https://archive.org/web/2020/http://www.gazette.example:80/{ARTICLE.partition('/')[2]}",
    f"https://archive.ph/20200503120000/https://{ARTICLE}",
    f"https://archive.ph/2020.05.03-120000/https://{ARTICLE}/",
    f"https://archive.today/newest/https://{ARTICLE}",
    f"https://archive.is/oldest/{ARTICLE}",
    f"https://archive.li/https://{ARTICLE}?utm_source=a",
    f"https://webcache.googleusercontent.com/search?q=cache:AbC-d_123:https://{ARTICLE}/+mines&hl=en",
    f"https://webcache.googleusercontent.com/search?q=cache:AbC:www.{ARTICLE}",
    f"https://webcache.googleusercontent.com/search?q=cache:https://{ARTICLE}",
    f"https://web.archive.org/web/2020/https://www.google.com/amp/s/amp.{ARTICLE}/amp",
]
PIECES = [
    *"/ // ? & = # % %2 %2e %41 %25 .. . + @ : [ ::1] * s/ a id x.com ä ß İ ς 。 xn-- amp; :80 :443 :8080".split(),
    *"amp /amp .amp .amp.html outputType=amp www. m. http:// https: HTTP:/ utm_a 2020 newest".split(),
    *"google.com /url?q= /amp/s/ cdn.ampproject.org /c/ web.archive.org/web/ archive.ph/".split(),
    *("webcache.googleusercontent.com/search?q=cache:", "\ud800", "\x00", " "),
]
LIKE_URLS = st.lists(st.sampled_from(PIECES) | st.text(max_size=2), max_size=14).map(lambda p: f"https://{''.join(p)}")
WORDS = st.text("abcdefghij0123456789", min_size=1, max_size=6)
PARAMETERS = st.lists(st.tuples(WORDS.map(lambda word: f"p{word}"), WORDS).map("=".join), max_size=5)


@pytest.mark.parametrize(
    "url",
    [
        f"https://{ARTICLE}",
        f"https://{ARTICLE}/",
        f"http://{ARTICLE}//",
        f"HTTPS://WWW.Gazette.Example/{ARTICLE.partition('/')[2]}",
        f"https://m.{ARTICLE}",
        f"https://mobile.{ARTICLE}",
        f"https://amp.{ARTICLE}",
        f"https://www.m.{ARTICLE}",
        f"https://reader:secret@{ARTICLE}",
        "https://gazette.example.:443/2020/05/02/atlantis-mines",
        "http://gazette.example:0080/2020/05/02/atlantis-mines",
        "http://gazette.example:/2020/05/02/atlantis-mines",
        "https://gazette.example/2020/05/./x/../02//atlantis-mines/.",
        "https://gazette.example/../2020/05/02/%61tlantis%2dmines",
        f"  https://{ARTICLE}\n",
        "https://gazette.example/2020/05/02/\natlantis-mines",
        f"https://{ARTICLE}#comments",
        f"https://{ARTICLE}/#:~:text=Atlantis,mines.",
        f"https://{ARTICLE}?",
        f"https://{ARTICLE}?&&",
        f"https://{ARTICLE}?utm_source=x&UTM_Medium=y&fbclid=1&gclid=2&ref=home&CMP=share&s_cid=1",
        f"https://{ARTICLE}?utm_source=x&amp;utm_medium=y",
        f"https://{ARTICLE}/amp",
        f"https://{ARTICLE}/amp/",
        f"https://{ARTICLE}.amp",
        f"https://{ARTICLE}?amp",
        f"https://{ARTICLE}?amp=1",
        f"https://{ARTICLE}?outputType=amp",
        "https://gazette.example/amp/2020/05/02/atlantis-mines",
        *WRAPPED,
    ],
)
def test_every_form_of_an_article_s_address_has_one_key(url: str) -> None:
    """How a reader came to the article, and through what it is looked at, does not matter."""
    assert canonical(url) == ARTICLE


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://gazette.example", "gazette.example"),
        ("https://gazette.example/amp", "gazette.example"),
        ("https://gazette.example/?id=1", "gazette.example?id=1"),
        ("https://gazette.example:8080/a", "gazette.example:8080/a"),
        ("https://www.example/a", "www.example/a"),
        ("https://gazette.example/story.amp.html", "gazette.example/story.html"),
        ("https://gazette.example/story.html?b=2&a=1&a=0", "gazette.example/story.html?a=0&a=1&b=2"),
        ("https://gazette.example/?q=a+b&c=%c3%a4&d=ä", "gazette.example?c=%C3%A4&d=%C3%A4&q=a%20b"),
        ("https://gazette.example/%7ereed/a%2fb/100%", "gazette.example/~reed/a%2Fb/100%25"),
        ("https://gazette.example/%25%36%31", "gazette.example/%2561"),
        ("https://gazette.example/a b|c", "gazette.example/a%20b%7Cc"),
        ("https://gazette.example/.amp", "gazette.example/.amp"),
        ("https://gazette.example/...amp.html", "gazette.example/...amp.html"),
        ("https://gazette.example/?amp=2&outputType=pdf", "gazette.example?amp=2&outputType=pdf"),
        ("https://Зерно.example/новости", "xn--e1adtei.example/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8"),
        ("https://%D0%97ерно。example/", "xn--e1adtei.example"),
        ("https://XN--e1adtei.example", "xn--e1adtei.example"),
        ("https://web.archive.org/web/2020/https://зерно.example/", "xn--e1adtei.example"),
    ],
)
def test_an_address_has_this_key(url: str, expected: str) -> None:
    """The rules, one by one, for what is not the same everywhere."""
    assert canonical(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "https://www.google.com/amp",
        "https://google.com/url",
        "https://google.com/url?q=mines",
        "https://google.com/url?q=https://",
        "https://google.com/search?q=https://gazette.example",
        "https://web.archive.org/about/",
        "https://web.archive.org/web",
        "https://web.archive.org/web/2020",
        "https://web.archive.org/web/2020/notes",
        "https://web.archive.org/web/page.html",
        "https://web.archive.org/web/2020/https://:1.x/",
        "https://archive.ph",
        "https://archive.ph/AbC12",
        "https://x.cdn.ampproject.org/i/s/gazette.example/a.png",
        "https://x.cdn.ampproject.org/c",
        "https://webcache.googleusercontent.com/search?q=mines",
        "https://webcache.googleusercontent.com/search",
    ],
)
def test_what_only_looks_like_a_wrapping_is_a_page_of_its_own(url: str) -> None:
    """A viewer's or an archive's own pages, and its short addresses, stand for themselves."""
    assert canonical(url).startswith(url.split("/")[2].removeprefix("www."))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://gazette.example/a", "https://gazette.example/A"),
        ("https://gazette.example/a?id=1", "https://gazette.example/a?id=2"),
        ("https://gazette.example/a?id=1", "https://gazette.example/a"),
        ("https://gazette.example/a?id=x", "https://gazette.example/a?id=X"),
        ("https://gazette.example/a", "https://gazette.example/a/b"),
        ("https://gazette.example/a%2Fb", "https://gazette.example/a/b"),
        ("https://gazette.example/a", "https://news.gazette.example/a"),
        ("https://gazette.example/a", "https://gazette.example:8080/a"),
        ("https://gazette.example/?q=a%26b", "https://gazette.example/?q=a&b"),
        ("https://gazette.example/?q=a%2Bb", "https://gazette.example/?q=a+b"),
        ("https://gazette.example/amplifier", "https://gazette.example/lifier"),
        ("https://archive.ph/AbC12", "https://archive.ph/aBC12"),
        (
            "https://web.archive.org/web/2020/https://x.example/?id=1",
            "https://web.archive.org/web/2020/x.example/?id=2",
        ),
    ],
)
def test_different_articles_have_different_keys(one: str, other: str) -> None:
    """What may say which article it is stays in the key."""
    assert canonical(one) != canonical(other)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", "begins with http"),
        ("gazette.example/a", "begins with http"),
        ("ftp://gazette.example/a", "begins with http"),
        ("javascript:alert(1)", "begins with http"),
        ("https://", "host is no name"),
        ("https:///a", "host is no name"),
        ("https://a..b/", "host is no name"),
        ("https://a b.example/", "host is no name"),
        ("https://[::1]/", "port is no number"),
        ("https://%ff.example/", "host is no name"),
        (f"https://{'a' * 64}.example/", "host is no name"),
        (f"https://{'a.' * 127}example/", "host is no name"),
        (f"https://{'ä' * 600}/", "host is no name"),
        ("https://gazette.example:http/", "port is no number"),
        ("https://gazette.example:65536/", "port is no number"),
        ("https://gazette.example/\ud800", "whole characters"),
        (f"https://gazette.example/{'a' * LONGEST}", "at most 2,000 characters"),
        (f"https://gazette.example/{'ä' * (LONGEST // 2)}", "at most 2,000 characters, encoded"),
        ("https://web.archive.org/web/2020/" * 6 + "https://gazette.example/", "wrapped in too many"),
    ],
)
def test_what_is_no_address_is_refused_with_a_reason(url: str, reason: str) -> None:
    """The error says in plain words what is wrong."""
    with pytest.raises(ValueError, match=reason):
        canonical(url)


@given(
    LIKE_URLS
    | st.text()
    | st.text(st.characters())
    | st.builds(lambda url, place, inner: url[:place] + inner, st.sampled_from(WRAPPED), st.integers(0, 99), LIKE_URLS)
)
def test_the_key_of_a_key_is_the_key(url: str) -> None:
    """Whatever the text, it is refused with a ValueError or has a key that is known again as an address."""
    try:
        key = canonical(url)
    except ValueError:
        return
    assert canonical(f"https://{key}") == key == canonical(f"http://{key}")


@given(
    PARAMETERS,
    st.lists(st.tuples(st.sampled_from(sorted(TRACKING) + [f"{p}x" for p in TRACKING_PREFIXES]), WORDS), max_size=4),
    st.data(),
)
def test_tracking_and_order_of_parameters_never_matter(
    parameters: list[str], tracking: list[tuple[str, str]], data: st.DataObject
) -> None:
    """Parameters have one key in any order, with or without those that tell where the reader came from."""
    tracked = data.draw(st.permutations([*parameters, *(f"{name}={value}" for name, value in tracking)]))

    assert canonical(f"https://{ARTICLE}?{'&'.join(parameters)}") == canonical(f"https://{ARTICLE}?{'&'.join(tracked)}")


@given(
    st.lists(WORDS, max_size=4),
    PARAMETERS,
    st.sampled_from([url.removesuffix(ARTICLE) for url in WRAPPED if url.endswith(ARTICLE) and "?" not in url]),
)
def test_a_wrapping_has_the_key_of_what_is_in_it(path: list[str], parameters: list[str], wrapping: str) -> None:
    """Every wrapping that takes a plain address gives the inner one's key, parameters included."""
    inner = f"gazette.example/{'/'.join(path)}?{'&'.join(parameters)}"

    assert canonical(wrapping + inner) == canonical(f"https://{inner}")


@pytest.mark.parametrize(
    "piece", ["%", "%41", "/", "/amp", ".amp", "..", "&a", "amp;", "ä", ".", "@", "cache:", "s/", "*"]
)
def test_the_longest_addresses_are_quick(piece: str) -> None:
    """No repetition makes the reading slow."""
    started = perf_counter()
    for start in ("https://", "https://a.example/", "https://a.example/?", "https://web.archive.org/web/2020/"):
        with suppress(ValueError):
            canonical((start + piece * LONGEST)[:LONGEST])

    assert perf_counter() - started < 1


@pytest.mark.parametrize(
    ("archive", "expected"),
    [
        (None, {ARTICLE}),
        (f"https://web.archive.org/web/2020/https://{ARTICLE}/", {ARTICLE}),
        ("https://archive.ph/AbC12", {ARTICLE, "archive.ph/AbC12"}),
        ("https://a..b/", {ARTICLE}),
    ],
)
def test_a_source_is_known_by_its_address_and_its_archived_copy_s(archive: str | None, expected: set[str]) -> None:
    """Both have a key, unless one is no address that could be asked for."""
    source: Source = world.edition_of(world.raw()).release.corpus.sources[world.SOURCE]

    assert addresses(replace(source, archive_url=archive)) == expected
