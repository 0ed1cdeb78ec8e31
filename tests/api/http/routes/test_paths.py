"""Paths, flows and scores over HTTP and from the command line: every filter, every format."""

import csv
import io
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.client.places import Places
from api.http.app import create_app
from api.server import open_explorer
from queries.circuit.circuit import find_circuit
from queries.circuit.drawn import score_drawn
from queries.graph.attribution_graph import AttributionGraph, Supernode
from queries.paths.flow import node_flow, pair_flow
from queries.paths.groups import default_grouping
from queries.paths.question import CircuitQuestion, DrawnQuestion
from queries.paths.scores import SCORES
from queries.paths.space import Path as RankedPath
from queries.paths.space import PathQuery, PathSpace, best_paths
from tests.support.api import imported, problem
from tests.support.graphs import make_graph, with_supernodes
from tests.support.processes import GRAPHS, answer, failure, run, serving

pytestmark = pytest.mark.slow

# Two tokens, an error, five features (two of them "Texas"), two logits.
GRAPH = make_graph(
    "EEXFFFFFLL",
    {
        (0, 3): 2.0,
        (1, 3): -1.0,
        (2, 3): 0.5,
        (0, 4): 1.0,
        (3, 4): -3.0,
        (1, 5): 4.0,
        (3, 5): 0.25,
        (4, 6): 1.5,
        (5, 6): -0.5,
        (0, 7): 1.0,
        (6, 7): 2.0,
        (6, 8): 3.0,
        (7, 8): -2.0,
        (0, 8): 0.5,
        (5, 9): 1.0,
        (7, 9): 1.0,
    },
    labels={3: "Texas", 4: "Texas", 6: 'say "a" -> b'},
    probability={8: 0.6, 9: 0.3},
)
GRAPH = with_supernodes(GRAPH, Supernode("cities", (1, 5)))
ID = GRAPH.record.id
WITH_BOS = AttributionGraph(
    GRAPH.record.model_copy(update={"id": "with-bos", "name": "with bos", "tokens": ["<bos>", "token 1"]}),
    GRAPH.nodes,
    GRAPH.edges,
)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with open_explorer(Places(tmp_path_factory.mktemp("data")), run_jobs=False) as explorer:
        explorer.store.load(GRAPH)
        explorer.store.load(WITH_BOS)
        with TestClient(create_app(explorer), base_url="http://127.0.0.1") as client:
            yield client


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("served")
    with open_explorer(Places(folder), run_jobs=False) as explorer:
        explorer.store.load(GRAPH)
        explorer.store.load(WITH_BOS)
    with serving(folder, "--no-examples"):
        yield folder


def asked(client: TestClient, what: str, **query: Any) -> dict[str, Any]:
    got = client.get(f"/api/graphs/{ID}/{what}", params=query)
    assert got.status_code == 200, got.text
    body: dict[str, Any] = got.json()
    return body


def ranked(**query: Any) -> list[RankedPath]:
    return best_paths(PathSpace(GRAPH, PathQuery(**query)))


QUESTIONS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"k": 3}, {"k": 3}),
    ({"score": "contribution"}, {"score": "contribution"}),
    ({"score": "mean_weight", "min_length": 1}, {"score": "mean_weight", "min_length": 1}),
    ({"score": "bottleneck", "max_length": 3}, {"score": "bottleneck", "max_length": 3}),
    ({"source": "token:token 1"}, {"sources": (1,)}),
    ({"source": ["position:1", "errors"]}, {"sources": (1, 2)}),
    ({"source": "feature/0/0/3"}, {"sources": (3,)}),
    ({"target": "token:token 9"}, {"targets": (9,)}),
    ({"target": "logits"}, {"targets": (8, 9)}),
    ({"target": "feature:3/6"}, {"targets": (6,)}),
    ({"through": "label:Texas"}, {"through": ((3, 4),)}),
    ({"through": ["layer:2", "layer:4"]}, {"through": ((5,), (7,))}),
    ({"through": "layer:2|layer:4"}, {"through": ((5, 7),)}),
    ({"through": "supernode:cities", "avoid": "feature:4/7"}, {"through": ((1, 5),), "avoid": (7,)}),
    ({"sign": "negative", "min_length": 3}, {"sign": "negative", "min_length": 3}),
    ({"sign": "all-positive"}, {"sign": "all-positive"}),
    ({"side": "raises"}, {"side": "raises"}),
    ({"side": "lowers", "score": "contribution"}, {"side": "lowers", "score": "contribution"}),
    ({"rather_than": "token:token 9"}, {"rather_than": 9}),
    ({"target": "logit/40/0/9", "rather_than": "logit/40/0/8"}, {"targets": (9,), "rather_than": 8}),
]


@pytest.mark.parametrize(("query", "meant"), QUESTIONS)
def test_a_question_over_http_and_on_the_command_line_is_the_rankers(
    client: TestClient, data: Path, query: dict[str, Any], meant: dict[str, Any]
) -> None:
    found = ranked(**meant)
    assert found
    body = asked(client, "paths", **query)
    keys = GRAPH.nodes.keys(ID)
    assert [path["score"] for path in body["paths"]] == [path.score for path in found]
    assert [[node["id"] for node in path["nodes"]] for path in body["paths"]] == [
        [keys[node] for node in path.nodes] for path in found
    ]
    space = PathSpace(GRAPH, PathQuery(**meant))
    assert body["covered"] == pytest.approx(sum(path.effect.influence for path in found))
    assert (body["matching"], body["total"]) == space.totals()[1::-1]
    options = [
        part
        for name, value in query.items()
        for one in (value if isinstance(value, list) else [value])
        for part in (f"--{name.replace('_', '-')}" if name != "k" else "-k", str(one))
    ]
    assert answer("paths", ID, "--group-by", "none", *options, data=data)["paths"] == body["paths"]


@pytest.mark.parametrize(
    ("by", "names"),
    [
        ("feature", ["Texas", "L2/5", 'say "a" -> b']),
        ("layer", ["layer 0", "layer 3", "layer 4"]),
        ("position", ["position 0"]),
        ("label", ["Texas", 'say "a" -> b', "L4/7"]),
        ("supernode", ["cities", "Texas", "L4/7"]),
    ],
)
def test_groups_are_named(client: TestClient, data: Path, by: str, names: list[str]) -> None:
    body = asked(client, "paths", group_by=by, k=100)
    assert sum(group["score"] for group in body["groups"]) == pytest.approx(body["matching"])
    assert body["covered"] == pytest.approx(body["matching"])
    shown = run("paths", ID, "--group-by", by, "-k", "100", data=data).out
    assert [name for name in names if name not in shown] == []


def test_groups_of_contribution_have_a_signed_sum(client: TestClient, data: Path) -> None:
    body = asked(client, "paths", group_by="label", score="contribution", best_members=9, k=100)
    for group in body["groups"]:
        scores = [member["score"] for member in group["best_members"]]
        assert len(scores) == group["members"]
        assert group["signed"] == pytest.approx(sum(scores))
        assert group["score"] == pytest.approx(sum(map(abs, scores)))
    assert any(group["signed"] < 0 for group in body["groups"])
    heading = run("paths", ID, "--score", "contribution", data=data).out.splitlines()[0]
    assert heading.split() == ["path", "score", "raising", "lowering", "contribution", "paths"]


def test_all_that_has_no_label_can_be_one_group(client: TestClient) -> None:
    body = asked(client, "paths", group_by="label", unlabelled="one", k=100)
    steps = [step["name"] for group in body["groups"] for step in group["sequence"]]
    assert "unlabelled" in steps


def test_automatic_groups_and_what_they_lose(client: TestClient, data: Path) -> None:
    body = asked(client, "paths", group_by="auto", groups=4, k=100)
    auto = body["auto"]
    assert auto["groups"] == 4
    assert 0.0 < auto["information_lost"] < 1.0
    assert body["covered"] == pytest.approx(body["matching"])
    assert all(0.0 < auto[held] <= body["matching"] + 1e-9 for held in ("covered", "shuffled_covered"))
    found = asked(client, "groups", groups=4)
    assert found["information_lost"] == auto["information_lost"]
    assert max(one["share"] for one in found["groups"]) == pytest.approx(auto["biggest_flow"])
    assert sum(one["share"] for one in found["groups"]) == pytest.approx(1.0)
    features = [node for one in found["groups"] for node in one["group"]["nodes"]]
    assert sorted(features) == sorted(GRAPH.nodes.keys(ID)[node] for node in range(3, 8))
    flows = {
        one["group"]["name"]: one["flow"]
        for one in asked(client, "flow", group_by="auto", groups=4)["groups"]
    }
    for one in found["groups"]:
        assert one["flow"] == pytest.approx(flows.get(one["group"]["name"], 0.0))
        assert sum(part["share"] for part in one["tokens"]) + one["from_errors"] == pytest.approx(1.0)
        assert {part["node"]["kind"] for part in one["tokens"]} <= {"embedding"}
        for part in one["outputs"]:
            assert (part["group"] is None) != (part["node"] is None)
            assert part["group"] is None or 0 <= part["group"] < 4
            assert part["node"] is None or part["node"]["id"] == found["targets"][0]["node"]["id"]
    assert [one["flow"] for one in found["groups"]] == sorted(
        (one["flow"] for one in found["groups"]), reverse=True
    )
    other = asked(client, "groups", groups=4, target="token:token 9", rather_than="token:token 8")
    assert other["targets"][0]["node"]["token"] == "token 9" and other["difference_is_exact"] is False
    options = ["--group-by", "auto", "--groups", "4"]
    table, total, held, kept = run("paths", ID, *options, "-k", "1", data=data).out.strip().rsplit("\n", 3)
    assert len(table.splitlines()) == 2 and total.startswith("Influence on token 8")
    assert (
        held.startswith("4 automatic groups hold ")
        and " in 10 sequences; shuffled groups of these sizes: " in held
    )
    assert kept.startswith("4 automatic groups keep ")
    shown = run("groups", ID, "--groups", "4", data=data).out.splitlines()
    assert shown[0].split() == ["group", "flow", "nodes", "features", "from", "to"]
    assert shown[-1] == kept == run("flow", ID, *options, data=data).out.splitlines()[-1]
    assert answer("groups", ID, "--groups", "4", "--json", data=data) == found
    assert answer("paths", ID, "--groups", "4", data=data)["group_by"] == "auto"
    both = run("paths", ID, "--group-by", "label", "--unlabelled", "auto", data=data).out
    assert " automatic groups and the others hold " in both


def test_automatic_groups_that_cannot_be_are_refused(client: TestClient, data: Path) -> None:
    for what in ("paths", "flow"):
        got = client.get(f"/api/graphs/{ID}/{what}", params={"group_by": "label", "groups": 8})
        assert "groups" in problem(got, 422, "InvalidRequest")
    for groups in (3, 41):
        got = client.get(f"/api/graphs/{ID}/groups", params={"groups": groups})
        assert "groups" in problem(got, 422, "InvalidRequest")
    assert problem(client.get("/api/graphs/nothing/groups"), 404, "GraphNotFound")
    assert "--groups" in failure("paths", ID, "--groups", "41", data=data, status=2)
    assert "automatic groups" in failure("paths", ID, "--groups", "8", "--group-by", "label", data=data)


def test_a_graph_says_by_what_its_paths_are_grouped(client: TestClient) -> None:
    """Its label "Texas" is of two features, which half of the flow does not pass through."""
    got = client.get(f"/api/graphs/{ID}").json()
    assert got["default_group_by"] == default_grouping(GRAPH) == "auto"
    assert got["id"] == ID and got["n_nodes"] == len(GRAPH.nodes)


def test_a_circuit_is_the_chosen_one_over_http_and_in_every_format(client: TestClient, data: Path) -> None:
    path = f"/api/graphs/{GRAPH.record.id}/circuit"
    found = client.get(path, params={"nodes": 2, "group_by": "label"}).json()
    expected = find_circuit(GRAPH, CircuitQuestion(nodes=2, group_by="label"))
    assert (found["explained"], found["method"]) == (expected.choice.explained, "exact")
    assert [one["flow"] for one in found["nodes"]] == [one.flow for one in expected.nodes]
    groups = [one["group"]["name"] for one in found["nodes"] if one["group"]["kind"] == "feature"]
    assert "Texas" in groups and len(groups) == 2
    assert found["scores"]["replacement"] < found["whole_scores"]["replacement"]
    shared = client.get(path, params={"share": 0.9}).json()
    assert shared["explained"] >= 0.9 * shared["matching"]
    asked = ("circuit", GRAPH.record.id, "--nodes", "2", "--group-by", "label")
    assert answer(*asked, data=data) == found
    table = run(*asked, data=data).out
    assert "2 groups explain" in table and "no others of as many explain more." in table and "Texas" in table
    rows = list(csv.DictReader(io.StringIO(run(*asked, "--format", "csv", data=data).out)))
    assert [float(row["influence"]) for row in rows] == [one["effect"]["influence"] for one in found["links"]]
    assert run(*asked, "--format", "dot", data=data).out.count("penwidth=") == len(found["links"])
    both = client.get(path, params={"nodes": 2, "share": 0.5})
    assert "not both" in problem(both, 422, "InvalidRequest")


def test_a_drawn_circuit_is_scored_over_http_and_a_views_on_the_command_line(
    client: TestClient, data: Path
) -> None:
    path = f"/api/graphs/{ID}/circuit"
    supernodes = [{"name": "cities", "nodes": ["embedding/-1/1/1", f"{ID}/feature/2/0/5"]}]
    body = {"supernodes": supernodes, "pinned": ["feature/3/0/6", "logit/40/0/8"], "random": 20}
    found = client.post(path, json=body).json()
    expected = score_drawn(GRAPH, DrawnQuestion.model_validate(body))
    assert [one["group"]["name"] or one["group"]["nodes"] for one in found["nodes"]] == [
        "cities",
        'say "a" -> b',
        [f"{ID}/logit/40/0/8"],
    ]
    assert [(one["source"], one["target"], one["share"]) for one in found["links"]] == [
        (one.source, one.target, one.share) for one in expected.links
    ]
    assert found["explained"] == found["effect"]["influence"] == expected.effect.influence > 0.0
    assert found["scores"]["completeness"] < found["whole_scores"]["completeness"]
    assert found["random"]["n"] == 20 and expected.random is not None
    assert found["random"]["explained"] == expected.random.explained._asdict()
    assert client.post(path, json={}).json()["random"] is None
    assert "feature/9/9/9" in problem(
        client.post(path, json={"pinned": ["feature/9/9/9"]}), 422, "InvalidRequest"
    )

    asked = ("circuit", ID, "--drawn", "--view", "file")
    drawn = answer(*asked, data=data)
    assert [one["group"]["name"] for one in drawn["nodes"]] == ["cities"]
    table = run(*asked, data=data).out
    assert f"explains {drawn['explained']:.1%}".replace("%", " %") in table and "cities" in table
    assert "random" in table
    rows = list(csv.DictReader(io.StringIO(run(*asked, "--format", "csv", data=data).out)))
    assert len(rows) == len(drawn["links"])
    assert run(*asked, "--format", "dot", data=data).out.count("penwidth=") == len(drawn["links"])
    assert "--nodes" in failure(*asked, "--nodes", "3", data=data, status=2)


def test_paths_from_a_token_before_the_text_can_be_hidden(client: TestClient, data: Path) -> None:
    def found(what: str, graph: str = WITH_BOS.record.id, **query: Any) -> dict[str, Any]:
        body: dict[str, Any] = client.get(f"/api/graphs/{graph}/{what}", params=query).json()
        return body

    assert found("paths", ID, hide_bos=True)["hidden"] is None, "its text begins at once"
    shown, hiding = found("paths"), found("paths", hide_bos=True)
    assert shown["hidden"] is None
    assert hiding["hidden"] + hiding["matching"] == pytest.approx(shown["matching"])
    assert {path["nodes"][0]["position"] for path in hiding["paths"]} == {1}
    flow = found("flow", hide_bos=True)
    assert flow["hidden"] == pytest.approx(found("flow")["flow"][0])
    table = run("paths", WITH_BOS.record.id, "--hide-bos", data=data).out
    assert table.splitlines()[-1] == (
        f"Hidden: paths from the token before the text, {hiding['hidden']:.1%}.".replace("%", " %")
    )
    assert "Hidden: " in run("flow", WITH_BOS.record.id, "--hide-bos", data=data).out


def test_flow_through_nodes_pairs_and_groups(client: TestClient, data: Path) -> None:
    space = PathSpace(GRAPH, PathQuery(min_length=1))
    assert asked(client, "flow")["flow"] == node_flow(space).tolist()
    pair = asked(client, "flow", via="feature:0/3")
    assert pair["flow"] == pair_flow(space, 3).tolist()
    assert pair["via"]["label"] == "Texas"
    groups = asked(client, "flow", group_by="label")["groups"]
    texas = next(one for one in groups if one["group"]["name"] == "Texas")
    assert len(texas["group"]["nodes"]) == 2
    assert texas["flow"] < sum(node_flow(space)[[3, 4]]), "paths through both count once"
    assert [one["flow"] for one in groups] == sorted((one["flow"] for one in groups), reverse=True)
    shown = run("flow", ID, "-k", "3", "--group-by", "label", data=data).out.splitlines()
    assert len(shown) == 4 and shown[0].split() == ["through", "flow", "layer", "position", "nodes"]
    assert 'say "a" -> b' in run("flow", ID, "--group-by", "none", "--via", "feature:0/3", data=data).out
    assert "names 2 nodes" in failure("flow", ID, "--via", "label:Texas", data=data)
    assert "--via counts nodes" in failure(
        "flow", ID, "--via", "layer:0", "--group-by", "label", data=data, status=2
    )


@pytest.mark.parametrize("by", ["none", "label"])
def test_a_difference_of_logits_is_named_as_the_target(client: TestClient, data: Path, by: str) -> None:
    body = asked(client, "paths", rather_than="token:token 9", group_by=by)
    assert (body["targets"][0]["node"]["token"], body["rather_than"]["token"]) == ("token 8", "token 9")
    assert body["difference_is_exact"] is False, "nothing is known of this graph's whole trace"
    assert asked(client, "paths")["difference_is_exact"] is None
    assert asked(client, "flow", rather_than="token:token 9")["rather_than"] == body["rather_than"]
    options = ["--rather-than", "token:token 9", "--group-by", by, "--best-members", "2"]
    table, total = run("paths", ID, *options, data=data).out.strip().rsplit("\n", 1)
    assert all(row.count("token 8 rather than token 9") == 1 for row in table.splitlines()[1:])
    assert total.startswith("Influence on token 8 rather than token 9, over the stored edges:")
    for written in ("csv", "dot"):
        assert "token 8 rather than token 9" in run("paths", ID, *options, "--format", written, data=data).out


@pytest.mark.parametrize("grouped", [True, False])
def test_csv_has_a_row_for_each_path(data: Path, grouped: bool) -> None:
    by = "label" if grouped else "none"
    rows = list(
        csv.DictReader(io.StringIO(run("paths", ID, "--group-by", by, "--format", "csv", data=data).out))
    )
    body = answer("paths", ID, "--group-by", by, data=data)
    assert [float(row["score"]) for row in rows] == [
        one["score"] for one in body["groups" if grouped else "paths"]
    ]
    assert all(row["nodes"].startswith(ID) and " -> " in row["path"] for row in rows)
    flows = list(
        csv.DictReader(io.StringIO(run("flow", ID, "--group-by", "label", "--format", "csv", data=data).out))
    )
    assert {row["name"] for row in flows} >= {"Texas", "token 0"}


@pytest.mark.parametrize(
    "command", [["paths", "--group-by", "label"], ["paths", "--group-by", "none"], ["flow"]]
)
def test_dot_is_a_graph_that_graphviz_reads(data: Path, command: list[str]) -> None:
    name, *options = command
    text = run(name, ID, *options, "--format", "dot", data=data).out
    assert text.startswith("digraph paths {") and text.endswith("}\n")
    assert r"say \"a\" -> b" in text
    if "label" in options:
        assert text.count('[label="Texas"]') == 1, (
            "a group is one node, whichever of its nodes a sequence passes"
        )
    if "none" in options:
        assert "style=dashed" in text and 'label="-3"' in text
    if dot := shutil.which("dot"):
        subprocess.run([dot, "-Tsvg"], input=text, text=True, check=True, capture_output=True)


def test_the_scores_are_explained(client: TestClient) -> None:
    scores = client.get("/api/scores").json()["scores"]
    assert [score["name"] for score in scores] == list(SCORES)
    assert all(score[part] for score in scores for part in ("definition", "unit", "sign", "order", "meaning"))


def test_what_cannot_be_asked_is_said(client: TestClient, data: Path) -> None:
    questions: list[tuple[dict[str, str | list[str]], str]] = [
        ({"through": ["layer:0"] * 9}, "through"),
        (
            {"group_by": "label", "score": "bottleneck"},
            "score: bottleneck of single paths cannot be added up",
        ),
        ({"score": "weight"}, "score"),
        ({"sources": "errors"}, "sources"),
        ({"group_by": "label", "k": "1000", "best_members": "100"}, "best_members: 1,000 groups of 100"),
        ({"source": "logits"}, "source: no path begins at a logit"),
    ]
    for query, says in questions:
        got = client.get(f"/api/graphs/{ID}/paths", params=query)
        assert got.status_code == 422
        assert says in got.json()["detail"], got.json()
    both = client.get(f"/api/graphs/{ID}/flow", params={"via": "feature:0/3", "group_by": "label"})
    assert (both.status_code, both.json()["detail"]) == (
        422,
        "via: counts nodes, not groups: leave out group_by",
    )
    assert "label:Ohio" in failure("paths", ID, "--through", "label:Ohio", data=data)


def test_paths_single_and_grouped_with_the_totals(client: TestClient, tiny: str) -> None:
    answer = client.get(f"/api/graphs/{tiny}/paths").json()
    assert [path["score"] for path in answer["paths"]] == [0.75]
    assert [node["token"] for node in answer["paths"][0]["nodes"]] == [" Dallas", " Dallas", " Austin"]
    assert {name: answer[name] for name in ("total", "matching", "covered", "direct", "from_errors")} == {
        "total": 1.0,
        "matching": 0.75,
        "covered": 0.75,
        "direct": 0.25,
        "from_errors": 0.0,
    }
    assert answer["pruned_away"] is None  # what the file's pruning removed is not known
    grouped = client.get(f"/api/graphs/{tiny}/paths", params={"group_by": "label", "min_length": 1}).json()
    assert grouped["paths"] is None
    assert [(group["score"], group["members"]) for group in grouped["groups"]] == [(0.75, 1), (0.25, 1)]
    assert [step["name"] for step in grouped["groups"][0]["sequence"]] == [None, "Texas", None]


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"k": "0"}, "k: "),
        ({"k": "10001"}, "k: "),
        ({"k": "many"}, "k: "),
        ({"group_by": "colour"}, "group_by: "),
        ({"min_length": "3", "max_length": "2"}, "max_length: 2 is below min_length"),
        ({"target": "no/such/node"}, "target: 'no/such/node' is not one of KIND/LAYER/POSITION/INDEX"),
    ],
)
def test_a_question_that_cannot_be_asked_names_its_parameter(
    client: TestClient, tiny: str, query: dict[str, str], says: str
) -> None:
    assert says in problem(client.get(f"/api/graphs/{tiny}/paths", params=query), 422, "InvalidRequest")


def test_a_target_that_is_no_logit_or_feature_is_refused(client: TestClient, tiny: str) -> None:
    answer = client.get(f"/api/graphs/{tiny}/paths", params={"target": "token: Dallas"})
    assert "names nothing here; there are ' Austin'" in problem(answer, 422, "InvalidRequest")
    answer = client.get(f"/api/graphs/{tiny}/paths", params={"target": "embeddings"})
    assert "logit node" in problem(answer, 422, "InvalidRequest")


@pytest.mark.skipif(not GRAPHS.is_dir(), reason="../shared/graphs is not here")
def test_the_real_labelled_graphs_are_explained_by_their_states(client: TestClient) -> None:
    for name, city, state, capital, score in (
        ("dallas", " Dallas", "Texas", " Austin", 0.0437),
        ("oakland", " Oakland", "California", " Sacramento", 0.0227),
    ):
        graph = imported(client, GRAPHS / f"gemma-2-2b-{name}-grouped.json")["id"]
        answer = client.get(f"/api/graphs/{graph}/paths", params={"group_by": "label"}).json()
        best = answer["groups"][0]
        assert [step["name"] or step["token"] for step in best["sequence"]] == [city, state, capital]
        assert best["score"] == pytest.approx(score, abs=5e-5)
