"""A server in a process of its own that goes on when the command that started it has ended."""

import os
import subprocess
import sys
import time
from contextlib import suppress
from typing import NamedTuple

import click

from api.client.places import Address, Places, find_server
from api.token import ApiToken

LOG = "server.log"
PATIENCE = 120.0
"""Seconds in which a server must have started: on a busy machine the imports alone can take many."""


class Running(NamedTuple):
    """A server, and its process where this command started it."""

    address: Address
    started: "subprocess.Popen[bytes] | None"


def running_server(places: Places) -> Running:
    """The data folder's server, which is started where none runs. Raises ClickException where it does not start."""
    token = ApiToken.from_environment()
    address = find_server(places, token)
    if address is not None:
        return Running(address, None)
    process = _start(places)
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        address = Address.read(places.data)
        # Its address counts once it is its own: another server may have left one.
        if address is not None and address.pid == process.pid and find_server(places, token) is not None:
            return Running(address, process)
        time.sleep(0.05)
    if process.poll() is None:
        process.terminate()
    raise click.ClickException(f"The server does not start: {_last_line(places)}")


def _start(places: Places) -> "subprocess.Popen[bytes]":
    given = {"DATABASE": places.database, "JOBS": places.jobs, "TRACES": places.traces}
    # In variables, since others on the machine can read a command's arguments, and URLs can hold passwords.
    environment = {f"CIRCUIT_EXPLORER_{name}": value for name, value in given.items() if value is not None}
    options = ("serve", "--no-examples", "--port", "0", "--data", str(places.data))
    try:
        places.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (places.data / LOG).open("wb") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "api.cli.main", *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=os.environ | environment,
                start_new_session=True,  # Ctrl-C in this terminal is not meant for it
            )
    except OSError as error:
        raise click.ClickException(
            f"The data folder {places.data} cannot be used: {(error.strerror or str(error)).lower()}"
        ) from None


def _last_line(places: Places) -> str:
    with suppress(OSError):
        lines = (places.data / LOG).read_text(errors="replace").split("\n")
        return next((line for line in reversed(lines) if line.strip()), "it says nothing")
    return "it says nothing"
