"""What can be told of a model's internals, tried on a few tokens once it is loaded.

Two checks, which are of arithmetic and know no architecture: a layer is its input plus what it writes; a replay with
the nonlinear places held gives back the residual stream as a sum over tokens.
"""

from dataclasses import dataclass
from typing import Any

import torch

from ingest.attribution.internals.flow import flow
from ingest.attribution.internals.passes.model import embedded
from ingest.attribution.internals.passes.record import record
from ingest.attribution.internals.passes.tape import Diverged
from queries.errors import UnsupportedArchitecture

N_TOKENS = 12
FLOW_TOLERANCE = 1e-4
"""Largest error of the sum over tokens, as a share of the residual stream."""


@dataclass(frozen=True)
class Support:
    """What a model can show. Attention always; what is counted with nonlinear places held only where `frozen`.

    `writes_error` and `flow_error` are what the two checks found, None where the second could not run; `why` is the
    reason where it did not pass.
    """

    writes_error: float
    flow_error: float | None
    why: str | None

    @property
    def frozen(self) -> bool:
        return self.why is None


def probe(model: Any) -> Support:
    """Try both checks. Raises UnsupportedArchitecture, with what was found, where the first does not pass."""
    architecture = type(model).__name__
    try:
        n_vocabulary = model.get_input_embeddings().weight.shape[0]
        ids = torch.arange(3, 3 + N_TOKENS, device=model.device) % n_vocabulary
        recording = record(model, embedded(model, ids))
    except UnsupportedArchitecture:
        raise
    except Exception as error:  # whatever a model does that was not foreseen: nothing is shown unchecked
        raise UnsupportedArchitecture(architecture, f"a pass of it ended in {_told(error)}") from error
    try:
        found = flow(model, recording)
    except Diverged as error:
        return Support(recording.writes_error, None, str(error))
    except Exception as error:
        return Support(recording.writes_error, None, _told(error))
    passed = found.error < FLOW_TOLERANCE
    why = None if passed else f"tokens' contributions miss the residual stream by {found.error:.2g} of it"
    return Support(recording.writes_error, found.error, why)


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
