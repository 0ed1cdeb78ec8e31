"""Is what the graphs predict what the model does? The product's own predictions, experiments and verdicts.

1. Each group of features with one label, and as many random sets, are switched off: predicted against measured, and
   their verdicts.
2. Of all active features only a graph's are kept: its faithfulness, beside that of as many random features.
3. All in which two prompts' graphs differ is transplanted: does the other prompt's prediction come on top?
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from demo.measures.paths import PathResult
from demo.measures.swaps import swap_pairs
from ingest.attribution.attribution import LoadedModel
from ingest.attribution.interventions.conditions import Conditions, Place
from ingest.attribution.interventions.experiments import Experiment
from queries.graph.arrays import Floats
from queries.graph.attribution_graph import AttributionGraph, NodeKind
from queries.graph.interventions import Faithfulness, TestedGroup, Verdict
from queries.graph.records import seed_of
from queries.interventions.changes import Change, resolve
from queries.interventions.controls import draw_controls
from queries.interventions.plan import Plan, PlannedGroup, VerifyQuestion, plan
from queries.interventions.predictions import predict
from queries.interventions.verdicts import SMALLEST, group_verdict
from queries.paths.groups import group_nodes

RANDOM_SETS, MOST_RANDOM = 6, 4
"""Random sets for each prompt, of 1 to so many active features."""


@dataclass
class InterventionResult:
    """What was measured of all prompts. `groups`: the label groups of each prompt; `randoms`: the verdicts of random
    sets of active features; `swapped`: of each pair of prompts, whether the other's prediction came on top; `seconds`:
    of each graph's verification."""

    groups: list[list[TestedGroup]] = field(default_factory=list)
    randoms: list[Verdict] = field(default_factory=list)
    faithfulness: list[Faithfulness] = field(default_factory=list)
    swapped: list[bool] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    @property
    def tested(self) -> list[TestedGroup]:
        return [group for groups in self.groups for group in groups]

    def _columns(self) -> tuple[Floats, Floats, Floats]:
        columns = [(group.predicted, group.as_graph, group.in_model) for group in self.tested]
        predicted, as_graph, in_model = np.array(columns).T
        return predicted, as_graph, in_model

    @property
    def correlation(self) -> float:
        """Pearson's, of predicted effects and those measured as the graph assumes."""
        predicted, as_graph, _ = self._columns()
        return float(np.corrcoef(predicted, as_graph)[0, 1])

    @property
    def within_twice(self) -> float:
        """The share of effects, as the graph assumes, between half and twice the prediction."""
        predicted, as_graph, _ = self._columns()
        large = np.abs(predicted) >= SMALLEST
        ratio = as_graph[large] / predicted[large]
        return float(np.mean((ratio >= 0.5) & (ratio <= 2.0)))

    def same_sign(self, conditions: Conditions) -> float:
        predicted, as_graph, in_model = self._columns()
        large = np.abs(predicted) >= SMALLEST
        measured = as_graph if conditions is Conditions.GRAPH else in_model
        return float(np.mean(np.sign(predicted[large]) == np.sign(measured[large])))

    @property
    def strongest_hold(self) -> float:
        """The share of prompts whose strongest label group, by prediction, holds."""
        strongest = [max(groups, key=lambda one: abs(one.predicted)) for groups in self.groups if groups]
        return _share(one.verdict == "holds" for one in strongest)

    def share(self, verdict: Verdict) -> float:
        return _share(group.verdict == verdict for group in self.tested)

    def median(self, figure: str) -> float:
        return float(np.median([getattr(one, figure) for one in self.faithfulness]))


def measure_interventions(loaded: LoadedModel, results: Sequence[PathResult]) -> InterventionResult:
    """Test the graphs of prompts that were traced by this model."""
    found = InterventionResult()
    experiments = [Experiment(loaded, one.graph) for one in results]
    random = np.random.default_rng(0)
    for one, experiment in zip(results, experiments, strict=True):
        planned = plan(one.graph, VerifyQuestion(group_by="label"))
        by_label = planned.model_copy(update={"groups": labelled_groups(one.graph), "links": []})
        verified = experiment.verify(_without_sequences(by_label), seed_of(one.graph.record.id), _ignore)
        found.groups.append(verified.groups)
        of_whole = Experiment(loaded, one.whole)
        found.randoms += [_random_verdict(of_whole, random) for _ in range(RANDOM_SETS)]
        started = time.perf_counter()
        whole = experiment.verify(planned, seed_of(one.graph.record.id), _ignore)
        found.seconds.append(time.perf_counter() - started)
        found.faithfulness.append(next(part for part in whole.faithfulness if part.of == "graph"))
    for first, second in swap_pairs([one.prompt for one in results]):
        whole_swap = [Change(op="transplant", donor="other", part="whole")]
        changes = resolve(results[first].graph, whole_swap, {"other": results[second].graph})
        values = {each.change.place: each.change.value for each in changes}
        outcome = experiments[first].run([values], Conditions.MODEL)
        found.swapped.append(int(outcome.top[0, 0]) == int(experiments[second].base.logits.argmax()))
    return found


def labelled_groups(graph: AttributionGraph) -> list[PlannedGroup]:
    """The graph's feature nodes by their labels; those without one are in none."""
    grouping = group_nodes(graph, "label")
    is_feature = graph.nodes.kind == NodeKind.FEATURE
    groups = [
        PlannedGroup(name=name, nodes=np.flatnonzero((grouping.number == number) & is_feature).tolist())
        for number, name in enumerate(grouping.name)
        if name is not None
    ]
    return [group for group in groups if group.nodes]


def _without_sequences(planned: Plan) -> Plan:
    """The plan, its sequences for their features alone."""
    alone = [
        one.model_copy(update={"groups": list[int](), "links": list[int]()}) for one in planned.sequences
    ]
    return planned.model_copy(update={"sequences": alone})


def _random_verdict(experiment: Experiment, random: np.random.Generator) -> Verdict:
    """The verdict of a random set of active features, taken for a group. The experiment is on the whole trace, which
    predicts of all of them; of those that it lacks, that they do nothing."""
    whole = experiment.graph
    nodes = whole.nodes
    node_of: dict[Place, int] = {
        (int(nodes.layer[node]), int(nodes.position[node]), int(nodes.index[node])): node
        for node in nodes.of_kind(NodeKind.FEATURE).tolist()
    }
    active = list(experiment.active)
    size = int(random.integers(1, MOST_RANDOM + 1))
    places = [active[at] for at in random.choice(len(active), size, replace=False).tolist()]
    off = dict.fromkeys(places, 0.0)
    predicted = float(
        predict(whole, {node_of[place]: 0.0 for place in places if place in node_of})[experiment.logits[0]]
    )
    controls = draw_controls(off, experiment.active, int(random.integers(1 << 31)))
    as_graph = experiment.effects(experiment.run([off], Conditions.GRAPH))[0, 0]
    in_model = experiment.effects(experiment.run([off, *controls], Conditions.MODEL))[:, 0].tolist()
    return group_verdict(predicted, float(as_graph), in_model[0], in_model[1:])


def _share(conditions: Iterable[bool]) -> float:
    return float(np.mean(list(conditions)))


def _ignore(*_: int) -> None:
    """A progress callback that does nothing."""
