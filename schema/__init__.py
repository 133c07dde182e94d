"""The GraphQL view of the records. Imports `dataset`, and nothing of `api`."""
