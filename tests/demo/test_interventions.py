"""What the demo's graphs predict, the demo model does: Dallas and Oakland, the rest in `make demo-report`."""

import numpy as np
import pytest

from demo.measures.interventions import InterventionResult, labelled_groups, measure_interventions
from demo.measures.paths import held_out_city_prompts, load_for_tracing, measure_paths
from ingest.attribution.interventions.conditions import Conditions
from queries.graph.records import TraceParameters

pytestmark = pytest.mark.slow

CITIES = ("Dallas", "Oakland", "Boulder", "Tampa")


@pytest.fixture(scope="module")
def found() -> InterventionResult:
    loaded = load_for_tracing()
    prompts = [prompt for prompt in held_out_city_prompts() if prompt.city in CITIES]
    results = [measure_paths(loaded, prompt, TraceParameters()) for prompt in prompts]
    assert all(labelled_groups(one.graph) for one in results)
    return measure_interventions(loaded, results)


def test_predictions_are_borne_out(found: InterventionResult) -> None:
    assert len(found.tested) >= 2 * len(CITIES)
    assert found.correlation >= 0.96
    assert found.within_twice >= 0.95
    assert found.same_sign(Conditions.GRAPH) == found.same_sign(Conditions.MODEL) == 1.0


def test_the_strongest_groups_hold_and_random_ones_do_not(found: InterventionResult) -> None:
    assert found.strongest_hold >= 0.8
    assert found.share("holds") > 0.5
    assert len(found.randoms) == 6 * len(CITIES)
    assert np.mean([one == "holds" for one in found.randoms]) < 0.3


def test_graphs_are_faithful_and_random_features_are_not(found: InterventionResult) -> None:
    assert found.median("in_model") >= 0.8
    assert found.median("in_model_random") <= 0.15


def test_each_city_can_be_put_into_anothers_place(found: InterventionResult) -> None:
    assert len(found.swapped) > len(CITIES) and all(found.swapped)
