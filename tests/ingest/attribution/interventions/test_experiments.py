"""Experiments on the tiny model, each figure against passes written down in numpy."""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest

from ingest.annotation.file import annotate
from ingest.attribution.attribution import LoadedModel, trace
from ingest.attribution.interventions.experiments import N_FALLS, Experiment, Verified
from ingest.attribution.tokens import token_text
from ingest.pruning.assemble import assemble
from ingest.pruning.prune import prune
from queries.errors import InvalidRequest
from queries.graph.attribution_graph import AttributionGraph, NodeKind
from queries.graph.interventions import Faithfulness
from queries.graph.records import AttributionParameters, Thresholds
from queries.interventions.changes import Change, resolve
from queries.interventions.controls import draw_controls, draw_twins
from queries.interventions.plan import Plan, VerifyQuestion, plan
from queries.interventions.predictions import mediated, predict
from queries.interventions.verdicts import control_p, group_verdict, link_verdict, sequence_verdict
from tests.ingest.attribution.interventions.plain_llama import Pass, Place, PlainLlama
from tests.support.tiny_model import PROMPT

pytestmark = pytest.mark.slow
SEED = 5
CLOSE = 2e-4


@pytest.fixture(scope="module")
def graph(loaded: LoadedModel) -> AttributionGraph:
    traced = trace(loaded, PROMPT, AttributionParameters(), lambda *_: None)
    return annotate(assemble(traced, prune(traced, 0.7, 0.9), Thresholds(), {}), loaded.transcoders)


@pytest.fixture(scope="module")
def experiment(loaded: LoadedModel, graph: AttributionGraph) -> Experiment:
    return Experiment(loaded, graph)


@pytest.fixture(scope="module")
def planned(graph: AttributionGraph) -> Plan:
    return plan(graph, VerifyQuestion(group_by="layer", k=30))


@pytest.fixture(scope="module")
def verified(experiment: Experiment, planned: Plan) -> Verified:
    return experiment.verify(planned, SEED, lambda *_: None)


class Plain:
    """Effects on the target by passes in numpy: under the graph's conditions, and in the model."""

    def __init__(self, tiny: Path, graph: AttributionGraph, target: int) -> None:
        self.model = PlainLlama(tiny / "model", tiny / "transcoders")
        self.ids, self.target = graph.record.token_ids or [], int(graph.nodes.index[target])
        self.before = self.model.run(self.ids)
        self.m = self.centred(self.before)

    def centred(self, done: Pass) -> float:
        return float(done.logits[self.target] - done.logits.mean())

    def run(self, changes: Mapping[Place, float], as_graph: bool) -> Pass:
        held = {"attention": True, "norms": True} if as_graph else {"final_norm": True}
        return self.model.run(self.ids, changes, held=self.before, **held)

    def effect(self, changes: Mapping[Place, float], as_graph: bool) -> float:
        return self.centred(self.run(changes, as_graph)) - self.m

    def free(self, changes: Mapping[Place, float]) -> Pass:
        return self.model.run(self.ids, changes)

    def goes_on(
        self, changes: Mapping[Place, float], stop: int | None, text: Callable[[int], str]
    ) -> list[str]:
        """The five tokens that are said next, each the most probable one."""
        said: list[int] = []
        for _ in range(5):
            token = int(self.model.run([*self.ids, *said], changes).logits.argmax())
            if token == stop:
                break
            said.append(token)
        return [text(token) for token in said]

    def value(self, place: Place) -> float:
        return float(self.before.activations[place[0]][place[1:]])

    def chance(self, done: Pass) -> float:
        return float(np.exp(done.logits[self.target]) / np.exp(done.logits).sum())


@pytest.fixture(scope="module")
def plain(tiny: Path, graph: AttributionGraph, experiment: Experiment) -> Plain:
    return Plain(tiny, graph, experiment.logits[0])


def places(graph: AttributionGraph, nodes: list[int]) -> list[Place]:
    columns = (graph.nodes.layer[nodes], graph.nodes.position[nodes], graph.nodes.index[nodes])
    return list(zip(*(column.tolist() for column in columns), strict=True))


def test_a_change_is_measured_with_its_controls(
    experiment: Experiment, graph: AttributionGraph, plain: Plain
) -> None:
    first = graph.nodes.of_kind(NodeKind.FEATURE)[:2].tolist()
    keys = graph.nodes.keys(graph.record.id, np.array(first))
    asked = Change(op="scale", factor=-0.5, nodes=keys)
    resolved = [one.change for one in resolve(graph, [asked], {})]
    changes, measured = experiment.measure(resolved, SEED)
    values = {place: -0.5 * plain.value(place) for place in places(graph, first)}
    for change in changes:
        assert change.before == pytest.approx(plain.value(change.place), rel=1e-4)
        assert change.value == pytest.approx(values[change.place], rel=1e-3)
    assert measured.as_graph[0] == pytest.approx(plain.effect(values, True), abs=CLOSE)
    assert measured.in_model[0] == pytest.approx(plain.effect(values, False), abs=CLOSE)
    after = plain.free(values)
    assert measured.probability_before[0] == pytest.approx(plain.chance(plain.before), abs=CLOSE)
    assert measured.probability_after[0] == pytest.approx(plain.chance(after), abs=CLOSE)
    best = np.sort(np.exp(after.logits) / np.exp(after.logits).sum())[::-1][:5]
    assert [one.probability for one in measured.top_after] == pytest.approx(best.tolist(), abs=CLOSE)
    assert measured.top_before[0].token.strip() == graph.record.prediction.token.strip()
    token_of = experiment.loaded.tokenizer
    for told, done in (
        (measured.continuation_before, {}),
        (measured.continuation_after, values),
    ):
        assert told == plain.goes_on(done, token_of.eos_token_id, lambda token: token_text(token_of, token))
    factors = dict.fromkeys(values, -0.5)
    drawn = draw_controls(factors, experiment.active, SEED)
    assert measured.controls is not None
    assert measured.controls.as_graph == pytest.approx(
        [plain.effect(control, True) for control in drawn], abs=CLOSE
    )
    assert measured.controls.in_model == pytest.approx(
        [plain.effect(control, False) for control in drawn], abs=CLOSE
    )
    predicted = float(predict(graph, dict.fromkeys(first, -0.5))[experiment.logits[0]])
    ours = measured.as_graph[0], measured.in_model[0], measured.controls.in_model
    assert measured.verdict == group_verdict(predicted, *ours)
    assert measured.controls.p == control_p(*ours[1:])


def test_the_features_that_changed_most_are_told(
    experiment: Experiment, graph: AttributionGraph, plain: Plain
) -> None:
    lowest = [node for node in graph.nodes.of_kind(NodeKind.FEATURE).tolist() if graph.nodes.layer[node] == 0]
    asked = Change(nodes=graph.nodes.keys(graph.record.id, np.array(lowest)))
    _, measured = experiment.measure([one.change for one in resolve(graph, [asked], {})], SEED)
    after = plain.run(dict.fromkeys(places(graph, lowest), 0.0), True)
    change = predict(graph, dict.fromkeys(lowest, 0.0))
    expected = []
    for node in graph.nodes.of_kind(NodeKind.FEATURE).tolist():
        if graph.nodes.layer[node] > 0:
            (place,) = places(graph, [node])
            before, now = plain.value(place), float(after.activations[place[0]][place[1:]])
            expected.append((before, before * (1 + change[node]), now))
    expected.sort(key=lambda one: -abs(one[2] - one[0]))
    told = [(fall.before, fall.predicted, fall.after) for fall in measured.falls]
    assert len(told) == min(N_FALLS, len(expected)) > 2
    np.testing.assert_allclose(told, expected[:N_FALLS], atol=CLOSE)


def test_a_transplant_has_no_controls(experiment: Experiment, graph: AttributionGraph) -> None:
    node = int(graph.nodes.of_kind(NodeKind.FEATURE)[0])
    (one,) = resolve(graph, [Change(nodes=graph.nodes.keys(graph.record.id, np.array([node])))], {})
    given = one.change.model_copy(update={"op": "transplant", "donor": "another"})
    _, measured = experiment.measure([given], SEED)
    assert measured.controls is None and measured.verdict is None


def test_no_feature_is_changed_where_attribution_has_none(
    experiment: Experiment, graph: AttributionGraph
) -> None:
    node = int(graph.nodes.of_kind(NodeKind.FEATURE)[0])
    (one,) = resolve(graph, [Change(nodes=graph.nodes.keys(graph.record.id, np.array([node])))], {})
    for update, why in (({"position": 0}, "no features at position 0"), ({"index": 10**6}, "no feature")):
        with pytest.raises(InvalidRequest, match=why):
            experiment.measure([one.change.model_copy(update=update)], SEED)


def test_a_change_that_no_number_holds_is_refused_by_its_name(
    experiment: Experiment, graph: AttributionGraph
) -> None:
    nodes = graph.nodes.of_kind(NodeKind.FEATURE)[:2]
    keys = graph.nodes.keys(graph.record.id, nodes)
    first, second = (one.change for one in resolve(graph, [Change(nodes=keys)], {}))
    huge = first.model_copy(update={"op": "set", "value": 1e38})
    place = f"feature {huge.index} of layer {huge.layer} at position {huge.position}"
    held = "while attention patterns and the scales of norms are held"
    why = f"the model's numbers become too large to compute with {held}"
    for changes, others in (([huge], ""), ([huge, second], ", and 1 more changed,")):
        with pytest.raises(InvalidRequest) as refused:
            experiment.measure(changes, SEED)
        assert f"changes: with {place} set to 1e+38{others} {why}: change fewer" in str(refused.value)


def test_groups_are_tested_against_their_controls(
    verified: Verified, planned: Plan, graph: AttributionGraph, experiment: Experiment, plain: Plain
) -> None:
    assert len(verified.groups) == len(planned.groups) > 1
    for number, (tested, group) in enumerate(zip(verified.groups, planned.groups, strict=True)):
        off = dict.fromkeys(places(graph, group.nodes), 0.0)
        predicted = predict(graph, dict.fromkeys(group.nodes, 0.0))[experiment.logits[0]]
        drawn = draw_controls(off, experiment.active, SEED + number)
        expected = [
            plain.effect(off, True),
            plain.effect(off, False),
            predicted,
            plain.chance(plain.free(off)),
        ]
        assert tested.probability_after is not None
        found = [tested.as_graph, tested.in_model, tested.predicted, tested.probability_after]
        np.testing.assert_allclose(found, expected, atol=CLOSE)
        assert tested.controls is not None
        of_model = [plain.effect(control, False) for control in drawn]
        np.testing.assert_allclose(tested.controls.in_model, of_model, atol=CLOSE)
        assert (tested.name, tested.nodes) == (
            group.name,
            graph.nodes.keys(graph.record.id, np.array(group.nodes)),
        )
        assert tested.verdict == group_verdict(
            tested.predicted, tested.as_graph, tested.in_model, tested.controls.in_model
        )
    holding = [one.verdict == "holds" for one in verified.groups]
    assert verified.share_holding == pytest.approx(np.mean(holding))


def test_links_are_tested_by_holding_the_second_group(
    verified: Verified, planned: Plan, graph: AttributionGraph, experiment: Experiment, plain: Plain
) -> None:
    assert len(verified.links) == len(planned.links) > 0
    for tested, (source, target) in zip(verified.links, planned.links, strict=True):
        first, second = (planned.groups[at].nodes for at in (source, target))
        off = dict.fromkeys(places(graph, first), 0.0)
        held = off | {place: plain.value(place) for place in places(graph, second)}
        for as_graph in (True, False):
            after = plain.run(off, as_graph) if as_graph else plain.free(off)
            fall = sum(
                float(after.activations[place[0]][place[1:]]) - plain.value(place)
                for place in places(graph, second)
            )
            through = plain.effect(off, as_graph) - plain.effect(held, as_graph)
            found = (
                (tested.fall_as_graph, tested.mediated_as_graph)
                if as_graph
                else (tested.fall_in_model, tested.mediated_in_model)
            )
            np.testing.assert_allclose(found, (fall, through), atol=CLOSE)
        predicted = mediated(graph, dict.fromkeys(first, 0.0), second, experiment.logits[0])
        assert tested.mediated_predicted == pytest.approx(predicted, abs=1e-9)
        change = predict(graph, dict.fromkeys(first, 0.0))
        fall = float(sum(graph.nodes.activation[node] * change[node] for node in second))
        assert tested.fall_predicted == pytest.approx(fall, abs=1e-9)
        assert tested.verdict == link_verdict(predicted, tested.mediated_as_graph)


def test_sequences_are_what_their_parts_are(verified: Verified, planned: Plan) -> None:
    assert len(verified.sequences) == len(planned.sequences) > 4
    for tested, asked in zip(verified.sequences, planned.sequences, strict=True):
        assert (tested.groups, tested.links) == (asked.groups, asked.links)
        assert tested.verdict == sequence_verdict(
            [verified.groups[at].verdict for at in asked.groups],
            [verified.links[at].verdict for at in asked.links],
        )


@pytest.mark.parametrize("of", ["sequences", "graph"])
def test_faithfulness_is_what_is_left_beside_its_random_twin(
    of: str, verified: Verified, planned: Plan, graph: AttributionGraph, experiment: Experiment, plain: Plain
) -> None:
    every = list(experiment.active)
    own = {
        "sequences": [node for one in planned.sequences for node in one.nodes],
        "graph": graph.nodes.of_kind(NodeKind.FEATURE).tolist(),
    }[of]
    kept = set(places(graph, own))

    def faithfulness(chosen: set[Place], as_graph: bool) -> float:
        def m(changes: dict[Place, float]) -> float:
            return plain.centred(plain.run(changes, True) if as_graph else plain.free(changes))

        nothing = m(dict.fromkeys(every, 0.0))
        return (m(dict.fromkeys(set(every) - chosen, 0.0)) - nothing) / (plain.m - nothing)

    found: Faithfulness = next(one for one in verified.faithfulness if one.of == of)
    assert found.n_features == len(kept)
    twins = [set(twin) for twin in draw_twins(len(kept), every, SEED)]
    expected = {
        "as_graph": faithfulness(kept, True),
        "as_graph_random": np.mean([faithfulness(twin, True) for twin in twins]),
        "in_model": faithfulness(kept, False),
        "in_model_random": np.mean([faithfulness(twin, False) for twin in twins]),
        "necessity": 1 - faithfulness(set(every) - kept, False),
        "necessity_random": np.mean([1 - faithfulness(set(every) - twin, False) for twin in twins]),
        "probability": plain.chance(plain.free(dict.fromkeys(set(every) - kept, 0.0))),
        "probability_without": plain.chance(plain.free(dict.fromkeys(kept, 0.0))),
    }
    for name, value in expected.items():
        assert getattr(found, name) == pytest.approx(value, abs=2e-3), name
    assert verified.n_active == len(every)
