from pathlib import Path

import pytest

from tests.support.tiny_model import write_models_file, write_tiny_model


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny model's folder."""
    folder = tmp_path_factory.mktemp("tiny")
    write_tiny_model(folder)
    return folder


@pytest.fixture
def data(tmp_path: Path, tiny: Path) -> Path:
    """A data folder whose default model is the tiny one."""
    folder = tmp_path / "data"
    folder.mkdir()
    write_models_file(folder, tiny)
    return folder
