"""What the fuzzer is told that GraphQL's schema cannot say.

Which records there are, and that cursors are handed out: else hardly any of its documents would be answered with data.
"""

from dataclasses import replace
from typing import Any

import schemathesis
from graphql import (
    ArgumentNode,
    FieldNode,
    IntValueNode,
    ListValueNode,
    ObjectFieldNode,
    StringValueNode,
    ValueNode,
    Visitor,
    VisitorAction,
    parse,
    print_ast,
    visit,
)

RECORDS = {
    "source": "src-coindesk-2022-03-15",
    "citation": "cit-coindesk-2022-03-15-bullet-1-closures",
    "entity": "ent-alexander-klebanov",
    "event": "evt-blackouts",
    "figure": "fig-capacity-busted-202-mw",
    "relation": "rel-alexander-klebanov-chairman-of-central-asian-electric-power-corp",
    "discrepancy": "dis-106-or-more-than-100",
    "node": "evt-blackouts",
}
"""A record for each field that takes an id."""

TEXTS = {
    "old": "1.0.0",
    "new": "1.1.0",
    "url": "https://www.coindesk.com/policy/2022/03/15/kazakhstan-crackdown-forces-106-more-crypto-mines-to-close/",
    "query": "mining",
    "q": "mining",
    "dateFrom": "2021",
    "dateTo": "2022-06",
}
"""Something right for what takes a text."""

_LEFT_OUT = ("after", "before", "last", "values")
_MADE_UP = (StringValueNode, IntValueNode)


class _Right(Visitor):
    """Puts what there is in the place of what was made up, and leaves out what is hardly ever right."""

    _record = ""

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        """Take note of whose arguments follow."""
        self._record = RECORDS.get(node.name.value, "")

    def enter_argument(self, node: ArgumentNode, *_: Any) -> ArgumentNode | VisitorAction:
        """Change an argument."""
        if node.name.value in _LEFT_OUT:
            return self.REMOVE
        text = self._record if node.name.value == "id" else TEXTS.get(node.name.value)
        return replace(node, value=StringValueNode(value=text)) if text else self.IDLE

    def enter_object_field(self, node: ObjectFieldNode, *_: Any) -> ObjectFieldNode | VisitorAction:
        """Change a filter."""
        text = TEXTS.get(node.name.value)
        if text:
            return replace(node, value=StringValueNode(value=text))
        return self.REMOVE if _names(node.value) else self.IDLE


def _names(value: ValueNode) -> bool:
    """Return whether a value names records: hardly ever such that there are."""
    values = value.values if isinstance(value, ListValueNode) else [value]
    return any(isinstance(each, _MADE_UP) for each in values)


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    """Ask for what there is, as often as not."""
    if case.meta and case.meta.generation.mode.is_positive and len(case.body) % 2:
        case.body = print_ast(visit(parse(case.body), _Right()))
