"""`circuit-explorer graphs`, `describe`, `delete` and `copy`: which graphs a database holds."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from api.cli.graph_names import display_name, find
from api.cli.options import as_json_option, with_places
from api.cli.terminal import show

if TYPE_CHECKING:
    from api.client.places import Places
    from queries.graph.attribution_graph import AttributionGraph
    from queries.graph.records import GraphRecord
    from queries.store.store import GraphStore


@click.command()
@click.option(
    "--order",
    type=click.Choice(["newest", "faithfulness"]),
    default="newest",
    show_default=True,
    help="Newest first, or the most faithful first, those that are not verified last.",
)
@click.option(
    "--min-faithfulness",
    type=float,
    metavar="SHARE",
    help="Only graphs that are verified and at least as faithful.",
)
@click.option("--collection", metavar="NAME", help="Only graphs of this collection.")
@as_json_option
@with_places
def graphs(
    places: "Places", order: str, min_faithfulness: float | None, collection: str | None, as_json: bool
) -> None:
    """List the stored graphs, newest first."""
    from api.cli import tables
    from api.cli.connect import connect

    with connect(places) as client:
        records = client.graphs(order=order, min_faithfulness=min_faithfulness, collection=collection)
    if as_json:
        answer = {"graphs": records, "next": None}
        show(json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode())
    elif records:
        show(tables.graphs(records))
    elif min_faithfulness is not None:
        which = "stored graph" if collection is None else f"graph of the collection {collection!r}"
        show(f"No {which} is verified and faithful to {min_faithfulness:g}.")
    elif collection is not None:
        show(f"The collection {collection!r} has no graph.")
    else:
        show(f"No graph is stored in {places.database or places.data} yet.")


@click.command()
@click.argument("names", metavar="GRAPH...", nargs=-1, required=True)
@with_places
def delete(places: "Places", names: tuple[str, ...]) -> None:
    """Delete stored graphs, and what no other graph uses.

    A GRAPH is named by its id, the beginning of its id, or its name. Nothing is deleted unless all are found.
    """
    from api.cli.connect import connect

    with connect(places) as client:
        records = client.graphs()
        found = {record["id"]: record for record in (find(records, name) for name in names)}
        for graph_id, record in found.items():
            client.delete(f"/api/graphs/{graph_id}")
            show(f"Deleted {display_name(record)}.")


@click.command()
@click.argument("name", metavar="GRAPH")
@click.option("--name", "new", metavar="TEXT", help="Its new name.")
@click.option(
    "--notes", metavar="TEXT", help="What is written about it, in place of what was; '' takes it away."
)
@as_json_option
@with_places
def describe(places: "Places", name: str, new: str | None, notes: str | None, as_json: bool) -> None:
    """Rename a graph, or write notes about it; or read them."""
    from api.cli.connect import connect

    with connect(places) as client:
        record = find(client.graphs(), name)
        said = {key: value for key, value in (("name", new), ("notes", notes)) if value is not None}
        if said:
            record = client.patch(f"/api/graphs/{record['id']}", said).json()
    if as_json:
        show(json.dumps(record, ensure_ascii=False))
        return
    show(display_name(record))
    if record["notes"]:
        show(record["notes"])


@click.command()
@click.argument("source", metavar="SOURCE_URL")
@click.argument("target", metavar="TARGET_URL")
@click.argument("names", metavar="[GRAPH...]", nargs=-1)
def copy(source: str, target: str, names: tuple[str, ...]) -> None:
    """Copy graphs from one database into another: all of them, or each GRAPH named.

    With them go their labels, supernodes, views, interventions and verifications, their collections, and the
    explanations of their features; with all graphs also empty collections, saved queries, and what people explained of
    features that no graph uses. A graph that the target holds stays as it is there, but for its new tests, and so does
    a saved query of the same name. A server may run on the source; a ladybug:/// target must not be open
    elsewhere. A parquet:/// target is a new or empty folder, and holds of features what its graphs use.
    """
    from queries.store.address import PARQUET
    from queries.store.copying import (
        copy_collections,
        copy_graphs,
        copy_kept_features,
        copy_saved_queries,
    )
    from queries.store.open import open_store

    if target.startswith(PARQUET):
        with open_store(source, read_only=True) as source_store:
            _write_data_set(source_store, Path(target.removeprefix(PARQUET)), names)
        return
    with open_store(source, read_only=True) as source_store, open_store(target) as target_store:
        records = _chosen(source_store, names)
        for record, new in copy_graphs(source_store, target_store, records):
            what = "Copied" if new else "Already there:"
            show(f"{what} {display_name(record.model_dump())}.")
        copy_collections(source_store, target_store, [record.id for record in records] if names else None)
        kept = 0 if names else copy_kept_features(source_store, target_store)
        if kept:
            show(f"Copied the explanations of {kept} features that no graph uses.")
        saved = 0 if names else copy_saved_queries(source_store, target_store)
        if saved:
            show(f"Copied {saved} saved quer{'y' if saved == 1 else 'ies'}.")
        if not records and not kept and not saved:
            show(f"There is nothing to copy in {source_store.url}.")


def _write_data_set(source: "GraphStore", folder: Path, names: tuple[str, ...]) -> None:
    from queries.store.parquet import write_data_set

    records = _chosen(source, names)
    if not records:
        show(f"There is nothing to copy in {source.url}.")
        return

    def graphs() -> "Iterator[AttributionGraph]":
        for record in records:
            yield source.read(record.id)
            show(f"Copied {display_name(record.model_dump())}.")

    written = write_data_set(folder, graphs(), source.collections)
    show(f"Wrote the data set {folder}, graphs: {len(records)}, content: {written['content']}.")


def _chosen(source: "GraphStore", names: tuple[str, ...]) -> "Sequence[GraphRecord]":
    """The records of the graphs that are named; of all graphs, where none is."""
    records = source.graphs()
    if not names:
        return records
    listed = [record.model_dump() for record in records]
    chosen = {find(listed, name)["id"] for name in names}
    return [record for record in records if record.id in chosen]
