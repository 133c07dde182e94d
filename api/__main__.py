"""Serve the published releases: `python -m api [--host 127.0.0.1] [--port 8000]`."""

import gc
from pathlib import Path

import click
import uvicorn

from api import logs, tracing
from api.app import create_app
from dataset import release
from dataset.catalog import EmptyCatalogError, load


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="The port to listen on.")
@click.option(
    "--origin", default="", help="Where clients reach it, such as https://example.org; else their Host header."
)
@click.option(
    "--log-format", default="human", type=click.Choice(list(logs.FORMS)), help="How lines of log are written."
)
@click.option("--access-log", is_flag=True, help="Log each request.")
@click.option("--releases", type=click.Path(path_type=Path), default=release.FOLDER, help="The folder of releases.")
def main(host: str, port: int, origin: str, log_format: str, access_log: bool, releases: Path) -> None:
    """Serve every published release that is whole."""
    logs.configure(log_format, access=access_log)
    try:
        catalog = load(releases)
    except EmptyCatalogError as error:
        raise click.ClickException(str(error)) from error
    gc.freeze()  # what was loaded stays, and needs no looking through
    for problem in catalog.refused:
        click.echo(f"refused: {problem}", err=True)
    about = catalog.latest.release.manifest
    traces = tracing.start()
    config = uvicorn.Config(
        create_app(catalog, origin, traces=traces),
        host=host,
        port=port,
        log_level="warning",
        server_header=False,
        proxy_headers=False,
    )
    listening = config.bind_socket()  # says why, and ends, where it cannot
    click.echo(f"Serving {about.dataset} {', '.join(catalog.editions)} at http://{host}:{port}/v1 and /graphql")
    uvicorn.Server(config).run([listening])
    if traces:
        traces.stop()


main()
