"""The words of one collection's records: where each stands, and with which weight."""

from array import array
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from dataset.fold import words

SATURATION = 1.2  # k1 of BM25

Weighed = tuple[tuple[float, "array[int]"], ...]
"""The places of the records that hold a word, by the weight that it has in them."""

Texts = Iterable[tuple[str, Sequence[int]]]
"""Texts, each with places that have it; a place may stand there several times, and a text as well."""

Told = tuple[float, list[int]]
"""The weight of a field, and the places of its texts that hold a word."""


class WordList:
    """The words of records that are told by their places."""

    def __init__(self, fields: Iterable[tuple[float, Texts]]) -> None:
        """Take each field's weight with its texts; a place counts as often as it stands beside them."""
        self._words: dict[str, Weighed | list[Told]] = {}
        for weight, texts in fields:
            for word, places in _standing(texts).items():
                told = self._words.setdefault(word, [])
                assert isinstance(told, list)  # noqa: S101 (nothing is counted yet)
                told.append((weight, places))
        self._sorted = sorted(self._words)

    def weighed(self, word: str) -> Weighed:
        """Return where a word stands; counted when it is first wanted."""
        found = self._words.get(word, ())
        if isinstance(found, list):
            counted = [(_saturated(count), array("I", places)) for count, places in _counted(found)]
            found = self._words[word] = tuple(counted)
        return found

    def beginning(self, prefix: str) -> Iterator[str]:
        """Yield the words that begin so."""
        for place in range(bisect_left(self._sorted, prefix), len(self._sorted)):
            if not self._sorted[place].startswith(prefix):
                return
            yield self._sorted[place]


def _standing(texts: Texts) -> Mapping[str, list[int]]:
    """Return the places of each word of these texts."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    for text, places in texts:
        if len(places) == 1:  # nearly always
            place = places[0]
            for word in words(text):
                found[word].append(place)
        else:
            for word in words(text):
                found[word].extend(places)
    return found


def _counted(fields: Sequence[Told]) -> Iterable[tuple[float, Iterable[int]]]:
    """Return the places of a word by what it counts there: the more often and the more telling the field, the more."""
    found: dict[float, set[int]] = {}
    for weight, places in fields:
        added: dict[float, set[int]] = {}
        for times, some in _repeated(places):
            for count, others in found.items():
                both = others & some
                if both:
                    others -= both
                    some -= both
                    _add(added, count + weight * times, both)
            _add(added, weight * times, some)
        for count, some in added.items():
            _add(found, count, some)
    return [(count, some) for count, some in found.items() if some]


def _add(found: dict[float, set[int]], count: float, places: set[int]) -> None:
    if count in found:
        found[count] |= places
    else:
        found[count] = places


def _repeated(places: list[int]) -> Iterable[tuple[int, set[int]]]:
    """Return the places by how often each is there."""
    different = {*places}
    if len(different) == len(places):
        return ((1, different),)
    found: defaultdict[int, set[int]] = defaultdict(set)
    for place, times in Counter(places).items():
        if times > 1:
            found[times].add(place)
    return ((1, different.difference(*found.values())), *found.items())


def _saturated(count: float) -> float:
    return count * (SATURATION + 1) / (count + SATURATION)
