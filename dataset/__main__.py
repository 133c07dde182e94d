"""Run the curators' and readers' command line: `python -m dataset --help`."""

from dataset.cli import main

main()
