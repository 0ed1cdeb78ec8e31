"""The device that a model is loaded onto, and the memory it has left."""

import torch

from ingest.attribution.memory import available_memory
from queries.errors import DeviceUnavailable


def device_of(asked: str | None) -> torch.device:
    """The device of this name; None: a GPU where there is one. Raises DeviceUnavailable."""
    here = _devices()
    if asked is None:
        return torch.device(here[0])
    if (asked not in here and asked != "cuda") or (asked == "cuda" and "cuda:0" not in here):
        raise DeviceUnavailable(
            asked, f"this machine has {', '.join(here)}; leave the device out to take the first"
        )
    return torch.device(asked)


def _devices() -> list[str]:
    """The devices of this machine, the one to take first."""
    gpus = [f"cuda:{number}" for number in range(torch.cuda.device_count())]
    return [*gpus, *(["mps"] if torch.backends.mps.is_available() else []), "cpu"]


def free_memory(device: torch.device) -> int | None:
    """Bytes that are free on a device; None: unknown. An Apple GPU shares the main memory."""
    if device.type != "cuda":
        return available_memory()
    free, _ = torch.cuda.mem_get_info(device)
    return free + torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
