"""Names of automatic groups: where their flow comes from and goes to, not what their features mean.

| name | group |
|---|---|
| `says X / Y / Z` | of units that say something: the logits that its nodes raise |
| `spread: S` | no position has MOSTLY of its flow |
| `reads S` | in the first layers, MOSTLY straight from tokens, at its source's position |
| `thinks of S` | at its source's position, later |
| `S at P` | at another one |

X, Y and Z are up to MOST_SAID of the stored logits, by the summed direct effects of the group's nodes on each minus
their mean over logits, and none has less than RAISED of what the first has. S is the strongest source token; two are
named where the first has less than HALF, and the second at least MOSTLY of what it has. P is the token at the position
of most flow. A first token such as `<bos>` is a source only where it has HALF. Where a label covers HALF of a group's
flow, the label is the name: "Texas (thinks of Dallas)"; where labels that differ cover it together, the first of them
is, and "…". Names made from top logits are no such labels. Groups of one name get their layers, and a number where
those are the same too.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from queries.graph.arrays import Floats, Ints
from queries.graph.attribution_graph import AttributionGraph, NodeKind
from queries.graph.tokens import begins_with_bos, written, written_places
from queries.groups.cut import Cut

MOST_SAID, RAISED = 3, 0.35
MOSTLY, HALF = 0.6, 0.5
ONE_OF_SEVERAL = 0.3
"""Below it no source is told."""
READS_BELOW = 0.15
"""Of n_layers."""


def group_names(graph: AttributionGraph, cut: Cut) -> list[str]:
    """(n_groups,) a name for each group, all of them different."""
    describing = _Describing(graph, cut)
    names = [describing.name(group) for group in range(len(cut))]
    names = _told_apart(names, [describing.layers(group) for group in range(len(cut))])
    seen = Counter[str]()
    numbers = []
    for name in names:
        seen[name] += 1
        numbers.append(str(seen[name]))
    return _told_apart(names, numbers)


ITS_TOKEN, SAYS, ALSO_SAYS = "its token", "says its prediction", "also says its prediction"
"""What a group's name has in place of the token that a path begins at, and of the logit that it ends at."""


def names_without_ends(
    graph: AttributionGraph, cut: Cut, logit: int, positions: Iterable[int]
) -> dict[int, list[str]]:
    """The groups' names for a path from the token at each of the positions to a logit, by the positions: (n_groups,),
    without these two, so that paths of prompts that differ in them may have the same names. A label alone is the name
    of what it covers, and groups of one name are not told apart.
    """
    describing = _Describing(graph, cut)
    own = describing.logits.index(logit) if logit in describing.logits else None
    found = {}
    for position in positions:
        places = describing.places
        describing.places = [ITS_TOKEN if at == position else place for at, place in enumerate(places)]
        found[position] = [describing.name_without_end(group, own) for group in range(len(cut))]
        describing.places = places
    return found


def _told_apart(names: Sequence[str], by: Sequence[str]) -> list[str]:
    """The names; those that several groups have are followed by what tells them apart."""
    counts = Counter(names)
    return [name if counts[name] == 1 else f"{name} ({other})" for name, other in zip(names, by, strict=True)]


class _Describing:
    """What names are made of, in the order of the cut's nodes."""

    def __init__(self, graph: AttributionGraph, cut: Cut) -> None:
        self.cut, self.nodes, self.n_layers = cut, cut.flow.nodes, graph.record.n_layers
        shown = [graph.shown[node] for node in cut.flow.order.tolist()]
        self.labels = [one.text if one and one.origin.source != "logits" else None for one in shown]
        self.places = written_places(graph.record.tokens)
        self.source_position: list[int] = self.nodes.position[cut.flow.embeddings].tolist()
        self.is_bos = np.array([at == 0 for at in self.source_position], dtype=np.bool_)
        self.is_bos &= begins_with_bos(graph.record.tokens)
        self.effects = _effects_on_logits(cut)
        logits = self.nodes.of_kind(NodeKind.LOGIT)
        self.said = [written(self.nodes.token[node] or "") for node in logits]
        self.logits: list[int] = cut.flow.order[logits].tolist()
        """Their ordinals in the graph."""

    def name(self, group: int) -> str:
        members = np.flatnonzero(self.cut.of_node == group)
        mass = self.cut.units.mass[members]
        by_place = self._said(group) or self._from_and_at(group, members, mass)
        label = self._label(members, mass)
        return by_place if label is None else f"{label} ({by_place})"

    def name_without_end(self, group: int, own: int | None) -> str:
        """The label of a group, or else what it does. `own` is the place of a path's logit among the logits."""
        members = np.flatnonzero(self.cut.of_node == group)
        mass = self.cut.units.mass[members]
        if (label := self._label(members, mass)) is not None:
            return label
        said = self._raised(group)
        if own in said:
            return SAYS if said[0] == own else ALSO_SAYS
        return self._said(group) or self._from_and_at(group, members, mass)

    def layers(self, group: int) -> str:
        layers = self.nodes.layer[self.cut.of_node == group]
        first, last = int(layers.min()), int(layers.max())
        return f"layer {first}" if first == last else f"layers {first}-{last}"

    def _label(self, members: Ints, mass: Floats) -> str | None:
        """The label that covers half of a group's flow, or the first of those that do together."""
        covered = Counter[str]()
        for node, part in zip(members.tolist(), mass.tolist(), strict=True):
            if label := self.labels[node]:
                covered[label] += part
        if not covered:
            return None
        label, most = max(covered.items(), key=lambda one: (one[1], one[0]))
        if most >= HALF * mass.sum():
            return label
        return f"{label} …" if sum(covered.values()) >= HALF * mass.sum() else None

    def _said(self, group: int) -> str | None:
        """The name of a group that says something; None for one that says nothing, or raises no logit beside others."""
        said = list(dict.fromkeys(self.said[at] for at in self._raised(group)))
        return "says " + " / ".join(said[:MOST_SAID]) if said else None

    def _raised(self, group: int) -> list[int]:
        """The places among the logits of those that a group says, most first."""
        effects = self.effects[group]
        if not self.cut.says[group] or not len(effects):
            return []
        beside = effects - effects.mean() if len(effects) > 1 else effects
        best = np.argsort(-beside, kind="stable").tolist()
        return [at for at in best if beside[at] > 0.0 and beside[at] >= RAISED * beside[best[0]]]

    def _from_and_at(self, group: int, members: Ints, mass: Floats) -> str:
        """The name of a group by its source and its position."""
        at = np.bincount(self.nodes.position[members], weights=mass)
        place = int(at.argmax())
        source, position = self._source(group)
        if at[place] < MOSTLY * mass.sum():
            return f"spread: {source}"
        if place != position:
            return f"{source} at {self._place(place)}"
        layer = float(self.nodes.layer[members] @ mass / mass.sum())
        straight = float(self.cut.inputs[group, len(self.cut) + self.cut.flow.embeddings].sum())
        is_read = layer < READS_BELOW * self.n_layers and straight >= MOSTLY
        return f"{'reads' if is_read else 'thinks of'} {source}"

    def _source(self, group: int) -> tuple[str, int | None]:
        """The strongest source token, and its position; of several, "several tokens" and none."""
        reach = self.cut.tokens[group, :-1]
        if reach.sum() > 0.0 and reach[self.is_bos].sum() < HALF * reach.sum():
            reach = np.where(self.is_bos, 0.0, reach)
        if not reach.sum() > 0.0:
            return "errors", None
        parts = reach / reach.sum()
        first, *others = np.argsort(-parts, kind="stable")[:2].tolist()
        if parts[first] < ONE_OF_SEVERAL:
            return "several tokens", None
        named = [first]
        if parts[first] < HALF:
            named += [other for other in others if parts[other] >= MOSTLY * parts[first]]
        texts = [self._place(self.source_position[at]) for at in named]
        return " + ".join(texts), self.source_position[first]

    def _place(self, position: int) -> str:
        return self.places[position] if position < len(self.places) else f"position {position}"


def _effects_on_logits(cut: Cut) -> Floats:
    """(n_groups, n_logits) the summed direct effects of a group's nodes on each logit."""
    flow, logits = cut.flow, cut.flow.nodes.of_kind(NodeKind.LOGIT)
    column = np.full(len(flow), -1)
    column[logits] = np.arange(len(logits))
    group, logit = cut.of_node[flow.source], column[flow.target]
    counts = (group >= 0) & (logit >= 0)
    effects = np.zeros((len(cut), len(logits)))
    np.add.at(effects, (group[counts], logit[counts]), flow.weight[counts])
    return effects
