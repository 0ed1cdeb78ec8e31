"""A prompt's internals by the command line and in a notebook, as users ask for them of a server with the demo model."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import requests

from api.cli.commands.internals.heads import SORTS
from api.cli.commands.internals.internals import PARTS, TOWARDS
from api.client.arrays import compute_internals, internals
from api.client.client import Client, Refused
from queries.internals.records import PARTS as ALL_PARTS
from queries.internals.records import STATISTICS, InternalsParameters
from tests.support.patience import TRACING
from tests.support.processes import ROOT, answer, failure, run, serving, url

pytestmark = [pytest.mark.slow, pytest.mark.timeout(2 * TRACING)]

DALLAS = "Fact: The capital of the state containing Dallas is"
OTHER = "The day after Monday is"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A served data folder with two traced prompts of the demo model, the first with its internals."""
    folder = tmp_path_factory.mktemp("inside")
    with serving(folder, "--no-examples"):
        for prompt, more in ((DALLAS, ["--internals"]), (OTHER, [])):
            done = run("ingest", prompt, "--model", "demo", *more, data=folder)
            assert done.status == 0, done.err
        yield folder


def said(*arguments: str, data: Path) -> str:
    done = run(*arguments, data=data)
    assert (done.status, done.err) == (0, ""), done.err
    return done.out


def cells(line: str) -> list[str]:
    return re.split(r"\s{2,}", line.strip())


def graph_id(data: Path, prompt: str = DALLAS) -> str:
    return str(next(one["id"] for one in answer("graphs", data=data)["graphs"] if one["prompt"] == prompt))


def test_the_words_of_the_options_are_the_api_s(data: Path) -> None:
    assert PARTS == ALL_PARTS
    assert set(TOWARDS) == set(InternalsParameters.model_json_schema()["properties"]["towards"]["enum"])
    maps = answer("internals", DALLAS, "--stored", data=data)["maps"]
    assert set(SORTS) == set(maps) == {*STATISTICS, "induction", "duplicate_token"}


def test_a_graph_can_come_with_its_internals(data: Path) -> None:
    found = answer("internals", DALLAS, "--stored", data=data)
    assert found["parts"] == list(PARTS) and found["graph"] == graph_id(data)
    assert "they were not computed" in failure("internals", OTHER, "--stored", data=data)
    assert "they were not computed" in failure("heads", OTHER, data=data)


def test_what_was_asked_for_with_a_graph_and_failed_is_said(data: Path) -> None:
    direction = json.dumps({"name": "x", "direction": [0.1] * 128})
    asked = ("--model", "demo", "--verify", "--attribution-targets", direction)
    graph, note = said("ingest", "The opposite of", *asked, data=data).splitlines()
    assert graph.startswith("Graph ") and note.startswith("It was not verified. graph: its targets are")


def test_where_a_head_looks_is_said(data: Path) -> None:
    rows = [
        cells(line) for line in said("attention", DALLAS, "L2H2", "--keys", "2", data=data).splitlines()[1:]
    ]
    assert rows[-1] == ["is (10)", "Dallas (9) 100.0 %, the (6) 0.0 %"]
    assert rows[0] == ["<bos> (0)", "<bos> (0) 100.0 %"]
    moved = said("attention", DALLAS, "2.2", "--kind", "logit", data=data)
    assert "100.0 %" not in moved and "−" in moved
    assert answer("attention", DALLAS, "2.2", data=data)["kind"] == "standard"
    assert "there is no head 9" in failure("attention", DALLAS, "2.9", data=data)


def test_a_logit_is_said_to_be_a_sum(data: Path) -> None:
    first, *rows = said("logits", DALLAS, "--limit", "3", data=data).splitlines()
    found = re.fullmatch(r"Austin at is \(10\): \+([\d.]+), the sum of", first)
    assert found is not None
    values = [float(cells(line)[-1].replace("−", "-")) for line in rows[1:]]
    assert len(values) == 4 and cells(rows[-1])[0].endswith("others")
    assert sum(values) == pytest.approx(float(found[1]), abs=0.05)
    assert abs(values[0]) >= abs(values[1]) >= abs(values[2])
    assert "There is no position 99; they are 0 to 10." in failure(
        "logits", DALLAS, "--position", "99", data=data
    )


def test_they_are_computed_summed_up_and_removed(data: Path) -> None:
    out = said("internals", OTHER, "--no-verify", "--part", "heads", "--part", "tokens", data=data)
    assert re.match(r"Tuesday rather than \w+, predicted at is \(\d\), \+[\d.]+ of logits\.\n", out)
    assert [cells(line)[0] for line in out.splitlines()[1:4]] == ["part", "heads", "tokens"]
    assert "Tokens, compared with <pad>: " in out and "completeness " in out
    assert out.endswith(f"{url(data)}/graphs/{graph_id(data, OTHER)}\n")
    exported = answer("internals", OTHER, "--export", data=data)
    assert exported["target_token"] == " Tuesday" and len(exported["top_heads"]) == 16
    stored = answer("internals", OTHER, "--stored", data=data)
    assert stored["parameters"]["verify"] is False and stored["parts"] == ["heads", "tokens"]
    table = said("heads", OTHER, "--limit", "1", data=data).splitlines()
    assert cells(table[1]) == ["head", "attribution", "direct"], "columns of what is known only"
    assert "carried is not known" in failure("heads", OTHER, "--sort", "carried", data=data)
    assert said("internals", OTHER, "--remove", data=data).startswith(f"Deleted the internals of {OTHER}")
    assert "they were not computed" in failure("internals", OTHER, "--stored", data=data)


def test_parameters_reach_the_model(data: Path, tmp_path: Path) -> None:
    direction = tmp_path / "direction.npy"
    np.save(direction, np.linspace(-1, 1, 128))
    asked = ("--target", " Wednesday", "--no-foil", "--position", "3", "--part", "logits")
    found = answer("internals", OTHER, *asked, "--direction", str(direction), data=data)
    given = found["parameters"]
    assert (found["target"], found["foil"], found["position"]) == (" Wednesday", None, 3)
    assert given["has_foil"] is False and given["direction"] == pytest.approx(np.linspace(-1, 1, 128))
    others = ("--foil", " Friday", "--towards", "difference", "--top-edges", "3", "--baseline", " the")
    found = answer("internals", OTHER, *others, data=data)
    given = found["parameters"]
    assert (found["foil"], given["towards"], given["top_edges"]) == (" Friday", "difference", 3)
    assert found["baseline"]["token"] == " the"
    said("internals", OTHER, "--remove", data=data)


def test_heads_come_in_the_order_that_is_asked(data: Path) -> None:
    lines = said("heads", DALLAS, data=data).splitlines()
    assert lines[0] == "Austin rather than Texas; heads by attribution."
    heading, *rows = (cells(line) for line in lines[1:])
    assert len(rows) == 16 and len(heading) == 1 + len(SORTS)
    sizes = [abs(float(row[1].replace("−", "-"))) for row in rows]
    assert sizes == sorted(sizes, reverse=True) and rows[0][0] == "2.2"
    by_induction = said("heads", DALLAS, "--sort", "induction", "--limit", "2", data=data).splitlines()
    assert [cells(line)[0] for line in by_induction[2:]] == ["2.2", "3.2"]
    without = said("heads", DALLAS, "--sort", "first_token", "--without-first", data=data)
    assert without != said("heads", DALLAS, "--sort", "first_token", data=data)


def test_a_link_is_told_by_the_heads_that_carried_it(data: Path) -> None:
    ends = "token:Dallas", "token:Austin"
    found = answer("edge", DALLAS, *ends, data=data)
    assert found["paths"] is None
    lines = said("edge", DALLAS, *ends, data=data).splitlines()
    assert re.match(r"Dallas @ 9 -> Austin: \+4\.03 \(direct \+0, by heads \+4\.01, smaller parts ", lines[0])
    assert cells(lines[2]) == ["2.2", "+1.64", "41 %", "is (10)", "Dallas (9)", "100 %"]
    assert len(lines) == 2 + len(found["heads"])
    by_id = answer("edge", DALLAS, found["source"], found["target"].partition("/")[2], "--paths", data=data)
    assert {name: by_id[name] for name in found if name != "paths"} == {
        name: found[name] for name in found if name != "paths"
    }
    through = {(head["layer"], head["head"]): head["through"] for head in by_id["paths"]["heads"]}
    assert max(through, key=lambda head: through[head]) == (0, 2), (
        "what passes it reaches Austin by later heads"
    )
    jobs = len(answer("jobs", data=data)["jobs"])
    assert "Every path, by the model as it is loaded: +4.03" in said(
        "edge", DALLAS, *ends, "--paths", data=data
    )
    assert len(answer("jobs", data=data)["jobs"]) == jobs, "it was asked before"


def test_a_head_is_told_by_the_links_that_it_carried(data: Path) -> None:
    found = answer("head", DALLAS, "2.2", data=data)
    out = said("head", DALLAS, "L2H2", "--limit", "1", data=data)
    assert out.startswith(f"2.2 carried a hundredth or more of {found['n_links']} links; ")
    rows = [cells(line) for line in out.splitlines()[1:]]
    assert rows[1] == ["Dallas @ 9 -> Austin", "+1.64", "41 %"]
    assert [row[0] for row in rows[2::2]] == ["read", "wrote to"] and rows[-1][0] == "Austin"


def test_a_head_says_why_it_looks(data: Path) -> None:
    out = said("why", DALLAS, "2.2", "10", "9", "--limit", "2", data=data)
    assert out.startswith("2.2 looks from is (10) to Dallas (9) with 100.0 %; softmax received ")
    found = answer("why", DALLAS, "L2H2", "10", "9", data=data)
    rows = [cells(line) for line in out.splitlines()[2:4]]
    scores = [float(row[2].replace("−", "-")) for row in rows]
    assert scores == pytest.approx([pair["score"] for pair in found["pairs"][:2]], rel=1e-2)
    others = float(out.splitlines()[4].split()[3].rstrip(".").replace("−", "-"))
    assert sum(scores) + others == pytest.approx(found["product"], rel=1e-2)


def test_the_stream_is_told_by_its_tokens(data: Path) -> None:
    out = said("flow-of", DALLAS, "--layer", "1", "--position", "3", "--measure", "signed", data=data)
    first, heading, *rows = out.splitlines()
    assert first == "At The (3) in layer 1:"
    assert cells(heading) == ["token", "after attention", "after the MLP"]
    named = [cells(row) for row in rows]
    assert [row[0] for row in named] == ["<bos> (0)", "Fact (1)", ": (2)", "The (3)", "the biases"]
    for column in (1, 2):
        shares = [float(row[column].replace("−", "-").rstrip(" %")) for row in named]
        assert sum(shares) == pytest.approx(100, abs=0.5)
    sizes = said("flow-of", DALLAS, data=data).splitlines()
    assert sizes[0] == "At is (10) in layer 3:" and len(sizes) == 2 + 11 + 1
    assert "after the MLP: share" in sizes[1]


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (("internals", DALLAS, "--target", "nonsensewords"), 1, "target: 'nonsensewords' is"),
        (("internals", DALLAS, "--position", "99"), 1, "position: there is no position 99"),
        (
            ("internals", DALLAS, "--direction", str(ROOT / "pyproject.toml")),
            1,
            "is no NumPy file of numbers",
        ),
        (("internals", DALLAS, "--foil", " a", "--no-foil"), 2, "--foil or --no-foil"),
        (("internals", DALLAS, "--stored", "--part", "flow"), 2, "--stored computes nothing"),
        (("internals", DALLAS, "--stored", "--remove"), 2, "--stored computes nothing"),
        (("internals", "nothing-like-it"), 1, "There is no graph 'nothing-like-it'"),
        (("edge", DALLAS, "token:Dallas", "layer:3"), 1, "target: 'layer:3' names"),
        (("edge", DALLAS, "token:Dallas", "x", "--paths"), 1, "target: 'x' is not one of"),
        (("head", DALLAS, "9.9"), 1, "layer: there is no layer 9"),
        (("why", DALLAS, "ten", "1", "0"), 1, "'ten' names no head; write it as 10.7 or L10H7"),
        (("why", DALLAS, "2.2", "3", "9"), 1, "key: the query 3 sees no later position"),
        (("why", OTHER, "2.2", "3", "1"), 1, "they were not computed"),
        (("flow-of", DALLAS, "--position", "99"), 1, "There is no position 99; they are 0 to 10"),
        (("flow-of", DALLAS, "--layer", "4"), 1, "layer: there is no layer 4"),
    ],
)
def test_what_cannot_be_asked_is_one_sentence(
    data: Path, arguments: tuple[str, ...], status: int, says: str
) -> None:
    assert says in failure(*arguments, data=data, status=status)


def test_json_is_what_the_api_answers(data: Path) -> None:
    path = f"{url(data)}/api/graphs/{graph_id(data)}/internals"
    asked = {
        ("internals", "--stored"): "",
        ("heads",): "",
        ("head", "2.2"): "/heads/2/2/links?limit=20",
        ("flow-of", "--layer", "1"): "/flow?measure=norm&layer=1",
    }
    for (command, *more), end in asked.items():
        assert run(command, DALLAS, *more, "--json", data=data).out == requests.get(path + end).text + "\n"


def example() -> str:
    """The notebook of docs/internals.md."""
    text = (ROOT / "docs" / "internals.md").read_text(encoding="utf-8")
    (found,) = re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return str(found)


def test_the_notebook_of_the_documentation_runs(data: Path) -> None:
    assert "http://127.0.0.1:8000" in example()
    names: dict[str, Any] = {}
    exec(example().replace("http://127.0.0.1:8000", url(data)), names)
    n = len(names["found"]["tokens"])
    assert (names["layer"], names["head"]) == (2, 2)
    assert names["attribution"].shape == names["induction"].shape == (4, 4)
    assert names["pattern"].shape == names["of_logit"].shape == (n, n)
    np.testing.assert_allclose(names["pattern"].sum(1), 1.0, atol=2e-3)
    components = names["components"]
    assert len(components["names"]) == len(components["values"])
    np.testing.assert_allclose(components["values"].sum(0), components["logit"], rtol=1e-4)
    assert names["flow"].shape == (4, 2, n, n + 1)
    np.testing.assert_allclose(names["flow"].sum(-1), 1.0, atol=1e-5)


def test_a_notebook_is_told_what_cannot_be(data: Path) -> None:
    with Client(url(data), None) as client:
        grid = internals(client, graph_id(data), "layers/2")["patterns"]
        one = internals(client, graph_id(data), "heads/2/1")["pattern"]
        np.testing.assert_allclose(grid[1], one, atol=5e-3)
        with pytest.raises(Refused, match="they were not computed"):
            internals(client, graph_id(data, OTHER))
        with pytest.raises(Refused, match="'nonsensewords' is") as refused:
            compute_internals(client, graph_id(data), target="nonsensewords")
        assert refused.value.error == "InvalidRequest"
