"""Explanations into graphs: into those that are stored, and into those that are about to be."""

from collections.abc import Iterable
from threading import Event

from ingest.annotation.annotator import AnnotationReport, Annotator
from ingest.annotation.file import features_of
from ingest.annotation.reading import merged, same_explanation
from queries.graph.attribution_graph import AttributionGraph
from queries.graph.features import Explanation, FeatureId, FeatureRecord, is_explained, site_of
from queries.store.store import GraphStore


def annotated(
    graph: AttributionGraph, annotator: Annotator, seconds: float, stopping: Event | None = None
) -> tuple[AttributionGraph, str | None]:
    """A graph with what is found out about its features in so many seconds, and a note of what is not; None: all is.

    Files that take a request a feature, and have no words, are left to `annotate`: the graph does not wait for them.
    """
    features = features_of(graph)
    found, report = annotator.annotate(graph.record, features, seconds, one_by_one=False, stopping=stopping)
    note = None
    if report.n_left:
        why = " ".join(report.problems)
        note = f"Not all is known of {report.n_left} features until `annotate` is run. {why}".strip()
    elif report.unknown_sets:
        sets = ", ".join(report.unknown_sets)
        note = f"Features are unexplained: Neuronpedia's source is not known of {sets}."
    known = graph.explanations
    together = {
        feature: merged([*known.get(feature, []), *found.get(feature, [])])
        for feature in dict.fromkeys([*known, *found])
    }
    return graph.with_explanations(together), note


def annotate_stored(
    graph_id: str, store: GraphStore, annotator: Annotator, seconds: float, *, ask: bool
) -> AnnotationReport:
    """Store what can be found out about the features of a stored graph. Raises GraphNotFound, StorageFull."""
    graph = store.read(graph_id)
    features = features_of(graph)
    found, report = annotator.annotate(graph.record, features, seconds, ask=ask)
    explained = explain_stored(graph, found, store)
    n_explained = sum(is_explained(explained.explanations.get(feature, [])) for feature in features)
    return report.model_copy(update={"n_explained": n_explained})


def explain_stored(
    graph: AttributionGraph, found: dict[FeatureId, list[Explanation]], store: GraphStore
) -> AttributionGraph:
    """The stored graph with further explanations of its features, which every graph that has the features then shows.

    An explanation that is stored stays as it is, as does one that says the same of less known origin.

    Raises StorageFull.
    """
    stored, new = graph.explanations, dict[FeatureId, list[Explanation]]()
    for feature, explanations in found.items():
        known = stored.get(feature, [])
        unknown = [one for one in explanations if not any(same_explanation(one, other) for other in known)]
        if unknown:
            new[feature] = unknown
    together = {feature: [*stored.get(feature, []), *new.get(feature, [])] for feature in stored | new}
    if new:
        store.keep_features(list(_records(graph, new)))
    return graph.with_explanations(together)


def _records(graph: AttributionGraph, new: dict[FeatureId, list[Explanation]]) -> Iterable[FeatureRecord]:
    record = graph.record
    for feature, explanations in new.items():
        layer, index, *_ = feature
        site = site_of(feature)
        yield FeatureRecord(
            model=record.model,
            transcoder_set=record.feature_set(site),
            layer=layer,
            index=index,
            site=site,
            explanations=explanations,
            n_graphs=0,
            graphs=[],
        )
