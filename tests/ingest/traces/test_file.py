"""A trace comes back from its file as it was, or is refused."""

import hashlib
import io
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any
from zipfile import ZIP_STORED, ZipFile

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings

from ingest.pruning.prune import prune
from ingest.traces import file as trace_file
from ingest.traces.file import read_trace, write_trace
from ingest.traces.trace import Trace, TraceEdges, TraceRecord
from queries.errors import InvalidGraph
from tests.support.circuit_tracer_graphs import dense_graph, dense_graphs, in_rows, layered_graph, trace_of

pytestmark = pytest.mark.slow


def assert_same(read: Trace, written: Trace) -> None:
    """To the last bit; `written` has sparse rows."""
    for field in fields(Trace):
        one, other = getattr(read, field.name), getattr(written, field.name)
        if field.name not in ("nodes", "edges"):
            assert one == other
            continue
        for column in fields(other):
            values, expected = getattr(one, column.name), getattr(other, column.name)
            if isinstance(expected, list):
                assert values == expected
            else:
                assert (values.dtype, values.tobytes()) == (expected.dtype, expected.tobytes()), column.name
                assert values.flags.writeable


def told(trace: Trace) -> Trace:
    """The same with something in every column and field."""
    n = len(trace.nodes)
    random = np.random.default_rng(0)
    nodes = replace(
        trace.nodes,
        position=random.integers(0, 2**40, n),
        token=[None, "", ' "a" \n\\ é 🙂 \x00'] * (n // 3) + [None] * (n % 3),
        label=["x", None] * (n // 2) + ["y"] * (n % 2),
        site=["attn", None] * (n // 2) + [None] * (n % 2),
        activation=np.where(random.random(n) < 0.5, np.nan, random.standard_normal(n)),
        is_target_logit=random.random(n) < 0.5,
        node_influence=random.standard_normal(n),
    )
    record = TraceRecord(
        origin="trace",
        name="a name",
        prompt='Fact: "é"\n',
        tokens=["<bos>", "�", "\x00"],
        token_ids=[1, 2**40],
        model="a model",
        model_revision="main",
        transcoder_set="a set",
        transcoder_revision="1",
        n_layers=3,
        dtype="float32",
        max_n_logits=3,
        desired_logit_prob=0.5,
        max_feature_nodes=7,
        batch_size=2,
        update_interval=1,
        attribution_targets=["Texas"],
        n_active_features=9,
        n_dropped_links=4,
        versions={"torch": "2"},
        metadata={"info": {"of": [1, None]}},
        supernodes=[("state", [1, 2])],
        pinned=[3],
    )
    return Trace(record, nodes, trace.edges)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(dense_graphs())
def test_a_trace_comes_back_as_it_was(tmp_path: Path, dense: Any) -> None:
    path, trace = tmp_path / "one.trace", told(trace_of(dense))
    for written, block in (
        (trace, 1_000_000),
        (in_rows(trace), 1_000_000),
        (trace, 20),
        (in_rows(trace), 20),
    ):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(trace_file, "BLOCK", block)
            write_trace(path, written)
            assert_same(read_trace(path), in_rows(trace))
    assert [file.name for file in tmp_path.iterdir()] == ["one.trace"]


def test_a_large_trace_comes_back_and_is_pruned_alike(tmp_path: Path) -> None:
    path, trace = tmp_path / "one.trace", trace_of(layered_graph(1500, 400_000, n_layers=12, n_positions=14))
    write_trace(path, trace)
    read = read_trace(path)
    assert_same(read, in_rows(trace))
    one, other = prune(read, 0.8, 0.98), prune(trace, 0.8, 0.98)
    np.testing.assert_array_equal(one.node_mask, other.node_mask)
    np.testing.assert_array_equal(one.edges.weight, other.edges.weight)
    assert path.stat().st_size < 4.5 * len(read.edges.weight)  # an edge in memory takes 6 bytes


def test_more_nodes_than_16_bits_number(tmp_path: Path) -> None:
    small = trace_of(dense_graph(np.zeros((4, 4)), 1, 1, 1, [1.0]))
    n = 2**16 + 1
    columns: dict[str, Any] = {
        field.name: getattr(small.nodes, field.name) * (n // 4) + [None]
        if isinstance(getattr(small.nodes, field.name), list)
        else np.resize(getattr(small.nodes, field.name), n)
        for field in fields(small.nodes)
    }
    starts = np.zeros(n + 1, dtype=np.int64)
    starts[-1] = 2
    edges = TraceEdges(starts, np.array([0, n - 2], dtype=np.uint32), np.array([1.5, -2], dtype=np.float32))
    trace = replace(small, nodes=replace(small.nodes, **columns), edges=edges)
    write_trace(tmp_path / "one.trace", trace)
    assert_same(read_trace(tmp_path / "one.trace"), trace)


@pytest.fixture
def written(tmp_path: Path) -> Path:
    adjacency = np.tril(np.random.default_rng(0).standard_normal((40, 40)), k=-1)
    adjacency[37:39] = 0.0
    write_trace(tmp_path / "one.trace", told(trace_of(dense_graph(adjacency, 37, 1, 1, [1.0]))))
    return tmp_path / "one.trace"


def refusal(path: Path) -> str:
    with pytest.raises(InvalidGraph) as raised:
        read_trace(path)
    sentence = str(raised.value)
    assert sentence.startswith(f"{path.name}: the trace cannot be read: ")
    assert "\n" not in sentence
    return sentence


def some_places(size: int) -> list[int]:
    """Places in a file: its beginning, its end, and every ninth between them."""
    return [place for place in range(size) if place % 9 == 0 or place < 100 or place > size - 200]


def test_a_flipped_bit_anywhere_is_noticed(written: Path) -> None:
    content = written.read_bytes()
    for place in some_places(len(content)):
        damaged = bytearray(content)
        damaged[place] ^= 1 << place % 8
        written.write_bytes(damaged)
        assert "not what was written" in refusal(written)


def test_a_file_cut_off_anywhere_is_noticed(written: Path) -> None:
    content = written.read_bytes()
    for size in some_places(len(content)):
        written.write_bytes(content[:size])
        assert "not what was written" in refusal(written)


@pytest.mark.parametrize(
    "change", [lambda content: content + b"\0", lambda content: content[1:], lambda _: b"{}" * 99]
)
def test_another_file_is_refused(written: Path, change: Callable[[bytes], bytes]) -> None:
    written.write_bytes(change(written.read_bytes()))
    assert "not what was written" in refusal(written)


def rewrite(path: Path, member: str, content: bytes | None) -> None:
    """The file with one member replaced (None: removed), and a digest that fits."""
    with ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members.pop(member)
    members |= {} if content is None else {member: content}
    file = io.BytesIO()
    with ZipFile(file, "w", ZIP_STORED) as archive:
        for name, one in members.items():
            archive.writestr(name, one)
        archive.comment = bytes(trace_file.ENDING)
    whole = file.getvalue()[: -trace_file.ENDING]
    path.write_bytes(whole + b"sha256:" + hashlib.sha256(whole).hexdigest().encode())


def test_the_digest_is_as_documented(written: Path) -> None:
    with ZipFile(written) as archive:
        record = archive.read("record.json")
    rewrite(written, "record.json", record)
    assert read_trace(written).record.model == "a model"


def test_a_file_from_before_a_column_leaves_it_blank(written: Path) -> None:
    with ZipFile(written) as archive:
        table = pq.read_table(io.BytesIO(archive.read("nodes.parquet")))
    assert table.column_names == [
        *("kind", "layer", "position", "index", "token", "label", "activation", "probability"),
        *("is_target_logit", "node_influence", "cumulative_influence", "input_total", "site", "contributors"),
    ]
    older = io.BytesIO()
    pq.write_table(table.drop_columns(["activation", "label", "site"]), older)
    rewrite(written, "nodes.parquet", older.getvalue())
    nodes = read_trace(written).nodes
    assert np.isnan(nodes.activation).all() and set(nodes.label) == set(nodes.site) == {None}
    assert nodes.position.any()


@pytest.mark.parametrize("member", ["record.json", "nodes.parquet", "edges.parquet"])
@pytest.mark.parametrize("content", [None, b"", b"{}", b"PAR1 or not"])
def test_a_part_that_is_missing_or_another_is_refused(
    written: Path, member: str, content: bytes | None
) -> None:
    rewrite(written, member, content)
    refusal(written)


def test_a_later_format_is_refused(written: Path) -> None:
    with ZipFile(written) as archive:
        record = json.loads(archive.read("record.json"))
    rewrite(written, "record.json", json.dumps(record | {"format": 2}).encode())
    assert "it has format 2, and this program reads format 1" in refusal(written)


@pytest.mark.parametrize(
    ("column", "place", "value"),
    [("source", 7, 40), ("target", -1, 40), ("target", 0, 39), ("target", 50, 0)],
)
@pytest.mark.parametrize("block", [1_000_000, 50])  # one part; or a part that begins with the edge at 50
def test_an_edge_between_nodes_that_are_not_there_is_refused(
    written: Path, column: str, place: int, value: int, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Compiled code would read outside its arrays."""
    monkeypatch.setattr(trace_file, "BLOCK", block)
    with ZipFile(written) as archive:
        table = pq.read_table(io.BytesIO(archive.read("edges.parquet")))
    ends = table[column].to_numpy().copy()
    ends[place] = value
    at = table.column_names.index(column)
    table = table.set_column(at, table.schema.field(at), pa.chunked_array([ends]))
    rewrite(written, "edges.parquet", parquet(table))
    assert "lead to no node" in refusal(written)


def test_edges_of_another_type_are_refused(written: Path) -> None:
    with ZipFile(written) as archive:
        table = pq.read_table(io.BytesIO(archive.read("edges.parquet")))
    at = table.column_names.index("source")
    table = table.set_column(at, "source", table["source"].cast(pa.int16()))
    rewrite(written, "edges.parquet", parquet(table))
    assert "columns" in refusal(written)


def parquet(table: pa.Table) -> bytes:
    file = io.BytesIO()
    pq.write_table(table, file)
    return file.getvalue()


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_trace(tmp_path / "none.trace")


def test_what_cannot_be_written_leaves_what_was_there(written: Path) -> None:
    before = read_trace(written)
    broken = replace(before, nodes=replace(before.nodes, token=[1] * len(before.nodes)))  # type: ignore[list-item]
    with pytest.raises(TypeError):
        write_trace(written, broken)
    assert_same(read_trace(written), before)
    assert [file.name for file in written.parent.iterdir()] == [written.name]


def test_it_is_read_without_torch_and_by_other_tools(written: Path) -> None:
    code = (
        "import sys, pathlib; sys.modules['torch'] = sys.modules['circuit_tracer'] = None\n"
        "from ingest.traces.file import read_trace; from ingest.pruning.prune import prune\n"
        "prune(read_trace(pathlib.Path(sys.argv[1])), 1, 1)"
    )
    subprocess.run([sys.executable, "-c", code, str(written)], check=True)
    trace = read_trace(written)
    with ZipFile(written) as archive:
        assert archive.testzip() is None
        edges = pq.read_table(io.BytesIO(archive.read("edges.parquet")))
    target, source, weight = trace.edges.rows(0, len(trace.nodes))
    for name, expected in (("target", target), ("source", source), ("weight", weight)):
        np.testing.assert_array_equal(edges[name].to_numpy(), expected)
