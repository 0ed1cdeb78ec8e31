"""The demo model, loaded once for each file of tests of what it does with a prompt."""

from collections.abc import Iterator
from typing import Any

import pytest
import torch

from demo.measures.paths import load_for_tracing
from ingest.attribution.attribution import LoadedModel


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Threads that wait for each other take longer than this model does."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def loaded() -> LoadedModel:
    return load_for_tracing()


@pytest.fixture(scope="module")
def model(loaded: LoadedModel) -> Any:
    return loaded.replacement_model._module
