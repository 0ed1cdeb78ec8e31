"""Text in CSV is text to whoever opens it; numbers stay numbers."""

import csv
import io

import pytest

from api.cli.formats import flow_csv
from queries.cells import COMPUTED
from queries.cypher.answer import CypherAnswer


@pytest.mark.parametrize("begin", COMPUTED)
def test_a_text_that_a_spreadsheet_would_compute_is_text(begin: str) -> None:
    text = f'{begin}HYPERLINK("http://evil.example")'
    step = {"kind": "feature", "layer": -1, "position": 1, "index": None, "name": text, "nodes": [text]}
    (_, row) = csv.reader(io.StringIO(flow_csv([(step, -0.5)])))
    assert row[0] == "-0.5" and row[3] == "-1"
    assert row[-1] == f"'{text}"
    assert not row[1].startswith(COMPUTED)


def test_rows_of_a_query_keep_their_numbers() -> None:
    lines = [b'["=1+1", -5, -0.5, null, ["-1"], "a=b"]']
    answer = CypherAnswer(["=x", "b", "c", "d", "e", "f"], lines, None, 0.0, "ladybug")
    heading, row = csv.reader(io.StringIO(answer.csv().decode()))
    assert heading[0] == "'=x"
    assert row == ["'=1+1", "-5", "-0.5", "", '["-1"]', "a=b"]
