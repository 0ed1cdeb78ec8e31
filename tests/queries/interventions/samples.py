"""Interventions and verifications with values in every field, as a store gets them."""

from datetime import UTC, datetime
from typing import Any

from queries.graph.interventions import (
    ChangedFeature,
    Controls,
    Faithfulness,
    FeatureFall,
    Intervention,
    Measured,
    Predicted,
    TargetLogit,
    TestedGroup,
    TestedLink,
    TestedSequence,
    TokenChance,
    Verification,
)

WHEN = datetime(2026, 2, 3, 4, 5, 6, 789012, UTC)


def intervention(graph_id: str, keys: list[str], **fields: Any) -> Intervention:
    """One that switches off the feature nodes of the keys, and sets a feature that the graph lacks."""
    changes = [
        ChangedFeature(
            key=key, layer=0, position=0, index=at, op="suppress", factor=0.0, before=0.75, value=0.0
        )
        for at, key in enumerate(keys)
    ]
    new = ChangedFeature(
        key=None, layer=3, position=0, index=99, op="transplant", factor=2.0, donor="two", value=2.5
    )
    target = TargetLogit(key=f"{graph_id}/logit/40/0/5", token=' "Austin"\n')
    return Intervention(
        **{
            "id": f"i-{graph_id}",
            "graph_id": graph_id,
            "changes": [*changes, new],
            "seed": 2**31 - 1,
            "predicted": Predicted(targets=[target, target], effects=[-2.5, 0.1], n_unpredicted=1),
            "measured": Measured(
                as_graph=[-2.0, 0.25],
                in_model=[-1.5, 0.5],
                probability_before=[0.9, None],
                probability_after=[0.25, None],
                top_before=[TokenChance(token="Ада", probability=0.9)],
                top_after=[TokenChance(token=" Utah", probability=0.5)],
                continuation_before=[" Austin", "\n"],
                continuation_after=[" Utah", "."],
                falls=[FeatureFall(key=keys[-1], before=1.0, predicted=0.5, after=0.25)],
                controls=Controls(as_graph=[0.1] * 19, in_model=[-0.2] * 19, p=0.05),
                verdict="holds",
            ),
            "model_revision": "abc",
            "transcoder_revision": "def",
            "versions": {"torch": "2.9"},
            "note": "why not",
            "created_at": WHEN,
            **fields,
        }
    )


def faithfulness(of: Any, **fields: Any) -> Faithfulness:
    return Faithfulness(
        **{
            "of": of,
            "n_features": 7,
            "as_graph": 0.75,
            "as_graph_random": 0.0625,
            "in_model": 0.875,
            "in_model_random": 0.125,
            "necessity": 0.5,
            "necessity_random": 0.03125,
            "probability": 0.96,
            "probability_random": 0.4,
            "probability_without": 0.3,
            "probability_without_random": 0.99,
            **fields,
        }
    )


def verification(graph_id: str, keys: list[str], **fields: Any) -> Verification:
    group = TestedGroup(
        name="Texas",
        nodes=keys,
        predicted=-2.5,
        as_graph=-2.0,
        in_model=-1.5,
        probability_after=0.25,
        controls=Controls(as_graph=[0.1] * 19, in_model=[-1.75] * 19, p=1.0),
        verdict="not specific",
    )
    alone = group.model_copy(update={"name": None, "nodes": keys[-1:], "controls": None, "verdict": "holds"})
    numbers = ("fall_predicted", "fall_as_graph", "fall_in_model", "mediated_predicted")
    link = TestedLink(
        source=0,
        target=1,
        **dict.fromkeys(numbers, -0.5),
        mediated_as_graph=-0.5,
        mediated_in_model=-0.25,
        verdict="holds",
    )
    return Verification(
        **{
            "id": f"v-{graph_id}",
            "graph_id": graph_id,
            "group_by": "label",
            "unlabelled": "own",
            "k": 10,
            "seed": 7,
            "target": TargetLogit(key=f"{graph_id}/logit/40/0/5", token=" Austin"),
            "n_active": 88,
            "groups": [group, alone],
            "links": [link],
            "sequences": [
                TestedSequence(
                    source=[f"{graph_id}/embedding/-1/0/0"],
                    groups=[0, 1],
                    links=[0],
                    influence=0.2,
                    verdict="does not hold",
                )
            ],
            "faithfulness": [faithfulness("sequences"), faithfulness("graph", in_model=0.9)],
            "share_holding": 0.5,
            "model_revision": "abc",
            "transcoder_revision": "def",
            "versions": {"torch": "2.9"},
            "created_at": WHEN,
            **fields,
        }
    )
