"""The application over the published releases, for a server: `uvicorn api.asgi:app`. Importing it loads them."""

from api.app import create_app
from dataset.catalog import EmptyCatalogError, load

try:
    app = create_app(load())
except EmptyCatalogError as error:
    raise SystemExit(str(error)) from error
