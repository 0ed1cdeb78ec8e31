"""The words a question about paths is put in. Nothing is imported for them: the command line's help shows them too."""

from typing import Literal, TypeAlias, get_args

ScoreName: TypeAlias = Literal["influence", "contribution", "mean_weight", "bottleneck"]
"""What each is: `queries.paths.scores.SCORES`."""
SCORE_NAMES: tuple[ScoreName, ...] = get_args(ScoreName)

GroupBy: TypeAlias = Literal["feature", "label", "position", "layer", "supernode"]
"""Feature nodes of one Feature (whatever their positions), label, token position, layer, or drawn supernode."""
GROUPINGS: tuple[GroupBy, ...] = get_args(GroupBy)

Unlabelled: TypeAlias = Literal["own", "one"]
"""Feature nodes without a label, or in no supernode: each a group of its own, or all of them one."""

Sign: TypeAlias = Literal["all-positive", "positive", "negative"]
"""Of the edges of a path: each of them positive, or their product positive or negative."""

SELECTORS = {
    "KIND/LAYER/POSITION/INDEX": "one node: the end of its id, or the whole id",
    "feature:LAYER/INDEX": "a feature's nodes, at every position",
    "label:TEXT": "the feature nodes shown with this label",
    "layer:NUMBER": "the feature nodes of a layer",
    "position:NUMBER": "the feature nodes at a token position; as a source, the embedding there",
    "token:TEXT": "the embedding nodes of a token; as a target, the logit",
    "supernode:NAME": "the nodes that a drawn supernode holds",
    "embeddings, errors, logits": "all nodes of a kind",
}
"""What a selector may say, and what it names."""

KindWord: TypeAlias = Literal["embedding", "feature", "error", "logit"]
"""The kinds of node as keys and JSON write them, in the order of `queries.graph.attribution_graph.NodeKind`."""
KIND_WORDS: tuple[KindWord, ...] = get_args(KindWord)
