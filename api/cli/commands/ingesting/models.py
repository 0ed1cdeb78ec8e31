"""`circuit-explorer models` and `tokens`: what a prompt may be asked of, and what a model will read."""

from typing import TYPE_CHECKING

import click

from api.cli.commands.ingesting.prompts import messages_option, prompt_of
from api.cli.options import as_json_option, with_places
from api.cli.terminal import show

if TYPE_CHECKING:
    from typing import TextIO

    from api.client.places import Places


@click.command()
@as_json_option
@with_places
def models(places: "Places", as_json: bool) -> None:
    """List the models and transcoder sets that can be used; the first is the default."""
    from api.cli.connect import connect
    from api.cli.tables import table_of, unwrapped
    from api.cli.wording import printable

    with connect(places) as client:
        answer = client.get("/api/models")
    if as_json:
        show(answer.content)
        return
    table = table_of("model", "transcoders", "tokens", "chat", "from", "dtype", "device")
    for model in answer.json()["models"]:
        table.add_row(
            printable(model["name"]),
            printable(", ".join(each["name"] for each in model["transcoders"])),
            "?" if model["context_length"] is None else f"{model['context_length']:,}",
            {True: "yes", False: "no", None: "?"}[model["has_chat_template"]],
            model["comes_from"],
            model["dtype"],
            model["device"] or "GPU, else CPU",
        )
    show(unwrapped(table, "model", "tokens", "chat", "from", "dtype"))


@click.command()
@click.argument("prompt", required=False)
@messages_option
@click.option("--model", help="A model that the server knows; its first unless given.")
@as_json_option
@with_places
def tokens(
    places: "Places", prompt: str | None, messages: "TextIO | None", model: str | None, as_json: bool
) -> None:
    """Show the tokens that a model will read of PROMPT, the start token among them."""
    from urllib.parse import quote

    from api.cli.connect import connect
    from api.cli.tables import table_of, unwrapped
    from api.cli.wording import printable

    if (prompt is None) == (messages is None):
        raise click.UsageError("Give a PROMPT or --messages.")
    asked = prompt_of(prompt, messages)
    with connect(places) as client:
        listed = client.get("/api/models").json()["models"]
        if model is None and not listed:
            raise click.ClickException("This server has no model.")
        name = listed[0]["name"] if model is None else model
        answer = client.post(f"/api/models/{quote(name, safe='')}/tokens", asked)
    if as_json:
        show(answer.content)
        return
    table = table_of("position", "token", "id", numbers=("position", "id"))
    split = answer.json()
    for position, (text, token) in enumerate(zip(split["tokens"], split["token_ids"], strict=True)):
        table.add_row(str(position), printable(repr(text)), str(token))
    show(unwrapped(table, "position", "id"))
