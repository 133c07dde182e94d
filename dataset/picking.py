"""The places of what a question asks for, ready to be counted."""

from dataclasses import replace

from dataset.catalog import Edition
from dataset.order import ORDERS
from dataset.query import Query, answer
from dataset.sequence import Keys, Marked
from dataset.tally import Picked


def picked(edition: Edition, query: Query, answered: Keys | None = None) -> Picked:
    """Return the places, in the collection's default order, of all records that the question asks for.

    Where it was `answered` before, that may say where they are.
    """
    found = answered
    if not isinstance(found, Marked):
        found = answer(edition, replace(query, order=ORDERS[query.collection][0].name))
    assert isinstance(found, Marked)  # noqa: S101 (nothing is sorted in the default order)
    return Picked(found.marks, len(found.keys))
