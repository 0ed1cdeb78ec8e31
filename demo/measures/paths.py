"""Do the best paths of a held-out two-hop prompt go through its state?

The product's own code traces, prunes and ranks.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from circuit_tracer import attribute
from circuit_tracer.graph import compute_graph_scores

from demo.artefacts import FOLDER, MODEL_ID, TRANSCODER_SET
from demo.facts import us_states
from demo.text.corpus import capital_question
from ingest.annotation.file import annotate
from ingest.attribution.attribution import LoadedModel, from_circuit_tracer
from ingest.attribution.loading.load import load_model
from ingest.models import ModelEntry, TranscoderEntry
from ingest.pruning.assemble import assemble
from ingest.pruning.prune import prune
from queries.graph.attribution_graph import AttributionGraph, NodeKind
from queries.graph.records import TraceParameters
from queries.paths.groups import group_nodes
from queries.paths.sequences import GroupSequence, best_group_sequences
from queries.paths.space import PathQuery, PathSpace, best_paths

N_BEST = 10
"""Best paths, and best sequences, that count."""


@dataclass(frozen=True)
class CityPrompt:
    """A held-out two-hop question with its two answers."""

    city: str
    state: str
    capital: str

    @property
    def text(self) -> str:
        return capital_question(self.city)


def held_out_city_prompts() -> list[CityPrompt]:
    """One prompt for every US city whose capital question is held out."""
    return [
        CityPrompt(city, state.name, state.capital)
        for state in us_states()
        for city in (*state.held_out_capital_question, *state.held_out_two_hop)
    ]


@dataclass(frozen=True)
class PathResult:
    """The figures of one prompt's graph.

    Attributes:
        replacement_score, completeness_score: circuit_tracer.graph.compute_graph_scores of the unpruned graph.
        has_state_path: one of the 10 best single paths passes a feature labelled with the state.
        exact_rank: rank (from 1) of the sequence city -> state -> capital among the grouped paths; None below the
        10th.
        state_rank: rank of the first sequence that passes the state's label.
        sequences: the 10 best, spelled out, with their scores.
        n_feature_nodes, n_labelled_nodes: of the pruned graph.
        graph: the pruned graph, and whole: all of its trace.
    """

    prompt: CityPrompt
    predicted: str
    replacement_score: float
    completeness_score: float
    has_state_path: bool
    exact_rank: int | None
    state_rank: int | None
    sequences: list[tuple[float, str]]
    n_feature_nodes: int
    n_labelled_nodes: int
    graph: AttributionGraph
    whole: AttributionGraph


def load_for_tracing(folder: Path = FOLDER) -> LoadedModel:
    """The demo model and its transcoders through the product's loader, the explanations beside them."""
    transcoders = TranscoderEntry(
        name=TRANSCODER_SET,
        source=str(folder / "transcoders"),
        explanations=folder / "transcoders" / "explanations.jsonl",
    )
    entry = ModelEntry(name=MODEL_ID, source=str(folder / "model"), transcoders=(transcoders,), device="cpu")
    return load_model(entry, transcoders)


def measure_paths(loaded: LoadedModel, prompt: CityPrompt, parameters: TraceParameters) -> PathResult:
    """Trace, prune, annotate and rank one prompt."""
    raw = attribute(
        prompt.text,
        loaded.replacement_model,
        max_n_logits=parameters.max_n_logits,
        desired_logit_prob=parameters.desired_logit_prob,
        batch_size=parameters.batch_size,
        max_feature_nodes=parameters.max_feature_nodes,
        verbose=False,
    )
    replacement_score, completeness_score = compute_graph_scores(raw)
    trace = from_circuit_tracer(raw, loaded, prompt.text, parameters.attribution)
    pruning = prune(trace, parameters.node_threshold, parameters.edge_threshold)
    graph = annotate(assemble(trace, pruning, parameters.thresholds, timings={}), loaded.transcoders)

    labels = graph.labels
    space = PathSpace(graph, PathQuery(k=N_BEST, min_length=2))
    single = best_paths(space)
    grouped = best_group_sequences(space, group_nodes(graph, "label").number)
    words = [_words(graph, labels, sequence) for sequence in grouped]
    exact = [prompt.city, prompt.state, prompt.capital.split()[0]]
    return PathResult(
        prompt=prompt,
        predicted=graph.record.prediction.token.strip(),
        replacement_score=float(replacement_score),
        completeness_score=float(completeness_score),
        has_state_path=any(labels[node] == prompt.state for path in single for node in path.nodes[1:-1]),
        exact_rank=_first_rank(sequence == exact for sequence in words),
        state_rank=_first_rank(prompt.state in sequence[1:-1] for sequence in words),
        sequences=[(found.score, " -> ".join(each)) for found, each in zip(grouped, words, strict=True)],
        n_feature_nodes=graph.record.n_feature_nodes,
        n_labelled_nodes=graph.record.n_labelled_nodes,
        graph=graph,
        whole=assemble(trace, prune(trace, 1.0, 1.0), parameters.thresholds, timings={}),
    )


def _words(graph: AttributionGraph, labels: Sequence[str | None], sequence: GroupSequence) -> list[str]:
    """The sequence spelled out: tokens, labels, and (layer.index @ position) for features without one."""
    nodes, words = graph.nodes, []
    for members in sequence.steps:
        node = members[0]
        label = labels[node] if nodes.kind[node] == NodeKind.FEATURE else (nodes.token[node] or "").strip()
        words.append(label or f"({nodes.layer[node]}.{nodes.index[node]} @ {nodes.position[node]})")
    return words


def _first_rank(conditions: Iterable[bool]) -> int | None:
    """The rank, from 1, of the first true condition."""
    return next((rank for rank, is_met in enumerate(conditions, start=1) if is_met), None)
