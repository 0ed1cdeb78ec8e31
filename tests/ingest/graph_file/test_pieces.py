"""Graph files taken apart: the result is Python's parser's, whatever the size of the pieces."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingest.graph_file import pieces as graph_json
from ingest.graph_file.pieces import PIECE, GraphJson, mapped
from queries.errors import InvalidGraph
from tests.support.graph_documents import document
from tests.support.graphs import REAL_GRAPHS, real_graph_file

TEXT = json.dumps(document(), indent=2, ensure_ascii=False)
PIECES = st.sampled_from([1, 60, 300, PIECE])


def together(content: bytes, piece: int) -> Any:
    """The document as it was before it was taken apart."""
    file = GraphJson(content, piece)
    try:
        whole = file.document()
    except InvalidGraph:
        file.check_last_piece()
        raise
    if file.pieces:
        assert whole["links"] == [0]
        whole["links"] = [link for at in file.in_turn() for link in file.links(*at)]
    return whole


def python_s(text: str) -> str:
    """The error of Python's parser for a faulty text."""
    with pytest.raises(json.JSONDecodeError) as raised:
        json.loads(text)
    error = raised.value
    return f"it is not JSON: {error.msg} at line {error.lineno}, column {error.colno}"


def refused(content: bytes, piece: int) -> str:
    with pytest.raises(InvalidGraph) as raised:
        together(content, piece)
    assert raised.value.where == "file"
    return raised.value.why


NAMES = st.sampled_from(["links", "nodes", "a", "}", '"', "é🦜"]) | st.text(max_size=4)
VALUES = st.recursive(
    st.none() | st.integers(-9, 9) | st.text(alphabet='"\\{}[],: é🦜x', max_size=6),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=12,
)
LAYOUTS = st.fixed_dictionaries(
    {
        "indent": st.sampled_from([None, 0, 1, "\t", " \r"]),
        "separators": st.sampled_from([(",", ":"), (" ,\n", " : ")]),
        "ensure_ascii": st.booleans(),
    }
)


@given(
    st.dictionaries(NAMES, VALUES, max_size=5), LAYOUTS, PIECES, st.sampled_from(["", " \n\t\r", "\ufeff"])
)
def test_any_object_is_what_it_is_for_python_s_parser(
    value: dict[str, Any], layout: dict[str, Any], piece: int, before: str
) -> None:
    content = (before + json.dumps(value, **layout)).encode()
    file = GraphJson(content, piece)
    assert bool(file.pieces) == (isinstance(value.get("links"), list) and value["links"] != [])
    assert together(content, piece) == value


@pytest.mark.parametrize("name", REAL_GRAPHS)
def test_real_files_come_apart(name: str) -> None:
    content = real_graph_file(name).read_bytes()
    assert together(content, 10_000) == json.loads(content)


@pytest.mark.parametrize("piece", [1, 200, PIECE])
def test_pieces_are_at_least_as_large_as_asked_for(piece: int) -> None:
    sizes = [end - start for start, end in GraphJson(TEXT.encode(), piece).pieces]
    assert len(sizes) == {1: 6, 200: 2, PIECE: 1}[piece]
    assert all(size >= piece for size in sizes[:-1])


@pytest.mark.parametrize(
    "spelled",
    [
        '{"links": [1, 2], "links": [3]}',
        '{"links": [1, 2], "li\\u006eks": [3, 4], "x": 1}',
        '{"links": [1], "links": {"links": [2]}}',
        '{"links": [1], "links": [ ]}',
        '{"links": {}, "links": [{"a": [1, "]"]}, [2]]}',
    ],
)
@pytest.mark.parametrize("piece", [1, PIECE])
def test_of_several_lists_of_links_the_last_counts(spelled: str, piece: int) -> None:
    assert together(spelled.encode(), piece) == json.loads(spelled)


@given(st.integers(0, len(TEXT) - 1), PIECES)
@example(len(TEXT) - 1, 1)
def test_a_file_that_ends_too_early_is_told_as_python_tells_it(length: int, piece: int) -> None:
    assert refused(TEXT[:length].encode(), piece) == python_s(TEXT[:length])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"source": "0_1_2"', '"source": "0_1_2'),
        ('"source": "0_1_2"', "source: 0_1_2"),
        ('"weight": 4.0\n    }', '"weight": 4.0\n    },'),
        ('"weight": 4.0\n    }', '"weight": 4.0\n    }}'),
        ('"weight": 4.0\n    }', '"weight": 4.0\n    ]'),
        ('"weight": 4.0\n    }', '"weight": 4.0\n'),
        ('"weight": 4.0\n    },', '"weight": 4.0\n    }'),
        ('"weight": 4.0\n    },', '"weight": 4.0\n    },,'),
        ('"weight": 4.0\n    },', '"weight": 4.0\n    }],'),
        ('"weight": 4.0\n    },', '"weight": 4.0\n    }:'),
        ('"weight": 4.0', '"weight": 04.0'),
        ('"weight": 4.0', '"weight": '),
        ('"weight": 4.0', '"weight": "é\x01"'),
        ('"links": [', '"links": [,'),
        ('"links": [', '"links": [}'),
        ('"links": [', '"links": [['),
        ('"nodes": [', '"nodes": ['[:-1]),
        ("}\n  ]\n}", '}\n  ] "é": 1 }'),
        ("}\n  ]\n}", "}\n  ],\n}"),
        ("}\n  ]\n}", "}\n  ]\n} {}"),
    ],
)
@pytest.mark.parametrize("piece", [1, 200, PIECE])
def test_a_fault_is_told_as_python_tells_it(old: str, new: str, piece: int) -> None:
    assert old in TEXT
    broken = TEXT.replace(old, new, 1)
    assert refused(broken.encode(), piece) == python_s(broken)


@given(st.integers(0, len(TEXT) - 1), st.sampled_from(["", *'"\\{}[],:x']), PIECES)
def test_what_python_refuses_is_refused_and_nothing_else(place: int, character: str, piece: int) -> None:
    changed = TEXT[:place] + character + TEXT[place + 1 :]
    try:
        value = json.loads(changed)
    except json.JSONDecodeError:
        assert "not JSON" in refused(changed.encode(), piece)
    else:
        assert together(changed.encode(), piece) == value


@pytest.mark.parametrize("piece", [1, PIECE])
@pytest.mark.parametrize("place", [TEXT.index("Texas"), TEXT.rindex("2_9_2"), TEXT.rindex("target")])
def test_text_that_is_not_utf_8_is_refused_wherever_it_is(piece: int, place: int) -> None:
    content = TEXT.encode()
    assert refused(content[:place] + b"\xe9" + content[place:], piece) == (
        f"it is not JSON: not UTF-8 text at byte {place}"
    )
    half = content[:place] + b"\\ud83e" + content[place:]
    assert refused(half, piece) == "it holds half a character (a lone surrogate escape)"


def test_columns_count_characters() -> None:
    assert refused('{"a": "é🦜", \n "b": "é🦜" 1}'.encode(), 1).endswith("at line 2, column 12")


def test_what_is_too_large_to_be_parsed_at_once_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    text = json.dumps({"a": 1, "links": [1, [2] * 50], "b": []}, indent=1)
    monkeypatch.setattr(graph_json, "LARGEST", 450)
    assert together(text.encode(), 1) == json.loads(text)
    monkeypatch.setattr(graph_json, "LARGEST", 300)
    assert "what begins at line 4, column 5 goes on for" in refused(text.encode(), 1)
    unclosed = text.replace(": 1", ": [")
    assert "what begins at line 2, column 2 goes on for" in refused(unclosed.encode(), 1)


def test_a_mapped_file_is_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "graph.json"
    path.write_bytes(b"")
    assert mapped(path) == b""
    path.write_text(TEXT, encoding="utf-8")
    file = GraphJson(mapped(path), 1)
    assert file.document()["nodes"] == document()["nodes"]
    for _ in range(2):  # released memory is read from the file again
        assert [link for at in file.in_turn() for link in file.links(*at)] == document()["links"]
