"""What the records of a release look like in some form, as bytes, kept by form and by place.

A form is whatever makes bytes of a record and never changes within the release: a GraphQL selection, the JSON of a
list, a line of CSV. A place is that of a record in its collection's default order; a form is of one collection.
"""

from collections import deque
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from itertools import compress

from dataset.memo import Keeper

ENTRY = 190
"""Bytes that even the shortest text takes, about, with what keeps it."""

FORM = 400
"""Bytes that a form takes, about, beside its name, as long as a text of it is kept."""


class Written(Keeper):
    """Texts by form and place; of those that are kept the oldest is dropped first."""

    def __init__(self, budget: int) -> None:
        super().__init__(budget, large=0)  # the records of all selections are far more than fit
        self._kept: dict[Hashable, _Form] = {}
        self._order: deque[tuple[_Form, int]] = deque()

    def __len__(self) -> int:
        return len(self._order)

    def familiar(self, form: Hashable) -> bool:
        """Return whether a form was asked for before, and remember that it was."""
        return form in self._kept or self.wanted(form)

    def texts(
        self, form: Hashable, places: Sequence[int], make: Callable[[Sequence[int]], Sequence[bytes]]
    ) -> Sequence[bytes]:
        """Return what the records at these places look like; those that are not kept are made, all of them together."""
        kept = self._kept.get(form)
        found: list[bytes | None] = [None] * len(places) if kept is None else list(map(kept.texts.get, places))
        missing = found.count(None)
        self.hits += len(found) - missing
        self.misses += missing
        if not missing:
            return found  # type: ignore[return-value]  # none of them is None
        wanted = [place for place, text in zip(places, found, strict=True) if text is None]
        texts = make(wanted)
        digest = hash(form)
        again = self.again([(digest, place) for place in wanted])
        for place, text in compress(zip(wanted, texts, strict=True), again):
            self._keep(form, place, text)
        made = iter(texts)
        return [next(made) if text is None else text for text in found]

    def _keep(self, name: Hashable, place: int, text: bytes) -> None:
        form = self._kept.get(name)
        if form and place in form.texts:
            return
        size = len(text) + ENTRY
        if not self.admits(size if form else size + _Form(name, {}).size):
            return
        if form is None:
            form = self._kept[name] = _Form(name, {})
            self.size += form.size
        # A copy, for what orjson hands out holds up to twice the memory of what it wrote.
        form.texts[place] = bytes(memoryview(text))
        self._order.append((form, place))
        self.size += size
        while self.size > self.budget:
            self._drop(*self._order.popleft())

    def _drop(self, form: "_Form", place: int) -> None:
        self.size -= len(form.texts.pop(place)) + ENTRY
        if not form.texts:
            del self._kept[form.name]
            self.size -= form.size


@dataclass(slots=True)
class _Form:
    """The texts of a form by place, of which there is at least one."""

    name: Hashable
    texts: dict[int, bytes]

    @property
    def size(self) -> int:
        """The bytes that it takes of memory, about, without its texts."""
        return FORM + len(str(self.name))
