"""Direct logit attribution: what a head itself writes towards the prediction, through no later layer."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from ingest.attribution.internals.logits import logit_attribution, towards_tokens
from ingest.attribution.internals.passes.record import Recording
from ingest.attribution.internals.prediction.heads import Scores
from ingest.attribution.internals.prediction.objective import Objective


@dataclass(frozen=True, eq=False)
class DirectAttribution:
    """`direct` (n_layers, n_heads): each head's part of f by what it writes at the objective's position, norms' scales
    held. It is None where the components' sum is not f; `why` says so. `error`: as of logit attribution."""

    direct: Scores | None
    error: float
    why: str | None


def attribute_directly(model: Any, recording: Recording, objective: Objective) -> DirectAttribution:
    """Logit attribution's part of the heads. Raises InvalidRequest."""
    found = logit_attribution(
        model, recording, towards_tokens(model, recording, objective.target, objective.foil)
    )
    if found.attribution is None:
        return DirectAttribution(None, found.error, found.why)
    direct = found.attribution.heads[:, :, objective.position].astype(np.float32)
    return DirectAttribution(direct, found.error, None)
