"""The commands of `python -m dataset`, a module for each kind of work."""
