"""circuit-tracer's viewer as the package installs it, served on this machine with the libraries that it loads."""

import functools
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from circuit_tracer.frontend import local_server

from bench.page.graphs import Graph

HERE = Path(__file__).parent
LIBRARIES = HERE / "node_modules"
"""Others' scripts, which `make bench` installs."""
FOR_NODE = "{{ const exports = {{}}, module = {{ exports }}, require = () => d3;\n{}\n{} }}"
"""A library that comes for Node, and what is done with its exports. Whatever part of D3 it asks for is in the whole."""


def library(address: str) -> str | None:
    """The script at an address on the web; "" for one that the viewer does without; None where it is no script."""
    match address.rpartition("/")[2]:
        case "d3.js":
            return _read("node_modules/d3/dist/d3.min.js")
        case name if name.startswith("jetpack"):
            nest = FOR_NODE.format(
                _read("node_modules/d3-collection/dist/d3-collection.js"), "d3.nest = exports.nest"
            )
            jetpack = _read("node_modules/d3-jetpack/build/d3-jetpack.cjs")
            return "\n".join(
                [nest, FOR_NODE.format(jetpack, "Object.assign(d3, exports)"), _read("jetpack.js")]
            )
        case "dagre.min.js":
            return _read("node_modules/dagre/dist/dagre.min.js")
        case "pako.min.js":
            return _read("node_modules/pako/dist/pako.min.js")
        case name:
            return "" if name.endswith(".js") else None


def feature(n_examples: int = 5, n_tokens: int = 40) -> dict[str, object]:
    """What the viewer is told of any feature: as much as of a real one."""
    words = [f" word{at}" for at in range(n_tokens)]
    activations = [1.0 if at == n_tokens // 2 else 0.25 * (at % 5 == 0) for at in range(n_tokens)]
    example = {
        "tokens": words,
        "tokens_acts_list": activations,
        "train_token_ind": n_tokens // 2,
        "is_repeated_datapoint": False,
    }
    quantiles = ("Top Activations", "Subsample Interval 0", "Subsample Interval 1")
    return {
        "top_logits": words[:5],
        "bottom_logits": words[5:10],
        "act_min": 0,
        "act_max": 1,
        "examples_quantiles": [
            {"quantile_name": name, "examples": [example] * n_examples} for name in quantiles
        ],
    }


def _read(path: str) -> str:
    return (HERE / path).read_text(encoding="utf-8")


@contextmanager
def viewer(folder: Path, graphs: list[Graph]) -> Iterator[str]:
    """The viewer's address, which shows the graphs by their names (`index.html?slug=NAME`) from files in `folder`."""
    described = [_write(folder, graph) for graph in graphs]
    (folder / "graph-metadata.json").write_text(json.dumps({"graphs": described}), encoding="utf-8")
    handler = functools.partial(
        local_server.CircuitGraphHandler,
        frontend_dir=str(local_server.DEFAULT_FRONTEND_DIR),
        data_dir=str(folder),
    )
    with local_server.ReusableTCPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def _write(folder: Path, graph: Graph) -> object:
    """A graph's metadata, whose file is written as the viewer finds it."""
    document = json.loads(graph.document)
    document["metadata"]["slug"] = graph.name
    (folder / f"{graph.name}.json").write_text(json.dumps(document), encoding="utf-8")
    return document["metadata"]
