"""The key by which two web addresses are known for one article. It is for comparison only, never shown as an address.

Left out of the key, because it does not say which article it is: the scheme, a user's name, the ports 80 and 443, a
host's trailing dot and its first labels `www`, `m`, `mobile` and `amp` (two labels always stay), the fragment, empty
path segments and with them the trailing slash, and the parameters in TRACKING.

Made alike: the host's case, and its letters beyond ASCII with their Punycode; percent-encoding by RFC 3986 (unreserved
characters plain, hexadecimal digits upper-case, what an address cannot hold encoded as UTF-8); dot segments; `+` and
`%20`, `&amp;` and `&` in the query; the order of the parameters. Kept: the path's case, every other parameter.

Of a wrapped address the inner one counts. The wrappings are
- AMP: `amp` as first or last path segment, a path that ends in `.amp` or `.amp.html`, `?amp`, `?outputType=amp`;
- the AMP viewer `google.com/amp/s/…`, the AMP cache `*.cdn.ampproject.org/c/s/…`, also `v` and `wp`, also without `s`;
- the redirect `google.com/url?q=…` or `url=…`;
- the archives `web.archive.org/web/<time>/…`, `archive.ph/<time>/…` with its sister hosts, and
  `webcache.googleusercontent.com/search?q=cache:<id>:…`. An archive's short address does not say what it archived.
"""

import re
import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import quote, unquote

from dataset.records import Source

LONGEST = 2_000
"""The most characters that an address may have, also once it is encoded."""

TRACKING = frozenset(
    # analytics and advertising: click ids and campaigns
    "_ga _gac _gl _openstat adgroupid campaign_id campaignid cjevent dclid dicbo dm_i ef_id epik fbclid gbraid gclid"
    " gclsrc gad_campaignid gad_source igsh igshid irclickid li_fat_id mindbox-click-id msclkid ndclid ob_click_id"
    " rb_clickid s_kwcid srsltid tblci trk trkcampaign ttclid twclid vmcid wbraid wickedid wickedsource yadclid"
    " yadordid yclid ymclid ysclid"
    # newsletters
    " __s _hsenc _hsmi __hsfp __hssc __hstc ck_subscriber_id emc hsctatracking instance_id mc_cid mc_eid mkt_tok"
    " ml_subscriber ml_subscriber_hash oly_anon_id oly_enc_id regi_id s_cid segment_id smid smtyp vero_conv vero_id"
    # publishers: which link, channel or share button the reader came by
    " cmp cmpid cvid giftcopy guccounter guce_referrer guce_referrer_sig hootpostid ito"
    " ncid ocid partner ref ref_src ref_url reflink s_campaign soc_src soc_trk spm sr_share sref taid tpcc"
    " unlocked_article_code wprov wt_mc wt_zmc xtor __twitter_impression _branch_match_id _branch_referrer"
    # AMP viewers and caches
    " amp_gsa amp_js_v amp_lite amp_markup amp_r amp_tf usqp".split()
)
"""Names of parameters, in lower case, that say how a reader came to the page and not which page it is."""

TRACKING_PREFIXES = ("utm_", "mtm_", "matomo_", "pk_", "piwik_", "hsa_", "at_", "ns_", "fb_", "stm_", "wt.")
"""Beginnings of such names, in lower case."""

_DEPTH = 5
_ADDRESS = re.compile(r"https?://([^/?#]*)([^?#]*)(?:\?([^#]*))?", re.IGNORECASE)
_BREAKS = str.maketrans("", "", "\t\r\n")
_LABEL = re.compile(r"[a-z0-9_-]{1,63}")
_PORT = re.compile(r"[0-9]{0,5}")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_CODED = re.compile(r"%[0-9A-Fa-f]{2}|[^A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]")
_ESCAPED = re.compile(r"(?:amp;)*")
_NEEDLESS = ("www", "m", "mobile", "amp")

_GOOGLE = re.compile(r"google\.(?:com?\.)?[a-z]{2,3}")
_AMP_CACHE = re.compile(r"(?:.*\.)?cdn\.ampproject\.org")
_WAYBACK = frozenset({"web.archive.org", "archive.org"})
_WAYBACK_TIME = re.compile(r"(?:[0-9]{1,14}(?:\*|%2A)?|\*|%2A)(?:[a-z]{2}_)?")
_ARCHIVE_TODAY = frozenset(f"archive.{ending}" for ending in "ph today is li md vn fo".split())
_ARCHIVE_TODAY_TIME = re.compile(r"[0-9]{4}[0-9.-]*|newest|oldest")
_CACHED = re.compile(r"cache:(?:(?!https?:)[A-Za-z0-9_-]{1,20}:)?(?:https?:/+)?(\S+)", re.IGNORECASE)


@dataclass(frozen=True)
class _Address:
    host: str
    segments: tuple[str, ...]
    parameters: tuple[str, ...]

    def __str__(self) -> str:
        path = "".join(f"/{segment}" for segment in self.segments)
        return f"{self.host}{path}{'?' if self.parameters else ''}{'&'.join(self.parameters)}"


def canonical(url: str) -> str:
    """Return the key of an address; keys are equal where the addresses are known for one. Raises ValueError."""
    if len(url) > LONGEST:
        raise ValueError(f"an address has at most {LONGEST:,} characters")
    address = _parsed(url)
    for _ in range(_DEPTH):
        inner = _unwrapped(address) or _without_amp(address)
        if inner == address:
            break
        address = inner
    else:
        raise ValueError("the address is wrapped in too many others")
    key = str(address)
    if len(key) + len("https://") > LONGEST:  # else the key of a key could be refused
        raise ValueError(f"an address has at most {LONGEST:,} characters, encoded")
    return key


def addresses(source: Source) -> frozenset[str]:
    """Return the keys of a source's address and of its archived copy; what is no address has none."""
    return frozenset(_keys(source))


def _keys(source: Source) -> list[str]:
    found = []
    for url in filter(None, (source.url, source.archive_url)):
        with suppress(ValueError):  # a record may hold an address that has no key
            found.append(canonical(url))
    return found


def _parsed(url: str) -> _Address:
    try:
        url.encode()
    except UnicodeEncodeError:
        raise ValueError("an address is made of whole characters") from None
    found = _ADDRESS.match(url.strip().translate(_BREAKS))
    if not found:
        raise ValueError("an address begins with http:// or https://")
    authority, path, query = found.groups(default="")
    host, _, port = authority.rpartition("@")[2].partition(":")
    if not _PORT.fullmatch(port) or int(port or 0) > 65_535:
        raise ValueError("the address's port is no number up to 65535")
    # Both default ports go, whatever the scheme, since the key has none.
    place = _host(host) + (f":{int(port)}" if port and int(port) not in (80, 443) else "")
    return _Address(place, tuple(_segments(_coded(path))), tuple(sorted(_parameters(query))))


def _host(text: str) -> str:
    if len(text) > LONGEST // 4:  # Punycode takes the square of a label's length
        raise ValueError("the address's host is no name")
    try:
        name = unicodedata.normalize("NFKC", unquote(text, errors="strict")).lower().replace("。", ".")
    except UnicodeDecodeError:
        raise ValueError("the address's host is no name") from None
    labels = [_label(label) for label in name.removesuffix(".").split(".")]
    if len(".".join(labels)) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise ValueError("the address's host is no name")
    while len(labels) > 2 and labels[0] in _NEEDLESS:
        del labels[0]
    return ".".join(labels)


def _label(label: str) -> str:
    if label.isascii():
        return label
    return "xn--" + unicodedata.normalize("NFKC", label).encode("punycode").decode()


def _coded(text: str) -> str:
    return _CODED.sub(_recoded, text)


def _recoded(found: re.Match[str]) -> str:
    text = found[0]
    if len(text) == 1:
        return quote(text, safe="")
    letter = chr(int(text[1:], 16))
    return letter if letter in _UNRESERVED else text.upper()


def _segments(path: str) -> list[str]:
    found: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            del found[-1:]
        elif segment not in ("", "."):
            found.append(segment)
    return found


def _parameters(query: str) -> list[str]:
    found = (_ESCAPED.sub("", _coded(part).replace("+", "%20"), count=1) for part in query.split("&"))
    return [parameter for parameter in found if parameter and not _needless(parameter)]


def _needless(parameter: str) -> bool:
    name, _, value = parameter.lower().partition("=")
    if name in ("amp", "outputtype"):
        return value in (("", "1", "true") if name == "amp" else ("amp",))
    return name in TRACKING or name.startswith(TRACKING_PREFIXES)


def _unwrapped(address: _Address) -> _Address | None:
    """Return the address inside a viewer's, a redirect's or an archive's; None where there is none."""
    inner = _inner(address)
    try:
        return _parsed(inner) if inner else None
    except ValueError:
        return None  # an ordinary page that only looks like a wrapping


def _inner(address: _Address) -> str:
    host, segments = address.host, address.segments
    first = segments[0] if segments else ""
    if _GOOGLE.fullmatch(host):
        if segments == ("url",):
            return next((value for name in ("q", "url") if _ADDRESS.match(value := _value(address, name))), "")
        return _amp(address) if first == "amp" else ""
    if _AMP_CACHE.fullmatch(host) and first in ("c", "v", "wp"):
        return _amp(address)
    if host in _WAYBACK and first == "web":
        return _archived(address, segments[1:], _WAYBACK_TIME)
    if host in _ARCHIVE_TODAY:
        return _archived(address, segments, _ARCHIVE_TODAY_TIME)
    if host == "webcache.googleusercontent.com" and segments == ("search",):
        cached = _CACHED.match(_value(address, "q"))
        return f"https://{cached[1]}" if cached else ""
    return ""


def _value(address: _Address, name: str) -> str:
    return next((unquote(p.partition("=")[2]) for p in address.parameters if p.partition("=")[0] == name), "")


def _amp(address: _Address) -> str:
    segments = address.segments[1:]
    return _joined(address, segments[1:] if segments[:1] == ("s",) else segments)


def _archived(address: _Address, segments: tuple[str, ...], time: re.Pattern[str]) -> str:
    timed = bool(segments and time.fullmatch(segments[0]))
    segments = segments[1:] if timed else segments
    # Slashes were made single, and an archive takes an address without its scheme, too.
    schemed = bool(segments) and segments[0].lower() in ("http:", "https:")
    return _joined(address, segments[1:] if schemed else segments) if timed or schemed else ""


def _joined(address: _Address, segments: tuple[str, ...]) -> str:
    # What has no dot is no host: another page of the wrapping's own.
    if not segments or "." not in segments[0]:
        return ""
    return f"https://{_Address(segments[0], segments[1:], address.parameters)}"


def _without_amp(address: _Address) -> _Address:
    segments = list(address.segments)
    while segments and (segments[-1] == "amp" or _plain(segments[-1]) != segments[-1]):
        last = segments.pop()
        segments += [] if last == "amp" else [_plain(last)]
    first = next((place for place, segment in enumerate(segments) if segment != "amp"), 0)
    return _Address(address.host, tuple(segments[first:]), address.parameters)


def _plain(segment: str) -> str:
    ending = ".html" if segment.endswith(".amp.html") else ""
    stem = segment.removesuffix(ending).removesuffix(".amp")
    return stem + ending if stem.strip(".") else segment  # a name of dots alone would be a dot segment
