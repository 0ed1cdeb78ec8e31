"""Views made and changed: what one may hold, and its supernodes drawn, renamed, changed, removed and kept of groups.

Everything here makes another `View`; `GraphStore.put_view` stores it. Names are checked where they are new: a graph's
file may bring others, and one twice.
"""

import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from queries.errors import InvalidRequest, SupernodeNotFound
from queries.graph.attribution_graph import AttributionGraph, NodeKind, Supernode, View
from queries.names import check_name
from queries.paths.groups import Grouping
from queries.paths.selectors import known_nodes, ordinals_by_id, select
from queries.words import (
    MAX_MEMBERS,
    MAX_NAME,
    MAX_PINNED,
    MAX_SELECTORS,
    MAX_STATE,
    MAX_STATE_DEPTH,
    MAX_SUPERNODES,
    MAX_TESTS,
)

TEST_ID = re.compile(r"[0-9a-f]{8,64}")
"""What an intervention's id looks like."""


def in_view(graph: AttributionGraph, name: str | None) -> AttributionGraph:
    """The graph as a view of it shows it; None: `default_view`. Raises InvalidRequest."""
    if name is not None and all(view.name != name for view in graph.views):
        known = ", ".join(repr(view.name) for view in graph.views) or "none"
        raise InvalidRequest("view", f"the graph has no view {name!r}; its views: {known}")
    return graph.with_views(graph.views, name)


def written(
    graph: AttributionGraph,
    before: View,
    notes: str,
    state: dict[str, Any],
    supernodes: Iterable[tuple[str, Sequence[str]]],
) -> View:
    """A view as its writer wants it: `state` with the keys of the `pinned` nodes and the ids of the `tests` in it, and
    the supernodes' names with the keys of their members. A key may be without its graph. A test need not be stored: a
    view outlives those that are deleted, and is in data sets without them. Raises InvalidRequest."""
    at = ordinals_by_id(graph)
    pinned = state.get("pinned", [])
    if len(pinned) > MAX_PINNED:
        raise InvalidRequest("state.pinned", f"at most {MAX_PINNED:,} nodes, not {len(pinned):,}")
    nodes = known_nodes(at, "state.pinned", pinned)
    keys = graph.nodes.keys(graph.record.id)
    named = {"pinned": [keys[node] for node in dict.fromkeys(nodes)], "tests": _tests(state.get("tests", []))}
    view = replace(before, notes=notes, state=state | named)
    _check_state(view.state)
    return _drawn(
        before,
        view,
        [
            Supernode(name, _members(name, known_nodes(at, f"the supernode {name!r}", members)))
            for name, members in supernodes
        ],
    )


def with_supernode(
    graph: AttributionGraph, view: View, name: str, nodes: Sequence[str] | None, new_name: str | None
) -> View:
    """The view with a supernode of this name: a new one, the last, where it has none. `nodes` are selectors, or keys,
    in which there may be more; None: it keeps its own. Raises InvalidRequest, SupernodeNotFound."""
    members = None if nodes is None else _members(name, _chosen_nodes(graph, nodes))
    drawn = list(view.supernodes)
    place = next((place for place, one in enumerate(drawn) if one.name == name), None)
    if place is None:
        if members is None:
            raise _not_found(view, name)
        return _drawn(view, view, [*drawn, Supernode(new_name or name, members)])
    own = drawn[place]
    drawn[place] = Supernode(new_name or name, own.members if members is None else members)
    return _drawn(view, view, drawn)


def without_supernode(view: View, name: str) -> View:
    """Raises SupernodeNotFound."""
    drawn = list(view.supernodes)
    place = next((place for place, one in enumerate(drawn) if one.name == name), None)
    if place is None:
        raise _not_found(view, name)
    del drawn[place]
    return replace(view, supernodes=tuple(drawn))


def with_groups(graph: AttributionGraph, view: View, grouping: Grouping, *, only: bool) -> View:
    """The view with the groups that have a name as supernodes; with `only`, in place of all that it has.

    Nodes that its supernodes hold stay theirs, and are left out of the new ones. Of features that nobody named, a group
    is called by layer and index; of equal names, the second is `NAME (2)`. Raises InvalidRequest where no node is left.
    """
    drawn = [] if only else list(view.supernodes)
    held = {node for one in drawn for node in one.members}
    names = {one.name for one in drawn}
    kinds, features = graph.nodes.kind, graph.nodes.feature_ids()
    found = []
    for group, name in enumerate(grouping.name):
        members = [node for node in np.flatnonzero(grouping.number == group).tolist() if node not in held]
        if name is None and len(members) > 1 and kinds[members[0]] == NodeKind.FEATURE:
            layer, index, *site = features[members[0]]
            name = "/".join((f"L{layer}", str(index), *site))
        if members and name is not None and (plain := _plain(name)):
            name = _unused(plain, names)
            names.add(name)
            found.append(Supernode(name, tuple(members)))
    if not found:
        raise InvalidRequest("group_by", "no group has a name and nodes that no supernode holds")
    return _drawn(view, view, [*drawn, *found])


def _plain(name: str) -> str:
    """A group's name as a supernode may have it: in one line, and not too long."""
    return "".join(c for c in " ".join(name.split()) if c.isprintable())[: MAX_NAME - 8].strip()


def _unused(name: str, names: Collection[str]) -> str:
    if name not in names:
        return name
    return next(other for number in range(2, len(names) + 3) if (other := f"{name} ({number})") not in names)


def _drawn(before: View, view: View, supernodes: Sequence[Supernode]) -> View:
    """The view with these supernodes. Raises InvalidRequest; names that it had before are as they were."""
    known = Counter(one.name for one in before.supernodes)
    for name, times in Counter(one.name for one in supernodes).items():
        if name not in known:
            check_name("supernode", name)
        if times > max(1, known[name]):
            raise InvalidRequest("supernode", f"two would have the name {name!r}")
    if len(supernodes) > MAX_SUPERNODES:
        raise InvalidRequest("supernode", f"at most {MAX_SUPERNODES} in a view, not {len(supernodes):,}")
    n_members = sum(len(one.members) for one in supernodes)
    if n_members > MAX_MEMBERS:
        raise InvalidRequest(
            "supernode", f"at most {MAX_MEMBERS:,} members in all of a view, not {n_members:,}"
        )
    return replace(view, supernodes=tuple(supernodes))


def _tests(ids: Sequence[str]) -> list[str]:
    if len(ids) > MAX_TESTS:
        raise InvalidRequest("state.tests", f"at most {MAX_TESTS:,} tests, not {len(ids):,}")
    for id in ids:
        if not TEST_ID.fullmatch(id):
            raise InvalidRequest("state.tests", f"{id!r} is no test's id")
    return list(dict.fromkeys(ids))


def _check_state(state: dict[str, Any]) -> None:
    level: list[Any] = [state]
    for _ in range(MAX_STATE_DEPTH):
        level = [
            value
            for one in level
            if isinstance(one, dict | list)
            for value in (one.values() if isinstance(one, dict) else one)
        ]
    if level:
        raise InvalidRequest("state", f"is nested more than {MAX_STATE_DEPTH} deep")
    try:
        size = len(json.dumps(state, ensure_ascii=False, allow_nan=False))
    except ValueError:
        raise InvalidRequest("state", "a number in it is not finite, or too long") from None
    if size > MAX_STATE:
        raise InvalidRequest("state", f"at most {MAX_STATE:,} characters of JSON, not {size:,}")


def _members(name: str, nodes: Iterable[int]) -> tuple[int, ...]:
    members = tuple(sorted(set(nodes)))
    if not members:
        raise InvalidRequest("supernode", f"{name!r} would hold no node")
    return members


def _chosen_nodes(graph: AttributionGraph, texts: Sequence[str]) -> list[int]:
    at = ordinals_by_id(graph)
    others = [text for text in texts if text not in at]
    if len(others) > MAX_SELECTORS:
        raise InvalidRequest(
            "node", f"at most {MAX_SELECTORS} selectors beside nodes' ids, not {len(others)}"
        )
    return [*(at[text] for text in texts if text in at), *select(graph, "node", others)]


def _not_found(view: View, name: str) -> SupernodeNotFound:
    return SupernodeNotFound(view.name, name, [one.name for one in view.supernodes])
