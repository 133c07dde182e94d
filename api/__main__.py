"""Serve the published releases: `python -m api [--host 127.0.0.1] [--port 8000] [--workers 1]`."""

import os
import socket
from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path

import click

from api import logs, server
from api.limits import DEFAULT, Limits
from api.protocol import Bounds
from dataset import release
from dataset.catalog import EmptyCatalogError, load
from dataset.watch import Watch

BOUNDS = Bounds()


@click.command(context_settings={"help_option_names": ["-h", "--help"], "show_default": True})
@click.option("--host", default="127.0.0.1", help="The address to listen on.")
@click.option("--port", default=8000, type=click.IntRange(0, 65535), help="The port to listen on; 0: any.")
@click.option(
    "--origin",
    default="",
    show_default=False,
    help="Where clients reach it, such as https://example.org; else their Host header.",
)
@click.option("--releases", type=click.Path(path_type=Path), default=release.FOLDER, help="The folder of releases.")
@click.option(
    "--workers", default=1, type=click.IntRange(1, 64), help="Processes that answer; they share the releases."
)
@click.option(
    "--watch",
    default=2.0,
    type=click.FloatRange(0),
    help="Seconds between two looks for new releases; 0: only when sent SIGHUP.",
)
@click.option(
    "--finish", default=10.0, type=click.FloatRange(0), help="Seconds that answers under way may take when it ends."
)
@click.option(
    "--receive", default=BOUNDS.receiving, type=click.FloatRange(0.1), help="Seconds that a request may take to arrive."
)
@click.option(
    "--keep-alive", default=BOUNDS.idle, type=click.FloatRange(0), help="Seconds that a connection may stay unused."
)
@click.option(
    "--connections", default=BOUNDS.connections, type=click.IntRange(1), help="Connections that each process takes."
)
@click.option(
    "limits",
    "--limit",
    multiple=True,
    metavar="NAME=VALUE",
    callback=lambda _context, _option, given: _limits(given),
    help=f"Another limit on requests ({', '.join(field.name for field in fields(Limits))}); may be repeated.",
)
@click.option(
    "--log-format", default="human", type=click.Choice(list(logs.FORMS)), help="How lines of log are written."
)
@click.option("--access-log", is_flag=True, help="Log each request.")
def main(
    host: str,
    port: int,
    origin: str,
    releases: Path,
    workers: int,
    watch: float,
    finish: float,
    receive: float,
    keep_alive: float,
    connections: int,
    limits: Limits,
    log_format: str,
    access_log: bool,
) -> None:
    """Serve every published release that is whole, and each one that is published later."""
    logs.configure(log_format, access=access_log)
    watching = Watch(releases)
    begun = watching.begin()
    try:
        catalog = load(releases)
    except EmptyCatalogError as error:
        raise click.ClickException(str(error)) from error
    watching.end(begun)
    catalog.warm()
    server.tell(catalog.refused)
    try:
        listening = server.bind(host, port)
    except OSError as error:
        raise click.ClickException(f"Cannot listen on {host}, port {port}: {_why(error)}") from error
    bounds = Bounds(receiving=receive, idle=keep_alive, connections=connections)
    settings = server.Settings(origin, workers, watch, finish, bounds, limits)
    about = catalog.latest.release.manifest
    place = f"{f'[{host}]' if ':' in host else host}:{listening.getsockname()[1]}"
    said = f"Serving {about.dataset} {', '.join(catalog.editions)} at http://{place}/v1 and /graphql"
    try:
        server.Supervisor(catalog, watching, listening, settings).run(lambda: click.echo(said))
    except server.StartError as error:
        raise click.ClickException(str(error)) from error


def _limits(given: Sequence[str]) -> Limits:
    names = [field.name for field in fields(Limits)]
    found = {}
    for text in given:
        name, _, value = text.partition("=")
        if name not in names or not (value.isascii() and value.isdigit() and int(value)):
            raise click.BadParameter(f"{text}: must be NAME=VALUE, a name of {', '.join(names)}, a value from 1 on")
        found[name] = int(value)
    return replace(DEFAULT, **found)


def _why(error: OSError) -> str:
    """Return the reason alone: `strerror` may go on about the attempt."""
    if error.errno is None or isinstance(error, socket.gaierror):
        return str(error.strerror)
    return os.strerror(error.errno)


if __name__ == "__main__":
    main()
