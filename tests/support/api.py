"""What tests ask of the API, and how they check its answers."""

import json
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from tests.support.processes import write_graph


def imported(client: TestClient, file: Path) -> dict[str, Any]:
    answer = client.post("/api/graphs/import", content=file.read_bytes())
    record: dict[str, Any] = answer.json()
    assert answer.status_code == (200 if record.get("known") else 201), answer.text
    return record


def problem(answer: Any, status: int, error: str) -> str:
    """The sentence of an answer that must be this problem, in the envelope and nothing else."""
    assert answer.status_code == status, answer.text
    body = answer.json()
    assert set(body) == {"error", "detail"}
    assert body["error"] == error
    return str(body["detail"])


def write_pair(folder: Path) -> tuple[Path, Path]:
    """Files of two graphs of `google/tiny` with one feature, which the second calls otherwise."""
    files = (
        write_graph(folder / "first.json", "first"),
        write_graph(folder / "second.json", "second", weight=2.5),
    )
    for file in files:
        content = json.loads(file.read_text())
        content["metadata"] |= {"scan": "google/tiny", "info": {"transcoder_set": "a/b"}}
        if file.stem == "second":
            content["metadata"] |= {"prompt": "<s> Oakland", "prompt_tokens": ["<s>", " Oakland"]}
            content["nodes"][1]["clerp"] = "a state"
        file.write_text(json.dumps(content))
    return files
