"""The words of a question about paths. The command line's help shows them, so this module imports nothing heavy."""

from typing import Literal, TypeAlias, get_args

GroupBy: TypeAlias = Literal["feature", "label", "position", "layer", "supernode"]
"""By which feature nodes are grouped: Feature (at any position), label, token position, layer, or drawn supernode."""
GROUPINGS: tuple[GroupBy, ...] = get_args(GroupBy)

Unlabelled: TypeAlias = Literal["own", "one"]
"""How feature nodes without a label or supernode are grouped: each a group of its own, or all of them one."""

Sign: TypeAlias = Literal["all-positive", "positive", "negative"]
"""Which weights a path may have: all of them positive, or their product positive or negative."""

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
"""Each form of a selector, and the nodes that it names."""
