"""The description of every table's columns, by CSV on the Web."""

import csv
import io

import httpx
import pytest

from dataset.records import SERVED


@pytest.mark.parametrize("collection", SERVED)
async def test_every_column_is_described(collection: str, client: httpx.AsyncClient) -> None:
    """The CSV has the columns that are described, in that order, and links to the description."""
    table = await client.get(f"/v1/{collection}.csv")
    header = next(csv.reader(io.StringIO(table.text)))
    path = f"/v1/releases/1.1.0/{collection}.csv-metadata.json"
    assert f'<{path}>; rel="describedby"' in table.headers["link"]
    described = (await client.get(path)).json()
    assert [column["titles"] for column in described["tableSchema"]["columns"]] == header
    assert all(column["dc:description"] for column in described["tableSchema"]["columns"])
    assert described["url"] == f"{collection}.csv"
    assert (await client.get(f"/v1/{collection}.csv-metadata.json")).json() == described
