"""The application over the published releases, for a server: `uvicorn api.asgi:app`. Importing it loads them."""

import logging

from api import logs
from api.app import create_app
from dataset.catalog import EmptyCatalogError, load

if not logging.getLogger().handlers:  # whoever serves it has not said where lines of log go
    logs.configure()
try:
    catalog = load()
except EmptyCatalogError as error:
    raise SystemExit(str(error)) from error
catalog.warm()
app = create_app(catalog)
