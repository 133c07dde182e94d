"""Everything that a release answers by an address, each once."""

from dataset.resource import Resource
from dataset.resources import counting, records, searching

RESOURCES: tuple[Resource, ...] = tuple(
    # A name in the place of an id, such as `facets`, comes before the ids.
    sorted(
        (*records.resources(), *counting.resources(), *searching.resources()), key=lambda resource: "{" in resource.path
    )
)
