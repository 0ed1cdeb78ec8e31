"""A prediction of each supported model, recorded with and without gradients."""

from typing import Any

import pytest

from ingest.attribution.internals.passes.record import Recording
from ingest.attribution.internals.prediction.gradients import Gradients, gradients_of
from ingest.attribution.internals.prediction.objective import Objective, the_objective


@pytest.fixture
def objective(supported: Any, recording: Recording) -> Objective:
    return the_objective(supported, recording)


@pytest.fixture
def gradients(supported: Any, recording: Recording, objective: Objective) -> Gradients:
    return gradients_of(supported, recording.embeddings, objective)
