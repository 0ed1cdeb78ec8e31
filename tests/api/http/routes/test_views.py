"""Views over HTTP: written over a revision, whole or a supernode at a time, and named in questions."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.client.places import Places
from api.http.app import create_app
from api.server import open_explorer
from ingest import read_graph_file
from queries.graph.attribution_graph import Supernode, View
from queries.words import MAX_SUPERNODES, MAX_TESTS, MAX_VIEWS
from tests.support.api import imported, problem
from tests.support.graphs import make_graph, real_graph, real_graph_file
from tests.support.patience import PATIENCE
from tests.support.processes import write_graph

LABELS = {2: "Texas", 3: "Texas", 4: "say Austin"}
GRAPH = replace(
    make_graph(
        "EEFFFXLL",
        {(0, 2): 1, (1, 3): 2, (2, 4): 1, (3, 4): 1, (4, 6): 3, (2, 6): 1, (5, 6): 1, (4, 7): 1},
        labels=LABELS,
        id="drawn",
    ),
    views=(
        View(
            "file",
            1,
            {"pinned": ["drawn/logit/40/0/6"]},
            (Supernode("state", (2, 3)), Supernode("state", (4,)), Supernode(" of a file\n", (0,))),
        ),
    ),
)
KEYS = GRAPH.nodes.keys("drawn")
VIEWS = "/api/graphs/drawn/views"


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with open_explorer(Places(tmp_path / "data"), run_jobs=False) as explorer:
        explorer.store.load(GRAPH)
        with TestClient(
            create_app(explorer), base_url="http://127.0.0.1", raise_server_exceptions=False
        ) as client:
            yield client


def drawn(answer: Any) -> dict[str, list[str]]:
    """The supernodes of a view that is answered, and their nodes without the graph."""
    assert answer.status_code == 200, answer.text
    return {
        one["name"]: [node.removeprefix("drawn/") for node in one["nodes"]]
        for one in answer.json()["state"]["supernodes"]
    }


def ends(*nodes: int) -> list[str]:
    return [KEYS[node].removeprefix("drawn/") for node in nodes]


def made(client: TestClient, name: str = "mine", **state: Any) -> Any:
    answer = client.put(f"{VIEWS}/{name}", json={"state": state})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_view_of_a_file_is_listed_and_read(client: TestClient) -> None:
    assert client.get(VIEWS).json() == {
        "views": [
            {
                "name": "file",
                "revision": 1,
                "notes": "",
                "changed_at": None,
                "n_pinned": 1,
                "n_supernodes": 3,
                "n_tests": 0,
            }
        ],
        "default": "file",
    }
    assert client.get(f"{VIEWS}/file").json() == {
        "graph": "drawn",
        "name": "file",
        "revision": 1,
        "notes": "",
        "changed_at": None,
        "state": {
            "pinned": [KEYS[6]],
            "supernodes": [
                {"name": "state", "nodes": KEYS[2:4]},
                {"name": "state", "nodes": [KEYS[4]]},
                {"name": " of a file\n", "nodes": [KEYS[0]]},
            ],
            "tests": [],
        },
    }


def test_a_view_is_written_read_and_written_over(client: TestClient) -> None:
    mine = {
        "notes": "see\nthere",
        "state": {
            "zoom": {"from": [0, 1.5], "of": None},
            "pinned": [KEYS[6], *ends(2, 6)],
            "supernodes": [{"name": "a/b · c", "nodes": [KEYS[5], *ends(0)]}],
            "tests": ["0123abcd", "89ab4567", "0123abcd"],
        },
    }
    first = client.put(f"{VIEWS}/mine", json=mine | {"revision": 0}).json()
    assert first["revision"] == 1 and first["changed_at"] is not None
    assert first["state"] == {
        "zoom": {"from": [0, 1.5], "of": None},
        "pinned": [KEYS[6], KEYS[2]],
        "supernodes": [{"name": "a/b · c", "nodes": [KEYS[0], KEYS[5]]}],
        "tests": ["0123abcd", "89ab4567"],
    }
    assert [one["n_tests"] for one in client.get(VIEWS).json()["views"]] == [0, 2]
    assert client.get(f"{VIEWS}/mine").json() == first
    second = client.put(f"{VIEWS}/mine", json={"revision": 1, "state": first["state"] | {"zoom": 2}}).json()
    assert (second["revision"], second["notes"], second["state"]["zoom"]) == (2, "", 2)
    assert second["changed_at"] > first["changed_at"]
    assert client.get(VIEWS).json()["default"] == "file"
    own = client.get(f"{VIEWS}/file").json()
    assert (
        client.put(f"{VIEWS}/file", json={name: own[name] for name in ("revision", "state")}).json()["state"]
        == (own["state"])
    ), "a file's own names, one of them twice, are kept"
    assert client.delete(f"{VIEWS}/file", params={"revision": 2}).status_code == 204
    assert client.get(VIEWS).json()["default"] == "mine"


def test_the_second_writer_gets_a_409(client: TestClient) -> None:
    made(client)
    assert "There is a view 'mine' already, at revision 1" in problem(
        client.put(f"{VIEWS}/mine", json={}), 409, "ViewChanged"
    )
    assert client.put(f"{VIEWS}/mine", json={"revision": 1}).status_code == 200
    stale = "is at revision 2 by now, and this change is of revision 1"
    one = f"{VIEWS}/mine/supernodes/one"
    for answer in (
        client.put(f"{VIEWS}/mine", json={"revision": 1}),
        client.put(one, json={"revision": 1, "nodes": ["logits"]}),
        client.delete(one, params={"revision": 1}),
        client.post(f"{VIEWS}/mine/supernodes", json={"revision": 1, "group_by": "label"}),
        client.delete(f"{VIEWS}/mine", params={"revision": 1}),
    ):
        assert stale in problem(answer, 409, "ViewChanged")
    assert client.delete(f"{VIEWS}/mine", params={"revision": 2}).status_code == 204
    assert "somebody deleted it" in problem(
        client.put(f"{VIEWS}/mine", json={"revision": 2}), 409, "ViewChanged"
    )
    problem(client.get(f"{VIEWS}/mine"), 404, "ViewNotFound")
    problem(client.delete(f"{VIEWS}/mine", params={"revision": 2}), 404, "ViewNotFound")


def test_of_two_writers_at_once_one_gets_a_409(client: TestClient) -> None:
    revision, names = made(client)["revision"], ("ada", "bob", "cy")
    together = Barrier(len(names), timeout=PATIENCE)

    def write(name: str) -> Any:
        together.wait()
        return client.put(
            f"{VIEWS}/mine/supernodes/{name}", json={"revision": revision, "nodes": ["layer:0"]}
        )

    with ThreadPoolExecutor(len(names)) as pool:
        answers = list(pool.map(write, names))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    (won,) = [name for name, answer in zip(names, answers, strict=True) if answer.status_code == 200]
    assert drawn(client.get(f"{VIEWS}/mine")) == {won: ends(2)}


def test_a_supernode_is_drawn_changed_renamed_and_removed(client: TestClient) -> None:
    """Its view is made with it; nodes are named as everywhere."""
    one = f"{VIEWS}/mine/supernodes/"
    answer = client.put(f"{one}all%2Fof it", json={"nodes": ["label:Texas", KEYS[0], *ends(5)]})
    assert drawn(answer) == {"all/of it": ends(0, 2, 3, 5)} and answer.json()["revision"] == 1
    answer = client.put(f"{one}says", json={"revision": 1, "nodes": ["supernode:all/of it", "token:token 6"]})
    problem(answer, 422, "InvalidRequest")  # as a selector of no target, a token is an embedding
    answer = client.put(f"{one}says", json={"revision": 1, "nodes": ["supernode:all/of it", "logits"]})
    assert drawn(answer) == {"all/of it": ends(0, 2, 3, 5), "says": ends(0, 2, 3, 5, 6, 7)}
    answer = client.put(f"{one}all/of it", json={"revision": 2, "nodes": ["errors"]})
    assert drawn(answer) == {"all/of it": ends(5), "says": ends(0, 2, 3, 5, 6, 7)}
    answer = client.put(f"{one}all/of it", json={"revision": 3, "name": "error"})
    assert drawn(answer) == {"error": ends(5), "says": ends(0, 2, 3, 5, 6, 7)}
    answer = client.put(f"{one}says", json={"revision": 4, "name": "last", "nodes": ["label:say Austin"]})
    assert drawn(answer) == {"error": ends(5), "last": ends(4)}
    answer = client.delete(f"{one}error", params={"revision": 5})
    assert drawn(answer) == {"last": ends(4)} and answer.json()["revision"] == 6
    assert drawn(client.get(f"{VIEWS}/mine")) == {"last": ends(4)}
    assert client.get("/api/graphs/drawn/edges").json()["source"] == GRAPH.edges.source.tolist()


def test_groups_are_kept_as_supernodes(client: TestClient) -> None:
    keep = f"{VIEWS}/mine/supernodes"
    by_label = {"Texas": ends(2, 3), "say Austin": ends(4)}
    assert drawn(client.post(keep, json={"group_by": "label"})) == by_label
    again = client.post(keep, json={"revision": 1, "group_by": "layer"})
    assert "no group has a name and nodes that no supernode holds" in problem(again, 422, "InvalidRequest")
    client.delete(f"{keep}/Texas", params={"revision": 1})
    answer = client.post(keep, json={"revision": 2, "group_by": "position"})
    assert drawn(answer) == {"say Austin": ends(4), "position 0": ends(2, 3)}
    answer = client.post(keep, json={"revision": 3, "group_by": "layer", "only": True})
    assert drawn(answer) == {f"layer {layer}": ends(layer + 2) for layer in range(3)}
    answer = client.post(keep, json={"revision": 4, "group_by": "supernode", "view": "file", "only": True})
    assert drawn(answer) == {"state": ends(2, 3), "state (2)": ends(4), "of a file": ends(0)}
    answer = client.post(keep, json={"revision": 5, "group_by": "feature", "only": True})
    assert drawn(answer) == {"Texas": ends(2), "Texas (2)": ends(3), "say Austin": ends(4)}


@pytest.mark.parametrize("target", [{}, {"target": ["token: Dallas"]}])
def test_automatic_groups_are_kept_as_they_were_answered(client: TestClient, target: Any) -> None:
    graph_id = imported(client, real_graph_file("dallas"))["id"]
    asked: dict[str, Any] = {"group_by": "auto", "groups": 9}
    if target:  # another logit than the first
        second = real_graph("dallas").nodes
        logits = sorted(
            second.of_kind(second.kind.max()).tolist(), key=lambda node: -second.probability[node]
        )
        asked["target"] = [second.keys(graph_id)[logits[1]]]
    flow = client.get(
        f"/api/graphs/{graph_id}/groups", params={k: v for k, v in asked.items() if k != "group_by"}
    )
    names = {one["group"]["name"] for one in flow.json()["groups"]}
    answer = client.post(f"/api/graphs/{graph_id}/views/main/supernodes", json=asked)
    assert set(drawn(answer)) == names and len(names) == 9
    kept = {"group_by": "supernode", **({"target": asked["target"]} if target else {})}
    by_supernode, automatic = (
        client.get(f"/api/graphs/{graph_id}/paths", params=one | {"k": 20}).json()["groups"]
        for one in (kept, asked | kept | {"group_by": "auto"})
    )
    assert [one["score"] for one in by_supernode] == [one["score"] for one in automatic]


def test_questions_name_a_view(client: TestClient) -> None:
    made(client, supernodes=[{"name": "mine", "nodes": ends(3, 4)}], pinned=ends(0, 2, 3, 4, 6))

    def names(**asked: Any) -> set[str | None]:
        answer = client.get("/api/graphs/drawn/paths", params={"group_by": "supernode", **asked})
        return {step["name"] for group in answer.json()["groups"] for step in group["sequence"]}

    assert {"state", " of a file\n"} <= names() == names(view="file")
    assert "mine" in names(view="mine") and "state" not in names(view="mine")
    flow = client.get("/api/graphs/drawn/flow", params={"group_by": "supernode", "view": "mine"}).json()
    assert "mine" in {group["group"]["name"] for group in flow["groups"]}
    through = {"through": "supernode:mine"}
    assert "there are ' of a file\\n', 'state'" in problem(
        client.get("/api/graphs/drawn/paths", params=through), 422, "InvalidRequest"
    )
    found = client.get("/api/graphs/drawn/paths", params=through | {"view": "mine"}).json()
    assert all({3, 4} & {KEYS.index(node["id"]) for node in path["nodes"]} for path in found["paths"])
    nodes = client.get("/api/graphs/drawn/nodes", params={"view": "mine"}).json()
    assert (nodes["view"], nodes["supernodes"]) == ("mine", [{"name": "mine", "nodes": [3, 4]}])
    for address in ("paths", "flow", "groups", "circuit", "nodes", "export"):
        answer = client.get(f"/api/graphs/drawn/{address}", params={"view": "yours"})
        assert "no view 'yours'; its views: 'file', 'mine'" in problem(answer, 422, "InvalidRequest")


def test_a_view_is_exported(client: TestClient) -> None:
    made(client, supernodes=[{"name": "mine", "nodes": ends(3, 4)}], pinned=ends(0, 2, 3, 4, 6))

    def export(**asked: str) -> dict[str, Any]:
        answer: dict[str, Any] = client.get("/api/graphs/drawn/export", params=asked).json()
        return answer

    own, mine, part = export(), export(view="mine"), export(view="mine", part="view")
    assert [one[0] for one in own["qParams"]["supernodes"]] == ["state", "state", " of a file\n"]
    assert [one[0] for one in mine["qParams"]["supernodes"]] == ["mine"]
    assert (len(own["qParams"]["pinnedIds"]), len(mine["qParams"]["pinnedIds"])) == (1, 5)
    assert len(part["nodes"]) == 5 and len(part["qParams"]["supernodes"][0]) == 3
    read = read_graph_file(json.dumps(mine).encode(), None)
    (view,) = read.views
    assert view.name == "file" and view.supernodes == (Supernode("mine", (3, 4)),)


def test_an_imported_graph_is_exported_as_itself_whatever_views_it_has(
    client: TestClient, tmp_path: Path
) -> None:
    file = write_graph(
        tmp_path / "a.json", qParams={"supernodes": [["mine", "0_2_1"]], "pinnedIds": ["3_9_1"]}
    )
    graph_id = imported(client, file)["id"]
    address = f"/api/graphs/{graph_id}"
    other = {"state": {"supernodes": [{"name": "other", "nodes": ["feature:0/2"]}]}}
    problem(client.put(f"{address}/views/other", json=other), 422, "InvalidRequest")  # ids only
    other["state"]["supernodes"][0]["nodes"] = ["feature/0/1/2"]
    assert client.put(f"{address}/views/other", json=other).status_code == 200
    exported = tmp_path / "b.json"
    exported.write_bytes(client.get(f"{address}/export").content)
    assert imported(client, exported)["id"] == graph_id
    exported.write_bytes(client.get(f"{address}/export?view=other").content)
    assert imported(client, exported)["id"] != graph_id, "another file's view is another file"
    assert imported(client, file)["known"]
    assert [one["name"] for one in client.get(f"{address}/views").json()["views"]] == ["file", "other"]


LONG = "x" * 201


@pytest.mark.parametrize(
    ("state", "says"),
    [
        ({"pinned": ["nowhere"]}, "state.pinned: 'nowhere' is no node of this graph"),
        ({"pinned": ["other/feature/0/0/2"]}, "is no node of this graph"),
        ({"pinned": [7]}, "state.pinned.0: "),
        ({"pinned": "all"}, "state.pinned: "),
        ({"tests": ["a/b"]}, "state.tests: 'a/b' is no test's id"),
        ({"tests": [7]}, "state.tests.0: "),
        ({"tests": [f"{number:08x}" for number in range(MAX_TESTS + 1)]}, "state.tests: "),
        ({"supernodes": [{"name": "a", "nodes": ["nowhere"]}]}, "the supernode 'a': 'nowhere' is no node"),
        ({"supernodes": [{"name": "a", "nodes": []}]}, "supernode: 'a' would hold no node"),
        (
            {"supernodes": [{"name": "a", "nodes": ends(2)}, {"name": "a", "nodes": ends(3)}]},
            "supernode: two would have the name 'a'",
        ),
        ({"supernodes": [{"name": " a", "nodes": ends(2)}]}, "supernode: ' a' cannot be a name"),
        ({"supernodes": [{"name": "", "nodes": ends(2)}]}, "supernode: '' cannot be a name"),
        ({"supernodes": [{"name": "a\nb", "nodes": ends(2)}]}, "cannot be a name: 1 to 200 characters"),
        ({"supernodes": [{"name": LONG, "nodes": ends(2)}]}, "cannot be a name: 1 to 200 characters"),
        ({"supernodes": [{"name": "a"}]}, "state.supernodes.0.nodes: "),
        ({"supernodes": [{"name": "a", "nodes": ends(2), "colour": 1}]}, "state.supernodes.0.colour: "),
        (
            {"supernodes": [{"name": str(number), "nodes": ends(2)} for number in range(MAX_SUPERNODES + 1)]},
            "state.supernodes: ",
        ),
    ],
)
def test_what_no_view_can_be_is_refused(client: TestClient, state: Any, says: str) -> None:
    assert says in problem(client.put(f"{VIEWS}/mine", json={"state": state}), 422, "InvalidRequest")
    assert len(client.get(VIEWS).json()["views"]) == 1


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ('{"state": {"zoom": NaN}}', "not finite"),
        ('{"state": {"zoom": ' + "[" * 40 + "]" * 40 + "}}", "state: is nested more than 32 deep"),
        ('{"state": {"text": "' + "x" * 1_000_001 + '"}}', "state: at most 1,000,000 characters of JSON"),
        ('{"notes": "' + "x" * 10_001 + '"}', "notes: "),
        ('{"revision": -1}', "revision: "),
        ('{"state": 7}', "state: "),
        ('{"sate": {}}', "sate: "),
    ],
)
def test_what_no_view_can_hold_is_refused(client: TestClient, body: str, says: str) -> None:
    answer = client.put(f"{VIEWS}/mine", content=body, headers={"Content-Type": "application/json"})
    assert says in problem(answer, 422, "InvalidRequest")


@pytest.mark.parametrize("name", [LONG, "%20a", "a%0Ab", "%00"])
def test_what_no_view_is_called_is_refused(client: TestClient, name: str) -> None:
    for answer in (
        client.put(f"{VIEWS}/{name}", json={}),
        client.put(f"{VIEWS}/{name}/supernodes/a", json={"nodes": ["logits"]}),
    ):
        assert "view: " in problem(answer, 422, "InvalidRequest")


def test_what_no_supernode_can_be_is_refused(client: TestClient) -> None:
    one = f"{VIEWS}/mine/supernodes"
    made(client, supernodes=[{"name": "a", "nodes": ends(2)}, {"name": "b", "nodes": ends(3)}])
    for name, given, says in (
        ("c", {"nodes": ["nowhere"]}, "node: 'nowhere' is not one of"),
        ("c", {"nodes": ["label:Nowhere"]}, "node: 'label:Nowhere' names nothing"),
        ("c", {"nodes": []}, "supernode: 'c' would hold no node"),
        ("c", {"nodes": ["layer:0"] * 101}, "node: at most 100 selectors beside nodes' ids"),
        ("c%09d", {"nodes": ["logits"]}, "cannot be a name"),
        ("a", {"name": "b"}, "supernode: two would have the name 'b'"),
        ("a", {"name": " "}, "supernode: ' ' cannot be a name"),
    ):
        answer = client.put(f"{one}/{name}", json={"revision": 1, **given})
        assert says in problem(answer, 422, "InvalidRequest")
    for answer in (
        client.put(f"{one}/c", json={"revision": 1, "name": "d"}),
        client.delete(f"{one}/c", params={"revision": 1}),
    ):
        assert "The view 'mine' has no supernode 'c'. Its supernodes: 'a', 'b'." in problem(
            answer, 404, "SupernodeNotFound"
        )
    wanted: Any
    for wanted, says in (
        ({"group_by": "colour"}, "group_by: "),
        ({}, "group_by: "),
        ({"group_by": "supernode", "view": "yours"}, "no view 'yours'"),
        ({"group_by": "auto", "target": ["label:Nowhere"]}, "target: "),
    ):
        assert says in problem(client.post(one, json={"revision": 1, **wanted}), 422, "InvalidRequest")
    assert client.get(f"{VIEWS}/mine").json()["revision"] == 1


def test_a_graph_has_so_many_views_and_no_more(client: TestClient) -> None:
    for number in range(MAX_VIEWS - 1):
        made(client, f"view {number}")
    assert f"at most {MAX_VIEWS} views" in problem(
        client.put(f"{VIEWS}/mine", json={}), 422, "InvalidRequest"
    )
    assert client.put(f"{VIEWS}/view 1", json={"revision": 1}).status_code == 200


def test_no_graph_no_views(client: TestClient) -> None:
    nowhere = "/api/graphs/none/views"
    for answer in (
        client.get(nowhere),
        client.get(f"{nowhere}/a"),
        client.put(f"{nowhere}/a", json={}),
        client.delete(f"{nowhere}/a", params={"revision": 1}),
        client.put(f"{nowhere}/a/supernodes/b", json={"nodes": ["logits"]}),
        client.delete(f"{nowhere}/a/supernodes/b", params={"revision": 1}),
        client.post(f"{nowhere}/a/supernodes", json={"group_by": "label"}),
    ):
        problem(answer, 404, "GraphNotFound")
