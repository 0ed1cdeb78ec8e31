"""Printing for the command line: answers to stdout, progress and failures to stderr."""

from typing import TYPE_CHECKING, Any

import click

from api.cli.wording import printable

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress
    from rich.table import Table

FAILED, MISUSED, INTERRUPTED = 1, 2, 130
"""Exit statuses other than 0."""


def show(answer: "bytes | str | Table") -> None:
    """Print to stdout: JSON as it came, text with control characters escaped, a table as wide as it needs."""
    if isinstance(answer, bytes):
        click.echo(answer)
    elif isinstance(answer, str):
        click.echo(printable(answer))
    else:
        console = _console()
        if not console.is_terminal:
            console.width = 10_000
        console.print(answer)


def _console(*, stderr: bool = False) -> "Console":
    from rich.console import Console

    return Console(stderr=stderr, markup=False, emoji=False, highlight=False)


def progress_bar(*columns: Any, transient: bool = False) -> "Progress":
    """Progress on stderr, where that is a terminal."""
    from rich.progress import Progress

    console = _console(stderr=True)
    return Progress(*columns, console=console, transient=transient, disable=not console.is_terminal)


def complain(sentence: str, status: int) -> int:
    """Print the one line of a failure to stderr. Returns the exit status."""
    click.echo(f"circuit-explorer: {printable(' '.join(sentence.split()))}", err=True)
    return status
