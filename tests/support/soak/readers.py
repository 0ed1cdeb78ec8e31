"""A storm of readers: what they are told of graphs and jobs is whole, whatever is killed meanwhile."""

import hashlib
import json
import random
from threading import Event

from tests.support.soak.api import Api
from tests.support.soak.ledger import LAST_STATES, Json, Ledger, Wrong

BETWEEN = 0.05
WATCHED = 0.5
"""Seconds between two looks at all unfinished jobs."""
STREAMED = 5.0
"""Seconds for which a reader follows a job's events."""
KINDS = ("embedding", "feature", "error", "logit")


class Reader:
    """`stopping` ends it."""

    def __init__(self, api: Api, ledger: Ledger, chance: random.Random, stopping: Event) -> None:
        self._api, self._ledger, self._chance, self._stopping = api, ledger, chance, stopping

    def run(self) -> None:
        """Read until it is told to stop."""
        acts = (self._graph, self._graph, self._paths, self._jobs, self._ended, self._events)
        while not self._stopping.wait(BETWEEN):
            self._chance.choice(acts)()

    def _listed(self) -> Json | None:
        """A graph of the list's first page."""
        page = self._api.get("/api/graphs?limit=50", "graphs")
        graphs: list[Json] = page["graphs"] if page else []
        return self._chance.choice(graphs) if graphs else None

    def _graph(self) -> None:
        if listed := self._listed():
            read_whole(self._api, self._ledger, listed)

    def _paths(self) -> None:
        if listed := self._listed():
            found = self._api.get(f"/api/graphs/{listed['id']}/paths?k=5", "paths")
            if found is not None and not isinstance(found.get("paths"), list):
                self._ledger.fault(Wrong.OTHER, f"paths of {listed['id']}: {found}")

    def _jobs(self) -> None:
        """No two that wait or run are asked for the same."""
        found = self._api.get("/api/jobs?limit=1000&state=queued&state=running", "jobs")
        if found is None:
            return
        asked = [json.dumps([job["kind"], job["prompt"], job["parameters"]]) for job in found["jobs"]]
        for each in {each for each in asked if asked.count(each) > 1}:
            self._ledger.fault(Wrong.DOUBLED, f"two jobs at once for {each}")

    def _ended(self) -> None:
        """A job that ended stays as it is."""
        if job := self._ledger.one_ended(self._chance, *LAST_STATES):
            found = self._api.get(f"/api/jobs/{job['id']}", "job")
            if found is not None:
                self._ledger.seen(found)

    def _events(self) -> None:
        if unfinished := sorted(self._ledger.unfinished):
            for job in self._api.events(self._chance.choice(unfinished), STREAMED):
                if job["state"] in LAST_STATES:
                    self._ledger.seen(job)


class Watcher:
    """Notes how accepted jobs end. `stopping` ends it."""

    def __init__(self, api: Api, ledger: Ledger, stopping: Event) -> None:
        self._api, self._ledger, self._stopping = api, ledger, stopping

    def run(self) -> None:
        while not self._stopping.wait(WATCHED):
            for job_id in sorted(self._ledger.unfinished):
                job = self._api.get(f"/api/jobs/{job_id}", "job")
                if job is None:
                    break
                self._ledger.seen(job)


def read_whole(api: Api, ledger: Ledger, listed: Json) -> str | None:
    """Read a graph that the list has: its nodes and edges are as many as its record says. The digest of both."""
    address = f"/api/graphs/{listed['id']}"
    record = api.get(address, "graph")
    nodes = api.get(f"{address}/nodes?labels=own", "nodes")
    edges = api.get(f"{address}/edges", "edges")
    if record is None or nodes is None or edges is None:
        return None
    expected = {kind: listed[f"n_{kind}_nodes"] for kind in KINDS}
    found = {kind: nodes["kind"].count(kind) for kind in KINDS}
    n_edges = {len(edges[column]) for column in ("source", "target", "weight", "share")}
    if found != expected or n_edges != {listed["n_edges"]} or record["prompt"] != listed["prompt"]:
        ledger.fault(
            Wrong.OTHER, f"half of {listed['id']} is visible: {found} of {expected}, {n_edges} edges"
        )
    return hashlib.sha256(json.dumps([nodes, edges], sort_keys=True).encode()).hexdigest()
