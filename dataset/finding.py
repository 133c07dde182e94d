"""What a rule finds wrong with a record, before it is known in which file the record is."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """What is wrong with one field of one record."""

    collection: str
    record: str
    field: str
    reason: str
