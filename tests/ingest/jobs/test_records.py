"""Jobs in the job database are read and written as version 0.1 wrote them."""

import json

from ingest.jobs.records import Accepted, to_json
from queries.graph.records import AttributionParameters, ModelParameters, Thresholds

STORED = """
{"pruned_graph": null, "trace_id": null, "prompt": "Texas is", "model": "tiny", "transcoders": "tiny-transcoders",
 "parameters": {"node_threshold": 0.7, "edge_threshold": 0.98, "max_n_logits": 5, "desired_logit_prob": 0.95,
                "max_feature_nodes": null, "batch_size": 256, "update_interval": 4, "attribution_targets": ["Texas"]},
 "created_at": "2025-11-02T10:00:00.123456Z"}
"""


def test_an_accepted_job_is_stored_flat() -> None:
    accepted = Accepted.model_validate(json.loads(STORED))
    assert json.dumps(to_json(accepted)) == json.dumps(json.loads(STORED)), "the order of the fields too"
    assert accepted.parameters.thresholds == Thresholds(node_threshold=0.7)
    assert accepted.parameters.attribution == AttributionParameters(
        max_n_logits=5, max_feature_nodes=None, attribution_targets=["Texas"]
    )


def test_how_a_model_is_loaded_is_stored_where_a_job_says_it() -> None:
    plain = Accepted.model_validate(json.loads(STORED))
    assert plain.parameters.model == ModelParameters()
    asked = plain.model_copy(
        update={"parameters": plain.parameters.model_copy(update={"dtype": "bfloat16", "offload": "cpu"})}
    )
    written = to_json(asked)
    assert (written["parameters"]["dtype"], written["parameters"]["offload"]) == ("bfloat16", "cpu")
    assert "device" not in written["parameters"]
    assert Accepted.model_validate(written) == asked
    assert asked.question_id != plain.question_id
