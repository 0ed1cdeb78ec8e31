"""The rooms of the house and the arrows between them: ingest -> queries <- api; torch only where prompts are traced."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import networkx as nx
import pytest

ROOT = Path(__file__).parents[1]
MODELS = {
    "torch",
    "transformers",
    "circuit_tracer",
    "nnsight",
    "transformer_lens",
    "safetensors",
    "tokenizers",
}
PACKAGES = ("api", "bench", "demo", "ingest", "queries", "tests", "tools")
PRODUCT = ("api", "ingest", "queries")
MAX_MODULES = 13
"""Modules of a folder, its `__init__` not counted."""

ARROWS: dict[str, str] = {
    "queries": "",
    "queries.cells": "",
    "queries.errors": "",
    "queries.logs": "errors",
    "queries.names": "errors words",
    "queries.parameters": "graph",
    "queries.process": "",
    "queries.size": "",
    "queries.words": "",
    "queries.views": "errors graph names paths words",
    "queries.graph": "names words",
    "queries.groups": "graph size words",
    "queries.limits": "errors",
    "queries.internals": "errors graph",
    "queries.exports": "cells errors graph store words",
    "queries.interventions": "errors graph limits paths words",
    "queries.named": "errors graph words",
    "queries.paths": "errors graph groups limits words",
    "queries.collected": "errors graph groups limits paths store words",
    "queries.circuit": "errors graph limits paths words",
    "queries.store": "errors graph internals names words",
    "queries.cypher": "cells errors process store words",
    "ingest.sources": "names",
    "ingest.models": "names sources",
    "ingest.unlisted": "models names sources",
    "ingest.traces": "",
    "ingest.annotation": "models names",
    "ingest.attribution": "identity models sources traces",
    "ingest.identity": "traces",
    "ingest.pruning": "identity traces",
    "ingest.graph_file": "identity pruning traces",
    "ingest.internals": "identity traces",
    "ingest.worker": "attribution graph_file identity internals models pruning sources traces",
    "ingest.saved": "attribution pruning",
    "ingest.names": "",
    "ingest.fetching": "",
    "ingest.loading": "annotation names traces",
    "ingest.importing": "graph_file internals loading names traces worker",
    "ingest.jobs": "annotation attribution identity internals loading models names traces worker",
    "ingest": "annotation attribution fetching graph_file importing internals jobs loading models saved traces "
    "unlisted worker",
    "api": "",
    "api.headers": "",
    "api.health": "token",
    "api.token": "",
    "api.client": "token",
    "api.rankings": "",
    "api.explorer": "graphs internals rankings token",
    "api.graphs": "",
    "api.internals": "",
    "api.http": "explorer headers internals rankings token",
    "api.memory": "",
    "api.server": "client explorer http memory token worker_metrics",
    "api.worker_metrics": "http token",
    "api.cli": "client headers memory server token",
}
"""Each room of the product, and the rooms of its own package that it may import. A room is a folder of a package with
all that is below it, or a module that lies beside the folders."""

BETWEEN_PACKAGES = {
    "queries": set[str](),
    "ingest": {"queries"},
    "api": {"ingest", "queries"},
    "demo": {"ingest", "queries"},
    "tools": set[str](),
    "tests": {"api", "demo", "ingest", "queries", "tools"},
    "bench": {"api", "demo", "ingest", "queries", "tests", "tools"},
}


@cache
def modules() -> dict[str, Path]:
    """Every module of the house by its dotted name."""
    files = [file for package in PACKAGES for file in sorted((ROOT / package).rglob("*.py"))]
    return {
        ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): file
        for file in files
    }


@cache
def imports(module: str) -> frozenset[str]:
    """The modules that a module imports, at the top of its file or below: our own by their names, others by their
    packages' names."""
    found = set()
    for node in ast.walk(ast.parse(modules()[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports relatively"
            for alias in node.names:
                inside = f"{node.module}.{alias.name}"
                found.add(inside if inside in modules() else str(node.module))
    return frozenset(found)


def arrows() -> Iterator[tuple[str, str]]:
    """Each import of a module of the house by another."""
    for module in modules():
        yield from ((module, other) for other in imports(module) if other in modules() and other != module)


def room(module: str) -> str:
    return ".".join(module.split(".")[:2])


def test_packages_import_each_other_one_way() -> None:
    for module, other in arrows():
        package, imported = module.split(".")[0], other.split(".")[0]
        assert imported == package or imported in BETWEEN_PACKAGES[package], f"{module} imports {other}"


@pytest.mark.parametrize("package", PRODUCT)
def test_rooms_import_each_other_as_drawn(package: str) -> None:
    found: dict[str, set[str]] = {
        room(module): set() for module in modules() if module.startswith(f"{package}.")
    }
    for module, other in arrows():
        if module.startswith(f"{package}.") and other.startswith(package) and room(module) != room(other):
            found[room(module)].add(room(other))
    drawn = {name: {f"{package}.{other}" for other in others.split()} for name, others in ARROWS.items()}
    assert found == {name: others for name, others in drawn.items() if name.startswith(f"{package}.")}


def test_no_imports_close_a_circle() -> None:
    circles = [circle for circle in nx.strongly_connected_components(nx.DiGraph(arrows())) if len(circle) > 1]
    assert circles == []


def test_no_rooms_close_a_circle() -> None:
    between = {(room(module), room(other)) for module, other in arrows() if module.split(".")[0] in PRODUCT}
    between = {(one, other) for one, other in between if one != other}
    assert [
        circle for circle in nx.strongly_connected_components(nx.DiGraph(between)) if len(circle) > 1
    ] == []


def test_no_folder_is_crowded() -> None:
    for folder in {file.parent for file in modules().values()}:
        assert len([file for file in folder.glob("*.py") if file.name != "__init__.py"]) <= MAX_MODULES, (
            folder
        )


@pytest.mark.parametrize("package", PRODUCT)
def test_every_room_says_what_it_is(package: str) -> None:
    for module, file in modules().items():
        if module.split(".")[0] == package:
            assert ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))), file


def test_the_engines_rooms_mirror_each_other() -> None:
    names = [
        {file.name for file in (ROOT / "queries" / "store" / engine).glob("*.py")}
        for engine in ("ladybug", "neo4j")
    ]
    assert names[0] == names[1]


def test_the_api_sees_only_the_face_of_ingest() -> None:
    inside = [
        (one, other) for one, other in arrows() if one.startswith("api.") and other.startswith("ingest.")
    ]
    assert not inside


@pytest.mark.parametrize("package", ["queries", "api"])
def test_torch_stays_under_ingest_and_demo(package: str) -> None:
    for module in modules():
        if module.split(".")[0] == package:
            assert not {name.split(".")[0] for name in imports(module)} & MODELS, module


@pytest.mark.slow
def test_the_face_of_ingest_loads_neither_models_nor_databases() -> None:
    """The server starts in a second and serves without torch: `import api.http.app` loads nothing heavy."""
    heavy = MODELS | {"dbos", "sqlalchemy", "ladybug", "neo4j", "pyarrow", "uvicorn"}
    code = (
        f"import sys, api.http.app; print(sorted({heavy!r} & {{name.split('.')[0] for name in sys.modules}}))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert loaded.stdout.strip() == "[]"
