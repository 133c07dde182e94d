"""What a resolver may know: the release that is asked, and the catalog that it is from."""

from dataclasses import dataclass
from typing import Any

import strawberry

from dataset.catalog import Catalog, Edition


@dataclass(frozen=True)
class Context:
    """One request's view of the data; it does not change from its first byte to its last."""

    edition: Edition
    catalog: Catalog


Info = strawberry.Info[Context, Any]
