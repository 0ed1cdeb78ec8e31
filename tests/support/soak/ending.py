"""What is left once all jobs have ended: every job, every graph and every file, compared with a run that nothing
disturbed."""

from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from ingest.jobs.running.run import NO_TRACE
from queries.graph.records import AttributionParameters, Thresholds
from queries.words import MAX_JOBS, MAX_LISTED
from tests.support.engines import Engine, ladybug_engine
from tests.support.patience import TRACING, soon
from tests.support.soak.api import Api
from tests.support.soak.ledger import LAST_STATES, Json, Ledger, Wrong
from tests.support.soak.programs import Program
from tests.support.soak.readers import read_whole
from tests.support.soak.setups import Setup
from tools.neo4j_server import free_port

KILLED = "The tracing process was killed (SIGKILL)"
UNFINISHED = "/api/jobs?limit=1&state=queued&state=running"
OF_A_GRAPH = (*Thresholds.model_fields, *AttributionParameters.model_fields)
"""Parameters that a graph's id is made from; the others say how its model is loaded."""


class Ending(NamedTuple):
    """`accepted` jobs, and their `states`; `unanswered` jobs, of which no client was told; stored `graphs`."""

    accepted: int
    states: Counter[str]
    unanswered: int
    graphs: int


def checked(setup: Setup, api: Api, ledger: Ledger, n_tracing_killed: int) -> Ending:
    """Note as faults what is not as it would be if nothing had been killed. The programs are stopped then."""
    if not soon(lambda: (found := api.get(UNFINISHED, "jobs")) and not found["jobs"], TRACING):
        ledger.fault(Wrong.LOST, f"jobs that nobody was told of do not end: {api.get(UNFINISHED, 'jobs')}")
    ending = _check_jobs(api, ledger, n_tracing_killed)
    graphs = _listed(api)
    _check_done(ledger, graphs)
    digests = {each: read_whole(api, ledger, record) for each, record in graphs.items()}
    if not soon(lambda: not _work_folders(setup)):
        ledger.fault(Wrong.OTHER, f"work folders of ended jobs are left: {_work_folders(setup)}")
    _check_traces(setup.traces, graphs, ledger)
    for program in setup.programs:
        if (status := program.stop()) != 0:
            ledger.fault(Wrong.OTHER, f"{program.name} stops with status {status}: {program.last_words()}")
    _compare(setup, graphs, digests, ledger)
    return ending._replace(graphs=len(graphs))


def _check_jobs(api: Api, ledger: Ledger, n_tracing_killed: int) -> Ending:
    jobs: dict[str, Json] = {}
    while page := (api.get(f"/api/jobs?limit={MAX_JOBS}&offset={len(jobs)}", "jobs") or {})["jobs"]:
        jobs |= {job["id"]: job for job in page}
    for job_id in ledger.jobs - jobs.keys():
        ledger.fault(Wrong.LOST, f"{job_id} was accepted and is not known")
    failed = []
    for job in jobs.values():
        ledger.seen(job)
        if job["state"] not in LAST_STATES:
            ledger.fault(Wrong.LOST, f"{job['id']} has not ended: {job}")
        elif job["state"] == "failed":
            failed.append(job["id"])
            if not job["problem"]["detail"].startswith(KILLED):
                ledger.fault(Wrong.LOST, f"{job['id']} failed: {job['problem']}")
    if len(failed) > n_tracing_killed:
        ledger.fault(Wrong.LOST, f"{n_tracing_killed} tracing processes were killed, and {failed} failed")
    states = Counter(jobs[each]["state"] for each in ledger.jobs & jobs.keys())
    return Ending(len(ledger.jobs), states, len(jobs.keys() - ledger.jobs), 0)


def _check_done(ledger: Ledger, graphs: dict[str, Json]) -> None:
    """Each done job's graph is there, and is what was asked for; no two are."""
    for job in ledger.ended.values():
        if job["state"] == "done":
            record = graphs.get(job["graph_id"])
            if record is None:
                ledger.fault(Wrong.LOST, f"the graph of {job['id']} is not there: {job}")
            elif _question(record) != _asked(job):
                ledger.fault(
                    Wrong.OTHER, f"the graph of {job['id']} is not what it asks for: {record}, {job}"
                )
    of_question: dict[str, str] = {}
    for graph_id, record in graphs.items():
        other = of_question.setdefault(repr(_question(record)), graph_id)
        if other != graph_id:
            ledger.fault(Wrong.DOUBLED, f"two graphs, {other} and {graph_id}, of {_question(record)}")


def _check_traces(folder: Path, graphs: dict[str, Json], ledger: Ledger) -> None:
    """The trace of every graph that a job made is kept, unless the job says that its process was killed over it; of one
    that was stored when its job was cancelled it may be."""
    made = {job["graph_id"] for job in ledger.ended.values() if job["state"] == "done"}
    told = {job["graph_id"] for job in ledger.ended.values() if NO_TRACE in (job["note"] or "")}
    names = {graph_id: f"{record['trace_id']}.trace" for graph_id, record in graphs.items()}
    expected = {name for graph_id, name in names.items() if graph_id in made - told}
    found = {file.name for file in folder.glob("*")}
    if not expected <= found <= set(names.values()):
        lacking, stray = expected - found, found - set(names.values())
        ledger.fault(Wrong.LOST, f"traces not kept: {lacking}; files of no graph: {stray}")


def _compare(setup: Setup, graphs: dict[str, Json], digests: dict[str, str | None], ledger: Ledger) -> None:
    """The same graphs, traced where nothing is killed, have the same nodes and edges, and their database as many of
    each."""
    folder = setup.server.data.parent / "undisturbed"
    (folder / "store").mkdir(parents=True)
    engine, port = ladybug_engine(folder), free_port()
    command = ["serve", "--no-examples", "--port", str(port), "--database", engine.url]
    server = Program("undisturbed", folder / "data", command)
    server.start()
    try:
        with closing(Api(f"http://127.0.0.1:{port}", server.presence, (), ledger)) as api:
            _trace_again(api, graphs, digests, ledger)
    finally:
        server.stop()
    _compare_counts(setup.engine, engine, ledger)


def _trace_again(api: Api, graphs: dict[str, Json], digests: dict[str, str | None], ledger: Ledger) -> None:
    if graphs:
        asked = [_question(record) for record in graphs.values()]
        api.ask("POST", "/api/jobs/batch", "undisturbed batch", {"jobs": asked})
    while left := _left(api):
        if not soon(lambda left=left: _left(api) < left, TRACING):  # type: ignore[misc]
            ledger.fault(Wrong.OTHER, f"{left} jobs of the undisturbed run do not end")
            break
    undisturbed = _listed(api)
    if undisturbed.keys() != graphs.keys():
        ledger.fault(Wrong.OTHER, f"only here, or only undisturbed: {undisturbed.keys() ^ graphs.keys()}")
    for graph_id in undisturbed.keys() & graphs.keys():
        if digests[graph_id] != read_whole(api, ledger, undisturbed[graph_id]):
            ledger.fault(Wrong.OTHER, f"the graph {graph_id} is another one where nothing is killed")


def _compare_counts(soaked: Engine, undisturbed: Engine, ledger: Ledger) -> None:
    found, expected = soaked.count(), undisturbed.count()
    if found != expected:
        more = {
            each: found[each] - expected[each] for each in found | expected if found[each] != expected[each]
        }
        ledger.fault(Wrong.DOUBLED, f"the database has more (less) than the undisturbed one: {more}")


def _listed(api: Api) -> dict[str, Json]:
    """The records of all graphs."""
    graphs: dict[str, Json] = {}
    after = ""
    while True:
        page = api.get(f"/api/graphs?limit={MAX_LISTED}{after}", "graphs")
        assert page is not None
        graphs |= {record["id"]: record for record in page["graphs"]}
        if page["next"] is None:
            return graphs
        after = f"&after={page['next'].replace('+', '%2B')}"


def _left(api: Api) -> int:
    """How many jobs wait or run."""
    found = api.get(f"/api/jobs?limit={MAX_JOBS}&state=queued&state=running", "jobs")
    assert found is not None
    return len(found["jobs"])


def _question(record: Json) -> Json:
    """What asks for a graph."""
    return {
        "prompt": record["prompt"],
        "model": record["model"],
        "transcoders": record["transcoder_set"],
        "parameters": {name: record[name] for name in OF_A_GRAPH},
    }


def _asked(job: Json) -> Json:
    return {
        **{name: job[name] for name in ("prompt", "model", "transcoders")},
        "parameters": {name: job["parameters"][name] for name in OF_A_GRAPH},
    }


def _work_folders(setup: Setup) -> list[str]:
    return [str(folder) for program in setup.tracing for folder in (program.data / "work").glob("*")]
