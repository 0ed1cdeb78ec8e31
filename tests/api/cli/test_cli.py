"""The command line, run as a user runs it."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import requests

from api.cli.main import cli
from api.cli.wording import printable
from queries.graph.records import Thresholds, TraceParameters
from queries.words import DEFAULT_THRESHOLDS
from tests.support.patience import PATIENCE
from tests.support.processes import (
    GRAPHS,
    ROOT,
    answer,
    environment,
    failure,
    run,
    run_apart,
    sentence,
    serving,
    url,
    write_graph,
)
from tests.support.tiny_model import write_chat_model, write_models_file

pytestmark = pytest.mark.slow

HEAVY = ("uvicorn", "dbos", "ladybug", "pyarrow", "fastapi", "numpy", "torch")
NO_MODEL = """
[[model]]
name = "none"
source = "nothing"
default = true
[[model.transcoders]]
name = "none"
source = "nothing"
"""
PLACES = {"--data", "--database", "--jobs", "--traces"}
WITHOUT_PLACES = {"copy"}
"""Commands whose arguments are the databases themselves."""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The data folder of a running server."""
    folder = tmp_path_factory.mktemp("served")
    (folder / "nothing").mkdir()
    (folder / "models.toml").write_text(NO_MODEL)
    with serving(folder, "--no-examples"):
        yield folder


@pytest.fixture
def tiny(data: Path, tmp_path: Path) -> str:
    """The id of a stored graph called `tiny`."""
    imported = answer("import", write_graph(tmp_path / "tiny.json"), data=data)
    return str(imported[0]["id"])


def _options(command: click.Command) -> list[click.Option]:
    context = click.Context(command)
    return [option for option in command.get_params(context) if isinstance(option, click.Option)]


@pytest.mark.parametrize("name", cli.commands)
def test_every_command_and_option_has_help(name: str) -> None:
    command = cli.commands[name]
    assert command.help
    assert "..." not in command.get_short_help_str(100), "the first sentence is too long for the list"
    assert [option.opts for option in _options(command) if not option.help] == []


def documented_flags(section: str) -> set[str]:
    """Every option that a section names: `--through` is not `--through-all`, and `-k` is not part of a word."""
    return set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*(?![\w-])", section))


def test_the_documentation_has_each_command_with_its_options() -> None:
    sections = re.split(r"^## (.+)\n", (ROOT / "docs" / "cli.md").read_text(), flags=re.MULTILINE)
    documented = dict(zip(sections[1::2], sections[2::2], strict=True))
    assert {title for title in documented if " " not in title} == set(cli.commands)
    for name, command in cli.commands.items():
        flags = {flag for option in _options(command) for flag in option.opts} - PLACES
        flags -= {"--help", "-h", "--json"}
        assert flags - documented_flags(documented[name]) == set()
    assert documented_flags(documented["Where things live"]) >= PLACES


def test_ingest_takes_every_trace_parameter() -> None:
    taken = {option.name for option in _options(cli.commands["ingest"])}
    assert taken >= set(TraceParameters.model_fields)


def test_the_thresholds_shown_are_those_that_are_used() -> None:
    assert Thresholds() == Thresholds(
        node_threshold=DEFAULT_THRESHOLDS["node"], edge_threshold=DEFAULT_THRESHOLDS["edge"]
    )


@pytest.mark.parametrize("name", sorted(cli.commands.keys() - WITHOUT_PLACES))
def test_every_command_says_where_things_live(name: str) -> None:
    assert {flag for option in _options(cli.commands[name]) for flag in option.opts} >= PLACES


@pytest.mark.parametrize("arguments", [["--help"], ["graphs", "--json"]])
def test_a_client_starts_without_the_engines(arguments: list[str], data: Path) -> None:
    script = (
        "import sys; from api.cli.main import run; "
        f"sys.argv = ['circuit-explorer', *{arguments!r}]; status = run(); "
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr); sys.exit(status)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        env=environment() | {"CIRCUIT_EXPLORER_DATA": str(data)},
        cwd=ROOT,
    )
    assert (done.returncode, done.stderr) == (0, "[]\n")


def test_the_version_is_the_packages() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "api.cli.main", "--version"], capture_output=True, text=True, cwd=ROOT
    )
    assert re.fullmatch(r"circuit-explorer, version \d+\.\d+\.\d+\n", done.stdout)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["graphs", "--colour"], "--colour"),
        (["paths"], "GRAPH"),
        (["paths", "tiny", "--group-by", "colour"], "colour"),
        (["ingest", "a", "b"], "extra argument"),
        (["ingest", "a", "--max-feature-nodes", "many"], "many"),
    ],
)
def test_misuse_is_one_line_and_status_2(arguments: list[str], says: str, tmp_path: Path) -> None:
    assert says in failure(*arguments, data=tmp_path, status=2)


def test_json_is_what_the_api_answers(data: Path, tiny: str) -> None:
    asked = {
        ("graphs",): "/api/graphs",
        ("jobs",): "/api/jobs",
        ("paths", tiny, "--group-by", "none"): f"/api/graphs/{tiny}/paths?best_members=0",
    }
    for arguments, path in asked.items():
        assert run(*arguments, "--json", data=data).out == requests.get(url(data) + path).text + "\n"


def test_an_imported_graph_is_listed_and_ranked(data: Path, tmp_path: Path) -> None:
    imported = run("import", write_graph(tmp_path / "tiny.json"), data=data)
    assert imported.status == 0, imported.err
    assert "3 nodes, 3 edges, predicts Austin 60.0 %" in imported.out
    listed = run("graphs", data=data).out.splitlines()
    assert listed[0].split() == [
        "graph", "name", "prompt", "model", "target", "nodes", "edges", "replacement", "created",
    ]  # fmt: skip
    row = next(line for line in listed if "tiny-model" in line)
    assert "Austin 60.0 %" in row
    ranked = run("paths", "tiny", "--min-length", "1", "--group-by", "label", data=data)
    assert ranked.status == 0, ranked.err
    rows = [line.split("  ") for line in ranked.out.splitlines()]
    cells = [[cell.strip() for cell in row if cell.strip()] for row in rows]
    assert cells[1:3] == [
        ["1", "Dallas -> Texas -> Austin", "75.00 %", "75.0 %", "75.00 %", "−2.25", "1"],
        ["2", "Dallas -> Austin", "25.00 %", "100.0 %", "25.00 %", "+1", "1"],
    ]
    assert "covered 100.0 %" in ranked.out and "(direct 25.0 %)" in ranked.out


def test_paths_group_by_label_where_features_share_labels_else_automatically(
    data: Path, tmp_path: Path
) -> None:
    files = {
        name: write_graph(tmp_path / f"{name}.json", name, weight)
        for name, weight in (("shared", 1.2), ("bare", 1.1), ("labelled", 1.3))
    }
    content = json.loads(files["shared"].read_text())
    second = {**content["nodes"][1], "node_id": "0_3_1", "feature": 9}  # the pairing of layer 0 and index 3
    content["nodes"].append(second)
    content["links"] += [
        {"source": source, "target": target, "weight": 1.0}
        for source, target in (("E_7_1", "0_3_1"), ("0_3_1", "3_9_1"))
    ]
    files["shared"].write_text(json.dumps(content))
    bare = json.loads(files["bare"].read_text())
    bare["nodes"][1]["clerp"] = ""
    files["bare"].write_text(json.dumps(bare))
    answer("import", *files.values(), data=data)
    assert answer("paths", "shared", data=data)["group_by"] == "label"
    assert answer("paths", "labelled", data=data)["group_by"] == "auto"
    assert answer("paths", "bare", data=data)["group_by"] == "auto"
    assert answer("paths", "bare", "--score", "mean_weight", data=data)["group_by"] == "none"
    assert answer("paths", "shared", "--group-by", "none", data=data)["group_by"] == "none"
    assert answer("flow", "bare", "--via", "feature:0/2", data=data)["groups"] is None
    assert "Dallas -> Texas (reads Dallas) -> Austin" in run("paths", "bare", data=data).out, "borrowed"
    assert "Dallas -> reads Dallas -> Austin" in run("paths", "bare", "--labels", "own", data=data).out
    assert "Dallas -> Texas (reads Dallas) -> Austin" in run("paths", "labelled", data=data).out


def test_best_members_stand_below_their_group(data: Path, tiny: str) -> None:
    lines = run("paths", tiny, "--best-members", "1", data=data).out.splitlines()
    assert "Dallas -> Texas L0/2 -> Austin" in lines[2]


def test_paths_that_do_not_exist_are_said_not_to(data: Path, tiny: str) -> None:
    assert "No path fits what was asked." in run("paths", tiny, "--min-length", "3", data=data).out


def test_a_graph_is_named_by_id_prefix_or_name(data: Path, tmp_path: Path) -> None:
    one = write_graph(tmp_path / "one.json", "twin", 2.1)
    two = write_graph(tmp_path / "two.json", "twin", 2.2)
    first, second = answer("import", one, two, data=data)
    assert answer("paths", first["id"], data=data)["graph"] == first["id"]
    assert answer("paths", second["id"][:10], data=data)["graph"] == second["id"]
    ambiguous = failure("paths", "twin", data=data)
    assert "fits 2 graphs" in ambiguous
    assert first["id"][:8] in ambiguous and second["id"][:8] in ambiguous
    unknown = failure("paths", "nothing-like-it", data=data)
    assert "There is no graph 'nothing-like-it'" in unknown and "twin" in unknown
    failure("delete", second["id"], "nothing-like-it", data=data)
    assert len(answer("graphs", data=data)["graphs"]) >= 2, "nothing is deleted unless all are found"
    assert run("delete", second["id"], data=data).out == f"Deleted twin ({second['id'][:12]}).\n"
    assert answer("paths", "twin", data=data)["graph"] == first["id"]


def test_one_bad_file_does_not_stop_the_others(data: Path, tmp_path: Path) -> None:
    good, cut = write_graph(tmp_path / "good.json", "good", 3.1), tmp_path / "cut.json"
    cut.write_text('{"metadata": {')
    folder, absent = tmp_path / "folder", tmp_path / "absent.json"
    folder.mkdir()
    done = run("import", cut, folder, absent, good, data=data)
    assert done.status == 1
    assert "predicts Austin" in done.out
    lines = done.err.splitlines()
    assert [line.startswith("circuit-explorer: ") for line in lines] == [True] * 3
    assert "not JSON" in lines[0] and str(cut) in lines[0]
    assert str(folder) in lines[1]
    assert "no such file" in lines[2] and str(absent) in lines[2]
    outcomes = json.loads(run("import", cut, good, "--json", data=data).out)
    assert [set(outcome) == {"error", "detail"} for outcome in outcomes] == [True, False]
    assert outcomes[0]["error"] == "InvalidGraph"
    assert outcomes[1]["name"] == "good"


def test_a_file_without_a_name_gets_its_files(data: Path, tmp_path: Path) -> None:
    imported = answer("import", write_graph(tmp_path / "nameless.json", None, 3.2), data=data)
    assert imported[0]["name"] == "nameless"


def test_what_a_file_says_cannot_steer_the_terminal(data: Path, tmp_path: Path) -> None:
    metadata = {"slug": "red", "scan": "m[bold]", "prompt": "a\x1b[31m\nb", "prompt_tokens": ["a", " Dallas"]}
    answer("import", write_graph(tmp_path / "red.json", weight=3.3, metadata=metadata), data=data)
    listed = run("graphs", data=data).out
    assert "\x1b" not in listed and r"a\x1b[31m\nb" in listed and "m[bold]" in listed
    assert printable("é 東京 \u202e\r") == r"é 東京 \u202e\r"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([""], "The prompt is empty"),
        (["a", "--model", "gpt-9"], "gpt-9"),
        (["a", "--batch-size", "0"], "batch_size"),
    ],
)
def test_a_prompt_that_cannot_be_traced_says_why(data: Path, arguments: list[str], says: str) -> None:
    assert says in failure("ingest", *arguments, data=data)


def test_a_job_that_fails_says_why(data: Path) -> None:
    done = run("ingest", "The capital of Texas is", "--json", data=data)
    job = json.loads(done.out)
    assert job["state"] == "failed"
    assert sentence(done) == " ".join(job["problem"]["detail"].split())
    assert answer("jobs", "--limit", "1", data=data)["jobs"] == [job]
    row = run("jobs", data=data).out.splitlines()[1]
    assert "failed" in row and "The capital of Texas is" in row


def test_a_job_need_not_be_waited_for(data: Path) -> None:
    said = run("ingest", "A prompt", "--no-wait", data=data)
    job = answer("jobs", "--limit", "1", data=data)["jobs"][0]
    assert (said.status, said.out) == (0, f"Queued job {job['id']}.\n")


def test_a_file_of_prompts_is_queued_whole(data: Path, tmp_path: Path) -> None:
    before = len(answer("jobs", data=data)["jobs"])
    prompts = tmp_path / "prompts.txt"
    prompts.write_text("The first\n\nThe second\nThe first\n")
    assert run("ingest", "--file", str(prompts), data=data).out == "Queued 2 jobs.\n"
    listed = answer("jobs", data=data)["jobs"]
    assert len(listed) == before + 2
    done = run("ingest", "--file", str(prompts), "--wait", data=data)
    assert done.status == 1 and "Of 2 jobs: 2 failed." in done.err
    assert done.err.count("'The first': ") == 1
    broken = tmp_path / "prompts.jsonl"
    for line, why in (
        ("{", "prompts.jsonl, line 2: no JSON"),
        ("[]", "line 2: no JSON object"),
        ('{"prompt": ""}', "jobs.1: The prompt is empty"),
    ):
        broken.write_text('{"prompt": "Third", "parameters": {"max_n_logits": 3}}\n' + line)
        assert why in failure("ingest", "--file", str(broken), data=data)
    assert "has no prompt" in failure("ingest", "--file", "/dev/null", data=data)
    assert "Give a PROMPT, --messages, or a --file" in run("ingest", data=data).err


def test_a_chat_is_asked_for_in_a_file_or_in_a_line(tmp_path: Path) -> None:
    write_chat_model(tmp_path / "tiny")
    write_models_file(tmp_path, tmp_path / "tiny")
    messages = [{"role": "user", "content": "Dallas is"}]
    chat, lines = tmp_path / "chat.json", tmp_path / "chats.jsonl"
    chat.write_text(json.dumps(messages))
    lines.write_text(json.dumps({"messages": [{"role": "user", "content": "Texas is"}]}))
    with serving(tmp_path, "--no-examples"):
        shown = run("tokens", "--messages", chat, data=tmp_path).out
        assert re.findall(r"'(\S+)'", shown) == ["<bos>", "Fact:", "Dallas", "is", "The"]
        assert answer("tokens", "Dallas is", data=tmp_path)["tokens"] == ["<bos>", "Dallas", "is"]
        listed = run("models", data=tmp_path).out
        assert re.search(r"tiny +tiny-transcoders +24 +yes +folder +float32 +cpu", listed)
        done = answer("ingest", "--messages", chat, data=tmp_path)
        assert (done["state"], done["messages"]) == ("done", messages)
        assert done["traced"]["tokens"] == ["<bos>", "Fact:", "Dallas", "is", "The"]
        (queued,) = answer("ingest", "--file", lines, "--wait", data=tmp_path)["jobs"]
        assert (queued["state"], queued["prompt"].split()[2]) == ("done", "Texas")
        chat.write_text("{}")
        assert "no JSON list of messages" in failure("ingest", "--messages", chat, data=tmp_path)
        chat.write_text("[")
        assert "chat.json: no JSON (" in failure("tokens", "--messages", chat, data=tmp_path)
        chat.write_text('[{"role": "robot", "content": "Dallas"}]')
        assert "messages.0.role: " in failure("ingest", "--messages", chat, data=tmp_path)
        assert "Give a PROMPT or --messages" in run("tokens", data=tmp_path).err


def test_jobs_are_cancelled_tried_again_and_listed_by_state(tmp_path: Path) -> None:
    (tmp_path / "models.toml").write_text(NO_MODEL)
    queued = run_apart("ingest", "A prompt", "--no-wait", "--json", data=tmp_path)
    job = json.loads(queued.out)["id"]
    assert run_apart("cancel", job, data=tmp_path).out == f"Job {job} is cancelled.\n"
    assert "there is nothing to cancel" in run_apart("cancel", job, data=tmp_path).err
    again = run_apart("retry", job, data=tmp_path).out
    assert again.startswith("Queued job ")
    listed = run_apart("jobs", "--state", "cancelled", "--json", data=tmp_path)
    assert [one["id"] for one in json.loads(listed.out)["jobs"]] == [job]
    assert run_apart("jobs", "--state", "failed", data=tmp_path).out == "There are no such jobs.\n"


@pytest.mark.skipif(not (ROOT / "demo" / "model").is_dir(), reason="the demo model is not here")
def test_a_prompt_becomes_a_graph(data: Path) -> None:
    prompt = "Fact: The capital of the state containing Dallas is"
    done = run("ingest", prompt, "--model", "demo", data=data)
    graph = answer("graphs", data=data)["graphs"][0]
    assert (done.status, done.err) == (0, "")
    assert re.match(rf"Graph {graph['id']}: \d+ nodes, \d+ edges, predicts ", done.out)
    assert done.out.endswith(f", {url(data)}/graphs/{graph['id']}\n")
    assert graph["prompt"] == prompt
    assert " -> " in run("paths", graph["id"][:8], data=data).out
    again = run("ingest", prompt, "--model", "demo", data=data)
    assert again.out == f"Known already: graph {done.out.removeprefix('Graph ')}"
    assert run("ingest", prompt, "--model", "demo", "--no-wait", data=data).out == again.out
    known = json.loads(run("ingest", prompt, "--model", "demo", "--json", data=data).out)
    assert (known["known"], known["state"], known["graph_id"]) == (True, "done", graph["id"])
    prompts = data / "known.txt"
    prompts.write_text(prompt)
    said = run("ingest", "--model", "demo", "--file", str(prompts), data=data).out
    assert said == "Queued 0 jobs. 1 graph is known already.\n"
    assert (
        run("ingest", "--model", "demo", "--file", str(prompts), "--wait", data=data).out
        == "All 1 jobs are done.\n"
    )
    forced = run("ingest", prompt, "--model", "demo", "--force", data=data)
    assert forced.out == done.out


def test_without_a_server_commands_open_the_database_themselves(tmp_path: Path) -> None:
    folder = tmp_path / "own"
    assert run_apart("graphs", data=folder) == (0, f"No graph is stored in {folder} yet.\n", "")
    imported = run_apart("import", write_graph(tmp_path / "tiny.json"), "--json", data=folder)
    assert (imported.status, imported.err) == (0, "")
    listed = run_apart("graphs", "--json", data=folder)
    (record,) = json.loads(imported.out)
    assert json.loads(listed.out)["graphs"] == [
        {key: record[key] for key in record if key not in ("known", "dropped", "metadata")}
    ]
    assert record["known"] is False and set(record["dropped"].values()) == {0}
    assert run_apart("jobs", data=folder) == (0, "There are no jobs yet.\n", "")
    assert not (folder / "server.json").exists()


def test_a_job_queued_without_a_server_waits_for_one(tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    (tmp_path / "models.toml").write_text(NO_MODEL)
    queued = run_apart("ingest", "A prompt", "--no-wait", data=tmp_path)
    assert queued.status == 0 and queued.out.endswith("; it is traced when a server runs.\n")
    with serving(tmp_path) as server:
        server.terminate()
        assert "Unfinished jobs go on: 1." in server.communicate()[0]


def test_a_database_that_another_process_holds_is_one_line(data: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    database = requests.get(f"{url(data)}/api/health").json()["database"]
    held = run_apart("graphs", "--database", database, data=tmp_path / "elsewhere")
    assert database in sentence(held)


def test_a_server_with_another_database_is_not_asked(data: Path, tmp_path: Path) -> None:
    other = f"ladybug://{tmp_path / 'other.lbug'}"
    assert f"not {other}" in failure("graphs", "--database", other, data=data)


@pytest.mark.skipif(not GRAPHS.is_dir(), reason="../shared/graphs is not here")
def test_real_graphs_import_and_rank(data: Path) -> None:
    files = sorted(GRAPHS.glob("*.json"))
    records = {
        path.stem: record for path, record in zip(files, answer("import", *files, data=data), strict=True)
    }
    assert [record["n_edges"] for record in records.values()] == [4741, 3506, 3506, 3979, 3979, 2744]
    expected = {
        "gemma-2-2b-dallas-grouped": "Dallas -> Texas -> Austin",
        "gemma-2-2b-oakland-grouped": "Oakland -> California -> Sacramento",
        "gemma-2-2b-dallas": "Dallas -> says Fort / Dallas / Austin -> Austin",
    }
    for stem, best in expected.items():
        by = ["--group-by", "label"] if "oakland" in stem else ["--labels", "own"]
        lines = run("paths", records[stem]["id"], "-k", "1", *by, data=data).out.splitlines()
        assert best in lines[1]
