"""Clients that keep a stream of jobs going: prompts, alone and in batches, some asked for twice, prunings, cancels and
retries. Where a request is not answered they ask again, as anybody would."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from threading import Event

from demo.text.corpus import fixed_statements
from tests.support.soak.api import Api
from tests.support.soak.ledger import Json, Ledger, Wrong

BACKLOG = 6
"""Jobs that wait or run, at least."""
BATCH = 4
BETWEEN = 0.3
"""Seconds between two looks or attempts."""
FEATURES, THRESHOLDS = (8, 16, 32), (0.5, 0.7, 0.8, 0.9)
REFUSED = {"JobEnded", "JobNotRetried", "TraceNotKept"}
"""Errors that say nothing is wrong: a job ended, or a trace is not kept yet, in the moment of asking."""


@cache
def prompts() -> list[str]:
    return [statement.prompt for statement in fixed_statements()]


def question(chance: random.Random) -> Json:
    """A prompt with few features. Almost every one is new."""
    node, edge = chance.choice(THRESHOLDS), chance.choice(THRESHOLDS)
    parameters = {
        "max_feature_nodes": chance.choice(FEATURES),
        "node_threshold": node,
        "edge_threshold": edge,
    }
    return {"prompt": chance.choice(prompts()), "parameters": parameters}


class Client:
    """`apis`: two, for what is asked twice at once. `stopping` ends it."""

    def __init__(self, apis: tuple[Api, Api], ledger: Ledger, chance: random.Random, stopping: Event) -> None:
        self._apis, self._ledger, self._chance, self._stopping = apis, ledger, chance, stopping

    def run(self) -> None:
        """Ask until it is told to stop."""
        acts: dict[Callable[[], None], int] = {
            self._one: 8,
            self._batch: 3,
            self._twice_at_once: 2,
            self._again: 3,
            self._prune: 5,
            self._cancel: 2,
            self._retry: 2,
        }
        while not self._stopping.is_set():
            if len(self._ledger.unfinished) >= BACKLOG:
                self._stopping.wait(BETWEEN)
            else:
                self._chance.choices(list(acts), list(acts.values()))[0]()

    def _one(self) -> None:
        asked = question(self._chance)
        self._submitted(self._apis[0], asked)

    def _batch(self) -> None:
        """A few, the first of them twice, which is one job."""
        asked = [question(self._chance) for _ in range(BATCH - 1)]
        answer = self._answered(self._apis[0], "/api/jobs/batch", "batch", {"jobs": [*asked, asked[0]]})
        if answer is None:
            return
        for each, job in zip(asked, answer["jobs"], strict=False):
            self._ledger.accepted(job, each)
        if len(answer["jobs"]) != len(asked):
            self._ledger.fault(Wrong.DOUBLED, f"a batch made other jobs than {asked}: {answer}")

    def _twice_at_once(self) -> None:
        asked = question(self._chance)
        with ThreadPoolExecutor(len(self._apis)) as pool:
            jobs = list(pool.map(lambda api: self._submitted(api, asked), self._apis))
        if None not in jobs and len(set(jobs)) > 1:
            self._one_has_ended(jobs)

    def _again(self) -> None:
        if found := self._ledger.one_asked(self._chance):
            known, asked = found
            job = self._submitted(self._apis[0], asked)
            if job not in (known, None):
                self._one_has_ended([known])

    def _one_has_ended(self, jobs: list[str | None]) -> None:
        """The same again is another job only once the first has ended."""
        found = [self._apis[0].get(f"/api/jobs/{each}", "job") for each in jobs]
        if all(job and job["state"] in ("queued", "running") for job in found):
            self._ledger.fault(Wrong.DOUBLED, f"asked again before its end, and another job: {found}")

    def _prune(self) -> None:
        done = self._ledger.one_ended(self._chance, "done")
        if done is None:
            return
        thresholds = {f"{what}_threshold": self._chance.choice(THRESHOLDS) for what in ("node", "edge")}
        job = self._answered(self._apis[0], f"/api/graphs/{done['graph_id']}/prune", "prune", thresholds)
        if job is not None:
            self._ledger.accepted(job)

    def _cancel(self) -> None:
        if unfinished := sorted(self._ledger.unfinished):
            job_id = self._chance.choice(unfinished)
            self._ledger.cancels(job_id)
            self._answered(self._apis[0], f"/api/jobs/{job_id}/cancel", "cancel")

    def _retry(self) -> None:
        ended = self._ledger.one_ended(self._chance, "failed", "cancelled")
        job = ended and self._answered(self._apis[0], f"/api/jobs/{ended['id']}/retry", "retry")
        if job:
            self._ledger.accepted(job)

    def _submitted(self, api: Api, asked: Json) -> str | None:
        """The id of the prompt's job; None where the client was told to stop before there was an answer."""
        job = self._answered(api, "/api/jobs", "prompt", asked)
        if job is None:
            return None
        self._ledger.accepted(job, asked)
        return str(job["id"])

    def _answered(self, api: Api, path: str, what: str, body: Json | None = None) -> Json | None:
        """What a request is answered with, once it is; None where it is refused, or the client is told to stop."""
        while not self._stopping.is_set():
            answer = api.ask("POST", path, what, body)
            if answer is not None and answer[0] < 300:
                return answer[1]
            if answer is not None and answer[0] != 503:
                if answer[1]["error"] not in REFUSED:
                    self._ledger.fault(Wrong.OTHER, f"{path} is refused: {answer}")
                return None
            self._stopping.wait(BETWEEN)
        return None
