"""What changed from one state of the dataset to another, per record and field."""

from collections.abc import Callable, Iterator, Sequence

from dataset.canonical import to_plain
from dataset.corpus import Corpus
from dataset.records import Change
from dataset.vocabulary import ChangeKind, ChangeReason

Reason = Callable[[str, str | None], ChangeReason]
"""Says why a field (None: the whole record) of the record with this id changed."""


def diff(old: Corpus, new: Corpus, reason: Reason) -> Iterator[Change]:
    """Yield every change in the order of the collections and ids; tombstones show as removals."""
    before = {record.id: record for _, record in old.records()}
    after = {record.id: record for _, record in new.records()}
    for name in [*after, *(i for i in before if i not in after)]:
        if name not in before:
            yield Change(change=ChangeKind.ADDED, record=name, reason=reason(name, None))
        elif name not in after:
            yield Change(change=ChangeKind.REMOVED, record=name, reason=reason(name, None))
        elif before[name] != after[name]:
            yield from _fields(name, to_plain(before[name]), to_plain(after[name]), reason)


def _fields(name: str, old: dict[str, object], new: dict[str, object], reason: Reason) -> Iterator[Change]:
    for field in [*new, *(f for f in old if f not in new)]:
        if old.get(field) != new.get(field):
            yield Change(
                change=ChangeKind.CHANGED,
                record=name,
                field=field,
                old=old.get(field),
                new=new.get(field),
                reason=reason(name, field),
            )


def recorded(steps: Sequence[Sequence[Change]]) -> Reason:
    """Return the reasons that successive releases gave; where several name a field, the last one counts.

    Of a change that none of them explains, the reason is UNKNOWN.
    """
    known: dict[tuple[str, str | None], ChangeReason] = {}
    for changes in steps:
        for change in changes:
            known[change.record, change.field] = change.reason

    def reason(record: str, field: str | None) -> ChangeReason:
        return known.get((record, field)) or known.get((record, None)) or ChangeReason.UNKNOWN

    return reason
