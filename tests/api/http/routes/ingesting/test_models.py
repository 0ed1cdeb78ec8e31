"""What GET /api/models lists, and prompts that are split into tokens."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.client.places import Places
from api.http.app import create_app
from api.server import open_explorer
from tests.support.api import problem
from tests.support.tiny_model import write_chat_model, write_models_file

HUB = """
[[model]]
name = "hub"
source = "owner/never-fetched"
dtype = "bfloat16"
device = "cuda"
backend = "transformerlens"
context_length = 100
[[model.transcoders]]
name = "one"
source = "owner/set"
"""
MESSAGES = [{"role": "user", "content": "Dallas is"}]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Of a server with a tiny model that takes messages, and one that comes from a hub."""
    data = tmp_path_factory.mktemp("data")
    write_chat_model(data / "chat")
    write_models_file(data, data / "chat")
    listed = data / "models.toml"
    listed.write_text(listed.read_text() + HUB)
    with (
        open_explorer(Places(data), run_jobs=False) as explorer,
        TestClient(create_app(explorer), base_url="http://127.0.0.1") as client,
    ):
        yield client


def test_the_models_are_listed_with_all_that_a_form_needs(client: TestClient) -> None:
    answer = client.get("/api/models").json()
    models = {one["name"]: one for one in answer["models"]}
    assert next(iter(models)) == "tiny", "the default is the first"
    assert models["tiny"] == {
        "name": "tiny",
        "description": "",
        "examples": [
            "Fact: The capital of the state containing Dallas is",
            "Fact: The capital of the state containing Oakland is",
        ],
        "context_length": 24,
        "has_chat_template": True,
        "why_no_tokens": None,
        "comes_from": "folder",
        "dtype": "float32",
        "device": "cpu",
        "backend": "nnsight",
        "transcoders": [{"name": "tiny-transcoders", "comes_from": "folder"}],
    }
    hub = models["hub"]
    assert (hub["comes_from"], hub["dtype"], hub["device"], hub["backend"], hub["has_chat_template"]) == (
        *("hub", "bfloat16", "cuda", "transformerlens"),
        None,
    )
    assert hub["transcoders"] == [{"name": "one", "comes_from": "hub"}]
    assert "The tokens of the model 'hub' are not known here" in hub["why_no_tokens"]
    if "demo" in models:
        assert models["demo"]["has_chat_template"] is False
    parameters = {one["name"]: one for one in answer["parameters"]}
    nodes = parameters["max_feature_nodes"]
    assert (nodes["kind"], nodes["default"], nodes["nullable"], nodes["minimum"]) == (
        "integer",
        8192,
        True,
        1,
    )
    assert [one["name"] for one in answer["options"]] == ["verify", "internals", "force"]
    assert answer["roles"] == ["system", "developer", "user", "assistant"]
    assert answer["limits"] == {"prompts": 10_000, "messages": 200, "characters": 100_000}


@pytest.mark.parametrize(
    ("prompt", "tokens"),
    [
        ({"prompt": "Dallas is"}, ["<bos>", "Dallas", "is"]),
        ({"prompt": "<bos> Dallas is"}, ["<bos>", "Dallas", "is"]),
        ({"prompt": ""}, []),
        ({"messages": MESSAGES}, ["<bos>", "Fact:", "Dallas", "is", "The"]),
    ],
)
def test_a_prompt_is_split(client: TestClient, prompt: dict[str, Any], tokens: list[str]) -> None:
    answer = client.post("/api/models/tiny/tokens", json=prompt)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["tokens"] == tokens and len(body["token_ids"]) == len(tokens)
    if tokens:
        assert body["token_ids"][0] == 1
    if "messages" in prompt:
        assert body["prompt"].split() == ["<bos>", "Fact:", "Dallas", "is", "The"]


@pytest.mark.parametrize(
    ("model", "prompt", "status", "error"),
    [
        ("none", {"prompt": "Dallas"}, 404, "UnknownModel"),
        ("hub", {"prompt": "Dallas"}, 404, "TokenizerUnavailable"),
        ("hub", {"messages": MESSAGES}, 404, "TokenizerUnavailable"),
        ("tiny", {}, 422, "InvalidRequest"),
        ("tiny", {"prompt": "Dallas", "messages": MESSAGES}, 422, "InvalidRequest"),
        ("tiny", {"messages": [{"role": "system", "content": "Dallas"}]}, 422, "InvalidRequest"),
        ("tiny", {"messages": [{"role": "user", "content": " "}]}, 422, "EmptyPrompt"),
        ("tiny", {"prompt": "x" * 100_001}, 422, "InvalidRequest"),
        ("tiny", {"prompt": "x" * (1 << 20)}, 413, "BodyTooLarge"),
    ],
)
def test_what_cannot_be_split_is_told(
    client: TestClient, model: str, prompt: dict[str, Any], status: int, error: str
) -> None:
    problem(client.post(f"/api/models/{model}/tokens", json=prompt), status, error)


def test_a_model_without_a_template_takes_no_messages(client: TestClient) -> None:
    if all(one["name"] != "demo" for one in client.get("/api/models").json()["models"]):
        pytest.skip("the demo model is not here")
    for path, more in (("models/demo/tokens", {}), ("jobs", {"model": "demo"})):
        told = problem(
            client.post(f"/api/{path}", json={"messages": MESSAGES, **more}), 422, "NoChatTemplate"
        )
        assert told == "The model 'demo' has no chat template, so it takes no messages: give a prompt."


def test_a_chat_is_queued_as_the_prompt_that_its_template_makes(client: TestClient) -> None:
    job = client.post("/api/jobs", json={"messages": MESSAGES}).json()
    assert job["messages"] == MESSAGES
    assert job["prompt"].split() == ["<bos>", "Fact:", "Dallas", "is", "The"]
    assert job["traced"] is None
    assert client.get(f"/api/jobs/{job['id']}").json() == job
    long = [{"role": "user", "content": "Dallas " * 22}]
    told = problem(client.post("/api/jobs", json={"messages": long}), 422, "PromptTooLong")
    assert "has 25 tokens; the model 'tiny' reads at most 24" in told
    elsewhere = client.post("/api/jobs", json={"messages": MESSAGES, "model": "hub"})
    assert elsewhere.status_code == 202, "the tracing process checks it"
    assert elsewhere.json()["prompt"] == "user: Dallas is"
