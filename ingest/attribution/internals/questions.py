"""The questions about a prompt's internals that are answered one at a time: a link in full, and why a head looks where
it does."""

import numpy as np

from ingest.attribution.internals.loadings.pairs import BIASES, REST, Cell, score_pairs
from ingest.attribution.internals.loadings.paths import link_paths
from ingest.attribution.internals.loadings.replacement import NoLoadings
from ingest.attribution.internals.passes.tape import Diverged
from ingest.attribution.internals.prompt import PromptRun
from queries.errors import InvalidRequest
from queries.graph.arrays import Floats, Ints
from queries.graph.attribution_graph import AttributionGraph
from queries.internals.asked import check_cell, link_ends
from queries.internals.findings import (
    CellQuestion,
    InternalsFound,
    InternalsQuestion,
    LinkHead,
    LinkPathsFound,
    LinkQuestion,
    ScorePair,
    ScorePairsFound,
    ScoreSide,
    ScoreSource,
)

N_PAIRS, N_SIDES, N_LINK_HEADS = 50, 20, 64
"""The largest that are told."""
LINK_TOLERANCE, CELL_TOLERANCE = 1e-3, 1e-3
"""Largest errors of the sums, as shares of their parts."""


def answer(run: PromptRun, question: InternalsQuestion) -> InternalsFound:
    """Raises InvalidRequest, also where the question's own check does not pass: it is not answered then."""
    try:
        return _link(run, question) if question.kind == "link" else _cell(run, question)
    except (NoLoadings, Diverged) as error:
        raise InvalidRequest(question.kind, f"it cannot be told in this model: {error}") from error


def _link(run: PromptRun, question: LinkQuestion) -> LinkPathsFound:
    source, target = link_ends(run.graph, question)
    found = link_paths(run.replacement, run.graph.nodes, source, target)
    error = max(found.sums_error, found.layers_error)
    if not error < LINK_TOLERANCE:
        raise InvalidRequest("link", f"its parts miss its weight by {error:.2g} of them, and are not shown")
    sizes = np.maximum(np.abs(found.through), np.abs(found.last))
    order = [int(at) for at in np.argsort(-sizes, axis=None, kind="stable") if sizes.flat[at] > 0.0]
    told = [_link_head(found.last, found.keys, found.through, found.cells, at) for at in order[:N_LINK_HEADS]]
    return LinkPathsFound(
        source=question.source,
        target=question.target,
        weight=found.weight,
        direct=found.direct,
        heads=told,
        rest=float(found.last.sum() - sum(each.last for each in told)),
        past=found.past.tolist(),
        sums_error=found.sums_error,
        layers_error=found.layers_error,
    )


def _link_head(last: Floats, keys: Floats, through: Floats, cells: Ints, at: int) -> LinkHead:
    layer, head = divmod(at, last.shape[1])
    key = int(np.abs(keys[layer, head]).argmax())
    return LinkHead(
        layer=layer,
        head=head,
        last=float(last[layer, head]),
        through=float(through[layer, head]),
        key=key,
        at_key=float(keys[layer, head, key]),
        through_query=int(cells[layer, head, 0]),
        through_key=int(cells[layer, head, 1]),
    )


def _cell(run: PromptRun, question: CellQuestion) -> ScorePairsFound:
    layers = run.recording.layers
    check_cell(len(layers), run.recording.n_heads, run.recording.n, question)
    cell = Cell(question.layer, question.head, question.query, question.key)
    found = score_pairs(run.replacement, run.graph.nodes, cell, N_PAIRS, run.most_bytes)
    if not found.error < CELL_TOLERANCE:
        raise InvalidRequest("cell", f"its pairs miss its score by {found.error:.2g}, and are not shown")
    named = _Named(run.graph)
    received = found.softmax_input
    return ScorePairsFound(
        **question.model_dump(exclude={"kind"}),
        product=found.product,
        scaling=found.scaling,
        softmax_input=received if np.isfinite(received) else None,
        pattern=float(layers[cell.layer].pattern[0, cell.head, cell.query, cell.key]),
        pairs=[
            ScorePair(query=named.source(query), key=named.source(key), score=score)
            for query, key, score in zip(
                found.query.tolist(), found.key.tolist(), found.score.tolist(), strict=True
            )
        ],
        rest=found.rest,
        queries=named.sides(found.source, found.by_query),
        keys=named.sides(found.source, found.by_key),
        error=found.error,
    )


class _Named:
    """The sources of pairs by the graph's own names."""

    def __init__(self, graph: AttributionGraph) -> None:
        self.keys, self.positions = graph.nodes.keys(graph.record.id), graph.nodes.position.tolist()

    def source(self, number: int) -> ScoreSource:
        if number == BIASES:
            return ScoreSource(kind="biases", node=None, position=None)
        if number <= REST:
            return ScoreSource(kind="rest", node=None, position=REST - number)
        return ScoreSource(kind="node", node=self.keys[number], position=self.positions[number])

    def sides(self, sources: Ints, sums: Floats) -> list[ScoreSide]:
        order = np.argsort(-np.abs(sums), kind="stable")[:N_SIDES]
        return [
            ScoreSide(source=self.source(int(sources[at])), score=float(sums[at]))
            for at in order
            if sums[at] != 0.0
        ]
