"""Every form of selector names its nodes; a selector that names none is refused with a reason."""

import numpy as np
import pytest

from queries.errors import InvalidRequest
from queries.graph.attribution_graph import Supernode
from queries.paths.groups import automatic_groups
from queries.paths.selectors import Role, select
from queries.paths.space import PathQuery, PathSpace
from tests.support.graphs import make_graph, with_supernodes

GRAPH = with_supernodes(
    make_graph("EEFFFXLL", {(0, 2): 1, (2, 6): 1}, labels={2: "Texas", 4: "Texas", 3: "a: b/c"}),
    Supernode("cities", (1, 3)),
    Supernode("cities", (4,)),
    Supernode("none", ()),
)


@pytest.mark.parametrize(
    ("role", "text", "nodes"),
    [
        ("source", "embeddings", (0, 1)),
        ("source", "errors", (5,)),
        ("target", "logits", (6, 7)),
        ("source", "token:token 1", (1,)),
        ("source", "token: token 1 ", (1,)),
        ("target", "token:token 7", (7,)),
        ("source", "position:1", (1,)),
        ("through", "position:0", (2, 3, 4)),
        ("avoid", "layer:2", (4,)),
        ("through", "feature:1/3", (3,)),
        ("through", "label:Texas", (2, 4)),
        ("through", "label:a: b/c", (3,)),
        ("avoid", "supernode:cities", (1, 3)),
        ("target", "graph/logit/40/0/6", (6,)),
        ("via", "feature/0/0/2", (2,)),
        ("through", "embedding/-1/1/1", (1,)),
    ],
)
def test_every_form_names_its_nodes(role: Role, text: str, nodes: tuple[int, ...]) -> None:
    assert select(GRAPH, role, [text]) == nodes


def test_an_automatic_group_is_named_by_its_name() -> None:
    space = PathSpace(GRAPH, PathQuery())
    groups = automatic_groups(GRAPH, space, "auto", None)
    assert groups.names
    for number, name in enumerate(groups.names):
        assert select(GRAPH, "nodes", [f"group:{name}"]) == tuple(np.flatnonzero(groups.number == number))
    with pytest.raises(InvalidRequest, match="names nothing here; there"):
        select(GRAPH, "nodes", ["group:says Paris"])


def test_several_selectors_name_what_any_of_them_does() -> None:
    assert select(GRAPH, "avoid", ["label:Texas", "layer:1", "feature:0/2"]) == (2, 3, 4)
    assert select(GRAPH, "avoid", []) == ()


@pytest.mark.parametrize(
    ("text", "nodes"),
    [
        ("label:Texas|layer:1", (2, 3, 4)),
        ("embedding/-1/1/1|graph/feature/0/0/2|supernode:cities", (1, 2, 3)),
        ("errors|embeddings|feature:1/3", (0, 1, 3, 5)),
        ("label:a|b|label:|", (3, 4)),
    ],
)
def test_a_sign_between_selectors_names_what_any_of_them_does(text: str, nodes: tuple[int, ...]) -> None:
    """It is a part of a name where no selector begins behind it."""
    graph = GRAPH if "a|b" not in text else make_graph("EEFFFXLL", {(0, 2): 1}, labels={3: "a|b", 4: "|"})
    assert select(graph, "through", [text]) == nodes


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Dallas", "is not one of KIND/LAYER/POSITION/INDEX, feature:LAYER/INDEX"),
        ("feature:1", "is not one of"),
        ("layer:x", "is not one of"),
        ("feature/1/2/99999999999999999999", "is not one of"),
        ("words:x", "is not one of"),
        ("token:Paris", "names nothing here; there are 'token 0', 'token 1'"),
        ("label:Paris", "names nothing here; there are 'Texas', 'a: b/c'"),
        ("supernode:x", "names nothing here; there are 'cities', 'none'"),
        ("layer:7", "names no node of this graph"),
        ("other/feature/0/0/2", "is a node of another graph"),
        ("feature/0/0/3", "names no node of this graph"),
    ],
)
def test_what_names_nothing_is_said(text: str, why: str) -> None:
    with pytest.raises(InvalidRequest) as raised:
        select(GRAPH, "through", [text])
    assert raised.value.parameter == "through"
    assert repr(text) in raised.value.why and why in raised.value.why


def test_a_graph_without_labels_says_so() -> None:
    with pytest.raises(InvalidRequest, match="there are none"):
        select(make_graph("EFL", {}), "through", ["label:Texas"])
