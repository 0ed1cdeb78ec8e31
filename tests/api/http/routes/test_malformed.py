"""A corpus of malformed graph files: each is refused with a 422 that begins with the place, and stores nothing.

Every file is a small edit of one that is stored.
"""

import gzip
import io
import json
import math
import re
import zipfile
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.support.api import problem
from tests.support.graph_documents import document, error_node, feature_node, link, node

Edit = Callable[[Any], Any]
LEAST = 100
"""Files that the corpus holds at least."""

MISSING = (
    *("metadata", "nodes", "links", "metadata.prompt_tokens"),
    *(f"nodes[{at}].{name}" for at in range(6) for name in ("node_id", "feature_type", "ctx_idx")),
    *(f"nodes[{at}].layer" for at in (1, 2, 3)),
    *(f"links[{at}].{name}" for at in range(6) for name in ("source", "target", "weight")),
)
NOT_TEXT: tuple[Any, ...] = (7, [], {}, True)
NO_NUMBER: tuple[Any, ...] = ("2.0x", [], {}, True, math.inf, -math.inf, 10**400)
NOT_WHOLE: tuple[Any, ...] = ("x", 1.5, True, None, [], {}, 2**60)
WRONG: dict[str, tuple[Any, ...]] = {
    "metadata": ([], "a", 7, None),
    "nodes": ({}, "a", 7, None),
    "links": ({}, "a", 7, None),
    "qParams": ([1], "a", 7),
    "metadata.prompt_tokens": ({}, "a", None, 7),
    "metadata.prompt_tokens[1]": (7, None, [], {}),
    "metadata.prompt": NOT_TEXT,
    "metadata.slug": NOT_TEXT,
    "metadata.scan": (*NOT_TEXT, "", None),
    "metadata.schema_version": (2, "1", True, [], 1.5),
    "metadata.n_layers": (0, -1, 2, 10**15, "x", 2.5, True),
    "metadata.info.transcoder_set": NOT_TEXT,
    "metadata.info.more": (math.nan, math.inf),
    "nodes[1]": (7, "a", None, []),
    "nodes[1].node_id": (*NOT_TEXT, None),
    "nodes[1].feature_type": (None, 7, "", "transcoders", [], {}),
    "nodes[1].ctx_idx": (*NOT_WHOLE, -1, 3),
    "nodes[1].layer": (*NOT_WHOLE, -1, 1000),
    "nodes[1].clerp": NOT_TEXT,
    "nodes[1].influence": NO_NUMBER,
    "nodes[1].activation": NO_NUMBER,
    "nodes[4].token_prob": NO_NUMBER,
    "nodes[4].is_target_logit": ("yes", 1, [], {}),
    "links[1]": (7, "a", None, []),
    "links[1].source": (7, None, [], "nowhere", "", "5_50_2"),
    "links[1].target": (7, None, [], "nowhere", "", "0_1_2"),
    "links[1].weight": (*NO_NUMBER, None, math.nan),
    "qParams.pinnedIds": (7, {}, "[7"),
    "qParams.pinnedIds[0]": (7, [], None),
    "qParams.supernodes": (7, {}, "[[", ["a"], [[]], [[7]], [["a", 7]]),
}
"""Values that a place cannot have."""


def said(**changes: Any) -> dict[str, Any]:
    return {"layer": 0, "index": 7, "text": "Texas", "author": "ada", "type": "person", **changes}


OTHER: tuple[tuple[str, str, Edit], ...] = (
    ("no logit", "nodes", lambda d: d.update(nodes=d["nodes"][:4], links=d["links"][:3])),
    ("an empty list of nodes", "nodes", lambda d: d.update(nodes=[], links=[])),
    ("a node twice", "nodes[6]", lambda d: d["nodes"].append(d["nodes"][1])),
    ("an error twice", "nodes[6]", lambda d: d["nodes"].append(error_node(1, 2))),
    ("two nodes of one id", "nodes[6].node_id", lambda d: d["nodes"].append(
        node("2_9_2", "cross layer transcoder", "3", 1, 17))),
    ("a feature beyond its pairing", "nodes[6].feature", lambda d: d["nodes"].append(
        node("strange", "cross layer transcoder", "3", 1, 1))),
    ("a feature above the logits", "nodes", lambda d: d["nodes"].append(feature_node(9, 1, 1))),
    ("logits on two layers", "nodes", lambda d: d["nodes"][5].update(layer="6", node_id="x", jsNodeId="y")),
    ("a link to an embedding", "links[6].target", lambda d: d["links"].append(link("2_9_2", "E_26865_1", 1))),
    ("a link to an error", "links[6].target", lambda d: d["links"].append(link("2_9_2", "0_1_2", 1))),
    ("a link from a logit", "links[6].source", lambda d: d["links"].append(link("5_50_2", "2_9_2", 1))),
    ("a link twice", "links[6]", lambda d: d["links"].append(d["links"][1])),
    ("a link twice, once of weight 0", "links[6]", lambda d: d["links"].append({**d["links"][5], "weight": 2})),
    ("a cycle", "links", lambda d: d["links"].append(link("2_9_2", "0_7_1", 1))),
    ("a cycle of one", "links", lambda d: d["links"].append(link("2_9_2", "2_9_2", 1))),
    ("weights without a sum", "links", lambda d: [one.update(weight=1e308) for one in d["links"]]),
    ("an id of two nodes, from either", "links[6].source", lambda d: (
        d["nodes"].extend([feature_node(0, 3, 1), error_node(3, 1)]),
        d["links"].extend([link("0_3_1", "5_50_2", 1), link("0_3_1", "5_50_2", 2), link("0_3_1", "5_50_2", 3)]))),
    ("a threshold above 1", "metadata.node_threshold", lambda d: d["metadata"]["pruning_settings"].update(
        node_threshold=1.5)),
    ("a threshold that is text", "metadata.edge_threshold", lambda d: d["metadata"]["pruning_settings"].update(
        edge_threshold="high")),
    ("half a logit", "metadata.max_n_logits", lambda d: d["metadata"]["generation_settings"].update(
        max_n_logits=1.5)),
    ("a setting without end", "metadata.batch_size", lambda d: d["metadata"]["generation_settings"].update(
        batch_size=10**30)),
    ("transcoders that are no list", "metadata.transcoder_list", lambda d: d["metadata"].update(
        transcoder_list=7, info={})),
    ("half a character", "file", lambda d: d["metadata"].update(slug="\ud800")),
    ("a list of graphs", "file", lambda d: (d.clear(), d.update(graphs=[]))),
    ("an own label that is no text", "nodes[1].own_label", lambda d: d["nodes"][1].update(own_label=7)),
    ("explanations that are no list", "explanations", lambda d: d.update(explanations={})),
    ("an explanation that is no object", "explanations[1]", lambda d: d.update(explanations=[said(), "a"])),
    ("an explanation of no feature", "explanations[0].index", lambda d: d.update(explanations=[said(index=None)])),
    ("an explanation without words", "explanations[0].text", lambda d: d.update(explanations=[said(text="")])),
    ("a score that is none", "explanations[0].score", lambda d: d.update(explanations=[said(score="high")])),
    ("a time that is none", "explanations[0].created_at", lambda d: d.update(
        explanations=[said(created_at="yesterday")])),
    ("depth without end", "metadata.info.more", lambda d: d["metadata"]["info"].update(more=_nested(100))),
)  # fmt: skip


def _nested(depth: int) -> Any:
    inside: Any = 1
    for _ in range(depth):
        inside = [inside]
    return inside


def _zip(name: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(name, "x")
    return content.getvalue()


GOOD = json.dumps(document()).encode()
FILES: tuple[tuple[str, bytes], ...] = (
    ("nothing", b""),
    ("white space", b" \n"),
    ("a byte order mark alone", b"\xef\xbb\xbf"),
    ("a list", b"[]"),
    ("a number", b"1"),
    ("a text", b'"graph"'),
    ("null", b"null"),
    ("thousands of digits", b'{"a":' + b"1" * 10_000 + b"}"),
    ("brackets without end", b"[" * 100_000),
    ("not UTF-8", GOOD.replace(b"Texas", b"Tex\xe9s")),
    ("UTF-16", GOOD.decode().encode("utf-16")),
    ("a comma too many", GOOD.replace(b"}]", b"},]", 1)),
    ("a comma too many between links", GOOD.replace(b'"weight": 2.0}, ', b'"weight": 2.0},, ')),
    ("single quotes", GOOD.replace(b'"', b"'")),
    ("text behind the end", GOOD + b"}"),
    ("two files", GOOD + GOOD),
    ("a web page", b"<!DOCTYPE html><html></html>"),
    ("cut gzip", gzip.compress(GOOD)[:-20]),
    ("damaged gzip", gzip.compress(GOOD)[:30] + b"x" * 40),
    ("gzip of nothing", gzip.compress(b"")),
    ("a zip archive", _zip("graph.json")),
    ("a file of PyTorch", _zip("archive/data.pkl")),
    *((f"cut at {share} %", GOOD[: len(GOOD) * share // 100]) for share in range(5, 100, 10)),
)


def spoiled() -> Iterator[tuple[str, str, bytes]]:
    """The name of each file, the place that is named, and its bytes."""
    for place in MISSING:
        changed = document()
        container, last = _way(changed, place)
        del container[last]
        yield f"no {place}", place, json.dumps(changed).encode()
    for place, values in WRONG.items():
        for value in values:
            changed = document()
            container, last = _way(changed, place)
            container[last] = value
            yield f"{place} = {str(value)[:20]!r} {type(value).__name__}", place, json.dumps(changed).encode()
    for name, place, edit in OTHER:
        changed = deepcopy(document())
        edit(changed)
        yield name, place, json.dumps(changed).encode()
    yield from ((name, "file", content) for name, content in FILES)


def _way(root: Any, place: str) -> tuple[Any, Any]:
    """The container of a place, and its key or index there."""
    *way, last = (int(step) if step.isdigit() else step for step in re.findall(r"\w+", place))
    for step in way:
        root = root[step]
    return root, last


CORPUS = list(spoiled())


def test_the_corpus_is_large_and_has_no_file_twice(client: TestClient) -> None:
    assert len(CORPUS) >= LEAST
    assert len({name for name, _, _ in CORPUS}) == len({content for _, _, content in CORPUS}) == len(CORPUS)
    answer = client.post("/api/graphs/import", content=GOOD)
    assert answer.status_code == 201
    assert client.delete(f"/api/graphs/{answer.json()['id']}").status_code == 204


@pytest.mark.parametrize(("place", "content"), [pytest.param(*rest, id=name) for name, *rest in CORPUS])
def test_a_malformed_file_is_refused_with_its_place(client: TestClient, place: str, content: bytes) -> None:
    answer = client.post("/api/graphs/import", content=content)
    detail = problem(answer, 422, "InvalidGraph")
    assert detail.startswith(f"{place}: "), detail
    assert len(detail) > len(place) + 5 and "Traceback" not in detail and "\n" not in detail
    assert client.get("/api/graphs").json()["graphs"] == []
