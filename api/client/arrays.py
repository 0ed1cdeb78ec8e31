"""A prompt's internals as NumPy arrays, for notebooks: `docs/internals.md` shows how."""

import base64
from typing import Any

import numpy as np
import numpy.typing as npt

from api.client.client import Client, Json, Refused

NUMBERS = {"shape", "dtype", "scale", "data"}
"""The keys of an array inside JSON."""
UNKNOWN = -128
"""What stands for NaN in 8 bits."""


def internals(client: Client, graph_id: str, what: str = "", **query: str | float | None) -> Json:
    """What is known of the internals of a graph's prompt, each array as float32 in its shape; NaN: not known.

    `what` is the end of the address: nothing for the maps of heads (n_layers, n_heads), `heads/2/2` for a pattern
    (n, n) with its queries as rows, `layers/2`, `components`, `flow`, `head-edges`; `query` its parameters, such as
    `kind="logit"`. Raises `Refused` where the prompt's internals were not computed.
    """
    path = f"{_path(graph_id)}/{what}" if what else _path(graph_id)
    found: Json = with_arrays(client.get(path, **query).json())
    return found


def compute_internals(client: Client, graph_id: str, **parameters: Any) -> Json:
    """Compute the internals of a graph's prompt, wait for them, and answer as `internals` does.

    `parameters` are those of the request, such as `target=" Austin"`. Raises `Refused` for what cannot be computed.
    """
    queued = client.post(_path(graph_id), parameters).json()
    *_, ended = client.job_events(queued["id"])
    if ended["problem"]:
        raise Refused(ended["problem"]["error"], ended["problem"]["detail"])
    return internals(client, graph_id)


def with_arrays(answer: Any) -> Any:
    """An answer of the API with its arrays of numbers as NumPy arrays, wherever they stand in it."""
    if isinstance(answer, list):
        return [with_arrays(each) for each in answer]
    if not isinstance(answer, dict):
        return answer
    return array_of(answer) if answer.keys() == NUMBERS else {k: with_arrays(v) for k, v in answer.items()}


def array_of(numbers: Json) -> npt.NDArray[np.float32]:
    """The array that JSON holds as `{shape, dtype, scale, data}`."""
    flat = np.frombuffer(base64.b64decode(numbers["data"]), np.dtype(numbers["dtype"]).newbyteorder("<"))
    found: npt.NDArray[np.float32] = flat.astype(np.float32) * np.float32(numbers["scale"])
    if numbers["dtype"] == "int8":
        found[flat == UNKNOWN] = np.nan
    return found.reshape(numbers["shape"])


def _path(graph_id: str) -> str:
    return f"/api/graphs/{graph_id}/internals"
