"""What the heads of a demo graph carried, in a database: the same sums by what they read and by what they write to."""

import numpy as np
import pytest

from ingest.attribution.attribution import LoadedModel
from ingest.attribution.internals.parts import Computed
from queries.store.open import open_store
from tests.demo.internals.test_parts import computed, stored
from tests.support.engines import Engine

pytestmark = pytest.mark.slow

READ = (
    "MATCH (h:HeadNode)<-[r:READ_BY]-() "
    "RETURN h.layer, h.head, sum(r.weight), sum(r.absolute) ORDER BY h.layer, h.head"
)
WRITTEN = (
    "MATCH (h:HeadNode)-[r:WRITES_TO]->() "
    "RETURN h.layer, h.head, sum(r.weight), sum(r.absolute) ORDER BY h.layer, h.head"
)


@pytest.fixture(scope="module")
def dallas(loaded: LoadedModel) -> Computed:
    return computed(loaded, parts=["loadings"])


def test_heads_read_in_all_what_they_write(dallas: Computed, engine: Engine) -> None:
    """And what the links of the graph, split by their last heads, say of each."""
    graph, internals = stored(), dallas.internals
    with open_store(engine.url) as store:
        store.load(graph)
        store.put_internals(graph, internals)
    read, written = (np.array(engine.query(statement), dtype=np.float64) for statement in (READ, WRITTEN))
    assert read[:, :2].tolist() == [[layer, head] for layer in range(4) for head in range(4)]
    np.testing.assert_array_equal(read[:, :2], written[:, :2])
    np.testing.assert_allclose(read[:, 2:], written[:, 2:], rtol=0, atol=1e-9 * read[:, 3].max())
    expected = np.zeros((2, 16))
    for sums, values in zip(expected, (internals.read.weight, internals.read.absolute), strict=True):
        np.add.at(sums, internals.read.head, values)
    np.testing.assert_allclose(read[:, 2:].T, expected, rtol=0, atol=1e-12 * read[:, 3].max())
    carried = internals.heads.statistics["carried"]
    np.testing.assert_allclose(read[:, 3], carried, rtol=1e-9)
