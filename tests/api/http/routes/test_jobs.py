"""Jobs over HTTP. Tests that need a running worker are in test_server and test_cli."""

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.support.api import problem


@pytest.mark.parametrize(
    ("request_body", "status", "error"),
    [
        ({"prompt": ""}, 422, "EmptyPrompt"),
        ({"prompt": "  \n"}, 422, "EmptyPrompt"),
        ({"prompt": "state " * 400}, 422, "PromptTooLong"),
        ({"prompt": "Dallas", "model": "no-such-model"}, 404, "UnknownModel"),
        ({"prompt": "Dallas", "transcoders": "no-such-set"}, 404, "UnknownTranscoders"),
        ({}, 422, "InvalidRequest"),
        ({"prompt": "Dallas", "parameters": {"node_threshold": 1.5}}, 422, "InvalidRequest"),
        ({"prompt": "Dallas", "colour": "red"}, 422, "InvalidRequest"),
    ],
)
def test_a_prompt_that_cannot_be_traced_is_refused_at_once(
    client: TestClient, request_body: dict[str, Any], status: int, error: str
) -> None:
    detail = problem(client.post("/api/jobs", json=request_body), status, error)
    for value in ("no-such-model", "no-such-set", "colour", "node_threshold"):
        assert value not in json.dumps(request_body) or value in detail
    assert client.get("/api/jobs").json() == {"jobs": []}
