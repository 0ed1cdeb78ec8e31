"""Interventions and verifications in a Neo4j database: stored beside their graph, read, and deleted.

Writers hold the lock of `lock_features`, which deletions of graphs hold too: none leaves a test without its graph.
"""

from collections.abc import Mapping
from typing import Any

from queries.errors import InterventionNotFound
from queries.graph.interventions import Intervention, Verification
from queries.store import schema
from queries.store.intervention_rows import (
    change_rows,
    donors_of,
    intervention_of,
    intervention_row,
    verification_of,
    verification_row,
    verified_values,
)
from queries.store.neo4j import statements
from queries.store.neo4j.connection import Transaction
from queries.store.neo4j.load import lock_features
from queries.store.neo4j.read import native_row, read_record
from queries.store.rows import Row
from queries.store.statements import (
    DELETE_INTERVENTION,
    DELETE_VERIFICATION,
    GRAPH_INTERVENTIONS,
    GRAPH_VERIFICATIONS,
    INTERVENTION,
    SHOW_VERIFIED,
)


def read_interventions(transaction: Transaction, graph_id: str) -> list[Intervention]:
    """Newest first. Raises GraphNotFound."""
    read_record(transaction, graph_id)
    found = transaction.run(GRAPH_INTERVENTIONS, graph=graph_id).data()
    return [intervention_of(_row(schema.INTERVENTION, row)) for row in found]


def read_intervention(transaction: Transaction, intervention_id: str) -> Intervention:
    """Raises InterventionNotFound."""
    found = transaction.run(INTERVENTION, id=intervention_id).data()
    if not found:
        raise InterventionNotFound(intervention_id)
    return intervention_of(_row(schema.INTERVENTION, found[0]))


def add_intervention(transaction: Transaction, one: Intervention) -> bool:
    """False where it is stored already. Raises GraphNotFound."""
    lock_features(transaction, one.id)
    read_record(transaction, one.graph_id)
    if transaction.run(INTERVENTION, id=one.id).data():
        return False
    transaction.run(statements.CREATE_INTERVENTION, row=intervention_row(one)).consume()
    transaction.run(statements.CREATE_CHANGES, id=one.id, rows=change_rows(one)).consume()
    transaction.run(statements.CREATE_TAKES_FROM, id=one.id, rows=donors_of(one)).consume()
    return True


def delete_intervention(transaction: Transaction, intervention_id: str) -> None:
    """Raises InterventionNotFound."""
    read_intervention(transaction, intervention_id)
    transaction.run(DELETE_INTERVENTION, id=intervention_id).consume()


def read_verifications(transaction: Transaction, graph_id: str) -> list[Verification]:
    """Raises GraphNotFound."""
    read_record(transaction, graph_id)
    found = transaction.run(GRAPH_VERIFICATIONS, graph=graph_id).data()
    return [verification_of(_row(schema.VERIFICATION, row)) for row in found]


def put_verification(transaction: Transaction, one: Verification) -> bool:
    """False where it is stored already. Raises GraphNotFound."""
    lock_features(transaction, one.id)
    for known in read_verifications(transaction, one.graph_id):
        if known.id == one.id:
            return False
        if known.replaced_by(one):
            transaction.run(DELETE_VERIFICATION, id=known.id).consume()
    transaction.run(statements.CREATE_VERIFICATION, row=verification_row(one)).consume()
    transaction.run(SHOW_VERIFIED, verified_values(one)).consume()
    return True


def read_feature_places(transaction: Transaction, graph_id: str) -> list[tuple[int, int, int]]:
    """Layer, position and index of the graph's feature nodes of MLPs. Raises GraphNotFound."""
    read_record(transaction, graph_id)
    found = transaction.run(statements.FEATURE_PLACES, graph=graph_id).data()
    return [(row["layer"], row["position"], row["index"]) for row in found if row["site"] is None]


def _row(table: schema.Table, found: Mapping[str, Any]) -> Row:
    return native_row(dict(found), table.columns)
