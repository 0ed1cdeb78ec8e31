"""`circuit-explorer views` and `supernodes`: what people draw in a graph, and questions that name it."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support import processes
from tests.support.processes import write_graph

DRAWN = {"supernodes": [["mine", "0_2_1", "E_7_1"]], "pinnedIds": ["3_9_1"]}


@pytest.fixture(scope="module")
def of_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a graph whose file has pins and a supernode, and one without."""
    folder = tmp_path_factory.mktemp("views")
    files = [
        write_graph(folder / "drawn.json", "drawn", qParams=DRAWN),
        write_graph(folder / "bare.json", "bare", weight=2.5),
    ]
    assert processes.run("import", *files, data=folder / "data").status == 0
    return folder / "data"


def out(data: Path, *arguments: str) -> str:
    done = processes.run(*arguments, data=data)
    assert (done.status, done.err) == (0, ""), done
    return done.out


def answer(data: Path, *arguments: str) -> Any:
    return json.loads(out(data, *arguments, "--json"))


def drawn(data: Path, *arguments: str) -> dict[str, list[str]]:
    found = answer(data, "supernodes", *arguments)["state"]["supernodes"]
    return {one["name"]: [node.partition("/")[2] for node in one["nodes"]] for one in found}


FEATURE, TOKEN, LOGIT = "feature/0/1/2", "embedding/-1/1/7", "logit/2/1/9"


def test_a_file_s_view_is_listed_and_shown(of_file: Path) -> None:
    lines = [line.split() for line in out(of_file, "views", "drawn").splitlines()]
    assert lines[0] == ["view", "revision", "supernodes", "pinned", "tests", "notes", "changed"]
    assert lines[1][:2] == ["file", "(default)"]
    shown = out(of_file, "views", "drawn", "file")
    assert shown.startswith("file, revision 1: 1 supernodes, 1 nodes pinned.")
    assert f"{TOKEN}, {FEATURE}" in shown and f"Pinned: {LOGIT}" in shown
    assert answer(of_file, "views", "drawn")["default"] == "file"
    assert drawn(of_file, "drawn") == {"mine": [TOKEN, FEATURE]}
    assert out(of_file, "views", "bare") == "The graph has no view.\n"
    assert out(of_file, "supernodes", "bare") == "The graph has no view, and no supernodes.\n"


def test_supernodes_are_drawn_changed_kept_and_asked_for(of_file: Path, tmp_path: Path) -> None:
    def mine(*arguments: str) -> dict[str, list[str]]:
        return drawn(of_file, "bare", *arguments)

    assert mine("add", "a/b", "label:Texas", TOKEN) == {"a/b": [TOKEN, FEATURE]}
    assert answer(of_file, "views", "bare")["default"] == "main", "the view was made"
    assert mine("add", "logit", "logits") == {"a/b": [TOKEN, FEATURE], "logit": [LOGIT]}
    assert mine("set", "a/b", "feature:0/2") == {"a/b": [FEATURE], "logit": [LOGIT]}
    assert mine("rename", "a/b", "Lone Star") == {"Lone Star": [FEATURE], "logit": [LOGIT]}
    listed = out(of_file, "supernodes", "bare")
    assert "main, revision 4: 2 supernodes" in listed and "Lone Star" in listed
    found = answer(of_file, "paths", "bare", "--group-by", "supernode")
    assert "Lone Star" in [step["name"] for step in found["groups"][0]["sequence"]]
    assert mine("keep", "--view", "other", "--group-by", "label") == {"Texas": [FEATURE]}
    through = ("paths", "bare", "--group-by", "none", "--through")
    assert answer(of_file, *through, "supernode:Texas", "--view", "other")["paths"]
    done = processes.run(*through, "supernode:Texas", "--view", "main", data=of_file)
    assert done.status == 1 and "there are 'Lone Star', 'logit'" in done.err
    flow = answer(of_file, "flow", "bare", "--group-by", "supernode", "--view", "other")
    assert "Texas" in {one["group"]["name"] for one in flow["groups"]}
    assert mine("keep", "--view", "other", "--group-by", "layer", "--only") == {"layer 0": [FEATURE]}
    assert mine("remove", "Lone Star", "logit", "--view", "main") == {}
    exported = json.loads(out(of_file, "export", "bare", "--view", "other"))
    assert exported["qParams"]["supernodes"] == [["layer 0", "0_2_1"]]
    shown = out(of_file, "views", "bare", "other", "--notes", "see [there]")
    assert "other, revision 3: 1 supernodes" in shown and "see [there]" in shown
    assert out(of_file, "views", "bare", "other", "--remove") == "Deleted the view 'other'.\n"
    assert [one["name"] for one in answer(of_file, "views", "bare")["views"]] == ["main"]
    copied = f"ladybug://{tmp_path}/copy.lbug"
    assert processes.run("copy", f"ladybug://{of_file}/graphs.lbug", copied, data=None).status == 0
    again = processes.run("views", "bare", "--json", "--database", copied, data=tmp_path / "other")
    assert json.loads(again.out) == answer(of_file, "views", "bare")


def test_only_pinned_nodes_and_members_of_supernodes_are_exported(of_file: Path) -> None:
    content = json.loads(out(of_file, "export", "drawn", "--pinned"))
    drawn = content["qParams"]
    members = [node for _, *nodes in drawn["supernodes"] for node in nodes]
    assert {one["node_id"] for one in content["nodes"]} == {*drawn["pinnedIds"], *members}
    assert len(drawn["pinnedIds"]) == 1 and members


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (("views", "drawn", "none"), 1, "no view 'none'. Its views: 'file'."),
        (("views", "drawn", "--remove"), 2, "Name the VIEW"),
        (("views", "drawn", "file", "--remove", "--notes", "x"), 2, "Give --notes or --remove"),
        (("supernodes", "drawn", "draw", "x"), 2, "'draw' is not one of"),
        (("supernodes", "drawn", "add", "x"), 2, "add is followed by NAME SELECTOR..."),
        (("supernodes", "drawn", "rename", "x", "y", "z"), 2, "rename is followed by NAME NEW_NAME"),
        (("supernodes", "drawn", "keep"), 2, "keep is followed by --group-by GROUPING"),
        (("supernodes", "drawn", "keep", "x", "--group-by", "label"), 2, "keep is followed by"),
        (("supernodes", "drawn", "--only"), 2, "--only goes with keep"),
        (("supernodes", "drawn", "add", "x", "nowhere"), 1, "node: 'nowhere' is not one of"),
        (("supernodes", "drawn", "add", "mine", "logits"), 1, "a supernode 'mine' already"),
        (("supernodes", "drawn", "set", "x", "logits"), 1, "no supernode 'x' in the view; there are 'mine'"),
        (
            ("supernodes", "bare", "remove", "x", "--view", "new"),
            1,
            "no supernode 'x' in the view; there is none",
        ),
        (("supernodes", "drawn", "--view", "none"), 1, "no view 'none'"),
        (("supernodes", "drawn", "keep", "--group-by", "label"), 1, "no group has a name and nodes"),
        (("paths", "drawn", "--view", "none"), 1, "view: the graph has no view 'none'; its views: 'file'"),
    ],
)
def test_what_cannot_be_is_said(of_file: Path, arguments: tuple[str, ...], status: int, says: str) -> None:
    done = processes.run(*arguments, data=of_file)
    assert (done.status, done.out) == (status, "") and says in done.err, done
