"""The error for each fault of a graph file; test_nodes.py has the faults of its nodes."""

import json
import re
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.graph_file.read import read_graph_file
from queries.errors import InvalidGraph
from tests.support.graph_documents import document, edited, read

Edit = Callable[[dict[str, Any]], Any]


def refused(content: bytes | dict[str, Any]) -> InvalidGraph:
    with pytest.raises(InvalidGraph) as raised:
        read(content) if isinstance(content, dict) else read_graph_file(content)
    assert "\n" not in str(raised.value)
    return raised.value


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "it is not JSON: Expecting value at line 1, column 1"),
        (b'{"a":\n 1,}', "line 2, column"),
        (b"\xff\xfe\xfa", "it is not JSON"),
        (b'{"a": "\xe9"}', "not UTF-8 text at byte 7"),
        (b"[" * 100_000, "nested too deeply"),
        (b"1" * 10_000, "thousands of digits"),
        (b"[]", "an object is expected"),
        (b'"a graph"', "an object is expected"),
        (b"null", "an object is expected"),
        (json.dumps(edited(lambda d: d["metadata"].update(slug="\ud800"))).encode(), "half a character"),
    ],
)
def test_what_is_no_json_object_is_said_so(content: bytes, why: str) -> None:
    assert refused(content).where == "file"
    assert why in refused(content).why


@given(st.data())
def test_what_is_no_json_is_told_as_python_tells_it(data: st.DataObject) -> None:
    """Wherever the fault is, whatever it does to the text after it, with links first or last."""
    fields = data.draw(st.permutations(list(document())))
    text = json.dumps(
        {name: document()[name] for name in fields}, indent=data.draw(st.sampled_from([None, 1]))
    )
    place = data.draw(st.integers(0, len(text)))
    rest = data.draw(st.sampled_from([text[place:], text[place + 1 :], ""]))
    broken = text[:place] + data.draw(st.sampled_from(["", *'"\\{}[],:0x'])) + rest
    try:
        json.loads(broken)
    except json.JSONDecodeError as error:
        why = f"it is not JSON: {error.msg} at line {error.lineno}, column {error.colno}"
        assert (refused(broken.encode()).where, refused(broken.encode()).why) == ("file", why)


def test_whole_surrogate_pairs_are_text() -> None:
    content = json.dumps(edited(lambda d: d["metadata"].update(slug="🦜"))).encode()
    assert b"\\ud83e" in content
    assert read_graph_file(content).record.name == "🦜"


@pytest.mark.parametrize(
    "path",
    [
        "metadata",
        "nodes",
        "links",
        "metadata.prompt_tokens",
        "links[1].source",
        "links[1].target",
        "links[1].weight",
        "nodes[1].feature_type",
        "nodes[1].node_id",
        "nodes[1].ctx_idx",
        "nodes[1].layer",
    ],
)
def test_a_missing_field_is_named(path: str) -> None:
    broken: Any = document()
    *way, last = re.findall(r"\w+", path)
    part = broken
    for step in way:
        part = part[int(step)] if step.isdigit() else part[step]
    del part[last]
    assert (refused(broken).where, refused(broken).why) == (path, "missing")


FAULTS: list[tuple[str, str, Edit]] = [
    ("nodes", "must be a list, not dict", lambda d: d.update(nodes={})),
    ("metadata", "must be an object, not list", lambda d: d.update(metadata=[])),
    ("metadata.scan", "must be a string, not list", lambda d: d["metadata"].update(scan=[])),
    ("metadata.scan", "missing: state the model", lambda d: d["metadata"].pop("scan")),
    ("metadata.scan", "missing: state the model", lambda d: d["metadata"].update(scan="")),
    ("metadata.schema_version", "True is not known", lambda d: d["metadata"].update(schema_version=True)),
    ("metadata.n_layers", "2 is not above layer 2", lambda d: d["metadata"].update(n_layers=2)),
    ("metadata.n_layers", "must be 1 to 1000", lambda d: d["metadata"].update(n_layers=10**15)),
    (
        "metadata.node_threshold",
        "between 0 and 1, not -5",
        lambda d: d["metadata"]["pruning_settings"].update(node_threshold=-5),
    ),
    ("nodes[1].clerp", "must be a string, not []", lambda d: d["nodes"][1].update(clerp=[])),
    (
        "metadata.prompt_tokens[1]",
        "must be a string, not 7",
        lambda d: d["metadata"]["prompt_tokens"].__setitem__(1, 7),
    ),
    ("metadata.schema_version", "2 is not known", lambda d: d["metadata"].update(schema_version=2)),
    (
        "metadata.transcoder_list",
        "must be a list",
        lambda d: d["metadata"].update(transcoder_list=7, info={}),
    ),
    (
        "metadata.max_n_logits",
        "valid integer",
        lambda d: d["metadata"]["generation_settings"].update(max_n_logits=1.5),
    ),
    (
        "metadata.max_n_logits",
        "too large",
        lambda d: d["metadata"]["generation_settings"].update(max_n_logits=10**30),
    ),
    (
        "metadata.edge_threshold",
        "finite",
        lambda d: d["metadata"]["pruning_settings"].update(edge_threshold=np.nan),
    ),
    ("metadata.info.new", "finite number, not nan", lambda d: d["metadata"]["info"].update(new=np.nan)),
    ("metadata.info.new", "nested too deeply", lambda d: d["metadata"]["info"].update(new=nested(200))),
    ("qParams", "must be an object, not list", lambda d: d.update(qParams=[1])),
    ("qParams.pinnedIds", "must be a list", lambda d: d["qParams"].update(pinnedIds=7)),
    ("qParams.supernodes", "must be a list, not '[[no'", lambda d: d["qParams"].update(supernodes="[[no")),
    ("qParams.pinnedIds[0]", "must be a string", lambda d: d["qParams"].update(pinnedIds=[["2_9_2"]])),
    ("qParams.supernodes", "must be a list", lambda d: d["qParams"].update(supernodes={"a": 1})),
    (
        "qParams.supernodes",
        "a list of a name and node ids",
        lambda d: d["qParams"].update(supernodes=[["a", 1]]),
    ),
    ("links[0]", "must be an object", lambda d: d["links"].__setitem__(0, [])),
    ("links[0].source", "there is no node 'nowhere'", lambda d: d["links"][0].update(source="nowhere")),
    ("links[0].target", "there is no node '9_9_9'", lambda d: d["links"][0].update(target="9_9_9")),
    ("links[0].weight", "must be a finite number, not nan", lambda d: d["links"][0].update(weight=np.nan)),
    ("links[0].weight", "must be a finite number, not -inf", lambda d: d["links"][0].update(weight=-np.inf)),
    ("links[0].weight", "must be a finite number, not '2.0'", lambda d: d["links"][0].update(weight="2.0")),
    ("links[0].weight", "must be a finite number, not None", lambda d: d["links"][0].update(weight=None)),
    ("links[0].weight", "must be a finite number, not True", lambda d: d["links"][0].update(weight=True)),
    ("links[0].weight", "too large", lambda d: d["links"][0].update(weight=10**400)),
    ("links", "into '2_9_2' are too large", lambda d: [link.update(weight=1e308) for link in d["links"]]),
    ("links[6]", "'0_7_1' -> '2_9_2' is also links[1]", lambda d: d["links"].append(dict(d["links"][1]))),
    ("links[6]", "is also links[5]", lambda d: d["links"].append(dict(d["links"][5], weight=3))),
    (
        "links",
        "they form a cycle: ",
        lambda d: d["links"].append({"source": "2_9_2", "target": "0_7_1", "weight": 1}),
    ),
]


def nested(depth: int) -> Any:
    inside: Any = 1
    for _ in range(depth):
        inside = [inside]
    return inside


@pytest.mark.parametrize(("where", "why", "edit"), FAULTS)
def test_a_fault_is_named_with_its_place(where: str, why: str, edit: Edit) -> None:
    error = refused(edited(edit))
    assert error.where == where
    assert why in error.why


def test_a_cycle_is_spelled_out() -> None:
    back = {"source": "2_9_2", "target": "0_7_1", "weight": 1}
    why = refused(edited(lambda d: d["links"].append(back))).why
    assert why.split(": ")[1] in ("0_7_1 -> 2_9_2 -> 0_7_1", "2_9_2 -> 0_7_1 -> 2_9_2")
    loop = {"source": "2_9_2", "target": "2_9_2", "weight": 1}
    assert refused(edited(lambda d: d["links"].append(loop))).why.endswith("2_9_2 -> 2_9_2")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def places(part: Any) -> list[tuple[Any, Any]]:
    """Every (container, key) of a document."""
    keys = list(part) if isinstance(part, dict) else list(range(len(part))) if isinstance(part, list) else []
    return [place for key in keys for place in [(part, key), *places(part[key])]]


@given(st.data())
def test_any_document_is_a_graph_or_an_invalid_one(data: st.DataObject) -> None:
    broken = deepcopy(document())
    for _ in range(data.draw(st.integers(1, 3))):
        container, key = data.draw(st.sampled_from(places(broken)))
        others = st.sampled_from([part[name] for part, name in places(document())])
        how = data.draw(st.sampled_from(["drop", "replace", "swap", "double"]))
        if how == "drop":
            del container[key]
        elif how == "double" and isinstance(container, list):
            container.append(deepcopy(container[key]))
        else:
            container[key] = deepcopy(data.draw(JSON if how == "replace" else others))
        if not places(broken):
            break
    try:
        graph = read_graph_file(json.dumps(broken).encode())
    except InvalidGraph:
        return
    assert np.isfinite(graph.edges.share).all()
    graph.record.model_dump_json()
    assert "NaN" not in json.dumps(graph.record.model_dump(mode="json"))


@given(st.binary(max_size=40) | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_an_invalid_graph(content: bytes) -> None:
    assert refused(content).why
