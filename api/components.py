"""The schemas of what REST answers, made by walking the records' types, as `represent` walks the records."""

import inspect
import re
from typing import Any

from api.errors import KINDS
from api.resources import ADDRESSES
from dataset import deeplink, label, links, release
from dataset.aggregate import Aggregate
from dataset.facet import Facet
from dataset.histogram import Bucket, Histogram
from dataset.hits import Hit
from dataset.links import LINKS, EntityParticipation, Link
from dataset.manifest import Manifest
from dataset.records import SERVED
from dataset.represent import SOURCE_REFERENCE
from dataset.shape import FieldShape, shape
from dataset.vocabulary import Term
from schema.saved import SAVED, Saved
from schema.selection import Selected, terms

Schema = dict[str, Any]


def ref(name: str) -> Schema:
    """Return a reference to a component."""
    return {"$ref": f"#/components/schemas/{name}"}


class Components:
    """The schemas of what is answered, collected by walking the records' types."""

    def __init__(self) -> None:
        self._found: dict[str, Schema] = {}

    def all(self) -> dict[str, Schema]:
        """Return the schema of everything that is answered, by name."""
        self._references()
        for collection, kind in SERVED.items():
            self._record(collection, kind)
        self._manifest()
        self._fixed()
        self._counts()
        for saved in SAVED.values():
            self._saved(saved)
        for resource in ADDRESSES:
            for parameter in resource.parameters:
                if parameter.vocabulary:
                    self._vocabulary(parameter.vocabulary)
        return dict(sorted(self._found.items()))

    def _record(self, collection: str, kind: type[Any]) -> None:
        name = kind.__name__
        own = self._properties(kind)
        owned = {link.name: self._link(link) for link in LINKS[collection] if link.owned}
        others = {link.name: self._link(link) for link in LINKS[collection] if not link.owned}
        if collection == "entities":
            self._value(EntityParticipation)
            others["participations"] = _array(ref("EntityParticipation"), links.PARTICIPATIONS)
        description = inspect.getdoc(kind) or ""
        self._found[name] = _object(own, description)
        listed = name
        if owned:
            listed = f"{name}Listed"
            self._found[listed] = _object({**own, **owned}, description)
        self._found[f"{name}Full"] = _object({**own, **owned, **others}, description)
        self._found[f"{name}List"] = self._list(ref(listed))
        self._found[f"{name}Item"] = self._item(ref(f"{name}Full"))

    def _properties(self, kind: type) -> dict[str, Schema]:
        properties = {field.name: self._field(field) for field in shape(kind)}
        if kind in SERVED.values():
            properties["label"] = {"type": "string", "description": label.DESCRIPTION}
        if kind is SERVED["citations"]:
            properties["deep_link"] = {"type": "string", "format": "uri", "description": deeplink.DESCRIPTION}
        return properties

    def _field(self, field: FieldShape) -> Schema:
        schema = self._one(field)
        if field.many:
            return _array(schema, field.description)
        if field.optional:
            schema = {"anyOf": [schema, {"type": "null"}]}
        return {**schema, "description": field.description}

    def _one(self, field: FieldShape) -> Schema:
        if field.ref:
            options = [ref(self._reference_name(collection)) for collection in field.ref]
            return options[0] if len(options) == 1 else {"anyOf": options}
        if field.nested:
            return self._value(field.type)
        if issubclass(field.type, Term):
            return self._vocabulary(field.type)
        names = {str: "string", bool: "boolean", int: "integer", float: "number"}
        return {"type": names[field.type]} if field.type in names else {}

    def _value(self, kind: type) -> Schema:
        if kind.__name__ not in self._found:
            self._found[kind.__name__] = {}  # it is being made
            self._found[kind.__name__] = _object(self._properties(kind), inspect.getdoc(kind) or "")
        return ref(kind.__name__)

    def _vocabulary(self, terms: type[Term]) -> Schema:
        lines = [inspect.getdoc(terms) or "", *(f"- `{term.value}`: {term.description}" for term in terms)]
        values = [term.value for term in terms]
        self._found[terms.__name__] = {"type": "string", "enum": values, "description": "\n".join(lines)}
        return ref(terms.__name__)

    def _reference_name(self, collection: str) -> str:
        name = SERVED[collection].__name__
        return name if collection == "citations" else f"{name}Reference"

    def _references(self) -> None:
        for collection, kind in SERVED.items():
            fields = {field.name: field for field in shape(kind)}
            properties = {"id": self._field(fields["id"])}
            if collection == "sources":
                properties |= {name: self._field(fields[name]) for name in SOURCE_REFERENCE}
            else:
                shown = "name" if collection == "entities" else "title"
                properties[shown] = {"type": "string", "description": label.DESCRIPTION}
            if collection != "citations":
                description = f"One of the {collection}, referred to."
                self._found[self._reference_name(collection)] = _object(properties, description)

    def _link(self, link: Link) -> Schema:
        name = SERVED[link.collection].__name__ if link.whole else self._reference_name(link.collection)
        return _array(ref(name), link.description)

    def _list(self, item: Schema, **more: Schema) -> Schema:
        return _object(
            {
                "release": ref("ReleaseSummary"),
                **more,
                "total": {"type": "integer", "description": "How many items the whole answer has."},
                "items": _array(item, "The page's items."),
                "next": {
                    "type": ["string", "null"],
                    "description": "The path of the next page, of the release that answered; null: this is the last.",
                },
            },
            "A page of an answer.",
        )

    def _item(self, item: Schema) -> Schema:
        return _object({"release": ref("ReleaseSummary"), "item": item}, "One record.")

    def _saved(self, saved: Saved) -> None:
        """Describe what a saved query answers, as read off the GraphQL types of what it selects."""
        name = {"query": {"type": "string", "const": saved.name, "description": "The saved query's name."}}
        self._found[saved.resource.answer] = self._list(self._selected(saved.item), **name)

    def _selected(self, item: Selected) -> Schema:
        if item.inside:
            schema = _object({one.name: self._of(one) for one in item.inside.values()}, "")
            # Of a union or an interface, an object has the fields of its own type.
            return {**schema, "required": [one.name for one in item.inside.values() if not item.partly(one)]}
        vocabulary = terms(item.leaf)
        if vocabulary:
            return self._vocabulary(vocabulary)
        names = {"ID": "string", "String": "string", "Int": "integer", "Boolean": "boolean", "Float": "number"}
        return {"type": names[item.leaf.name]}

    def _of(self, item: Selected) -> Schema:
        schema = self._selected(item)
        if item.many:
            return _array(schema, item.description)
        return {**({"anyOf": [schema, {"type": "null"}]} if item.optional else schema), "description": item.description}

    def _counts(self) -> None:
        self._found["SourceFullList"] = self._list(ref("SourceFull"))
        counted = {"records": {"type": "integer", "description": "How many records were counted."}}
        self._found["FacetList"] = self._list(self._value(Facet), **counted)
        dated = {
            field.name: self._field(field) for field in shape(Histogram) if field.name in ("interval", "undetermined")
        }
        self._found["BucketList"] = self._list(self._value(Bucket), **counted, **dated)
        self._found["AggregateList"] = self._list(self._value(Aggregate), **counted)
        hit = _object(
            {
                **{field.name: self._field(field) for field in shape(Hit)},
                "path": {"type": "string", "description": "The path of the record, in the release that answered."},
            },
            inspect.getdoc(Hit) or "",
        )
        self._found["Hit"] = hit
        self._found["HitList"] = self._list(ref("Hit"))

    def _manifest(self) -> None:
        properties = {
            **self._properties(Manifest),
            "sha256": {"type": "string", "description": release.DIGEST},
            "path": {"type": "string", "description": "The path under which this release is pinned."},
        }
        listed = {name: value for name, value in properties.items() if name != "changes"}
        self._found["Manifest"] = _object(properties, inspect.getdoc(Manifest) or "")
        self._found["ManifestListed"] = _object(listed, inspect.getdoc(Manifest) or "")
        self._found["ReleaseItem"] = self._item(ref("Manifest"))
        self._found["ReleaseList"] = self._list(ref("ManifestListed"))
        changes = self._list(ref("Change"))
        ends = {
            "old": {"type": "string", "description": "The version of the one release."},
            "new": {"type": "string", "description": "The version of the other, which may be older."},
        }
        self._found["Difference"] = _object({**ends, **changes["properties"]}, "What changed between two releases.")
        self._found["ReleaseSummary"] = _object(
            {name: properties[name] for name in ("dataset", "version", "sha256", "released")},
            "The release that answered.",
        )

    def _fixed(self) -> None:
        text = {"type": "string"}
        kinds = {"id": text, "status": {"type": "integer"}, "title": text, "description": text}
        self._found["ProblemKind"] = _object(kinds, "A kind of error.")
        self._found["ProblemKindList"] = self._list(ref("ProblemKind"))
        limits: dict[str, Schema] = {
            "name": text,
            "value": {"type": "integer", "description": "How much is taken."},
            "unit": text,
            "status": {
                "type": ["integer", "null"],
                "description": "The status of what is refused beyond it; null: an error of GraphQL's.",
            },
            "code": {"type": "string", "description": "The kind of problem, or the code of GraphQL's error."},
            "description": text,
        }
        self._found["Limit"] = _object(limits, "A limit.")
        self._found["LimitList"] = self._list(ref("Limit"))
        self._found["Problem"] = {
            **_object(
                {
                    "type": {"type": "string", "enum": [f"/v1/problems#{name}" for name in KINDS]},
                    "title": text,
                    "status": {"type": "integer"},
                    "detail": text,
                },
                "An error, by RFC 9457; some kinds say more.",
            ),
            "additionalProperties": True,
        }
        query: dict[str, Schema] = dict.fromkeys(
            ("name", "question", "description", "path", "document", "sha256"), text
        )
        query["parameters"] = {"type": "array", "items": _object({"name": text, "description": text}, "")}
        self._found["SavedQuery"] = _object(query, "A query that is asked by name.")
        self._found["SavedQueryList"] = self._list(ref("SavedQuery"))
        names = {"type": "array", "items": text}
        shown: dict[str, Schema] = {
            "path": text,
            "total": {"type": "integer"},
            "filters": names,
            "orders": names,
            "formats": names,
        }
        collection = _object(shown, "")
        words = (
            "title",
            "licence",
            "releases",
            "pinned",
            "search",
            "lookup",
            "queries",
            "changes",
            "problems",
            "limits",
            "openapi",
            "graphql",
        )
        self._found["Index"] = _object(
            {
                "release": ref("ReleaseSummary"),
                **dict.fromkeys(words, text),
                "collections": _object(dict.fromkeys(SERVED, collection), "The collections."),
            },
            "What there is.",
        )


def _object(properties: dict[str, Schema], description: str) -> Schema:
    found: Schema = {"type": "object", "properties": properties, "required": list(properties)}
    return {**found, "description": re.sub(r"\s+", " ", description)} if description else found


def _array(items: Schema, description: str) -> Schema:
    return {"type": "array", "items": items, "description": description}
