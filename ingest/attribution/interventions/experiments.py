"""Experiments on the model: features that are changed, with controls; and a graph's groups, links and faithfulness.

Each is a few batched passes. The rules of what they are worth are `queries.interventions.verdicts`.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, NoReturn

import numpy as np

from ingest.attribution.attribution import LoadedModel
from ingest.attribution.interventions.conditions import Baseline, Conditions, Place
from ingest.attribution.interventions.engine import (
    Changes,
    Outcomes,
    Reading,
    continuation,
    places_of,
    run,
    unchanged,
)
from ingest.attribution.interventions.reproduction import reproduce
from ingest.attribution.tokens import token_text
from queries.errors import InvalidRequest
from queries.graph.arrays import Floats
from queries.graph.attribution_graph import AttributionGraph, NodeKind
from queries.graph.interventions import (
    ChangedFeature,
    Controls,
    Faithfulness,
    FeatureFall,
    Measured,
    TargetLogit,
    TestedGroup,
    TestedLink,
    TestedSequence,
    TokenChance,
)
from queries.interventions.controls import draw_controls, draw_twins
from queries.interventions.plan import Plan
from queries.interventions.predictions import change_of, mediated, predict
from queries.interventions.targets import logits_of, named_targets
from queries.interventions.verdicts import control_p, group_verdict, link_verdict, sequence_verdict

N_FALLS = 10
"""Feature nodes further on that are told of an intervention."""
N_CONTINUED = 5
"""Tokens that the model says after the prompt, before and after a change."""
MEASURED = (Conditions.GRAPH, Conditions.MODEL)

Progress = Callable[[int, int], None]
"""Called with (done, total) passes."""


@dataclass(frozen=True)
class Verified:
    """The measured parts of a `Verification`."""

    target: TargetLogit
    n_active: int
    groups: list[TestedGroup]
    links: list[TestedLink]
    sequences: list[TestedSequence]
    faithfulness: list[Faithfulness]
    share_holding: float | None


def _refuse_overflow(changes: Changes, conditions: Conditions) -> NoReturn:
    (layer, position, feature), value = max(changes.items(), key=lambda change: abs(change[1]))
    others = f", and {len(changes) - 1:,} more changed," if len(changes) > 1 else ""
    held = " while attention patterns and the scales of norms are held" if conditions.holds_norms else ""
    raise InvalidRequest(
        "changes",
        f"with feature {feature} of layer {layer} at position {position} set to {value:.3g}{others} the model's "
        f"numbers become too large to compute with{held}: change fewer features at once, or by less",
    )


class Experiment:
    """A loaded model on a stored graph's prompt. Raises like `reproduce`, and InvalidRequest for a graph whose targets
    are directions."""

    def __init__(self, loaded: LoadedModel, graph: AttributionGraph) -> None:
        self.logits = logits_of(graph)
        self.loaded, self.graph, self.model = loaded, graph, loaded.replacement_model
        self.base: Baseline = reproduce(loaded, graph)
        self.targets = [[(int(graph.nodes.index[logit]), 1.0)] for logit in self.logits]
        self.before = unchanged(self.model, self.base, Reading(self.targets))

    @cached_property
    def active(self) -> dict[Place, float]:
        """The activation of every active feature."""
        places, values = self.base.active()
        return dict(zip(places_of(places), values.tolist(), strict=True))

    def run(
        self, changes: Sequence[Changes], conditions: Conditions, places: Sequence[Place] = ()
    ) -> Outcomes:
        """Raises InvalidRequest where a change makes the model's numbers too large: with norms held, nothing bounds
        what grows from layer to layer."""
        outcomes = run(self.model, self.base, changes, conditions, Reading(self.targets, places))
        finite = np.isfinite(np.hstack((outcomes.held, outcomes.activation))).all(axis=1)
        if not finite.all():
            _refuse_overflow(changes[int(np.argmin(finite))], conditions)
        return outcomes

    def effects(self, outcomes: Outcomes) -> Floats:
        """(B, n_targets) the changes of the targets' logits, with the final norm's scale held."""
        return outcomes.held - self.before.held

    def measure(self, changes: Sequence[ChangedFeature], seed: int) -> tuple[list[ChangedFeature], Measured]:
        """What the changes do, made at once; and the changes with their activations before.

        Raises InvalidRequest where one lies where attribution has no features.
        """
        changes = [self._with_before(change) for change in changes]
        values = {change.place: change.value for change in changes}
        factors = {
            change.place: change.value / change.before
            for change in changes
            if change.before and change.op != "transplant"
        }
        controls = draw_controls(factors, self.active, seed) if len(factors) == len(values) else []
        further = self._further_nodes(values)
        as_graph = self.run([values], Conditions.GRAPH, [self._place(node) for node in further])
        in_model = self.run([values], Conditions.MODEL)
        effects = [self.effects(one)[0].tolist() for one in (as_graph, in_model)]
        found = self._controls(controls, effects[1][0])
        predicted = predict(self.graph, self._node_factors(changes))
        after = as_graph.activation[0].tolist()
        return list(changes), Measured(
            as_graph=effects[0],
            in_model=effects[1],
            probability_before=self.before.probability[0].tolist(),
            probability_after=in_model.probability[0].tolist(),
            top_before=self._top(self.before),
            top_after=self._top(in_model),
            continuation_before=self._goes_on_unchanged,
            continuation_after=self._goes_on(values),
            falls=self._falls(further, predicted, after),
            controls=found,
            verdict=found
            and group_verdict(float(predicted[self.logits[0]]), effects[0][0], effects[1][0], found.in_model),
        )

    def verify(self, plan: Plan, seed: int, on_progress: Progress) -> Verified:
        """Test a plan's groups and links, and measure how faithful the graph is."""
        done = [0]
        groups = [[self._place(node) for node in group.nodes] for group in plan.groups]
        off: list[Changes] = [dict.fromkeys(places, 0.0) for places in groups]
        held: list[Changes] = [
            {**{place: self.base.value(place) for place in groups[target]}, **off[source]}
            for source, target in plan.links
        ]
        drawn = [
            draw_controls(dict.fromkeys(places, 0.0), self.active, seed + number)
            for number, places in enumerate(groups)
        ]
        kept = self._kept(plan)
        alone = self._keeping(kept, seed)
        read = sorted({place for _, target in plan.links for place in groups[target]})
        rows = [*held, *(control for controls in drawn for control in controls), *alone]
        by_group: dict[Conditions, Outcomes] = {}
        others: dict[Conditions, Outcomes] = {}
        for conditions in MEASURED:
            by_group[conditions] = self.run(off, conditions, read)
            others[conditions] = self.run(rows, conditions)
            done[0] += 1
            on_progress(done[0], len(MEASURED))
        effect = {one: self.effects(by_group[one])[:, 0] for one in MEASURED}
        other = {one: self.effects(others[one])[:, 0] for one in MEASURED}
        tested, start = [], len(held)
        for number, group in enumerate(plan.groups):
            stop = start + len(drawn[number])
            controls = {one: other[one][start:stop].tolist() for one in MEASURED}
            start = stop
            tested.append(
                self._tested_group(
                    group.name,
                    group.nodes,
                    float(effect[Conditions.GRAPH][number]),
                    float(effect[Conditions.MODEL][number]),
                    float(by_group[Conditions.MODEL].probability[number, 0]),
                    controls,
                )
            )
        links = [
            self._tested_link(
                plan,
                number,
                {one: float(effect[one][source] - other[one][number]) for one in MEASURED},
                {one: self._fall(by_group[one].activation[source], read, groups[target]) for one in MEASURED},
            )
            for number, (source, target) in enumerate(plan.links)
        ]
        keys = self.graph.nodes.keys(self.graph.record.id)
        return Verified(
            target=named_targets(self.graph, self.logits[:1])[0],
            n_active=len(self.active),
            groups=tested,
            links=links,
            sequences=[
                TestedSequence(
                    source=[keys[node] for node in one.source],
                    groups=one.groups,
                    links=one.links,
                    influence=one.influence,
                    verdict=sequence_verdict(
                        (tested[group].verdict for group in one.groups),
                        [links[link].verdict for link in one.links],
                    ),
                )
                for one in plan.sequences
            ],
            faithfulness=self._faithfulness(kept, others, start),
            share_holding=float(np.mean([one.verdict == "holds" for one in tested])) if tested else None,
        )

    # -- the parts of a test

    def _tested_group(
        self,
        name: str | None,
        nodes: list[int],
        as_graph: float,
        in_model: float,
        probability: float,
        controls: Mapping[Conditions, list[float]],
    ) -> TestedGroup:
        predicted = float(predict(self.graph, dict.fromkeys(nodes, 0.0))[self.logits[0]])
        keys = self.graph.nodes.keys(self.graph.record.id, np.array(nodes))
        of_model = controls[Conditions.MODEL]
        return TestedGroup(
            name=name,
            nodes=keys,
            predicted=predicted,
            as_graph=as_graph,
            in_model=in_model,
            probability_after=probability,
            controls=Controls(
                as_graph=controls[Conditions.GRAPH], in_model=of_model, p=control_p(in_model, of_model)
            )
            if of_model
            else None,
            verdict=group_verdict(predicted, as_graph, in_model, of_model),
        )

    def _tested_link(
        self,
        plan: Plan,
        number: int,
        through: Mapping[Conditions, float],
        fall: Mapping[Conditions, float],
    ) -> TestedLink:
        source, target = plan.links[number]
        off = dict.fromkeys(plan.groups[source].nodes, 0.0)
        second = [node for node in plan.groups[target].nodes if node not in off]
        predicted = mediated(self.graph, off, second, self.logits[0])
        return TestedLink(
            source=source,
            target=target,
            fall_predicted=change_of(self.graph, predict(self.graph, off), second),
            fall_as_graph=fall[Conditions.GRAPH],
            fall_in_model=fall[Conditions.MODEL],
            mediated_predicted=predicted,
            mediated_as_graph=through[Conditions.GRAPH],
            mediated_in_model=through[Conditions.MODEL],
            verdict=link_verdict(predicted, through[Conditions.GRAPH]),
        )

    def _fall(self, activations: Floats, read: Sequence[Place], group: Iterable[Place]) -> float:
        """The change of the sum of a group's activations."""
        at = {place: number for number, place in enumerate(read)}
        return float(sum(activations[at[place]] - self.base.value(place) for place in group))

    def _controls(self, controls: Sequence[Changes], change: float) -> Controls | None:
        if not controls:
            return None
        as_graph, in_model = (self.effects(self.run(controls, one))[:, 0].tolist() for one in MEASURED)
        return Controls(as_graph=as_graph, in_model=in_model, p=control_p(change, in_model))

    # -- faithfulness

    def _kept(self, plan: Plan) -> dict[Literal["sequences", "graph"], set[Place]]:
        """The active features on the plan's sequences, and those of the whole graph."""
        nodes = self.graph.nodes
        on_paths = {self._place(node) for one in plan.sequences for node in one.nodes}
        own = {
            self._place(node) for node in nodes.of_kind(NodeKind.FEATURE).tolist() if nodes.site[node] is None
        }
        return {"sequences": on_paths & self.active.keys(), "graph": own & self.active.keys()}

    def _keeping(self, kept: Mapping[Any, Collection[Place]], seed: int) -> list[Changes]:
        """All off; then for each of `kept` it and its twins, each kept alone, then switched off alone."""
        every = list(self.active)
        rows: list[Changes] = [dict.fromkeys(every, 0.0)]
        for places in kept.values():
            for chosen in (places, *draw_twins(len(places), every, seed)):
                rows.append(dict.fromkeys((place for place in every if place not in chosen), 0.0))
                rows.append(dict.fromkeys(chosen, 0.0))
        return rows

    def _faithfulness(
        self,
        kept: Mapping[Literal["sequences", "graph"], set[Place]],
        outcomes: Mapping[Conditions, Outcomes],
        start: int,
    ) -> list[Faithfulness]:
        """From the rows of `_keeping`, which begin at `start`."""
        whole = float(self.before.centred[0, 0])
        share: dict[Conditions, Floats] = {}
        for conditions in MEASURED:
            m = outcomes[conditions].centred[start:, 0]
            share[conditions] = (m[1:] - m[0]) / (whole - m[0])
        probability = outcomes[Conditions.MODEL].probability[start + 1 :, 0]
        n = len(share[Conditions.MODEL]) // len(kept)
        found = []
        for number, (of, places) in enumerate(kept.items()):
            alone, without = (
                slice(number * n, (number + 1) * n, 2),
                slice(number * n + 1, (number + 1) * n, 2),
            )
            as_graph, in_model = (share[one][alone] for one in MEASURED)
            necessity = 1.0 - share[Conditions.MODEL][without]
            found.append(
                Faithfulness(
                    of=of,
                    n_features=len(places),
                    **_with_twin("as_graph", as_graph),
                    **_with_twin("in_model", in_model),
                    **_with_twin("necessity", necessity),
                    **_with_twin("probability", probability[alone]),
                    **_with_twin("probability_without", probability[without]),
                )
            )
        return found

    # -- words and places

    def _place(self, node: int) -> Place:
        nodes = self.graph.nodes
        return int(nodes.layer[node]), int(nodes.position[node]), int(nodes.index[node])

    def _with_before(self, change: ChangedFeature) -> ChangedFeature:
        layer, position, index = change.place
        shape = self.base.activations.shape
        if position in range(*self.model.zero_positions.indices(shape[1])):
            raise InvalidRequest("changes", f"attribution has no features at position {position}")
        if not all(0 <= at < n for at, n in zip(change.place, shape, strict=True)):
            raise InvalidRequest("changes", f"the model has no feature {layer}/{position}/{index}")
        return change.model_copy(update={"before": self.base.value(change.place)})

    def _node_factors(self, changes: Iterable[ChangedFeature]) -> dict[int, float]:
        keys = self.graph.nodes.keys(self.graph.record.id)
        node_of = {key: node for node, key in enumerate(keys)}
        return {node_of[one.key]: one.value / one.before for one in changes if one.key and one.before}

    def _further_nodes(self, changed: Collection[Place]) -> list[int]:
        """The feature nodes above the lowest change that are not changed themselves."""
        nodes, lowest = self.graph.nodes, min(place[0] for place in changed)
        return [
            node
            for node in nodes.of_kind(NodeKind.FEATURE).tolist()
            if nodes.site[node] is None
            and nodes.layer[node] > lowest
            and np.isfinite(nodes.activation[node])
            and self._place(node) not in changed
        ]

    def _falls(self, further: list[int], predicted: Floats, after: list[float]) -> list[FeatureFall]:
        keys = self.graph.nodes.keys(self.graph.record.id, np.array(further, dtype=np.int64))
        falls = []
        for node, key, now in zip(further, keys, after, strict=True):
            before = self.base.value(self._place(node))
            falls.append(
                FeatureFall(
                    key=key, before=before, predicted=before * (1.0 + float(predicted[node])), after=now
                )
            )
        moved = [one for one in falls if one.after != one.before]
        return sorted(moved, key=lambda one: -abs(one.after - one.before))[:N_FALLS]

    @cached_property
    def _goes_on_unchanged(self) -> list[str]:
        return self._goes_on({})

    def _goes_on(self, changes: Changes) -> list[str]:
        """The texts of the tokens that the model says next."""
        tokenizer = self.loaded.tokenizer
        said = continuation(self.model, self.base, changes, N_CONTINUED, tokenizer.eos_token_id)
        return [token_text(tokenizer, token) for token in said]

    def _top(self, outcomes: Outcomes) -> list[TokenChance]:
        chances = zip(outcomes.top[0].tolist(), outcomes.top_probability[0].tolist(), strict=True)
        return [
            TokenChance(token=token_text(self.loaded.tokenizer, token), probability=chance)
            for token, chance in chances
        ]


def _with_twin(name: str, values: Floats) -> dict[str, float]:
    """The first value, and the mean of the others, its random twins."""
    return {name: float(values[0]), f"{name}_random": float(values[1:].mean())}
