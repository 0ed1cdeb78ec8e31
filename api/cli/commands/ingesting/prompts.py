"""A prompt on the command line: a text, or a file of messages."""

import json
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from typing import TextIO

    from api.client.client import Json

messages_option = click.option(
    "--messages",
    type=click.File(encoding="utf-8"),
    help="A chat instead of PROMPT: a JSON list of {role, content}, which the model's chat template makes a prompt of.",
)


def prompt_of(prompt: str | None, messages: "TextIO | None") -> "Json":
    """What a request says of its prompt. Raises ClickException for a file that is no list in JSON."""
    if messages is None:
        return {"prompt": prompt}
    try:
        given = json.load(messages)
    except ValueError as error:
        raise click.ClickException(f"{messages.name}: no JSON ({error}).") from None
    if not isinstance(given, list):
        raise click.ClickException(f"{messages.name}: no JSON list of messages.")
    return {"messages": given}
