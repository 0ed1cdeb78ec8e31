"""A data set opened as a database: its graphs are loaded once into a Ladybug file of their own, and only read there.

So the page, the API and people's Cypher find the same tables and dialect as in any other embedded database.
"""

import fcntl
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn, TypeVar

import ladybug

from queries.errors import OUT_OF_ROOM, DatabaseUnavailable, InvalidDataSet, ReadOnlyDataSet, StorageFull
from queries.store.copying import copy_collections
from queries.store.ladybug.connection import first_line
from queries.store.ladybug.store import LadybugStore
from queries.store.parquet_store import ParquetStore
from queries.store.schema import SCHEMA_VERSION

T = TypeVar("T")


class DataSetStore(LadybugStore):
    def __init__(self, folder: Path, loaded: Path) -> None:
        """The data set in `folder`, whose hashes are checked first. In the folder `loaded` is a database for each
        content; it may be deleted while none is open.

        Raises InvalidDataSet, StorageFull, DatabaseUnavailable.
        """
        data_set = ParquetStore(folder)
        super().__init__(_load(data_set, loaded), read_only=True)
        self.url, self.content = data_set.url, data_set.content

    def _write(self, callback: Callable[[ladybug.Connection], T]) -> NoReturn:  # noqa: ARG002  # nothing is written
        raise ReadOnlyDataSet(self.url)


def _load(data_set: ParquetStore, loaded: Path) -> Path:
    """The Ladybug database with all graphs of a data set. It is there once it is whole."""
    content = data_set.content.partition(":")[2]
    # Another version of the schema, or of the engine's files, reads none of it: it has a database of its own.
    versions = f"{SCHEMA_VERSION}.{ladybug.Database.get_storage_version()}"
    place = loaded / f"{content}-{versions}.lbug"
    draft = place.with_suffix(".draft")
    try:
        loaded.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _turn(place.with_suffix(".lock")):
            if not place.exists():
                shutil.rmtree(draft, ignore_errors=True)  # of a process that was killed
                try:
                    with LadybugStore(draft / place.name) as target:
                        target.fill(data_set.read(record.id) for record in data_set.graphs())
                        copy_collections(data_set, target)
                    (draft / place.name).replace(place)
                finally:
                    shutil.rmtree(draft, ignore_errors=True)
    except RuntimeError as error:  # such as a key that is there twice
        raise InvalidDataSet(str(data_set.folder), first_line(error)) from error
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        if error.errno in OUT_OF_ROOM:
            raise StorageFull(str(loaded), why) from error
        raise DatabaseUnavailable(data_set.url, f"it cannot be loaded into {loaded}: {why}.") from error
    return place


@contextmanager
def _turn(lock: Path) -> Iterator[None]:
    """One process at a time, however it ends; the others wait."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
