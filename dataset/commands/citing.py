"""Citing: whether a cited answer is the one that its release gives."""

from collections.abc import Sequence
from pathlib import Path

import click

from dataset.commands.shared import AS_JSON, RELEASES, fail, load_catalog, print_json
from dataset.rerun import AddressError, rerun
from dataset.resource import Resource
from dataset.resources import RESOURCES


def command(resources: Sequence[Resource]) -> click.Command:
    """Return the command that runs again what these resources answer."""

    @click.command("cite-check")
    @click.argument("address")
    @RELEASES
    @AS_JSON
    def cite_check(address: str, releases: Path, as_json: bool) -> None:
        """Run a cited ADDRESS again on the releases that are here, and compare the answer's digest with the cited one.

        The address is a path or a URL below /v1/releases/…, with `#sha256=…` at its end as the `cite-as` link of an
        answer has it. Nothing leaves the machine. Exit code 1 unless the answer is the one that was cited.
        """
        try:
            found = rerun(load_catalog(releases), address, resources)
        except AddressError as error:
            fail(f"{address[:200]}: {error}")
        if as_json:
            print_json({"address": found.address, "sha256": found.sha256, "cited": found.cited, "same": found.same})
        elif found.same:
            click.echo(f"same: {found.sha256}")
        elif found.cited is None:
            click.echo(f"the address has no digest to compare with; with the answer's: {found.address}")
        else:
            click.echo(f"another answer: {found.sha256}, cited with {found.cited}")
        raise SystemExit(0 if found.same else 1)

    return cite_check


cite_check = command(RESOURCES)
