"""Interventions and verifications in a Ladybug database: stored beside their graph, read, and deleted."""

import ladybug

from queries.errors import InterventionNotFound
from queries.graph.interventions import Intervention, Verification
from queries.store.intervention_rows import (
    change_rows,
    donors_of,
    intervention_of,
    intervention_row,
    verification_of,
    verification_row,
    verified_values,
)
from queries.store.ladybug import statements
from queries.store.ladybug.connection import run_rows
from queries.store.ladybug.read import read_record
from queries.store.statements import (
    DELETE_INTERVENTION,
    DELETE_VERIFICATION,
    GRAPH_INTERVENTIONS,
    GRAPH_VERIFICATIONS,
    INTERVENTION,
    SHOW_VERIFIED,
)


def read_interventions(connection: ladybug.Connection, graph_id: str) -> list[Intervention]:
    """Newest first. Raises GraphNotFound."""
    read_record(connection, graph_id)
    return [intervention_of(row) for row in run_rows(connection, GRAPH_INTERVENTIONS, graph=graph_id)]


def read_intervention(connection: ladybug.Connection, intervention_id: str) -> Intervention:
    """Raises InterventionNotFound."""
    found = run_rows(connection, INTERVENTION, id=intervention_id)
    if not found:
        raise InterventionNotFound(intervention_id)
    return intervention_of(found[0])


def add_intervention(connection: ladybug.Connection, one: Intervention) -> bool:
    """False where it is stored already. Raises GraphNotFound. Needs a transaction."""
    read_record(connection, one.graph_id)
    if run_rows(connection, INTERVENTION, id=one.id):
        return False
    connection.execute(statements.CREATE_INTERVENTION, intervention_row(one))
    connection.execute(statements.RELATE_INTERVENTION, {"graph": one.graph_id, "id": one.id})
    for statement, rows in (
        (statements.CREATE_CHANGES, change_rows(one)),
        (statements.CREATE_TAKES_FROM, donors_of(one)),
    ):
        if rows:  # Ladybug cannot tell the type of an empty list
            connection.execute(statement, {"id": one.id, "rows": rows})
    return True


def delete_intervention(connection: ladybug.Connection, intervention_id: str) -> None:
    """Raises InterventionNotFound."""
    read_intervention(connection, intervention_id)
    connection.execute(DELETE_INTERVENTION, {"id": intervention_id})


def read_verifications(connection: ladybug.Connection, graph_id: str) -> list[Verification]:
    """Raises GraphNotFound."""
    read_record(connection, graph_id)
    return [verification_of(row) for row in run_rows(connection, GRAPH_VERIFICATIONS, graph=graph_id)]


def put_verification(connection: ladybug.Connection, one: Verification) -> bool:
    """False where it is stored already. Raises GraphNotFound. Needs a transaction."""
    for known in read_verifications(connection, one.graph_id):
        if known.id == one.id:
            return False
        if known.replaced_by(one):
            connection.execute(DELETE_VERIFICATION, {"id": known.id})
    connection.execute(statements.CREATE_VERIFICATION, verification_row(one))
    connection.execute(statements.RELATE_VERIFICATION, {"graph": one.graph_id, "id": one.id})
    connection.execute(SHOW_VERIFIED, verified_values(one))
    return True


def read_feature_places(connection: ladybug.Connection, graph_id: str) -> list[tuple[int, int, int]]:
    """Layer, position and index of the graph's feature nodes of MLPs. Raises GraphNotFound."""
    read_record(connection, graph_id)
    found = run_rows(connection, statements.FEATURE_PLACES, graph=graph_id)
    return [(row["layer"], row["position"], row["index"]) for row in found if row["site"] is None]
