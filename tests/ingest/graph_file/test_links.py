"""The links of graph files as columns: the same whether the compiled loop reads them or Python's parser."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.graph_file.links import FileLinks, _PlainLinks
from ingest.graph_file.pieces import PIECE, mapped
from ingest.graph_file.read import GraphFile, attribution_graph, parse_graph_file
from queries.errors import InvalidGraph
from tests.support.graph_documents import document, edited, feature_node, link
from tests.support.graphs import REAL_GRAPHS, real_graph_file
from tests.support.large_file import write_large_file
from tests.support.synthetic_graphs import Size

ODD_ID = 'a "quoted" \\ {brace}, [é🦜]\n'


def odd(d: dict[str, Any]) -> None:
    d["nodes"].append(dict(feature_node(1, 5, 1), node_id=ODD_ID))
    d["links"] += [link("E_26865_1", ODD_ID, 0.5), link(ODD_ID, "5_50_2", 1e-7)]


DOCUMENT = edited(odd)


def columns(file: GraphFile) -> tuple[list[tuple[str, str, float]], int]:
    """(source, target, weight) of each link, in order, and the number of links of weight 0."""
    edges, nodes = file.links.edges, file.nodes
    rows = zip(edges.source.tolist(), edges.target.tolist(), file.links.weight.tolist(), strict=True)
    return [(nodes[a].id, nodes[b].id, weight) for a, b, weight in rows], file.dropped.zero_links


def expected(content: bytes) -> tuple[list[tuple[str, str, float]], int]:
    """The same from Python's parser, for a file without fault."""
    file = json.loads(content)
    rank = {node.id: node.ordinal for node in reversed(parse_graph_file(content).nodes)}
    links = [(one["source"], one["target"], float(one["weight"])) for one in file["links"]]
    links.sort(key=lambda one: (rank[one[1]], rank[one[0]]))
    kept = [one for one in links if one[2] != 0]
    return kept, len(links) - len(kept)


def test_ends_are_ordinals_by_target_then_source() -> None:
    links = parse_graph_file(json.dumps(document()).encode()).links
    assert links.edges.source.tolist() == [0, 1, 3, 0, 2]
    assert links.edges.target.tolist() == [1, 2, 2, 4, 4]
    assert links.weight.tolist() == [2.0, -3.0, 1.0, 1.0, 4.0]
    assert links.edges.source.dtype == links.edges.target.dtype == np.int32


@pytest.mark.parametrize(
    ("weight", "dtype"),
    [
        (0.5, "float32"),
        (float(np.float32(0.1)), "float32"),
        (0.1, "float64"),
        (1e300, "float64"),
        (1e-50, "float64"),
    ],
)
def test_weights_are_float32_where_that_is_what_they_are(weight: float, dtype: str) -> None:
    links = read(edited(lambda d: d["links"][0].update(weight=weight)))
    assert links.weight.dtype == dtype
    assert links.weight[0] == weight


def read(file: dict[str, Any]) -> FileLinks:
    return parse_graph_file(json.dumps(file).encode()).links


@pytest.mark.parametrize("name", REAL_GRAPHS)
def test_real_files_have_the_links_that_python_reads(name: str) -> None:
    content = real_graph_file(name).read_bytes()
    assert columns(parse_graph_file(content, piece=10_000)) == expected(content)


def test_a_file_as_large_ones_are_is_read_by_the_loop_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "graph.json"
    write_large_file(path, Size(2_500, 20_000))
    wanted = expected(path.read_bytes())
    monkeypatch.setattr("ingest.graph_file.links._checked", None)
    assert columns(parse_graph_file(mapped(path), piece=100_000)) == wanted


FIELDS = ("source", "target", "weight")
SPACE = st.sampled_from(["", " ", "\n", "\t", "\r\n  "])


@st.composite
def spelled_links(draw: st.DrawFn) -> str:
    """The document's links, each spelled in one of the ways that JSON allows."""

    def text(value: Any) -> str:
        return draw(SPACE) + draw(
            st.sampled_from([True, False]).map(lambda it: json.dumps(value, ensure_ascii=it))
        )

    spelled = []
    for one in draw(st.permutations(DOCUMENT["links"])):
        fields = [(name, text(one[name])) for name in draw(st.permutations(FIELDS))]
        if draw(st.integers(0, 9)) == 0:
            fields.insert(draw(st.integers(0, 3)), ("new", text({"a": [1, "}]"]})))
        if draw(st.integers(0, 9)) == 0:
            fields.insert(0, ("weight", text("the last counts")))
        parts = [f"{text(name)}{draw(SPACE)}:{value}{draw(SPACE)}" for name, value in fields]
        spelled.append(draw(SPACE) + "{" + ",".join(parts) + "}" + draw(SPACE))
    return "[" + ",".join(spelled) + "]"


@given(spelled_links(), st.sampled_from([1, 100, 400, PIECE]), st.integers(0, 3))
def test_links_are_the_same_however_they_are_spelled(spelled: str, piece: int, place: int) -> None:
    parts = [f"{json.dumps(name)}: {json.dumps(DOCUMENT[name])}" for name in ("metadata", "qParams", "nodes")]
    parts.insert(place, f'"links": {spelled}')
    content = f"{{{','.join(parts)}}}".encode()
    assert columns(parse_graph_file(content, piece=piece)) == expected(json.dumps(DOCUMENT).encode())


NUMBERS = st.text(alphabet="0123456789-+.eE", min_size=1, max_size=12) | st.floats().map(repr)
LONG = st.from_regex(r"-?(0|[1-9]\d{0,30})(\.\d{1,30})?([eE][-+]?\d{1,3})?", fullmatch=True)


@given(NUMBERS | LONG)
def test_a_weight_is_the_number_that_python_reads(spelled: str) -> None:
    """Numbers are rounded correctly, and text that is not a JSON number is not taken for one."""
    content = json.dumps(edited(lambda d: d["links"][0].update(weight=1234.5))).replace("1234.5", spelled)
    try:
        weight = float(json.loads(spelled))
    except ValueError:
        weight = math.nan
    if not math.isfinite(weight):
        with pytest.raises(InvalidGraph):
            parse_graph_file(content.encode())
        return
    kept, _ = columns(parse_graph_file(content.encode()))
    assert ("E_26865_1", "0_7_1", weight) in kept or weight == 0


@pytest.mark.parametrize(
    "link_text",
    [
        "",
        " ",
        "{}",
        '{"source":"a","target":"b","weight":1}}',
        '{"source":"a","target":"b","weight":1},',
        ',{"source":"a","target":"b","weight":1}',
        '{"source":"a","target":"b","weight":1} {"source":"a","target":"b","weight":1}',
        '{"source":"a","target":"b"}',
        '{"source":"a","target":"b","target":"b"}',
        '{"source":"a","target":"b","weight":1,}',
        '{"source":"a","target":"b","weight":1,"weight":1}',
        '{"source":"a","target":"b","weight":"1"}',
        '{"source":"a","target":"b","weight":01}',
        '{"source":"a","target":"b","weight":1.}',
        '{"source":"a","target":"b","weight":1e}',
        '{"source":"a","target":"b","weight":-}',
        '{"source":"a","target":"b","weight":NaN}',
        '{"source":"a","target":"b","weight":1e999}',
        '{"source":"a","target":1,"weight":1}',
        '{"source":"a","target":"ab","weight":1}',
        '{"source":"a","target":"","weight":1}',
        '{"source":"a","target":"\\u0062","weight":1}',
        '{"source":"a","target":"b","Weight":1}',
        '{"source":"a" "target":"b","weight":1}',
        '{"source";"a","target":"b","weight":1}',
        '{"source":"line\nfeed","target":"b","weight":1}',
        '{"source":"back\\slash","target":"b","weight":1}',
    ],
)
def test_the_loop_leaves_to_the_parser_what_is_not_plain(link_text: str) -> None:
    """The same holds for every prefix of them."""
    plain = _PlainLinks({"a": 0, "b": 1, "line\nfeed": 2, "back\\slash": 3})
    for end in range(len(link_text) + 1):
        cut = link_text[:end]
        text = np.frombuffer(f'{cut}"}},: 1'.encode(), dtype=np.uint8)
        found = plain.read(text, 0, end)
        assert (found is not None) == (cut.strip() == '{"source":"a","target":"b","weight":1}')


def test_ids_are_told_apart_by_all_their_bytes() -> None:
    names = [
        f"{layer}_{index}_{'é' * more}" for layer in range(30) for index in range(30) for more in range(2)
    ]
    plain = _PlainLinks({name: number for number, name in enumerate(names)})
    links = [link(name, other, 1.0) for name, other in zip(names, reversed(names), strict=True)]
    text = json.dumps(links, ensure_ascii=False)[1:-1].encode()
    found = plain.read(np.frombuffer(text, dtype=np.uint8), 0, len(text))
    assert found is not None
    assert found.source.tolist() == list(range(len(names))) == found.target.tolist()[::-1]


@pytest.mark.parametrize("piece", [1, 150, PIECE])
@pytest.mark.parametrize(
    ("where", "fault"),
    [
        ("links[6]", [1]),
        ("links[6].source", link("nowhere", "5_50_2", 1.0)),
        ("links[6].source", link("5_50_2", "2_9_2", 1.0)),
        ("links[6].target", link("2_9_2", "0_1_2", 1.0)),
        ("links[6].weight", {"source": "0_7_1", "target": "5_50_2"}),
        ("links[6].weight", link("0_7_1", "5_50_2", math.inf)),
        ("links[6]", link("0_1_2", "2_9_2", 0.0)),
        ("links", link("2_9_2", "0_7_1", 1.0)),
    ],
)
def test_a_fault_is_named_by_its_number_in_the_file(piece: int, where: str, fault: Any) -> None:
    more = [fault, link("0_7_1", "5_22898_2", 1.0)]
    content = json.dumps(edited(lambda d: d["links"].extend(more))).encode()
    with pytest.raises(InvalidGraph) as raised:
        parse_graph_file(content, piece=piece)
    assert raised.value.where == where


def test_the_first_link_that_is_there_twice_is_named() -> None:
    links = [link("E_26865_1", "5_50_2", 1.0), link("0_7_1", "5_50_2", 1.0)]
    with pytest.raises(InvalidGraph) as raised:
        read(edited(lambda d: d["links"].extend([*links, *reversed(links), links[1]])))
    assert str(raised.value) == "links[8]: '0_7_1' -> '5_50_2' is also links[7]"


def test_a_file_without_links_has_none() -> None:
    graph = attribution_graph(parse_graph_file(json.dumps(edited(lambda d: d.update(links=[]))).encode()))
    assert len(graph.edges) == graph.record.n_dropped_links == 0
