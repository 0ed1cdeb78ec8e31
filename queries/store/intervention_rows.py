"""Interventions and verifications as rows of the schema's tables, and back, the same for every engine."""

import json
from collections.abc import Sequence
from datetime import UTC
from typing import Any

from queries.graph.interventions import Faithfulness, Intervention, Verification
from queries.store import schema
from queries.store.rows import Row, utc


def intervention_row(one: Intervention) -> Row:
    known = one.model_dump(mode="json", exclude={"created_at"})
    measured, controls = one.measured, one.measured.controls
    columns = {
        **known,
        **{name: _text(known[name]) for name in ("changes", "predicted", "measured", "versions")},
        "verdict": measured.verdict,
        "p": None if controls is None else controls.p,
        "predicted_effect": _first(one.predicted.effects),
        "effect_as_graph": _first(measured.as_graph),
        "effect_in_model": _first(measured.in_model),
        "probability_before": _first(measured.probability_before),
        "probability_after": _first(measured.probability_after),
        "created_at": one.created_at.astimezone(UTC),
    }
    return {name: columns[name] for name in schema.INTERVENTION.columns}


def intervention_of(row: Row) -> Intervention:
    values = {name: row[name] for name in Intervention.model_fields}
    values |= {name: json.loads(row[name]) for name in ("changes", "predicted", "measured", "versions")}
    return Intervention.model_validate(values | {"created_at": utc(row["created_at"])})


def change_rows(one: Intervention) -> list[Row]:
    """The changed features that are nodes of the graph."""
    return [
        {"key": change.key, "value": change.value, "before": change.before}
        for change in one.changes
        if change.key is not None
    ]


def donors_of(one: Intervention) -> list[str]:
    """The ids of the graphs that it takes from."""
    return list(dict.fromkeys(change.donor for change in one.changes if change.donor is not None))


def verification_row(one: Verification) -> Row:
    known = one.model_dump(mode="json", exclude={"created_at", "faithfulness"})
    columns = {
        **known,
        **{name: _text(known[name]) for name in ("target", "groups", "links", "sequences", "versions")},
        "n_groups": len(one.groups),
        "created_at": one.created_at.astimezone(UTC),
    }
    for part in one.faithfulness:
        columns |= {f"{part.of}_{name}": getattr(part, name) for name in schema.FAITHFULNESS}
    return {name: columns[name] for name in schema.VERIFICATION.columns}


def verification_of(row: Row) -> Verification:
    values = {name: row[name] for name in Verification.model_fields if name != "faithfulness"}
    values |= {name: json.loads(row[name]) for name in ("target", "groups", "links", "sequences", "versions")}
    values["faithfulness"] = [
        Faithfulness(of=part, **{name: row[f"{part}_{name}"] for name in schema.FAITHFULNESS})
        for part in schema.PARTS
    ]
    return Verification.model_validate(values | {"created_at": utc(row["created_at"])})


def verified_values(one: Verification) -> Row:
    """What a graph's record shows of its verification."""
    whole = one.of("graph")
    return {
        "graph": one.graph_id,
        "faithfulness": whole.in_model,
        "faithfulness_random": whole.in_model_random,
    }


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _first(values: Sequence[float | None]) -> float | None:
    return values[0] if values else None
