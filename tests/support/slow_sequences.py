"""The k best group sequences in plain Python, by a loose bound: for tests whose paths are too many to list."""

import heapq
from collections import defaultdict
from collections.abc import Iterator
from itertools import count

from queries.graph.arrays import Ints
from queries.paths.space import PathSpace

Held = dict[tuple[int, int], float]
"""Influence on the targets, by node and state."""


def slow_sequences(space: PathSpace, group: Ints, max_steps: int) -> Iterator[tuple[float, tuple[int, ...]]]:
    """Score and groups of each sequence, best first, by the sum of all that end alike. Raises TimeoutError."""
    problem, states, graph, of_node = space.problem, space.problem.states, space.acyclic, group.tolist()
    arriving = graph.sum_from(
        problem.begin.astype(float), space.size, problem.passable, problem.negative, states
    )  # (n, S), from the sources
    rank = {node: place for place, node in enumerate(graph.order.tolist())}
    inputs: dict[int, list[tuple[int, float, int]]] = defaultdict(list)
    signs = [0] * len(space.size) if problem.negative is None else problem.negative.astype(int).tolist()
    for a, b, size, sign in zip(
        graph.source.tolist(), graph.target.tolist(), space.size.tolist(), signs, strict=True
    ):
        if problem.passable[b]:
            inputs[b].append((a, size, sign))
    ties, heap = count(), list[tuple[float, int, tuple[int, ...], Held | None]]()

    def push(sequence: tuple[int, ...], held: Held) -> None:
        bound = sum(value * float(arriving[spot]) for spot, value in held.items())
        if bound > 0.0:
            heapq.heappush(heap, (-bound, next(ties), sequence, held))

    targets: dict[int, Held] = defaultdict(dict)
    for node in problem.ends.nonzero()[0].tolist():
        targets[of_node[node]][node, states.at_target(node)] = float(problem.ends[node])
    for number, held in targets.items():
        push((number,), held)
    for _ in range(max_steps):
        if not heap:
            return
        bound, _, sequence, entered = heapq.heappop(heap)
        if entered is None:
            yield -bound, sequence
            continue
        score, feeders = 0.0, defaultdict[int, Held](dict)
        waiting = [(-rank[node], node, state) for node, state in entered]
        heapq.heapify(waiting)
        while waiting:
            _, node, state = heapq.heappop(waiting)
            here = entered.pop((node, state), 0.0)
            score += here * bool(problem.begin[node] and states.accepts[state])
            for far, size, sign in inputs[node]:
                after = int(states.step[states.kind[far], sign, state])
                if after < 0 or here == 0.0:
                    continue
                inside = of_node[far] == sequence[0]
                into = entered if inside else feeders[of_node[far]]
                into[far, after] = into.get((far, after), 0.0) + here * size
                if inside:
                    heapq.heappush(waiting, (-rank[far], far, after))
        if score > 0.0:
            heapq.heappush(heap, (-score, next(ties), sequence, None))
        for number, held in feeders.items():
            push((number, *sequence), held)
    raise TimeoutError
