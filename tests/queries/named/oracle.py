"""The expected answer of each named query, computed from the graphs in memory by plain loops, without a database."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from itertools import pairwise
from math import inf, isnan
from typing import Any

from queries.graph.attribution_graph import AttributionGraph, NodeKind
from queries.graph.interventions import Intervention
from queries.internals.records import HeadEdges, HeadLinks
from queries.paths.space import PathQuery, PathSpace, best_paths, choose_target
from queries.store.schema import explanation_key, feature_key
from tests.queries.named.plain_graphs import Edge, Graph, Node, Row, read
from tests.queries.named.samples import collections_of, interventions_on, prompt_internals, verification_of
from tests.support.graphs import all_paths


class Oracle:
    """Answers named queries over `graphs`: `answer` gives every row, in the order that the query promises."""

    def __init__(self, graphs: list[AttributionGraph]) -> None:
        self.graphs = [read(graph) for graph in graphs]
        self.by_id = {graph.id: graph for graph in self.graphs}
        numbered = list(enumerate(graphs))
        self.interventions = {graph.record.id: interventions_on(graph, at) for at, graph in numbered}
        self.verifications = {graph.record.id: verification_of(graph, at) for at, graph in numbered}
        self.internals = {graph.record.id: prompt_internals(graph, at) for at, graph in numbered}
        explained: dict[str, dict[str, str]] = defaultdict(dict)
        for graph in graphs:
            record = graph.record
            for (layer, index, *_), explanations in graph.explanations.items():
                feature = feature_key(record.model, record.transcoder_set, layer, index)
                for one in explanations:
                    explained[feature][explanation_key(feature, one)] = one.text
        self.explained = {feature: list(texts.values()) for feature, texts in explained.items()}

    def answer(self, name: str, values: Row) -> list[Row]:
        rows: Callable[..., Iterator[Row]] = getattr(self, name.replace("-", "_"))
        order = ORDERS[name]
        given = {parameter: value for parameter, value in values.items() if parameter != "k"}
        return sorted(rows(**given), key=lambda row: tuple(map(_sortable, order(row))))

    def explanations(self, feature: str | None) -> list[str]:
        return self.explained.get(feature or "", [])

    # -- paths

    def top_paths(
        self, graph: str, target: str | None, min_length: int, max_length: int, min_share: float
    ) -> Iterator[Row]:
        this = self.by_id[graph]
        keys = [node.key for node in this.nodes]
        chosen = choose_target(this.stored.nodes) if target is None else keys.index(target)
        for path in all_paths(this.stored, chosen, max_length):
            shares = [this.edges[edge].share for edge in path.edges]
            if len(shares) >= min_length and min(shares) >= min_share:
                steps = [this.nodes[node] for node in path.nodes]
                yield {
                    "score": path.score,
                    "length": len(shares),
                    "nodes": [step.key for step in steps],
                    "labels": [step.label or step.token for step in steps],
                    "shares": shares,
                    "complete": path.score >= min_share,
                }

    def links_of_paths(self, graph: str, paths: list[str]) -> Iterator[Row]:
        edges = {(edge.source.key, edge.target.key): edge for edge in self.by_id[graph].edges}
        for path, keys in enumerate(map(str.split, paths), start=1):
            for step, link in enumerate(pairwise(keys), start=1):
                edge = edges[link]
                yield {
                    "path": path,
                    "step": step,
                    "source": link[0],
                    "source_label": edge.source.label or edge.source.token,
                    "target": link[1],
                    "target_label": edge.target.label or edge.target.token,
                    **_effect(edge),
                }

    def between(
        self, graph: str, source: str, target: str, max_length: int, min_share: float
    ) -> Iterator[Row]:
        this = self.by_id[graph]
        outputs = defaultdict(list)
        for edge in this.edges:
            if edge.share >= min_share:
                outputs[edge.source].append(edge)
        n_paths: Counter[Node] = Counter()
        flow: dict[Node, float] = defaultdict(float)
        walks = [([node], 1.0) for node in this.nodes if node.key == source]
        while walks:
            steps, score = walks.pop()
            if steps[-1].key == target:
                for step in steps[1:-1]:
                    n_paths[step] += 1
                    flow[step] += score
            elif len(steps) <= max_length:
                walks += [([*steps, edge.target], score * edge.share) for edge in outputs[steps[-1]]]
        for node, n in n_paths.items():
            yield {
                "node": node.key,
                "label": node.label,
                "explanations": self.explanations(node.feature),
                "n_paths": n,
                "flow": flow[node],
            }

    def recurring_motifs(self, min_graphs: int, min_share: float) -> Iterator[Row]:
        found: dict[tuple[str | None, ...], list[tuple[str, float]]] = defaultdict(list)
        for graph, (ab, bc) in self._motifs():
            if min(ab.share, bc.share) >= min_share:
                features = (ab.source.feature, bc.source.feature, bc.target.feature)
                found[features].append((graph.id, ab.share * bc.share))
        for motif, paths in found.items():
            graphs = {graph for graph, _ in paths}
            if len(graphs) >= min_graphs:
                yield {
                    **dict(zip(("first", "second", "third"), motif, strict=True)),
                    "n_graphs": len(graphs),
                    "n_paths": len(paths),
                    "score": sum(score for _, score in paths) / len(paths),
                }

    def motif_paths(self, first: str, second: str, third: str) -> Iterator[Row]:
        for graph, (ab, bc) in self._motifs():
            if (ab.source.feature, bc.source.feature, bc.target.feature) == (first, second, third):
                nodes = {
                    "first_node": ab.source.key,
                    "second_node": bc.source.key,
                    "third_node": bc.target.key,
                }
                yield {**graph.about, **nodes, "score": ab.share * bc.share}

    def _motifs(self) -> Iterator[tuple[Graph, tuple[Edge, Edge]]]:
        for graph in self.graphs:
            into = defaultdict(list)
            for edge in graph.edges:
                if edge.source.kind == edge.target.kind == NodeKind.FEATURE:
                    into[edge.target].append(edge)
            for second in (edge for edges in into.values() for edge in edges):
                for first in into.get(second.source, []):
                    yield graph, (first, second)

    # -- direct effects

    def readers_of_token(self, graph: str, token: str) -> Iterator[Row]:
        for edge in self.by_id[graph].edges:
            source, node = edge.source, edge.target
            if source.kind == NodeKind.EMBEDDING and node.feature and source.token in (token, f" {token}"):
                yield {"source": source.key, **self._described(node), **_effect(edge)}

    def writers_of_logit(self, graph: str, token: str) -> Iterator[Row]:
        for edge in self.by_id[graph].edges:
            node, target = edge.source, edge.target
            if target.kind == NodeKind.LOGIT and node.feature and target.token in (token, f" {token}"):
                yield {**self._described(node), "target": target.key, **_effect(edge)}

    def node_inputs(self, graph: str, node: str) -> Iterator[Row]:
        for edge in self.by_id[graph].edges:
            if edge.target.key == node:
                yield {
                    "source": edge.source.key,
                    "layer": edge.source.layer,
                    "position": edge.source.position,
                    "label": edge.source.label or edge.source.token,
                    "explanations": self.explanations(edge.source.feature),
                    **_effect(edge),
                }

    def inhibitory_edges(self, graph: str) -> Iterator[Row]:
        for edge in self.by_id[graph].edges:
            if edge.weight < 0:
                yield {
                    "source": edge.source.key,
                    "source_label": edge.source.label or edge.source.token,
                    "target": edge.target.key,
                    "target_label": edge.target.label or edge.target.token,
                    **_effect(edge),
                }

    def hubs(self, graph: str) -> Iterator[Row]:
        this = self.by_id[graph]
        n_inputs = Counter(edge.target for edge in this.edges)
        n_outputs = Counter(edge.source for edge in this.edges)
        for node in this.of_kind(NodeKind.FEATURE):
            counts = {"n_inputs": n_inputs[node], "n_outputs": n_outputs[node]}
            yield {**self._described(node), **counts, "influence": node.influence}

    def feature_neighbours(self, feature: str) -> Iterator[Row]:
        found: dict[tuple[str, str], list[tuple[str, Edge]]] = defaultdict(list)
        for graph in self.graphs:
            for edge in graph.edges:
                if edge.target.feature == feature and edge.source.feature:
                    found["input", edge.source.feature].append((graph.id, edge))
                if edge.source.feature == feature and edge.target.feature:
                    found["output", edge.target.feature].append((graph.id, edge))
        for (direction, neighbour), edges in found.items():
            yield {
                "direction": direction,
                "neighbour": neighbour,
                "n_graphs": len({graph for graph, _ in edges}),
                "n_edges": len(edges),
                "weight": sum(edge.weight for _, edge in edges) / len(edges),
                "share": sum(edge.share for _, edge in edges) / len(edges),
            }

    def _described(self, node: Node) -> Row:
        return {
            "node": node.key,
            "feature": node.feature,
            "label": node.label,
            "explanations": self.explanations(node.feature),
        }

    # -- features

    def feature_graphs(self, feature: str) -> Iterator[Row]:
        for graph in self.graphs:
            nodes = [node for node in graph.nodes if node.feature == feature]
            if nodes:
                yield {
                    **graph.about,
                    "n_nodes": len(nodes),
                    "activation": max(node.activation for node in nodes),
                    "influence": sum(node.influence for node in nodes),
                }

    # -- tests

    def changed_features(self, graph: str) -> Iterator[Row]:
        for one in self.interventions[graph]:
            for change in one.changes:
                if change.key is not None:
                    yield {
                        "node": change.key,
                        "intervention": one.id,
                        "before": change.before,
                        "value": change.value,
                        **_effects(one),
                    }

    def interventions_on_feature(self, feature: str) -> Iterator[Row]:
        for graph in self.graphs:
            nodes = {node.key for node in graph.nodes if node.feature == feature}
            for row in self.changed_features(graph.id):
                if row["node"] in nodes:
                    del row["before"]
                    yield {**graph.about, **row}

    def faithful_graphs(self, min_faithfulness: float) -> Iterator[Row]:
        for graph in self.graphs:
            one = self.verifications[graph.id]
            if one.of("graph").in_model >= min_faithfulness:
                yield {
                    **graph.about,
                    "group_by": one.group_by,
                    "faithfulness": one.of("graph").in_model,
                    "random": one.of("graph").in_model_random,
                    "n_groups": len(one.groups),
                    "share_holding": one.share_holding,
                }

    # -- heads

    def heads_of_logit(self, graph: str, target: str | None) -> Iterator[Row]:
        this, internals = self.by_id[graph], self.internals[graph]
        keys = [node.key for node in this.nodes]
        chosen = choose_target(this.stored.nodes) if target is None else keys.index(target)
        written = internals.written
        for node, head, weight, absolute in _columns(written, "node", "head", "weight", "absolute"):
            if node == chosen:
                yield {
                    "target": keys[chosen],
                    **self._head(graph, head),
                    "weight": weight,
                    "absolute": absolute,
                    "attribution": self._known(graph, "attribution", head),
                    "induction": float(internals.heads.induction[head]),
                }

    def induction_heads(self, graph: str, min_induction: float) -> Iterator[Row]:
        this, internals = self.by_id[graph], self.internals[graph]
        logits = {node.ordinal for node in this.of_kind(NodeKind.LOGIT)}
        for head, induction in enumerate(internals.heads.induction.tolist()):
            written = _columns(internals.written, "node", "head", "absolute")
            to_logits = [absolute for node, at, absolute in written if at == head and node in logits]
            fed = [weight for at, weight in _columns(internals.fed, "source", "weight") if at == head]
            if induction >= min_induction and (to_logits or fed):
                yield {
                    **self._head(graph, head),
                    "induction": induction,
                    "to_logits": sum(to_logits, 0.0),
                    "n_fed": len(fed),
                    "to_heads": sum(fed, 0.0),
                    "attribution": self._known(graph, "attribution", head),
                }

    def shared_heads(self, graphs: list[str], min_share: float) -> Iterator[Row]:
        by_graph = [self._shares(graph) for graph in graphs]
        for head, shares in enumerate(zip(*by_graph, strict=True)):
            known = [share for share in shares if share is not None]
            if len(known) == len(graphs) and min(known) >= min_share:
                yield {
                    **self._head(graphs[0], head),
                    "mean_share": sum(known) / len(known),
                    "least_share": min(known),
                    "induction": float(self.internals[graphs[0]].heads.induction[head]),
                }

    def features_written_by_head(self, model: str, layer: int, head: int) -> Iterator[Row]:
        found: dict[str, list[tuple[str, float, float]]] = defaultdict(list)
        for graph in self.graphs:
            record, written = self.internals[graph.id].record, self.internals[graph.id].written
            if record.model == model:
                for node, at, weight, absolute in _columns(written, "node", "head", "weight", "absolute"):
                    feature = graph.nodes[node].feature
                    if feature is not None and at == layer * record.n_heads + head:
                        found[feature].append((graph.id, weight, absolute))
        for feature, where in found.items():
            yield {
                "feature": feature,
                "feature_layer": int(feature.split("/")[2]),
                "n_graphs": len({graph for graph, *_ in where}),
                "n_nodes": len(where),
                "weight": sum(weight for _, weight, _ in where),
                "absolute": sum(absolute for *_, absolute in where),
                "explanations": self.explanations(feature),
            }

    def head_graphs(self, model: str, layer: int, head: int, min_share: float) -> Iterator[Row]:
        for graph in self.graphs:
            record = self.internals[graph.id].record
            at = layer * record.n_heads + head
            share = self._shares(graph.id)[at]
            if record.model == model and (share or 0.0) >= min_share:
                yield {
                    **graph.about,
                    "target": record.target,
                    "foil": record.foil,
                    "attribution": self._known(graph.id, "attribution", at),
                    "ablation": self._known(graph.id, "ablation", at),
                    "share": share,
                }

    def _head(self, graph: str, head: int) -> Row:
        return dict(zip(("layer", "head"), divmod(head, self.internals[graph].record.n_heads), strict=True))

    def _known(self, graph: str, statistic: str, head: int) -> float | None:
        value = float(self.internals[graph].heads.statistics[statistic][head])
        return None if isnan(value) else value

    def _shares(self, graph: str) -> list[float | None]:
        """Of what all heads carried in a graph, by head."""
        carried = self.internals[graph].heads.statistics["carried"].tolist()
        return [None if isnan(value) else value / sum(carried) for value in carried]

    # -- features

    def shared_features(self, graphs: list[str]) -> Iterator[Row]:
        yield from self.distinct_features(graphs, [])

    def distinct_features(self, graphs: list[str], others: list[str]) -> Iterator[Row]:
        elsewhere = {node.feature for other in others for node in self.by_id[other].nodes}
        for feature, where in self._features(graphs).items():
            if feature not in elsewhere and where.keys() == set(graphs):
                nodes = [node for in_graph in where.values() for node in in_graph]
                yield {
                    "feature": feature,
                    "layer": nodes[0].layer,
                    "n_nodes": len(nodes),
                    "influence": sum(node.influence for node in nodes),
                    "explanations": self.explanations(feature),
                }

    def nearest_graphs(self, graph: str) -> Iterator[Row]:
        own = self._features([graph])
        for other in self.graphs:
            n_shared = len(own.keys() & self._features([other.id]).keys())
            if other.id != graph and n_shared:
                yield {**other.about, "n_shared": n_shared}

    def nodes_shared_with(self, graph: str, other: str) -> Iterator[Row]:
        for feature in self._features([graph]).keys() & self._features([other]).keys():
            for node in self._features([graph])[feature][graph]:
                yield {
                    "node": node.key,
                    "feature": feature,
                    "label": node.label,
                    "influence": node.influence,
                }

    def influential_features(self, graphs: list[str]) -> Iterator[Row]:
        for feature, where in self._features(graphs).items():
            nodes = [node for in_graph in where.values() for node in in_graph]
            yield {
                "feature": feature,
                "layer": nodes[0].layer,
                "n_graphs": len(where),
                "influence": sum(node.influence for node in nodes),
                "explanations": self.explanations(feature),
            }

    def collection_features(self, collection: str, min_support: float) -> Iterator[Row]:
        graphs = collections_of([graph.stored for graph in self.graphs])[collection]
        for feature, where in self._features(graphs).items():
            support = len(where) / len(graphs)
            if support >= min_support:
                shares = [
                    sum(node.influence for node in nodes) / self._starting(graph)
                    for graph, nodes in where.items()
                ]
                yield {
                    "feature": feature,
                    "layer": next(iter(where.values()))[0].layer,
                    "n_graphs": len(where),
                    "support": support,
                    "mean_share": sum(shares) / len(shares),
                    "explanations": self.explanations(feature),
                }

    def features_together(self, min_graphs: int) -> Iterator[Row]:
        sets: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for feature, where in self._features(list(self.by_id)).items():
            sets[tuple(sorted(where))].append(feature)
        for graphs, features in sets.items():
            if len(graphs) >= min_graphs and len(features) >= 2:
                counts = {"n_graphs": len(graphs), "n_features": len(features)}
                yield {**counts, "graphs": list(graphs), "features": features}

    def features_by_explanation(self, word: str) -> Iterator[Row]:
        for feature, texts in self.explained.items():
            saying = {text for text in texts if word.lower() in text.lower()}
            where = self._features(list(self.by_id)).get(feature, {})
            if saying and where:
                layer = int(feature.split("/")[2])
                yield {
                    "feature": feature,
                    "layer": layer,
                    "explanations": sorted(saying),
                    "n_graphs": len(where),
                }

    def nodes_by_label(self, word: str) -> Iterator[Row]:
        for graph in self.graphs:
            for node in graph.of_kind(NodeKind.FEATURE):
                if node.label and word.lower() in node.label.lower():
                    yield {
                        "graph": graph.id,
                        "name": graph.about["name"],
                        "node": node.key,
                        "feature": node.feature,
                        "label": node.label,
                        "activation": node.activation,
                        "influence": node.influence,
                    }

    def _features(self, graphs: list[str]) -> dict[str, dict[str, list[Node]]]:
        """Each feature's nodes, by graph."""
        found: dict[str, dict[str, list[Node]]] = defaultdict(lambda: defaultdict(list))
        for graph in graphs:
            for node in self.by_id[graph].of_kind(NodeKind.FEATURE):
                found[str(node.feature)][graph].append(node)
        return found

    # -- graphs

    def low_replacement_score(self, max_score: float) -> Iterator[Row]:
        for graph in self.graphs:
            record = graph.stored.record
            whole, pruned = record.replacement_score, record.pruned_replacement_score
            score = pruned if whole is None else whole
            if score is not None and score <= max_score:
                yield {**graph.about, "replacement_score": whole, "pruned_replacement_score": pruned}

    def graphs_predicting_token(self, token: str) -> Iterator[Row]:
        for graph in self.graphs:
            for node in graph.of_kind(NodeKind.LOGIT):
                if node.token in (token, f" {token}"):
                    chance = None if isnan(node.probability) else node.probability
                    yield {**graph.about, "node": node.key, "token": node.token, "probability": chance}

    def influence_of_tokens(self, graph: str) -> Iterator[Row]:
        total = self._starting(graph)
        for node in self.by_id[graph].of_kind(NodeKind.EMBEDDING):
            yield {
                "node": node.key,
                "position": node.position,
                "token": node.token,
                "influence": node.influence,
                "share": node.influence / total,
            }

    def influence_of_errors(self, graph: str) -> Iterator[Row]:
        total = self._starting(graph)
        by_layer = defaultdict(list)
        for node in self.by_id[graph].of_kind(NodeKind.ERROR):
            by_layer[node.layer].append(node.influence)
        for layer, influences in by_layer.items():
            influence = sum(influences)
            yield {
                "layer": layer,
                "n_errors": len(influences),
                "influence": influence,
                "share": influence / total,
            }

    def _starting(self, graph: str) -> float:
        sources = self.by_id[graph].of_kind(NodeKind.EMBEDDING, NodeKind.ERROR)
        return sum(node.influence for node in sources)


def _effect(edge: Edge) -> Row:
    return {"weight": edge.weight, "share": edge.share}


def _columns(of: HeadLinks | HeadEdges, *names: str) -> Iterator[tuple[Any, ...]]:
    return zip(*(getattr(of, name).tolist() for name in names), strict=True)


def _sortable(value: Any) -> Any:
    """A sort key: numbers descend, texts ascend."""
    return value if isinstance(value, str) else (inf if value is None else -value)


def best_first(*columns: str) -> Callable[[Row], list[Any]]:
    return lambda row: [row[column] for column in columns]


def _effects(one: Intervention) -> Row:
    return {
        "verdict": one.measured.verdict,
        "predicted": one.predicted.effects[0],
        "as_graph": one.measured.as_graph[0],
        "in_model": one.measured.in_model[0],
    }


ORDERS: dict[str, Callable[[Row], list[Any]]] = {
    "top-paths": best_first("score"),
    "links-of-paths": lambda row: [-row["path"], -row["step"]],
    "between": best_first("flow", "node"),
    "recurring-motifs": best_first("n_graphs", "score", "first", "second", "third"),
    "motif-paths": best_first("score", "first_node", "second_node", "third_node"),
    "readers-of-token": best_first("share", "source", "node"),
    "writers-of-logit": best_first("share", "node", "target"),
    "node-inputs": best_first("share", "source"),
    "inhibitory-edges": lambda row: [-row["weight"], row["source"], row["target"]],
    "hubs": lambda row: [row["n_inputs"] + row["n_outputs"], row["node"]],
    "feature-neighbours": best_first("direction", "n_graphs", "share", "neighbour"),
    "feature-graphs": best_first("influence", "graph"),
    "shared-features": best_first("influence", "feature"),
    "distinct-features": best_first("influence", "feature"),
    "nearest-graphs": best_first("n_shared", "graph"),
    "nodes-shared-with": best_first("influence", "node"),
    "influential-features": best_first("influence", "feature"),
    "collection-features": best_first("n_graphs", "mean_share", "feature"),
    "features-together": lambda row: [row["n_graphs"], row["n_features"], min(row["features"])],
    "features-by-explanation": best_first("n_graphs", "feature"),
    "nodes-by-label": best_first("influence", "node"),
    "low-replacement-score": lambda row: [
        -(row["pruned_replacement_score"] if row["replacement_score"] is None else row["replacement_score"]),
        row["graph"],
    ],
    "graphs-predicting-token": best_first("probability", "node"),
    "influence-of-tokens": best_first("share", "node"),
    "changed-features": lambda row: [abs(row["in_model"]), row["intervention"], row["node"]],
    "interventions-on-feature": lambda row: [abs(row["in_model"]), row["intervention"], row["node"]],
    "faithful-graphs": best_first("faithfulness", "graph", "group_by"),
    "influence-of-errors": lambda row: [-row["layer"]],
    "heads-of-logit": lambda row: [row["absolute"], -row["layer"], -row["head"]],
    "induction-heads": lambda row: [row["induction"], -row["layer"], -row["head"]],
    "shared-heads": lambda row: [row["mean_share"], -row["layer"], -row["head"]],
    "features-written-by-head": best_first("absolute", "feature"),
    "head-graphs": lambda row: [
        -1.0 if row["attribution"] is None else abs(row["attribution"]),
        -1.0 if row["share"] is None else row["share"],
        row["graph"],
    ],
}
"""The order of each query's rows: by these values, numbers descending, texts ascending."""


def ranked(graph: AttributionGraph, **query: Any) -> list[Row]:
    """The ranker's own answer: scores and node keys of the best paths."""
    keys = graph.nodes.keys(graph.record.id)
    found = best_paths(PathSpace(graph, PathQuery(**query)))
    return [{"score": path.score, "nodes": [keys[node] for node in path.nodes]} for path in found]
