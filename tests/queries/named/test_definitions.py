"""The list of named queries is complete and agrees with its Cypher and with the committed page."""

import re

import pytest

from queries.named import QUERIES, page
from queries.named.definition import NamedQuery, ValueType
from queries.words import ENGINES, Engine

QUERY = pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.name)


def test_names_are_words_and_different() -> None:
    names = [query.name for query in QUERIES]
    assert len(set(names)) == len(names) >= 14
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", name) for name in names)


OF_THE_ADDRESS = {"q", "cypher", "saved", "rows", "seconds", "as", "theme", "embed"}
"""What the address of the page's form says beside the parameters (`web/src/ask/asked.ts`)."""


@QUERY
def test_the_page_can_ask_for_every_parameter(query: NamedQuery) -> None:
    """By its name in the address, and by a picker: of a node or token, among the kinds that it may be."""
    assert not set(query.parameter_names) & OF_THE_ADDRESS
    for parameter in query.parameters:
        is_of_kinds = parameter.type in (ValueType.NODE, ValueType.TOKEN)
        assert (parameter.kinds is not None) == is_of_kinds


@QUERY
@pytest.mark.parametrize("engine", ENGINES)
def test_a_text_has_the_query_s_parameters_and_a_bound(query: NamedQuery, engine: Engine) -> None:
    text = query.text(engine)
    assert set(re.findall(r"\$(\w+)", text)) == set(query.parameter_names)
    assert "LIMIT $k" in text
    assert ("HINT" in text) <= (engine == "ladybug")


@QUERY
def test_a_query_on_a_graph_reaches_it_by_its_id(query: NamedQuery) -> None:
    """HAS_NODE and HAS_HEAD lead from the graph to its own; any other start makes Ladybug scan those of all graphs."""
    if any(parameter.type is ValueType.GRAPH for parameter in query.parameters):
        for engine in ENGINES:
            first = re.search(r"^MATCH .*", query.text(engine), re.MULTILINE)
            assert first
            assert re.match(
                r"MATCH \(g:AttributionGraph \{id: \$graph\}\)-\[[hx]?:HAS_(NODE|HEAD)\]->", first[0]
            )


@QUERY
def test_every_text_asks_for_visible_graphs(query: NamedQuery) -> None:
    for engine in ENGINES:
        assert "g.state = 'visible'" in query.text(engine)


def test_the_page_is_the_cookbook_s() -> None:
    assert page.PATH.read_text(encoding="utf-8") == page.page(), "run `make openapi`"
