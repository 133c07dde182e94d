"""How deep a document nests fields: each fragment is measured once, whatever how often it is spread."""

from collections.abc import Mapping

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

MAX_DEPTH = 14
"""Levels of fields that are answered; the schema's longest sensible path, with Relay's layers, has twelve."""


def depth(document: DocumentNode) -> int:
    """Return the number of levels of fields of the deepest operation in a valid document.

    Introspection is not counted: graphql-core bounds it by a rule of its own.
    """
    fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
    measured: dict[str, int] = {}
    return max(
        (
            _levels(definition.selection_set, fragments, measured)
            for definition in document.definitions
            if isinstance(definition, OperationDefinitionNode)
        ),
        default=0,
    )


def _levels(
    selections: SelectionSetNode, fragments: Mapping[str, FragmentDefinitionNode], measured: dict[str, int]
) -> int:
    deepest = 0
    for selection in selections.selections:
        found = 0
        if isinstance(selection, FieldNode):
            if not selection.name.value.startswith("__"):
                inner = selection.selection_set
                found = 1 + (_levels(inner, fragments, measured) if inner else 0)
        elif isinstance(selection, InlineFragmentNode):
            found = _levels(selection.selection_set, fragments, measured)
        elif isinstance(selection, FragmentSpreadNode):
            name = selection.name.value
            if name not in measured:
                measured[name] = _levels(fragments[name].selection_set, fragments, measured)
            found = measured[name]
        deepest = max(deepest, found)
    return deepest
