"""The records of interventions: what was changed, what the graph predicted, what was measured, and what it is worth.

Effects are in logits over the vocabulary's mean, the unit of `contribution`, one for each of a graph's logits.
"""

from datetime import datetime
from typing import Literal, TypeAlias

from pydantic import Field

from queries.graph.records import Finite, Record
from queries.words import GroupBy, Unlabelled

Op: TypeAlias = Literal["suppress", "scale", "set", "transplant"]
Verdict: TypeAlias = Literal["too small", "does not hold", "not specific", "holds", "holds, other size"]
"""Of a group. `queries.interventions.verdicts` has the rule."""
LinkVerdict: TypeAlias = Literal["holds", "does not hold", "not judged"]
SequenceVerdict: TypeAlias = Literal["holds", "does not hold", "not judged"]


class ChangedFeature(Record):
    """A feature that an intervention set to a value."""

    key: str | None = Field(description="Of its node; null: the graph has no node of it")
    layer: int
    position: int
    index: int
    op: Op
    factor: Finite | None = Field(None, description="Of its activation; of a transplant, of the donor's")
    donor: str | None = Field(None, description="The graph that a transplant takes it from")
    before: Finite | None = Field(None, description="Its activation in the unmodified pass")
    value: Finite = Field(description="What it was set to")

    @property
    def place(self) -> tuple[int, int, int]:
        return self.layer, self.position, self.index


class TargetLogit(Record):
    key: str
    token: str


class TokenChance(Record):
    token: str
    probability: Finite


class FeatureFall(Record):
    """A feature node further on, whose activation changed. Predicted and measured under the graph's conditions."""

    key: str
    before: Finite
    predicted: Finite
    after: Finite


class Controls(Record):
    """The effects on the target of as many other active features at the same positions, changed in the same way."""

    as_graph: list[Finite]
    in_model: list[Finite]
    p: Finite = Field(description="1 and the controls that do as much in the model, over 1 and all controls")


class Predicted(Record):
    """What a graph predicts, from its own weights and activations."""

    targets: list[TargetLogit] = Field(description="The graph's logits, the target first")
    effects: list[Finite] = Field(description="Of the changed features that have nodes; one for each target")
    n_unpredicted: int = Field(
        description="Changed features without a node in the graph, whose part is not known"
    )


class Measured(Record):
    """What the model does. Effects are one for each of `Predicted.targets`."""

    as_graph: list[Finite] = Field(description="Attention patterns and the scales of all norms held")
    in_model: list[Finite] = Field(description="Nothing held but the scale of the final norm")
    probability_before: list[Finite | None] = Field(description="Null for a target that is no token")
    probability_after: list[Finite | None]
    top_before: list[TokenChance]
    top_after: list[TokenChance]
    continuation_before: list[str] = Field(
        default_factory=list,
        description="The tokens that the model says after the prompt, each the most probable one; empty for a test of "
        "an earlier version",
    )
    continuation_after: list[str] = Field(
        default_factory=list, description="The same with the changes, in their places of the prompt"
    )
    falls: list[FeatureFall] = Field(description="The feature nodes further on that changed most")
    controls: Controls | None = Field(
        description="Null for a transplant, and where no other feature is active"
    )
    verdict: Verdict | None = Field(description="Null without controls")


class Intervention(Record):
    """Features that were changed in the model, and what came of it."""

    id: str
    graph_id: str
    changes: list[ChangedFeature]
    seed: int = Field(description="By which the controls were drawn")
    predicted: Predicted
    measured: Measured
    model_revision: str
    transcoder_revision: str
    versions: dict[str, str]
    note: str | None = None
    created_at: datetime


class TestedGroup(Record):
    """A group of feature nodes, switched off. Effects are on the target."""

    name: str | None = Field(description="Null: a node that is a group of its own")
    nodes: list[str]
    predicted: Finite
    as_graph: Finite
    in_model: Finite
    probability_after: Finite | None
    controls: Controls | None
    verdict: Verdict


class TestedLink(Record):
    """A link between two groups of a sequence. `fall`: the change of the second group's activations when the first is
    switched off. `mediated`: the part of the first one's effect on the target that the second hands on, which is
    missing while the second is held at its activations."""

    source: int = Field(description="In the list of groups")
    target: int
    fall_predicted: Finite
    fall_as_graph: Finite
    fall_in_model: Finite
    mediated_predicted: Finite
    mediated_as_graph: Finite
    mediated_in_model: Finite
    verdict: LinkVerdict


class TestedSequence(Record):
    """A sequence of groups. Its first link, from a token or an error, is the graph's word only: it is not tested."""

    source: list[str] = Field(description="The nodes where it begins")
    groups: list[int] = Field(description="In the list of groups, without those that hold no feature")
    links: list[int] = Field(description="In the list of links")
    influence: Finite
    verdict: SequenceVerdict


class Faithfulness(Record):
    """How much of the target stays when only some of the active features are kept, all others being switched off:
    (m(kept) - m(all off)) / (m - m(all off)), where m is the target's logit over the vocabulary's mean.

    Beside every figure stands its random twin, the mean over random sets of as many active features.
    """

    of: Literal["sequences", "graph"] = Field(
        description="The kept: nodes of the k best sequences, or of the graph"
    )
    n_features: int
    as_graph: Finite
    as_graph_random: Finite
    in_model: Finite
    in_model_random: Finite
    necessity: Finite = Field(description="1 less the faithfulness, in the model, of all other features")
    necessity_random: Finite
    probability: Finite | None = Field(description="Of the target, in the model, when only these are kept")
    probability_random: Finite | None
    probability_without: Finite | None = Field(description="When only these are switched off")
    probability_without_random: Finite | None


class Verification(Record):
    """What the model says of a graph's best groups and sequences. A graph has one for each grouping."""

    id: str
    graph_id: str
    group_by: GroupBy
    unlabelled: Unlabelled
    k: int = Field(description="Sequences that were tested")
    seed: int
    target: TargetLogit
    n_active: int = Field(description="Features that are active in the unmodified pass")
    groups: list[TestedGroup]
    links: list[TestedLink]
    sequences: list[TestedSequence]
    faithfulness: list[Faithfulness]
    share_holding: Finite | None = Field(description="Of the groups; null where there is none")
    model_revision: str
    transcoder_revision: str
    versions: dict[str, str]
    created_at: datetime

    def replaced_by(self, other: "Verification") -> bool:
        """Whether the other is of the same graph in the same groups."""
        mine, others = ((one.graph_id, one.group_by, one.unlabelled) for one in (self, other))
        return mine == others

    def of(self, part: Literal["sequences", "graph"]) -> Faithfulness:
        return next(one for one in self.faithfulness if one.of == part)
