"""What is known: records, releases, checks, queries. Imports nothing of `schema` or `api`."""
