"""The state of a server: an open store, the job queue and the query runner beside it, and what is kept of what
was read."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

import ingest
from api.graphs import RecentGraphs
from api.internals import Shelf
from api.rankings import WHOLE_TRACE_SECONDS, WHOLE_TRACES_WAITING, Rankings
from api.token import ApiToken
from queries.cypher.runner import CypherRunner
from queries.errors import GraphNotFound, InvalidRequest, ServerBusy, VerificationNotFound, ViewChanged
from queries.graph.attribution_graph import AttributionGraph, View
from queries.graph.features import PERSON, Explanation, FeatureId, FeatureRecord
from queries.graph.interventions import ChangedFeature, Predicted, Verification
from queries.graph.records import Job, JobKind, JobState, ListedGraph, Thresholds
from queries.internals.asked import check_cell, link_ends
from queries.internals.findings import InternalsQuestion, LinkQuestion
from queries.internals.records import PARTS, InternalsParameters
from queries.interventions.changes import InterventionQuestion, resolve
from queries.interventions.donors import Donor, can_lend, ranked_donors
from queries.interventions.plan import VerifyQuestion
from queries.interventions.targets import logits_of, predicted
from queries.limits import Limits
from queries.names import check_addressed_name
from queries.paths.answer import Ranking, rank
from queries.paths.question import PathsQuestion
from queries.paths.selectors import select_one
from queries.store.address import is_neo4j
from queries.store.rows import FeatureIdentity
from queries.store.store import GraphStore
from queries.views import in_view
from queries.words import DEFAULT_LABELS, MAX_VIEWS, Engine, GroupBy, LabelRule, Unlabelled

MOST_DONORS = 200
"""Graphs whose features are looked at for one question about donors."""
RECENT_JOBS = 100
"""Jobs that are looked at for what computing internals takes."""


@dataclass
class Explorer:
    store: GraphStore
    queue: ingest.JobQueue
    data: Path
    cypher: CypherRunner
    workbench: ingest.Workbench
    traces: ingest.TraceFolder
    annotator: ingest.Annotator
    hosts: tuple[str, ...] = ("127.0.0.1", "localhost", "[::1]")
    token: ApiToken | None = None
    """The token that every request must give; None: everybody who reaches the server may use it."""
    framers: tuple[str, ...] = ()
    """The origins of other sites whose pages may show a graph's drawing in a frame."""
    rankings: Rankings = field(default_factory=Rankings)
    whole_traces: Rankings = field(
        default_factory=lambda: Rankings(1, WHOLE_TRACES_WAITING, WHOLE_TRACE_SECONDS)
    )
    """Rankings of whole traces, which wait for the workbench: they take no thread from the others."""
    fetcher: ingest.Fetcher = field(default_factory=ingest.Fetcher.of_environment)
    graphs: RecentGraphs = field(init=False)
    internals: Shelf = field(init=False)
    _annotating: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        self.graphs = RecentGraphs(self.store)
        self.internals = Shelf(ingest.InternalsFolder(self.traces.files), self.store)

    @property
    def engine(self) -> Engine:
        """The engine of the database, whose dialect of Cypher it speaks."""
        return "neo4j" if is_neo4j(self.store.url) else "ladybug"

    def graph(
        self, graph_id: str, labels: LabelRule = DEFAULT_LABELS, view: str | None = None
    ) -> AttributionGraph:
        """A stored graph as a view of it shows it: `RecentGraphs.graph`. Raises GraphNotFound, InvalidRequest for an
        unknown view."""
        return in_view(self.graphs.graph(graph_id).with_labels(labels), view)

    def rank(
        self, graph_id: str, question: PathsQuestion, limits: Limits
    ) -> tuple[Ranking, AttributionGraph]:
        """The answer to a question, and the graph, or the part of its unpruned trace, of which its ordinals are.

        Raises like `rank`.
        """
        graph = self.graph(graph_id, question.labels, question.view)
        if question.unpruned:
            return self.workbench.rank(graph, question, limits.left)
        return rank(graph, question, limits)

    def threads_for(self, question: PathsQuestion) -> Rankings:
        """Where a question waits for its turn and is ranked."""
        return self.whole_traces if question.unpruned else self.rankings

    def fetched(self, source: str) -> AsyncIterator[bytes]:
        """The bytes of a graph file at another server."""

        async def parts() -> AsyncIterator[bytes]:
            fetching = self.fetcher.parts(source)
            while (part := await asyncio.to_thread(next, fetching, None)) is not None:
                yield part

        return parts()

    async def import_graph(
        self,
        content: AsyncIterator[bytes],
        options: ingest.ImportOptions,
        thresholds: Thresholds | None,
        collection: str | None = None,
    ) -> ingest.Imported:
        """Store the graph of a file that is being sent, and put it into a collection where one is named."""
        imported = await ingest.import_graph(
            content, options, thresholds, self.store, self.queue.loader, self.workbench
        )
        if collection is not None:
            await asyncio.to_thread(self.store.collections.change, collection, add=[imported.record.id])
        if imported.known:  # it may have new words
            self.graphs.forget(imported.record.id)
        return imported

    def as_its_file(self, graph: AttributionGraph) -> AttributionGraph:
        """The graph with its transcoder set named as in its own file, so that it is imported again as the same."""
        own = ingest.file_set(graph.record, self.data)
        return replace(graph, record=graph.record.model_copy(update={"transcoder_set": own}))

    def annotate(self, graph_id: str, seconds: float, *, ask: bool) -> ingest.AnnotationReport:
        """Find out what a graph's features are, one graph at a time: Neuronpedia is asked by one at a time anyway.

        Raises ServerBusy, and like `annotate_stored`.
        """
        if not self._annotating.acquire(blocking=False):
            raise ServerBusy("another graph's features are being asked for")
        try:
            return ingest.annotate_stored(graph_id, self.store, self.annotator, seconds, ask=ask)
        finally:
            self._annotating.release()

    def explain(self, graph_id: str, given: list[tuple[FeatureId, Explanation]]) -> tuple[int, int, int]:
        """Store explanations of a graph's features. How many were new, were known, and are of features that it does not
        have. Raises GraphNotFound, StorageFull."""
        graph = self.store.read(graph_id)
        features = set(ingest.features_of(graph))
        found: dict[FeatureId, list[Explanation]] = {}
        for feature, explanation in given:
            if feature in features:
                found.setdefault(feature, []).append(explanation)
        before = sum(map(len, graph.explanations.values()))
        after = sum(map(len, ingest.explain_stored(graph, found, self.store).explanations.values()))
        n_mine = sum(map(len, found.values()))
        return after - before, n_mine - (after - before), len(given) - n_mine

    def label(self, feature: FeatureIdentity, author: str, text: str) -> FeatureRecord:
        """Give a feature an author's label; the feature as it is then. Raises FeatureNotFound, StorageFull."""
        label = Explanation(text, author, PERSON, created_at=datetime.now(UTC))
        self.store.set_label(feature, author, label)
        return self.feature(*feature)

    def feature(
        self, model: str, transcoder_set: str, layer: int, index: int, site: str | None
    ) -> FeatureRecord:
        """A feature across all graphs, with what is kept of it. Raises FeatureNotFound."""
        record = self.store.feature(model, transcoder_set, layer, index, site)
        place = model, transcoder_set, layer, index
        return record.model_copy(
            update={"page": self.annotator.page(*place), "facts": self.annotator.facts(*place)}
        )

    def predict(
        self, graph_id: str, question: InterventionQuestion
    ) -> tuple[list[ChangedFeature], Predicted]:
        """The features that an intervention sets, and what the graph predicts. Raises GraphNotFound, InvalidRequest."""
        graph = self.graph(graph_id)
        changes = resolve(graph, question.changes, {donor: self.graph(donor) for donor in question.donors})
        return [one.change for one in changes], predicted(graph, changes)

    def intervene(self, graph_id: str, question: InterventionQuestion) -> Job:
        """Queue an intervention. Raises like `predict` and `JobQueue.intervene`."""
        self.predict(graph_id, question)
        return self.queue.intervene(self.store.record(graph_id), question)

    def verify(self, graph_id: str, question: VerifyQuestion) -> Job:
        """Queue a graph's verification. Raises GraphNotFound, InvalidRequest, and like `JobQueue.verify`."""
        graph = self.graph(graph_id)
        logits_of(graph)
        return self.queue.verify(graph.record, question)

    def compute_internals(self, graph_id: str, parameters: InternalsParameters) -> Job:
        """Queue the internals of a graph's prompt. Raises GraphNotFound, and like `JobQueue.internals`."""
        return self.queue.internals(self.store.record(graph_id), parameters)

    def last_internals(self, model: str) -> tuple[float, int] | None:
        """Seconds that a model's newest internals took to compute, and the tokens of their prompt; None where they were
        long ago."""
        for job in self.queue.jobs(RECENT_JOBS):
            if (job.kind, job.model, job.state) == (JobKind.INTERNALS, model, JobState.DONE) and job.graph_id:
                with suppress(GraphNotFound):
                    parts = [seconds for part, seconds in job.timings.items() if part in PARTS]
                    n_tokens = len(self.store.record(job.graph_id).tokens)
                    if parts:  # it was no question
                        return round(sum(parts), 2), n_tokens
        return None

    def ask_internals(self, graph_id: str, question: InternalsQuestion) -> Job:
        """Queue a question about them. Raises GraphNotFound, InternalsNotComputed, InvalidRequest, and like
        `JobQueue.ask`."""
        record, graph = self.internals.record(graph_id), self.graph(graph_id)
        if question.kind == "link":
            keys = graph.nodes.keys(graph_id)
            source = select_one(graph, "source", question.source)
            target = select_one(graph, "target", question.target)
            question = LinkQuestion(source=keys[source], target=keys[target])
            link_ends(graph, question)
        else:
            check_cell(record.n_layers, record.n_heads, len(graph.record.tokens), question)
        return self.queue.ask(graph.record, question)

    def delete_internals(self, graph_id: str) -> None:
        """Raises GraphNotFound, InternalsNotComputed."""
        internals_id = self.internals.record(graph_id).id
        self.store.delete_internals(graph_id)
        self.internals.folder.drop(internals_id)

    def verification(self, graph_id: str, group_by: GroupBy | None, unlabelled: Unlabelled) -> Verification:
        """The newest verification of a graph, in these groups where they are named.

        Raises GraphNotFound, VerificationNotFound.
        """
        for one in self.verifications(graph_id):
            if group_by is None or (one.group_by, one.unlabelled) == (group_by, unlabelled):
                return one
        raise VerificationNotFound(graph_id, "" if group_by is None else f" in groups by {group_by}")

    def verifications(self, graph_id: str) -> list[Verification]:
        """All verifications of a graph, the newest first. Raises GraphNotFound."""
        return sorted(self.store.verifications(graph_id), key=lambda one: one.created_at, reverse=True)

    def donors(self, graph_id: str) -> list[Donor]:
        """The newest stored graphs that can lend this one something, nearest first. Raises GraphNotFound."""
        record = self.store.record(graph_id)
        prediction = record.prediction.token
        able = [other for other in self.store.graphs() if can_lend(record, other, prediction)]
        others = [(other, self.store.feature_places(other.id)) for other in able[:MOST_DONORS]]
        return ranked_donors(record, self.store.feature_places(graph_id), others)

    def change_view(
        self,
        graph_id: str,
        name: str,
        read: int,
        change: Callable[[AttributionGraph, View], View],
        labels: LabelRule = DEFAULT_LABELS,
    ) -> tuple[AttributionGraph, View]:
        """Change a view that somebody read at a revision; 0: make it. `change` takes the graph in that view, and the
        view, of revision 0 where it is new. The graph, and the view as it is then.

        Raises GraphNotFound, ViewChanged, InvalidRequest, StorageFull, and like `change`.
        """
        graph = self.graph(graph_id, labels)
        views = self.store.views(graph_id)
        before = next((view for view in views if view.name == name), View(name, 0, {}))
        if before.revision != read:
            raise ViewChanged(name, read, before.revision)
        if not read:
            check_addressed_name("view", name)
            if len(views) >= MAX_VIEWS:
                raise InvalidRequest("view", f"a graph has at most {MAX_VIEWS} views: delete one")
        seen = graph.with_views(views, name if read else None)
        after = replace(change(seen, before), revision=read + 1, changed_at=datetime.now(UTC))
        self.store.put_view(graph, after, read)
        return graph, after

    def close(self) -> None:
        self.rankings.close()
        self.whole_traces.close()

    def describe(self, graph_id: str, name: str | None, notes: str | None) -> ListedGraph:
        """Give a graph another name, or other notes; None: as they are. Raises GraphNotFound, InvalidRequest,
        StorageFull."""
        try:
            return self.store.library.describe(graph_id, name, notes)
        finally:
            self.graphs.forget(graph_id)

    def delete(self, graph_id: str) -> None:
        try:
            ingest.delete_graph(graph_id, self.store, self.traces)
        finally:
            self.graphs.forget(graph_id)
