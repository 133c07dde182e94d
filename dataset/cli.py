"""The command line. Exit code 0: it holds; 1: it does not; 2: misuse."""

import click

from dataset.commands import citing, curate, publishing, verifying


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Curate, check, verify and release the dataset."""


for command in (
    curate.check,
    curate.format_,
    curate.digest_,
    curate.cite_,
    verifying.verify_,
    publishing.release_,
    publishing.diff_,
    citing.cite_check,
    curate.jsonschema_,
):
    main.add_command(command)
