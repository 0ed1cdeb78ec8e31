"""A model or a transcoder set that `ingest` names by its source: known to this command alone."""

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from api.client.places import Places
    from ingest import Registry

ONLY_UNLISTED = ("backend", "lazy_encoder", "lazy_decoder")


def registry_of(places: "Places", request: dict[str, Any], loaded: dict[str, Any]) -> "Registry | None":
    """The models that the command's own server knows, where the request names a source; its names take the sources'
    places in the request. None: the request names none.

    `loaded`: how what is not listed is loaded, by ONLY_UNLISTED. Raises ClickException where other processes would take
    the job, which do not know the model.
    """
    named = request["model"], request["transcoders"]
    if not any(name and "/" in name for name in named):
        given = [f"--{name.replace('_', '-')}" for name in ONLY_UNLISTED if loaded[name] is not None]
        if given:
            raise click.UsageError(
                f"{given[0]} is for what is named by its source; models.toml says it of a listed one."
            )
        return None

    import ingest
    from api.client.places import find_server
    from api.token import ApiToken

    options = {name: value for name, value in loaded.items() if value is not None}
    asked = ingest.Unlisted(model=named[0], transcoders=named[1], **options)
    registry, entry, transcoders = ingest.with_unlisted(ingest.load_registry(places.data.resolve()), asked)
    server = find_server(places, ApiToken.from_environment())
    if server is not None or places.jobs is not None:
        click.echo(ingest.models_toml(entry, transcoders), err=True)
        others = f"The server at {server.url} does" if server else "Those who run the jobs of --jobs do"
        raise click.ClickException(
            f"{others} not know it: put these lines into models.toml there, and start again."
        )
    request["model"], request["transcoders"] = entry.name, transcoders.name
    return registry
