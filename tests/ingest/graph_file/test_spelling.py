"""The spellings of graph files that are read: each kind that was met in public files, in files made here."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import numpy as np
import pytest

from ingest.graph_file.about import ImportOptions
from ingest.graph_file.faults import Dropped
from ingest.graph_file.packed import unpacked
from ingest.graph_file.read import attribution_graph, parse_graph_file, read_graph_file
from ingest.graph_file.spelling import spelled_logit
from ingest.names import KNOWN, known_sets, stored_name
from queries.errors import InvalidGraph, InvalidRequest
from queries.graph.attribution_graph import AttributionGraph, NodeKind
from tests.support.graph_documents import document, edited, error_node, feature_node, link, node, read

Edit = Callable[[dict[str, Any]], Any]


def imported(*edits: Edit, **options: Any) -> tuple[AttributionGraph, Dropped]:
    file = parse_graph_file(json.dumps(edited(*edits)).encode(), ImportOptions(**options))
    return attribution_graph(file), file.dropped


def features(graph: AttributionGraph) -> list[tuple[int, int]]:
    ordinals = graph.nodes.of_kind(NodeKind.FEATURE)
    return list(zip(graph.nodes.layer[ordinals].tolist(), graph.nodes.index[ordinals].tolist(), strict=True))


@pytest.mark.parametrize(
    ("layer", "index", "number"),
    [
        (0, 35, 35),  # the plain index, by chance a pairing of layer 0's feature 7
        (2, 5758, 205758),  # layer * 100,000 + index, by chance a pairing of layer 2's feature 638
        (2, 9, 75),  # the pairing
        (2, 9, 9),
        (3, 4, 123456789),
    ],
)
@pytest.mark.parametrize("in_view_id", [False, True])
def test_a_feature_s_index_is_the_one_of_its_id(
    layer: int, index: int, number: int, in_view_id: bool
) -> None:
    spelled = (
        {"node_id": "f", "jsNodeId": f"{layer}_{index}-0"}
        if in_view_id
        else {"node_id": f"{layer}_{index}_1"}
    )
    one = {**feature_node(layer, 1, 1), "feature": number, **spelled}
    assert (layer, index) in features(read(edited(lambda d: d["nodes"].append(one))))


@pytest.mark.parametrize(("number", "index"), [(75, 9), (200009, 9), (205758, 638)])
def test_without_an_id_a_number_is_a_pairing_or_else_counts_by_100_000(number: int, index: int) -> None:
    one = feature_node(2, 1, 1, activation=1.0) | {"feature": number, "node_id": "intermediate_1"}
    assert (2, index) in features(read(edited(lambda d: d["nodes"].append(one))))


# A feature and an error of one id, which both can feed 3_8_1. The feature is nodes[6], the error nodes[9].
SHARED = "0_2_1"


def shared(d: dict[str, Any], sources: list[str]) -> None:
    d["nodes"] += [
        feature_node(0, 2, 1),
        feature_node(1, 5, 1),
        feature_node(3, 8, 1),
        error_node(2, 1),
        error_node(2, 2),
    ]
    d["links"] += [link(source, "3_8_1", 1.0 + at) for at, source in enumerate(sources)]


def inputs(graph: AttributionGraph) -> list[tuple[str, float]]:
    """The kinds of 3_8_1's inputs with the shared id, with their weights, in the order of the weights."""
    nodes, edges = graph.nodes, graph.edges
    (target,) = (n for n in range(len(nodes)) if (nodes.layer[n], nodes.index[n]) == (3, 8))
    found = [
        (nodes.kind[a].item(), weight)
        for a, b, weight in zip(
            edges.source.tolist(), edges.target.tolist(), edges.weight.tolist(), strict=True
        )
        if b == target
        and (nodes.kind[a], nodes.layer[a], nodes.position[a]) in ((1, 0, 1), (2, 2, 1))
        and nodes.index[a] in (0, 2)
    ]
    return [(NodeKind(kind).word, weight) for kind, weight in sorted(found, key=lambda one: one[1])]


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        ([SHARED, "1_5_1", SHARED], [("feature", 1.0), ("error", 3.0)]),
        ([SHARED, SHARED], [("feature", 1.0), ("error", 2.0)]),
        ([SHARED, "1_5_1"], [("feature", 1.0)]),
        (["1_5_1", SHARED], [("error", 2.0)]),
        (["E_26865_1", "1_5_1", SHARED, "0_2_2"], [("error", 3.0)]),
        (["E_26865_1", SHARED, "1_5_1", "0_2_2"], [("feature", 2.0)]),
    ],
)
def test_the_order_of_links_tells_a_shared_id_apart(
    sources: list[str], expected: list[tuple[str, float]]
) -> None:
    assert inputs(read(edited(lambda d: shared(d, sources)))) == expected


@pytest.mark.parametrize(
    "sources",
    [
        [SHARED],
        ["E_26865_1", SHARED],
        ["1_5_1", SHARED, "E_26865_1"],  # not the order of the nodes
        ["0_2_2", SHARED],
    ],
)
def test_where_the_order_tells_nothing_the_link_is_refused(sources: list[str]) -> None:
    place = 6 + sources.index(SHARED)
    with pytest.raises(InvalidGraph, match="is the id of a feature and of an error node") as raised:
        read(edited(lambda d: shared(d, sources)))
    assert raised.value.where == f"links[{place}].source"
    _, dropped = imported(lambda d: shared(d, sources), lenient=True)
    assert dropped.bad_links == 1


def test_links_of_weight_0_are_dropped_before_any_rule_about_ends() -> None:
    graph, dropped = imported(lambda d: d["links"].append(link("0_7_1", "0_1_2", 0.0)))
    assert (dropped.zero_links, graph.record.n_dropped_links) == (2, 2)


@pytest.mark.parametrize(
    ("clerp", "token", "probability", "name"),
    [
        ('Output " north" (p=0.700)', " north", 0.7, None),
        ('[points up] Output " north" (p=0.700)', " north", 0.7, "points up"),
        ('output: "north" (p=0.7)', "north", 0.7, None),
        ("output: 'north' (p=7e-01)", "north", 0.7, None),
        ('Logit " north" (p=0.700)', " north", 0.7, None),
        ('Output ""quoted"" (p=0.250)', '"quoted"', 0.25, None),
        ('Output "⏎↵" (p=0.250)', "\n\n", 0.25, None),
        ('Output "logit( a)-logit( b)" (p=-1.000)', "logit( a)-logit( b)", -1.0, None),
    ],
)
def test_what_a_logit_s_text_says(clerp: str, token: str, probability: float, name: str | None) -> None:
    assert spelled_logit(clerp) == (token, probability, name)
    graph = read(edited(lambda d: d["nodes"][4].update(clerp=clerp, token_prob=None)))
    logit = graph.nodes.of_kind(NodeKind.LOGIT)[0]
    assert (graph.nodes.token[logit], graph.nodes.probability[logit]) == (token, probability)


@pytest.mark.parametrize(
    "clerp", ["points up", 'Output " north"', "Output (p=0.5)", 'Output "x" (p=1.2.3)', ""]
)
def test_any_other_text_of_a_logit_says_nothing(clerp: str) -> None:
    assert spelled_logit(clerp) is None
    named = read(edited(lambda d: d["nodes"][4].update(clerp=clerp)))
    assert named.nodes.token[named.nodes.of_kind(NodeKind.LOGIT)[0]] == (clerp or "token 22898")
    known = read(edited(lambda d: d["nodes"][4].update(clerp=clerp, token=" Austin")))
    logit = known.nodes.of_kind(NodeKind.LOGIT)[0]
    assert known.nodes.token[logit] == " Austin"


def test_the_likeliest_logit_is_the_prediction_whatever_the_file_calls_its_target() -> None:
    def texts(d: dict[str, Any]) -> None:
        for at, probability in ((4, 0.2), (5, 0.7)):
            d["nodes"][at] |= {"clerp": f'Output "{at}" (p={probability})', "token_prob": None}

    prediction = read(edited(texts)).record.prediction
    assert (prediction.token, prediction.probability) == ("5", 0.7)
    other = edited(
        lambda d: d["nodes"][4].update(is_target_logit=False),
        lambda d: d["nodes"][5].update(is_target_logit=True),
    )
    assert read(other).record.prediction.token == " Austin"


@pytest.mark.parametrize(
    ("token", "weight"), [(" Austin", 1.5), (" Austin", -1.0), ("logit( Austin)-logit( Dallas)", 1.0)]
)
def test_free_weights_are_those_of_chosen_targets(token: str, weight: float) -> None:
    chosen = f'Output "{token}" (p={weight:.3f})'
    record = read(
        edited(lambda d: d["nodes"][4].update(clerp=chosen, token_prob=weight, feature=300000))
    ).record
    assert record.target_kind == "directions"
    assert record.attribution_targets is not None
    assert record.model_dump()["attribution_targets"][0] == {"name": token, "weight": weight}
    assert read(document()).record.target_kind == "predictions"


@pytest.mark.parametrize(
    ("edit", "n_layers"),
    [
        (lambda d: d.update(new=1), 4),
        (lambda d: [one.update(layer="4") for one in d["nodes"][4:]], 4),  # its id says 5
        (lambda d: [one.update(layer="E1") for one in d["nodes"][4:]], 4),
        (lambda d: [one.update(layer=-1) for one in d["nodes"][4:]], 4),
        (lambda d: d["metadata"].update(n_layers=26), 26),
        (lambda d: d["nodes"].append(feature_node(4, 3, 1)), 5),  # logits on the layer above
        (lambda d: [one.update(layer="999999999999999") for one in d["nodes"][4:]], 4),
    ],
)
def test_the_number_of_layers_is_what_the_file_says_or_what_its_nodes_need(edit: Edit, n_layers: int) -> None:
    graph = read(edited(edit))
    assert graph.record.n_layers == n_layers
    assert set(graph.nodes.layer[graph.nodes.of_kind(NodeKind.LOGIT)].tolist()) == {n_layers}


def test_ids_of_other_generators() -> None:
    nodes = [
        node("input_1", "embedding", "E", 1, 0) | {"feature": None},
        feature_node(2, 9, 1, activation=1.0) | {"node_id": "intermediate_1_2_9"},
        node("error_1_1", "mlp reconstruction error", "1", 1, 0) | {"feature": None},
        node("output_2_0", "logit", "-1", 2, 0, clerp='output: "north" (p=0.700)') | {"feature": None},
        node("output_2_1", "logit", "-1", 2, 0, clerp='output: "south" (p=0.200)') | {"feature": None},
    ]
    links = [
        link("input_1", "intermediate_1_2_9", 1.5),
        link("error_1_1", "intermediate_1_2_9", 0.5),
        link("intermediate_1_2_9", "output_2_0", 2.0),
    ]
    graph = read(edited(lambda d: d.update(nodes=nodes, links=links, qParams=None)))
    assert [NodeKind(kind).word for kind in graph.nodes.kind] == [
        "embedding",
        "feature",
        "error",
        "logit",
        "logit",
    ]
    assert graph.nodes.layer.tolist() == [-1, 2, 1, 3, 3]
    assert len(set(graph.nodes.keys("g"))) == 5
    assert (graph.nodes.index < 0)[graph.nodes.of_kind(NodeKind.LOGIT)].all(), "no token's"


@pytest.mark.parametrize(
    "edit",
    [
        lambda d: d["nodes"][1].update(layer="0.0"),
        lambda d: d["nodes"][1].update(layer=0.0),
        lambda d: d["nodes"][1].update(ctx_idx=1.0),
        lambda d: d["nodes"][1].update(ctx_idx="1", feature="35.0"),
        lambda d: d["nodes"][3].update(node_id="1_-1_2"),  # circuit-tracer's since July 2026
        lambda d: d["metadata"].update(schema_version=0),
        lambda d: d["qParams"].update(sg_pos=None, clickedId=None),
    ],
)
def test_the_same_graph_in_other_spellings(edit: Edit) -> None:
    plain = document()
    plain["links"] = [one for one in plain["links"] if one["source"] != "0_1_2"]
    other = document()
    other["links"] = plain["links"]
    edit(other)
    assert read(other).nodes.keys("g") == read(plain).nodes.keys("g")
    assert read(other).record.id == read(plain).record.id


def test_return_signs_are_line_breaks() -> None:
    tokens = ["<bos>", "a⏎", "↵"]
    record = read(edited(lambda d: d["metadata"].update(prompt_tokens=tokens, prompt="<bos>a⏎↵"))).record
    assert (record.tokens, record.prompt) == (["<bos>", "a\n", "\n"], "a\n\n")


@pytest.mark.parametrize("value", [None, float("nan")])
def test_an_activation_that_is_no_number_is_missing(value: float | None) -> None:
    graph = read(edited(lambda d: d["nodes"][1].update(activation=value, influence=value)))
    assert np.isnan(graph.nodes.activation[1])
    assert read(edited(lambda d: d["nodes"][1].update(activation=0))).nodes.activation[1] == 0.0


@pytest.mark.parametrize(
    ("query", "pinned", "supernodes", "dropped"),
    [
        ({"pinnedIds": ["js 1"], "supernodes": [["x", "js 1"]]}, [1], [("x", (1,))], Dropped()),
        ({"pinnedIds": "2_9_2, 0_7_1", "supernodes": '[["x", "0_7_1"]]'}, [2, 1], [("x", (1,))], Dropped()),
        ({"pinnedIds": '["2_9_2"]', "supernodes": ""}, [2], [], Dropped()),
        ({"pinnedIds": None, "supernodes": None}, [], [], Dropped()),
        (
            {"pinnedIds": ["2_9_2", "9_9_9"], "supernodes": [["gone", "9_9_9"], ["half", "0_7_1", "8_8_8"]]},
            [2],
            [("half", (1,))],
            Dropped(pins=1, supernode_members=2, supernodes=1),
        ),
    ],
)
def test_pins_and_supernodes(query: Any, pinned: list[int], supernodes: Any, dropped: Dropped) -> None:
    graph, found = imported(
        lambda d: d.update(qParams=query), lambda d: d["nodes"][1].update(jsNodeId="js 1")
    )
    assert [(one.name, one.members) for one in graph.supernodes] == supernodes
    keys = graph.nodes.keys(graph.record.id)
    assert (graph.views[0].state["pinned"] if graph.views else []) == [keys[node] for node in pinned]
    assert found == dropped.model_copy(update={"zero_links": 1})


@pytest.mark.parametrize(
    ("metadata", "name"),
    [
        ({"info": {"transcoder_set": "a"}, "feature_details": {"neuronpedia_source_set": "b"}}, "a"),
        ({"info": {}, "feature_details": {"neuronpedia_source_set": "b"}}, "b"),
        ({"info": {"neuronpedia_source_set": "c"}}, "c"),
        ({"info": {}, "transcoder_list": ["d", "e"]}, "d, e"),
        ({"info": {}}, "gemma-2-2b"),
    ],
)
def test_the_transcoder_set_stands_in_one_of_many_places(metadata: dict[str, Any], name: str) -> None:
    graph, _ = imported(lambda d: d["metadata"].update(metadata))
    assert graph.record.transcoder_set == name
    stated, _ = imported(lambda d: d["metadata"].update(metadata), model="m", transcoder_set="s")
    assert (stated.record.model, stated.record.transcoder_set) == ("m", "s")


def test_a_set_s_names_are_one_and_a_user_can_add_some(tmp_path: Any) -> None:
    for name in ("mntss/gemma-scope-transcoders", "gemma", "gemmascope-transcoder-16k"):
        assert stored_name("gemma-2-2b", name, KNOWN) == "gemmascope-transcoder-16k"
    assert stored_name("another", "gemma", KNOWN) == "gemma"
    assert known_sets(tmp_path) == KNOWN
    (tmp_path / "transcoder-sets.toml").write_text('[[set]]\nmodel = "m"\nnames = ["a", "b"]\n')
    assert stored_name("m", "b", known_sets(tmp_path)) == "a"
    (tmp_path / "transcoder-sets.toml").write_text('[[set]]\nmodel = "m"\n')
    with pytest.raises(InvalidRequest, match=r"transcoder-sets\.toml"):
        known_sets(tmp_path)


def test_lenient_reading_drops_and_counts_what_is_wrong() -> None:
    def wrong(d: dict[str, Any]) -> None:
        d["nodes"][1]["activation"] = "high"
        d["links"] += [
            link("2_77_1", "5_22898_2", 0.3),
            link("E_26865_1", "9_9_9", 0.3),
            link("E_26865_1", "0_7_1", 5.0),
            link("0_7_1", "5_50_2", 1.0) | {"weight": None},
            link("0_7_1", "0_1_2", 1.0),
        ]

    graph, dropped = imported(wrong, lenient=True)
    assert dropped == Dropped(zero_links=1, dangling_links=2, doubled_links=1, bad_links=2, bad_activations=1)
    assert graph.edges.weight[0] == 5.0, "the last one counts"
    assert np.isnan(graph.nodes.activation[1])
    with pytest.raises(InvalidGraph):
        imported(wrong)


def test_the_first_few_problems_are_told() -> None:
    def wrong(d: dict[str, Any]) -> None:
        d["nodes"][1]["ctx_idx"] = 7
        d["nodes"][2]["layer"] = "E"
        d["nodes"] += [dict(feature_node(1, 1, 1), ctx_idx=9)] * 9

    with pytest.raises(InvalidGraph) as raised:
        imported(wrong)
    assert raised.value.where == "nodes[1].ctx_idx"
    assert raised.value.why.count("; also nodes[") == 4
    with pytest.raises(InvalidGraph) as raised:
        imported(lambda d: d["links"].extend([link("a", "0_7_1", 1), link("0_7_1", "b", 1)]))
    assert "links[6].source: there is no node 'a'; also links[7].target: there is no node 'b'" in str(
        raised.value
    )


def test_a_value_that_is_quoted_is_not_quoted_whole() -> None:
    with pytest.raises(InvalidGraph) as raised:
        imported(lambda d: d["nodes"][1].update(feature_type="x" * 10_000))
    assert len(str(raised.value)) < 600


async def sent(content: bytes, at_once: int) -> AsyncIterator[bytes]:
    for start in range(0, len(content), at_once):
        yield content[start : start + at_once]


def received(content: bytes, at_once: int = 1000) -> bytes:
    async def read_all() -> bytes:
        return b"".join([part async for part in unpacked(sent(content, at_once))])

    return asyncio.run(read_all())


@pytest.mark.parametrize("at_once", [1, 3, 1000, 1 << 20])
def test_gzip_is_unpacked_on_its_way_in(at_once: int) -> None:
    text = json.dumps(document()).encode()
    assert received(text, at_once) == received(gzip.compress(text), at_once) == text
    halves = gzip.compress(text[:100]) + gzip.compress(text[100:])
    assert received(halves, at_once) == text
    long = bytes(5 << 20)
    assert received(gzip.compress(long), at_once) == long
    assert received(b"") == b"" and received(b"{") == b"{"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (gzip.compress(b"x" * 10_000, mtime=0)[:-9], "cut off"),
        (b"\x1f\x8bnot gzip at all", "damaged gzip"),
        (b"PK\x03\x04" + bytes(26) + b"graph.json and more" + bytes(99), "unpack it"),
        (b"PK\x03\x04" + bytes(26) + b"archive/data.pkl" + bytes(99), r"PyTorch \(.pt\)"),
        (b"PK\x03\x04", "unpack it"),
    ],
)
def test_other_archives_are_told_what_they_are(content: bytes, why: str) -> None:
    with pytest.raises(InvalidGraph, match=why):
        received(content)


def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.graph_file.packed.MOST_UNPACKED", 1 << 20)
    with pytest.raises(InvalidGraph, match="unpacked, it is larger"):
        received(gzip.compress(bytes(3 << 20)))


def test_a_list_of_graphs_is_none() -> None:
    with pytest.raises(InvalidGraph, match="it lists graphs"):
        read_graph_file(json.dumps({"graphs": [{"slug": "a"}]}).encode())
