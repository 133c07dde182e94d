"""HTTP: GraphQL and REST over the releases. Imports `schema` and `dataset`."""
