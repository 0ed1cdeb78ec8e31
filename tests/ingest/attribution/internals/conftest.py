"""Tiny models of all architectures, made once."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest
import torch

from ingest.attribution.internals.passes.model import embedded
from ingest.attribution.internals.passes.record import Recording, record
from tests.support.models.architectures import MIXTURES, REFUSED, SUPPORTED, random_model, some_ids

N = 12
CONFIGURATIONS = SUPPORTED | MIXTURES | REFUSED


@pytest.fixture(scope="package", autouse=True)
def one_thread() -> Iterator[None]:
    """Threads that wait for each other take longer than these models do."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="package")
def model_of() -> Callable[[str], Any]:
    return cache(lambda name: random_model(CONFIGURATIONS[name]))


@pytest.fixture(params=SUPPORTED)
def supported(request: pytest.FixtureRequest, model_of: Callable[[str], Any]) -> Any:
    """A model of each supported architecture."""
    return model_of(request.param)


@pytest.fixture
def ids() -> torch.Tensor:
    return some_ids(N)


@pytest.fixture
def recording(supported: Any, ids: torch.Tensor) -> Recording:
    """Of a supported model, with logits at all positions."""
    return record(supported, embedded(supported, ids), range(N))
