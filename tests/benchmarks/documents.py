"""GraphQL documents: the two that the product asks again and again, and any number of others of their kind."""

from collections.abc import Mapping
from random import Random

ITEM = """query Event($id: ID!) {
  event(id: $id) {
    id title kind status summary
    date { edtf earliest latest basis }
    figures {
      id measure comparator value unit verbatim
      evidence { modality attributedTo { id name } citation { id where source { id publisher title url published } } }
    }
    evidence { modality attributedTo { id name } citation { id where source { id publisher title url published } } }
  }
}"""

LIST = """query Events($first: Int, $after: String, $filter: EventFilter) {
  events(first: $first, after: $after, filter: $filter) {
    totalCount
    pageInfo { hasNextPage endCursor }
    nodes {
      id title kind status
      date { edtf earliest latest }
      figures { id measure comparator value unit verbatim }
      participations { role entity { id name } }
      evidence { modality citation { id where source { id publisher title url published } } }
    }
  }
}"""

CURSORS = """query Cursors($filter: EventFilter) { events(first: 100, filter: $filter) { edges { cursor } } }"""

SCALARS: Mapping[str, tuple[str, ...]] = {
    "Event": ("id", "title", "kind", "status", "summary", "label"),
    "Date": ("edtf", "earliest", "latest", "basis"),
    "Figure": ("id", "measure", "comparator", "value", "unit", "unitCode", "verbatim", "label", "cumulative"),
    "Participation": ("role", "note"),
    "Entity": ("id", "name", "kind", "label"),
    "Evidence": ("modality", "channel", "supports", "inference"),
    "Citation": ("id", "where", "start", "end", "label", "tokens", "deepLink"),
    "Source": ("id", "title", "publisher", "published", "url", "language", "kind"),
}
"""The fields of each type that documents choose from."""

LINKS: Mapping[str, tuple[tuple[str, str, float], ...]] = {
    "Event": (
        ("date", "Date", 0.8),
        ("place", "Entity", 0.3),
        ("figures", "Figure", 0.8),
        ("participations", "Participation", 0.8),
        ("evidence", "Evidence", 0.8),
    ),
    "Figure": (("evidence", "Evidence", 0.15),),
    "Participation": (("entity", "Entity", 1.0), ("evidence", "Evidence", 0.1)),
    "Evidence": (("citation", "Citation", 0.9), ("attributedTo", "Entity", 0.3)),
    "Citation": (("source", "Source", 0.8),),
}
"""What leads from each type to others, with how often a document follows it."""


def various(chance: Random) -> str:
    """Return a list query with fields at random, for the variables of the main one but for the cursor."""
    return (
        "query Some($first: Int, $filter: EventFilter) { events(first: $first, filter: $filter) "
        f"{{ totalCount nodes {_selection(chance, 'Event', '')} }} }}"
    )


def unheard(chance: Random, name: str, literals: str) -> str:
    """Return a list query whose text no other has: a name of its own in its aliases, its literals, its white space."""
    chosen = _selection(chance, "Event", name)
    text = f"{{ events_{name}: events({literals}) {{ totalCount nodes {chosen} }} }}"
    return text.replace(" { ", chance.choice((" {\n", "{", " {\n  "))) + " " * chance.randrange(4)


def _selection(chance: Random, kind: str, alias: str) -> str:
    """Return some fields of a type, in no order; an alias marks some of them."""
    scalars = SCALARS[kind]
    fields = chance.sample(scalars, chance.randint(max(1, len(scalars) // 2), len(scalars)))
    if alias:
        fields = [f"{field}_{alias}: {field}" if chance.random() < 0.2 else field for field in fields]
    fields += [
        f"{name} {_selection(chance, inner, alias)}"
        for name, inner, often in LINKS.get(kind, ())
        if chance.random() < often
    ]
    chance.shuffle(fields)
    return f"{{ {' '.join(fields)} }}"
