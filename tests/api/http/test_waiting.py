"""Work that ends when its client leaves."""

from collections.abc import Iterator
from pathlib import Path
from threading import Event
from time import sleep
from typing import Any, NoReturn

import pytest
import requests

from api.client.places import Places
from api.server import open_explorer, private_server
from queries.limits import ClientLeft, Limits
from tests.support.graphs import make_graph
from tests.support.patience import PATIENCE

IDS = ("one", "two")


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """A server in this process, so that its rankings can be replaced."""
    with open_explorer(Places(tmp_path), run_jobs=False) as explorer:
        for graph_id in IDS:
            explorer.store.load(make_graph("EFL", {(0, 1): 1, (1, 2): 1}, id=graph_id))
    with private_server(Places(tmp_path), None, run_jobs=False) as url:
        yield url


@pytest.mark.parametrize(
    ("path", "ranking"),
    [
        ("graphs/one/paths", "api.explorer.rank"),
        ("graphs/one/flow", "api.http.routes.paths.find_flow"),
        ("compare?graphs=one,two", "queries.paths.compare.compare"),
    ],
)
def test_a_ranking_whose_client_leaves_is_ended(
    url: str, path: str, ranking: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, ended = Event(), Event()

    def endless(_: Any, __: Any, limits: Limits) -> NoReturn:
        begun.set()
        try:
            while True:
                limits.check()
                sleep(0.01)
        except ClientLeft:
            ended.set()
            raise

    monkeypatch.setattr(ranking, endless)
    with pytest.raises(requests.ReadTimeout):
        requests.get(f"{url}/api/{path}", timeout=1)
    assert begun.is_set()
    assert ended.wait(PATIENCE)
    assert requests.get(f"{url}/api/health", timeout=PATIENCE).status_code == 200
