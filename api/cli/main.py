"""The command line: every command asks the API of a running server or of a private one.

Answers go to stdout; progress and the one line of a failure go to stderr. Modules that only some commands need are
imported in those commands: `--help` and a question to a running server must not wait for engines.
"""

import os
import sys

import click

from api.cli.commands.annotate import annotate
from api.cli.commands.collections import collections
from api.cli.commands.compare import compare
from api.cli.commands.export import export
from api.cli.commands.graphs import copy, delete, describe, graphs
from api.cli.commands.groups import groups
from api.cli.commands.importing import import_files
from api.cli.commands.ingesting.ingest import ingest, prune
from api.cli.commands.ingesting.jobs import cancel, jobs, retry
from api.cli.commands.ingesting.models import models, tokens
from api.cli.commands.ingesting.worker import worker
from api.cli.commands.internals.attention import attention, logits
from api.cli.commands.internals.edge import edge
from api.cli.commands.internals.flow_of import flow_of
from api.cli.commands.internals.heads import head, heads
from api.cli.commands.internals.internals import internals
from api.cli.commands.internals.why import why
from api.cli.commands.label import label
from api.cli.commands.opening import open_files
from api.cli.commands.paths import circuit, flow, paths
from api.cli.commands.query import query
from api.cli.commands.search import search
from api.cli.commands.serve import serve
from api.cli.commands.testing.donors import donors
from api.cli.commands.testing.intervene import intervene
from api.cli.commands.testing.verify import verify
from api.cli.commands.views.supernodes import supernodes
from api.cli.commands.views.views import views
from api.cli.terminal import FAILED, INTERRUPTED, MISUSED, complain


def main() -> None:
    """Run a command; a failure is one line on stderr and an exit status, never a traceback."""
    sys.exit(run())


def run(arguments: list[str] | None = None) -> int:
    """Run a command and return its exit status. Without `arguments` it takes the process's own."""
    from queries.errors import CircuitExplorerError

    try:
        return cli.main(arguments, prog_name="circuit-explorer", standalone_mode=False) or 0
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return MISUSED
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else "circuit-explorer"
        return complain(f"{error.format_message()} See {command} --help.", MISUSED)
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except (click.ClickException, CircuitExplorerError) as error:
        return complain(str(error), FAILED)
    except Exception as error:
        if os.environ.get("CIRCUIT_EXPLORER_DEBUG"):
            raise
        what = f"{type(error).__name__}: {error}"
        return complain(f"Unexpected {what} (CIRCUIT_EXPLORER_DEBUG=1 shows where).", FAILED)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="circuit-explorer", prog_name="circuit-explorer")
def cli() -> None:
    """Keep attribution graphs in a graph database and rank their paths.

    Commands use the server that runs on the data folder; without one they open the database themselves.
    """


for command in (
    *(
        serve,
        open_files,
        ingest,
        prune,
        import_files,
        annotate,
        label,
        graphs,
        collections,
        export,
        delete,
        describe,
        copy,
    ),
    *(paths, flow, circuit, groups, views, supernodes, compare),
    *(intervene, verify, donors),
    *(internals, heads, head, attention, edge, why, logits, flow_of),
    *(search, query, models, tokens, jobs, cancel, retry, worker),
):
    cli.add_command(command)


if __name__ == "__main__":
    main()
