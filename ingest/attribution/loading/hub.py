"""Files of the hub's repositories, fetched into its cache; why they cannot be, as an error that says what to do."""

import errno
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import requests
from huggingface_hub import HfApi, constants, snapshot_download
from huggingface_hub.errors import (
    EntryNotFoundError,
    GatedRepoError,
    HfHubHTTPError,
    HFValidationError,
    LocalEntryNotFoundError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from ingest.sources import HubSource, hub_cache
from queries.errors import WeightsTooLarge, WeightsUnavailable

Choose: TypeAlias = Callable[[Sequence[str]], list[str]]
"""The names of a repository's files that are wanted, of all its files' names."""

PATIENCE = 30.0
"""Seconds in which the hub must say what it has."""
AWAY = (OfflineModeIsEnabled, LocalEntryNotFoundError, requests.ConnectionError, requests.Timeout)


def fetch(hub: HubSource, choose: Choose) -> Path:
    """The folder of a repository's chosen files at its revision, named by its commit. Where the hub does not answer,
    or not to us, what is in the cache is taken.

    Raises WeightsUnavailable, WeightsTooLarge.
    """
    try:
        with _explained(hub):
            about = HfApi().repo_info(
                hub.repository, revision=hub.revision, files_metadata=True, timeout=PATIENCE
            )
    except WeightsUnavailable:
        cached = hub.snapshot()
        if cached is None or not choose(_names(cached)):
            raise
        return cached.resolve()
    sizes = {each.rfilename: each.size or 0 for each in about.siblings or []}
    chosen = choose(list(sizes))
    if not chosen:
        raise WeightsUnavailable(
            str(hub),
            "the repository has none of the files that are needed; check its name, and name a folder inside it as "
            "owner/name//folder",
        )
    here = hub.cache / "snapshots" / str(about.sha)
    _check_disk(hub, sum(sizes[name] for name in chosen if not (here / name).exists()))
    with _explained(hub):
        return Path(snapshot_download(hub.repository, revision=hub.revision, allow_patterns=chosen)).resolve()


def _names(folder: Path) -> list[str]:
    return [str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()]


def _check_disk(hub: HubSource, needed: int) -> None:
    """Raises WeightsTooLarge."""
    place = hub_cache()
    free = shutil.disk_usage(next(one for one in (place, *place.absolute().parents) if one.exists())).free
    if needed > free:
        raise WeightsTooLarge(
            str(hub),
            f"{needed / 1e9:.1f} GB are to be fetched, and {free / 1e9:.1f} GB are free at {place}: make room, or put "
            "the hub's cache elsewhere (HF_HOME)",
        )


@contextmanager
def _explained(hub: HubSource) -> Iterator[None]:
    """Raises WeightsUnavailable or WeightsTooLarge in place of the hub's errors."""
    name, page = str(hub), f"{constants.ENDPOINT}/{hub.repository}"

    def unavailable(why: str) -> WeightsUnavailable:
        return WeightsUnavailable(name, why)

    try:
        yield
    except GatedRepoError as error:
        raise unavailable(
            f"it is gated: accept its terms at {page}, and give whoever traces the token of that account (HF_TOKEN, or "
            "`hf auth login`)"
        ) from error
    except RepositoryNotFoundError as error:
        raise unavailable(
            "the hub has no such repository, or does not show it to us: check its name; a private one takes a token of "
            "somebody who may read it (HF_TOKEN, or `hf auth login`)"
        ) from error
    except RevisionNotFoundError as error:
        raise unavailable(
            f"it has no revision {hub.revision!r}: name one of {page}/commits/main, or leave @… out"
        ) from error
    except AWAY as error:
        offline = isinstance(error, OfflineModeIsEnabled)
        reason = "HF_HUB_OFFLINE is set" if offline else f"{constants.ENDPOINT} cannot be reached"
        raise unavailable(
            f"{reason}, and it is not all in the cache {hub_cache()}: try again with a network, or bring the cache "
            "from a machine that has it, or list a folder with its files"
        ) from error
    except EntryNotFoundError as error:
        raise unavailable(f"a file is missing ({_first_line(error)}); check its name and revision") from error
    except HFValidationError as error:
        raise unavailable("it is neither a folder here nor the name of a repository (owner/name)") from error
    except HfHubHTTPError as error:
        status = error.response.status_code if error.response is not None else 0
        if status in (401, 403):
            raise unavailable(
                f"the hub refuses ({status}): give a token that may read it (HF_TOKEN, or `hf auth login`)"
            ) from error
        raise unavailable(f"the hub answered with an error ({status}): try again later") from error
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise unavailable(_first_line(error)) from error
        raise WeightsTooLarge(
            name,
            f"the disk became full at {hub_cache()}: make room, or put the hub's cache elsewhere (HF_HOME)",
        ) from error


def _first_line(error: Any) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
