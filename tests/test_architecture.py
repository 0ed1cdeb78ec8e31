"""The arrows of the house: ingest -> queries <- api, and torch only where prompts are traced."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

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
OURS = ("api", "bench", "demo", "ingest", "queries", "tests", "tools")
MAY_IMPORT = {
    "queries": {"queries"},
    "ingest": {"ingest", "queries"},
    "api": {"api", "ingest", "queries"},
}


def imports(folder: str) -> Iterator[tuple[Path, str]]:
    """Every module that a file of the folder imports, wherever in the file it does."""
    files = sorted((ROOT / folder).rglob("*.py"))
    assert files, folder
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from ((file, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{file} imports relatively"
                yield file, node.module or ""


@pytest.mark.parametrize("folder", MAY_IMPORT)
def test_arrows_point_one_way(folder: str) -> None:
    for file, module in imports(folder):
        top = module.split(".")[0]
        assert top not in OURS or top in MAY_IMPORT[folder], f"{file} imports {module}"


def test_the_api_sees_only_the_face_of_ingest() -> None:
    inside = [(file.name, module) for file, module in imports("api") if module.startswith("ingest.")]
    assert not inside


@pytest.mark.parametrize("folder", ["queries", "api"])
def test_torch_stays_under_ingest_and_demo(folder: str) -> None:
    for file, module in imports(folder):
        assert module.split(".")[0] not in MODELS, f"{file} imports {module}"


def test_the_face_of_ingest_loads_neither_models_nor_databases() -> None:
    """What `import api.http.app` costs and needs: the server starts in a second and serves without torch."""
    heavy = MODELS | {"dbos", "sqlalchemy", "ladybug", "neo4j", "pyarrow", "uvicorn"}
    code = (
        f"import sys, api.http.app; print(sorted({heavy!r} & {{name.split('.')[0] for name in sys.modules}}))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert loaded.stdout.strip() == "[]"
