"""What is known of a prompt's internals in one answer: all but the arrays of layers and positions."""

from datetime import datetime
from typing import Literal

import numpy as np
from pydantic import Field

from api.http.answers.internals.numbers import Numbers, numbers
from api.internals import PromptInternals
from queries.graph.interventions import TokenChance
from queries.graph.records import Finite, GraphRecord, Record
from queries.internals.exported import ExportedAttribution, exported_attribution
from queries.internals.findings import Baseline
from queries.internals.records import (
    MOST_TOKENS,
    MOST_TOKENS_OF_FLOW,
    PARTS,
    InternalsParameters,
    InternalsRecord,
    Part,
)
from queries.internals.sankey import Sankey, sankey
from queries.internals.statistics import HeadStatistics

MAPS = {
    "attribution": ("heads", "head_attribution"),
    "direct_logit": ("heads", "direct_logit"),
    "ablation": ("heads", "ablation"),
    "carried": ("loadings", "carried"),
    "induction": ("attention", "induction"),
    "duplicate_token": ("attention", "duplicate_token"),
}
"""Maps of heads that are arrays of the file, with the part that each belongs to; the others are statistics of patterns.
"""
MARKS: dict[Part, str] = {
    "attention": "pattern/0",
    "logits": "cells/0",
    "heads": "head_attribution",
    "tokens": "token_attribution",
    "flow": "flow_norm",
    "loadings": "links",
}
"""An array of each part, without which there is nothing of it."""


class CostAnswer(Record):
    """What computing the internals of a prompt takes, and whether it can be done here."""

    computed: bool = Field(description="Whether there are some already, which a GET without `/cost` answers")
    n_tokens: int
    most_tokens: int = Field(description="That a prompt may have; fewer are allowed with information flow")
    most_tokens_of_flow: int
    why_not: str | None = Field(description="Why this server cannot compute them; null: it can")
    seconds: float | None = Field(
        description="What the last prompt of this model took, its parts together; null: none was computed"
    )
    of_tokens: int | None = Field(description="The number of tokens of that prompt")


class SankeyNode(Record):
    kind: Literal["position", "other positions", "head", "other heads", "for", "against"]
    value: float
    position: int | None
    layer: int | None
    head: int | None


class SankeyLink(Record):
    source: int = Field(description="Place in `nodes`")
    target: int
    value: float
    supports: bool = Field(description="Whether it is for the prediction")


class SankeyAnswer(Record):
    """The flow from positions through heads to the prediction: what enters a head leaves it."""

    nodes: list[SankeyNode]
    links: list[SankeyLink]


class InternalsAnswer(Record):
    """The internals of a graph's prompt. Maps of heads have the shape (n_layers, n_heads)."""

    id: str
    graph: str
    created_at: datetime
    parameters: InternalsParameters
    model: str
    model_revision: str
    dtype: str
    n_layers: int
    n_heads: int
    tokens: list[str]
    position: int = Field(description="Where the target is predicted")
    target: str
    foil: str | None
    value: float | None = Field(description="What is attributed: the target's logit, less the foil's")
    parts: list[Part] = Field(description="Those that there are")
    missing: dict[Part, str] = Field(description="The parts, or some of them, that are not shown, and why")
    errors: dict[str, Finite] = Field(description="What each part's own check found on this prompt")
    versions: dict[str, str]
    seconds: dict[str, float]
    predictions: list[list[TokenChance]] = Field(description="The most probable next tokens at each position")
    maps: dict[str, Numbers] = Field(
        description="By name: entropy, normalised_entropy, max_attention, mean_distance, previous_token, first_token, "
        "attribution, direct_logit, ablation, carried, induction, duplicate_token"
    )
    maps_without_first: dict[str, Numbers] = Field(
        description="Those of patterns without the first token, rows scaled to add up to 1; NaN where none is left"
    )
    token_attribution: list[float] | None
    baseline: Baseline | None = Field(description="Of token attribution")
    baseline_value: float | None
    points: int | None = Field(description="Gradients that token attribution took")
    sankey: SankeyAnswer | None


def internals(found: PromptInternals) -> InternalsAnswer:
    record, told = found.record, found.findings
    known = record.model_dump(
        include=set(InternalsRecord.model_fields) & set(InternalsAnswer.model_fields), exclude={"parameters"}
    )
    tokens = "token_attribution"
    return InternalsAnswer(
        **known,
        **told.model_dump(include=set(type(told).model_fields) & set(InternalsAnswer.model_fields)),
        graph=record.graph_id,
        parameters=record.parameters,
        parts=[part for part in PARTS if MARKS[part] in found],
        maps={**_statistics(found, "statistics"), **_maps(found)},
        maps_without_first=_statistics(found, "statistics_without_first"),
        token_attribution=found.array("tokens", tokens).tolist() if tokens in found else None,
        sankey=_sankey(sankey(found.array("heads", "source_split"))) if "source_split" in found else None,
    )


def cost(
    graph: GraphRecord, computed: bool, why_not: str | None, last: tuple[float, int] | None
) -> CostAnswer:
    """`last`: the seconds and the tokens of the last prompt of the model."""
    seconds, of_tokens = last or (None, None)
    return CostAnswer(
        computed=computed,
        n_tokens=len(graph.tokens),
        most_tokens=MOST_TOKENS,
        most_tokens_of_flow=MOST_TOKENS_OF_FLOW,
        why_not=why_not,
        seconds=seconds,
        of_tokens=of_tokens,
    )


def export(found: PromptInternals) -> ExportedAttribution:
    """Raises InternalsNotComputed without token and head attribution."""
    told = found.findings
    return exported_attribution(
        told.tokens,
        found.record.target,
        told.position,
        found.array("tokens", "token_attribution"),
        found.array("heads", "head_attribution"),
    )


def _statistics(found: PromptInternals, name: str) -> dict[str, Numbers]:
    if name not in found:
        return {}
    rows = found.array("attention", name)
    return {key: numbers(np.asarray(row)) for key, row in zip(HeadStatistics._fields, rows, strict=True)}


def _maps(found: PromptInternals) -> dict[str, Numbers]:
    return {
        key: numbers(found.array(part, array))  # type: ignore[arg-type]
        for key, (part, array) in MAPS.items()
        if array in found
    }


def _sankey(drawn: Sankey) -> SankeyAnswer:
    return SankeyAnswer(
        nodes=[SankeyNode(**node._asdict() | {"kind": node.kind.value}) for node in drawn.nodes],
        links=[SankeyLink(**link._asdict()) for link in drawn.links],
    )
