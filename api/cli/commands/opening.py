"""`circuit-explorer open`: from a file to its page."""

import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING

import click

from api.cli.commands.importing import SOURCES, import_file, imported
from api.cli.options import with_places
from api.cli.terminal import FAILED, complain, progress_bar, show

if TYPE_CHECKING:
    from api.client.client import Json
    from api.client.places import Places


@click.command("open")
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("--no-browser", is_flag=True, help="Only print the addresses.")
@with_places
def open_files(places: "Places", files: tuple[str, ...], no_browser: bool) -> None:
    """Import graph files and show the first one's graph in the browser. FILEs are as those of `import`.

    Where no server runs on the data folder, one is started, which goes on: its log is server.log there. A file that
    cannot be stored does not stop the others.
    """
    from rich.progress import DownloadColumn, TextColumn

    from api.cli.background import LOG, running_server
    from api.client.client import Client
    from api.token import ApiToken
    from queries.errors import CircuitExplorerError

    pages, failed = list[str](), False
    there = [name for name in files if _is_there(name)]
    if not there:
        raise click.exceptions.Exit(FAILED)
    server = running_server(places)
    columns = TextColumn("{task.description}"), DownloadColumn()
    with (
        Client(server.address.url, ApiToken.from_environment()) as client,
        progress_bar(*columns, transient=True) as progress,
    ):
        for name in there:
            try:
                record: Json = import_file(client, progress, name, None, {})
            except CircuitExplorerError as error:
                failed = True
                complain(f"{name}: {error}", FAILED)
            else:
                pages.append(f"{server.address.url}/graphs/{record['id']}")
                show(f"{name}: {imported(record)}")
                show(pages[-1])
    if server.started is not None:
        if not pages:  # there is nothing to see, so nothing to keep it for
            server.started.terminate()
            server.started.wait()
        else:
            log = places.data / LOG
            show(f"The server goes on as process {server.started.pid} (log: {log}); kill it to end it.")
    if pages and not no_browser:
        webbrowser.open(pages[0])
    if failed or len(there) < len(files):
        raise click.exceptions.Exit(FAILED)


def _is_there(name: str) -> bool:
    """Whether a file can be read; its fault is said, before a server is started for it."""
    if name.startswith(SOURCES):
        return True
    try:
        with Path(name).open("rb"):
            return True
    except OSError as error:
        complain(f"{name}: {(error.strerror or str(error)).lower()}", FAILED)
        return False
