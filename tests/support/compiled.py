"""Compile what most tests and their servers need of the kernels: `python -m tests.support.compiled`, before a test run.

numba keeps it on disk. Without this, processes that start side by side on a new checkout would each compile it.
"""

import json

from ingest.graph_file.read import attribution_graph, parse_graph_file, trace_of_file
from ingest.pruning.prune import prune
from queries.groups import tree
from queries.paths.space import PathQuery, PathSpace, best_paths
from tests.support.graph_documents import whole_document


def main() -> None:
    file = parse_graph_file(json.dumps(whole_document(20, seed=0), indent=2).encode())
    prune(trace_of_file(file), 0.8, 0.98)
    for score in ("influence", "contribution"):
        best_paths(PathSpace(attribution_graph(file), PathQuery(k=3, score=score, min_length=1)))
    tree.warm_up()


if __name__ == "__main__":
    main()
