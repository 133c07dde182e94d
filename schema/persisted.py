"""Persisted queries: documents that are asked by their SHA-256, so that a question fits into a short, cacheable GET.

The saved queries are known from the start. Others are learnt when a client sends one together with its digest, and the
least recently used is forgotten when too many, or too long ones, are known.
"""

from collections import OrderedDict
from collections.abc import Mapping
from hashlib import sha256

from schema.saved import SAVED

BUDGET = 2_000_000
"""Characters of learnt documents that are kept."""

ENTRY = 300
"""Characters that a document counts for beside its own: even the shortest takes its place."""


class Persisted:
    """Documents by their digest."""

    def __init__(self, budget: int = BUDGET) -> None:
        self._fixed: Mapping[str, str] = {saved.sha256: saved.document for saved in SAVED.values()}
        self._learnt: OrderedDict[str, str] = OrderedDict()
        self._budget = budget
        self._size = 0

    def get(self, digest: str) -> str | None:
        """Return the document with a digest, None where it is not known."""
        if digest in self._fixed:
            return self._fixed[digest]
        found = self._learnt.get(digest)
        if found is not None:
            self._learnt.move_to_end(digest)
        return found

    def learn(self, document: str) -> None:
        """Keep a document, as long as there is room."""
        digest = sha256(document.encode()).hexdigest()
        if self.get(digest) is not None:
            return
        self._learnt[digest] = document
        self._size += len(document) + ENTRY
        while self._size > self._budget:
            _, dropped = self._learnt.popitem(last=False)
            self._size -= len(dropped) + ENTRY
