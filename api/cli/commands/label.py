"""`circuit-explorer label`."""

import json
from typing import TYPE_CHECKING
from urllib.parse import quote

import click

from api.cli.graph_names import find
from api.cli.options import as_json_option, with_places
from api.cli.terminal import show
from queries.words import LABEL_SOURCES

if TYPE_CHECKING:
    from api.client.client import Json
    from api.client.places import Places


@click.command()
@click.argument("graph", metavar="GRAPH")
@click.argument("feature", metavar="FEATURE")
@click.argument("text", metavar="[TEXT]", required=False)
@click.option("--author", metavar="NAME", help="Who says so. [default: person]")
@click.option("--remove", is_flag=True, help="Take the author's label away.")
@as_json_option
@with_places
def label(
    places: "Places",
    graph: str,
    feature: str,
    text: str | None,
    author: str | None,
    remove: bool,
    as_json: bool,
) -> None:
    """Label a feature, or tell what it is called.

    FEATURE is LAYER/INDEX, with /attn for one of attention, or the id of one of GRAPH's nodes, or the end of it. A
    person's label wins over all others, in every graph that has the feature. A second label of the same author takes
    the place of the first.
    """
    from api.cli.connect import connect

    if remove and text is not None:
        raise click.UsageError("Give a TEXT, or --remove.")
    if author is not None and not remove and text is None:
        raise click.UsageError("--author goes with a TEXT or --remove.")
    with connect(places) as client:
        record = find(client.graphs(), graph)
        path, site = _path(record, client.get(f"/api/graphs/{record['id']}/nodes").json(), feature)
        if remove:
            client.delete(f"/api/labels/{path}", site=site, author=author)
        elif text is not None:
            client.put(
                f"/api/labels/{path}",
                {"text": text, **({} if author is None else {"author": author})},
                site=site,
            )
        found = client.get(f"/api/features/{path}", site=site).json()
    if as_json:
        show(json.dumps(found, ensure_ascii=False))
        return
    show(f"{_origin(found)}; graphs that have it: {len(found['graphs'])}.")
    for one in found["explanations"]:
        score = "" if one["score"] is None else f", score {one['score']:.2f}"
        show(f"  {one['text']!r}: {one['author']}, {one['type']}{score}")


def _path(record: "Json", nodes: "Json", feature: str) -> tuple[str, str | None]:
    """The feature's names in the API's paths, and its site. Raises ClickException where the graph does not have it."""
    at = next((node for node, id in enumerate(nodes["id"]) if feature in (id, id.partition("/")[2])), None)
    if at is None:
        layer, _, rest = feature.removeprefix("feature:").partition("/")
        index, _, site = rest.partition("/")
        places = zip(nodes["kind"], nodes["layer"], nodes["index"], nodes["site"], strict=True)
        wanted = ("feature", layer, index, site or None)
        at = next(
            (
                node
                for node, (kind, *place, its_site) in enumerate(places)
                if (kind, *map(str, place), its_site) == wanted
            ),
            None,
        )
    if at is None or nodes["kind"][at] != "feature":
        raise click.ClickException(
            f"{record['name']} has no feature {feature!r}: name it LAYER/INDEX, or by the id of a feature node."
        )
    site = nodes["site"][at]
    names = record["model"], record["attention_set"] if site else record["transcoder_set"]
    model, its_set = (quote(name, safe="") for name in names)
    return f"{model}/{its_set}/{nodes['layer'][at]}/{nodes['index'][at]}", site


def _origin(found: "Json") -> str:
    name = f"L{found['layer']}/{found['index']}"
    if found["label"] is None:
        return f"{name} has no label"
    by = found["label_origin"]["by"]
    said = dict(
        zip(
            LABEL_SOURCES,
            ("said by", "named by the graph", "explained by", "borrowed from", "made from its top logits"),
            strict=True,
        )
    )[found["label_origin"]["source"]]
    return f"{name} is called {found['label']!r}, {said}" + (f" {by}" if by else "")
