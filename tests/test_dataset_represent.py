"""Records as REST shows them."""

import orjson
import pytest

from dataset import represent
from dataset.catalog import Catalog
from dataset.records import SERVED


@pytest.mark.parametrize("collection", SERVED)
def test_what_is_ready_is_written_as_what_it_stands_for(collection: str, catalog: Catalog) -> None:
    """Byte for byte, in lists and by itself, whether what recurs was kept or is made."""
    edition = catalog.latest
    for record in edition.release.corpus.collection(collection).values():
        for show in (represent.listed, represent.item):
            plain = orjson.dumps(show(edition, collection, record))
            assert [orjson.dumps(show(edition, collection, record, ready=True)) for _ in range(2)] == [plain, plain]


def test_what_recurs_is_kept_once(catalog: Catalog) -> None:
    """A citation and an entity, whatever refers to them; events and figures have a few references at most."""
    edition = catalog.latest
    for record in edition.release.corpus.events.values():
        represent.listed(edition, "events", record, ready=True)
    kept = edition.references
    assert 0 < len(kept) < kept.hits
    assert kept.size <= kept.budget
