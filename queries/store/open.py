"""Opening the engine that a database URL names."""

from pathlib import Path

from queries.errors import InvalidRequest, ReadOnlyDataSet
from queries.store.address import LADYBUG, PARQUET, is_neo4j, shown
from queries.store.parquet_store import ParquetStore
from queries.store.store import GraphStore


def open_store(url: str, *, read_only: bool = False, data_sets: Path | None = None) -> GraphStore:
    """Open the database at `ladybug:///path`, `neo4j://user:password@host:port/database` or `parquet:///folder`.

    `read_only`: nothing is created or changed, and another process may have a Ladybug file open for writing.
    `data_sets`: the folder in which the data set of a `parquet:` URL becomes a database, once, for all that a database
    can be asked. Without one it is read from its tables, with `read_only` alone.
    Raises InvalidDataSet, ReadOnlyDataSet, DatabaseUnavailable, DatabaseRefused, UnsupportedServer, UnsupportedSchema,
    StorageFull, InvalidRequest.
    """
    if url.startswith(LADYBUG) and len(url) > len(LADYBUG):
        from queries.store.ladybug.store import LadybugStore

        return LadybugStore(Path(url.removeprefix(LADYBUG)), read_only=read_only)
    if is_neo4j(url):
        from queries.store.neo4j.store import Neo4jStore

        return Neo4jStore(url, read_only=read_only)
    if url.startswith(PARQUET) and len(url) > len(PARQUET):
        folder = Path(url.removeprefix(PARQUET))
        if data_sets is not None:
            from queries.store.data_set import DataSetStore

            return DataSetStore(folder, data_sets)
        if not read_only:
            raise ReadOnlyDataSet(url)
        return ParquetStore(folder)
    raise InvalidRequest(
        "database",
        f"{shown(url)!r} is none of ladybug:///path/to/database, neo4j://user:password@host:port/database and "
        "parquet:///folder/of/a/data/set",
    )
