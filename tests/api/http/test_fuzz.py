"""Whatever the API's document allows, and much that it does not, is answered as the document says."""

import json
from collections.abc import Iterator
from typing import Any
from zlib import crc32

import pytest
import requests
import schemathesis
from hypothesis import settings

from api.client.places import Places
from api.http import openapi
from api.server import private_server
from queries.named import QUERIES
from tests.support.patience import PATIENCE
from tests.support.processes import write_graph

pytestmark = pytest.mark.slow

DOCUMENT = schemathesis.openapi.from_dict(
    json.loads(openapi.PATH.read_text(encoding="utf-8")),
    config=schemathesis.Config.from_dict(
        {
            "generation": {"mode": "all"},
            "checks": {
                # A value that is refused for its meaning, such as a selector of no node, is of the right type too.
                "positive_data_acceptance": {"enabled": False},
                # A number as text is a number, and a field that is not known is no fault of the query string.
                "negative_data_rejection": {"enabled": False},
                "missing_required_header": {"enabled": False},
            },
        }
    ),
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, list[str]]]:
    """A server, by real HTTP, and the ids of its two graphs."""
    folder = tmp_path_factory.mktemp("data")
    with private_server(Places(folder), None, run_jobs=False) as url:
        files = [write_graph(folder / "one.json"), write_graph(folder / "two.json", weight=2.5)]
        stored = [requests.post(f"{url}/api/graphs/import", data=file.read_bytes()).json() for file in files]
        yield url, [graph["id"] for graph in stored]


@DOCUMENT.parametrize()
@settings(max_examples=60)
def test_every_answer_is_documented(case: schemathesis.Case[Any], site: tuple[str, list[str]]) -> None:
    url, graphs = site
    _mean_something(case, graphs)
    case.call_and_validate(base_url=url, timeout=PATIENCE)


def _mean_something(case: schemathesis.Case[Any], graphs: list[str]) -> None:
    """Let most questions be of something that there is: a graph, a query."""
    places = case.path_parameters or {}
    chosen = crc32(repr((places, case.query, case.body)).encode("utf-8", "surrogatepass"))
    if case.path.endswith("/events"):  # those of a job that waits for ever have no end
        places["job_id"] = f"no {places['job_id']}"
    if case.path == "/api/graphs/import":  # a process of its own prunes, and takes seconds to start
        for threshold in ("node_threshold", "edge_threshold"):
            if _is_share(case.query.get(threshold)):
                del case.query[threshold]
    if chosen % 4 == 0:
        return
    if "graph_id" in places and case.method != "DELETE":
        places["graph_id"] = graphs[0]
    elif case.path == "/api/queries/{name}":
        places["name"] = QUERIES[chosen % len(QUERIES)].name
    elif case.path == "/api/compare":
        case.query["graphs"] = ",".join(graphs)


def _is_share(value: object) -> bool:
    try:
        return 0.0 <= float(str(value)) <= 1.0
    except ValueError:
        return False
