"""Selectors, by which people name nodes of a graph: the parser of the grammar in `queries.words.SELECTORS`."""

import re
from collections.abc import Iterable
from typing import Literal, TypeAlias

import numpy as np

from queries.errors import InvalidRequest
from queries.graph.arrays import Bools, Ints
from queries.graph.attribution_graph import AttributionGraph, NodeKind, Nodes
from queries.paths.groups import automatic_groups
from queries.paths.space import PathQuery, PathSpace
from queries.words import ANY_OF, KIND_WORDS, SELECTORS

Role: TypeAlias = Literal["source", "target", "through", "avoid", "via", "rather_than", "node", "nodes"]

MAX_SUGGESTED = 8
"""Known names that an error lists."""

_KINDS = {"embeddings": NodeKind.EMBEDDING, "errors": NodeKind.ERROR, "logits": NodeKind.LOGIT}
_NAMED = ("label", "token", "supernode", "group")
"""Forms whose value is any text."""
_NUMBERED = {"feature": 2, "layer": 1, "position": 1}
"""Forms whose value is so many numbers."""

_NEXT = re.compile(
    rf"{re.escape(ANY_OF)}(?=(?:{'|'.join((*_NAMED, *_NUMBERED))}):"
    rf"|(?:{'|'.join(_KINDS)})(?:{re.escape(ANY_OF)}|$)"
    rf"|(?:[^/]+/)?(?:{'|'.join(KIND_WORDS)})/-?\d)"
)
"""The sign between two selectors. Where no selector begins behind it, it is of a text: `label:a|b` is one label."""


def select(graph: AttributionGraph, role: Role, texts: Iterable[str]) -> tuple[int, ...]:
    """The ordinals that the selectors name, ascending, each once. Raises InvalidRequest."""
    named = [_nodes(graph, role, one) for text in texts for one in _NEXT.split(text)]
    return tuple(np.unique(np.concatenate(named)).tolist()) if named else ()


def select_one(graph: AttributionGraph, role: Role, text: str) -> int:
    """The ordinal of the one node that the selector names. Raises InvalidRequest."""
    named = select(graph, role, [text])
    if len(named) != 1:
        raise InvalidRequest(role, f"{text!r} names {len(named)} nodes; one is expected")
    return named[0]


def ordinals_by_id(graph: AttributionGraph) -> dict[str, int]:
    """The node of each id, whole and without its graph's."""
    keys = graph.nodes.keys("")
    return {f"{graph.record.id}{key}": node for node, key in enumerate(keys)} | {
        key[1:]: node for node, key in enumerate(keys)
    }


def known_nodes(at: dict[str, int], where: str, ids: Iterable[str]) -> list[int]:
    """The nodes of these ids, by `ordinals_by_id`. Raises InvalidRequest, about the parameter `where`."""
    found = list[int]()
    for one in ids:
        if one not in at:
            raise InvalidRequest(where, f"{one!r} is no node of this graph")
        found.append(at[one])
    return found


def _nodes(graph: AttributionGraph, role: Role, text: str) -> Ints:
    nodes, form, value = graph.nodes, *_parts(role, text)
    is_feature: Bools = nodes.kind == NodeKind.FEATURE
    if form == "kind":
        return _found(role, text, nodes.kind == _KINDS[value])
    if form == "node":
        place, site = _with_site(value.split("/"))
        *of_graph, kind, layer, position, index = place
        if of_graph not in ([], [graph.record.id]):
            raise InvalidRequest(role, f"{text!r} is a node of another graph")
        numbers = (
            (nodes.layer == int(layer)) & (nodes.position == int(position)) & (nodes.index == int(index))
        )
        return _found(role, text, (nodes.kind == KIND_WORDS.index(kind)) & numbers & _at(nodes, site))
    if form == "feature":
        (layer, index), site = _with_site(value.split("/"))
        numbers = (nodes.layer == int(layer)) & (nodes.index == int(index))
        return _found(role, text, is_feature & numbers & _at(nodes, site))
    if form == "layer":
        return _found(role, text, is_feature & (nodes.layer == int(value)))
    if form == "position":
        eligible = nodes.kind == NodeKind.EMBEDDING if role == "source" else is_feature
        return _found(role, text, eligible & (nodes.position == int(value)))
    if form == "token":
        kind_of_token = NodeKind.LOGIT if role in ("target", "rather_than") else NodeKind.EMBEDDING
        return _named(role, text, value, nodes.of_kind(kind_of_token), nodes.token)
    if form == "label":
        return _named(role, text, value, np.flatnonzero(is_feature), graph.labels)
    if form == "group":
        groups = automatic_groups(graph, PathSpace(graph, PathQuery()), "auto", None)
        names = [None if group < 0 else groups.names[group] for group in groups.number.tolist()]
        return _named(role, text, value, np.flatnonzero(is_feature), names)
    members = {supernode.name: supernode.members for supernode in reversed(graph.supernodes)}
    if value not in members:
        raise InvalidRequest(role, f"{text!r} names nothing here; there {_offer(members)}")
    return np.array(members[value], dtype=np.int64)


def _parts(role: Role, text: str) -> tuple[str, str]:
    """The form of a selector and its value."""
    if text in _KINDS:
        return "kind", text
    form, colon, value = text.partition(":")
    if colon and form in _NAMED:
        return form, value
    numbers, _ = _with_site(value.split("/"))
    if colon and len(numbers) == _NUMBERED.get(form) and _are_numbers(numbers):
        return form, value
    key, _ = _with_site(text.split("/"))
    if len(key) in (4, 5) and key[-4] in KIND_WORDS and _are_numbers(key[-3:]):
        return "node", text
    raise InvalidRequest(role, f"{text!r} is not one of {', '.join(SELECTORS)}")


def _with_site(parts: list[str]) -> tuple[list[str], str | None]:
    """The parts of a key before its site, and the site; None: the MLP."""
    if len(parts) > 2 and not _are_numbers(parts[-1:]) and _are_numbers(parts[-2:-1]):
        return parts[:-1], parts[-1]
    return parts, None


def _at(nodes: Nodes, site: str | None) -> Bools:
    """(n_nodes,) the nodes of a site."""
    return np.array([own == site for own in nodes.site], dtype=np.bool_)


def _are_numbers(texts: list[str]) -> bool:
    return all(text.removeprefix("-").isdecimal() and len(text) < 10 for text in texts)


def _found(role: Role, text: str, chosen: Bools) -> Ints:
    if not chosen.any():
        raise InvalidRequest(role, f"{text!r} names no node of this graph")
    return np.flatnonzero(chosen)


def _named(role: Role, text: str, value: str, among: Ints, names: list[str | None]) -> Ints:
    """The nodes of `among` whose name is `value`, or else whose name differs in outer spaces only."""
    for same in (str, str.strip):
        found = [node for node in among.tolist() if (name := names[node]) and same(name) == same(value)]
        if found:
            return np.array(found, dtype=np.int64)
    known = {name for node in among.tolist() if (name := names[node])}
    raise InvalidRequest(role, f"{text!r} names nothing here; there {_offer(known)}")


def _offer(names: Iterable[str]) -> str:
    known = sorted(names)
    if not known:
        return "are none"
    more = len(known) - MAX_SUGGESTED
    return f"are {', '.join(map(repr, known[:MAX_SUGGESTED]))}" + (f" and {more} more" if more > 0 else "")
