"""The documents name files that exist."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCUMENTS = (
    "README.md",
    "CONTRIBUTING.md",
    "demo/README.md",
    "bench/README.md",
    *(f"docs/{name.name}" for name in sorted((ROOT / "docs").glob("*.md"))),
)
FOLDERS = tuple(
    f"{folder.name}/" for folder in ROOT.iterdir() if folder.is_dir() and not folder.name.startswith(".")
)
BACKTICKED = re.compile(r"`([^`\s]+)`")
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def files(text: str) -> Iterator[str]:
    """The paths from the repository's root that a document names in backticks."""
    for name in BACKTICKED.findall(text):
        if name.startswith(FOLDERS) and re.fullmatch(r"[\w./-]+", name):
            yield name


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_file_that_a_document_names_exists(document: str) -> None:
    path = ROOT / document
    text = path.read_text(encoding="utf-8")
    missing = [name for name in files(text) if not (ROOT / name).exists()]
    missing += [
        link for link in LINK.findall(text) if "://" not in link and not (path.parent / link).exists()
    ]
    assert missing == []


def test_each_recipe_names_files() -> None:
    text = (ROOT / "docs" / "development.md").read_text(encoding="utf-8")
    recipes = text.partition("## How do I add …")[2].partition("\n## ")[0].strip().split("\n\n")[1:]
    assert len(recipes) >= 9
    for recipe in recipes:
        assert recipe.startswith("**"), recipe
        assert list(files(recipe)), recipe
