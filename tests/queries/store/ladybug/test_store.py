"""The embedded engine alone: one file, one writing process, and the state that a kill leaves."""

import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

import ladybug
import pytest

from queries.errors import DatabaseUnavailable, UnsupportedSchema
from queries.graph.attribution_graph import AttributionGraph
from queries.store import schema
from queries.store.ladybug.connection import CHECKPOINT, LOG_HEAD, run_rows
from queries.store.ladybug.read import read_records
from queries.store.ladybug.store import LadybugStore
from tests.support.graphs import make_graph
from tests.support.patience import LIMIT, PATIENCE

ROOT = Path(__file__).parents[4]

HOLD = """
import sys
from pathlib import Path
from queries.store.ladybug.store import LadybugStore
with LadybugStore(Path(sys.argv[1])):
    print("open", flush=True)
    sys.stdin.read()
"""

N_FEATURES = 60

LOAD_FOR_EVER = """
import sys
from itertools import count
from pathlib import Path
from tests.queries.store.ladybug.test_store import some_graph
from queries.store.ladybug.store import LadybugStore
with LadybugStore(Path(sys.argv[1])) as store:
    for number in count(len(store.graphs())):
        print(number, flush=True)
        store.load(some_graph(f"graph {number}"))
"""


FILL = """
import resource, sys
from pathlib import Path
from queries.errors import StorageFull
from queries.store.ladybug.store import LadybugStore
from tests.queries.store.ladybug.test_store import some_graph

def limit(size):
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

stored, refused = set(), 0
with LadybugStore(Path(sys.argv[1])) as store:
    limit(Path(sys.argv[1]).stat().st_size + int(sys.argv[2]))
    for number in range(40):
        try:
            store.load(some_graph(f"graph {number}"))
            stored.add(f"graph {number}")
        except StorageFull as full:
            assert "nothing was stored" in str(full), full
            assert "File too large" in str(full) or "room for no more" in str(full), full
            refused += 1
        assert {record.id for record in store.graphs()} == stored
        if refused == 2:
            break
    assert refused == 2, stored
    limit(resource.RLIM_INFINITY)
    assert store.load(some_graph("later"))
with LadybugStore(Path(sys.argv[1])) as store:
    assert {record.id for record in store.graphs()} == stored | {"later"}
    for graph_id in sorted(stored | {"later"}):
        assert len(store.read(graph_id).edges) == 120
"""
"""A full disk, imitated by a limit on the size of files, which the process sets and lifts itself."""


def some_graph(graph_id: str) -> AttributionGraph:
    features = range(1, N_FEATURES + 1)
    weights = {(0, node): 1.0 for node in features} | {(node, N_FEATURES + 1): 1.0 for node in features}
    return make_graph("E" + "F" * N_FEATURES + "L", weights, id=graph_id)


def test_makes_its_folder_and_its_file(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "graphs.ladybug"
    with LadybugStore(path) as store:
        assert store.url == f"ladybug://{path}"
    assert path.exists()


@pytest.mark.slow
def test_a_second_process_is_told_who_has_it_open(tmp_path: Path) -> None:
    path = tmp_path / "graphs.ladybug"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "open\n"
        with pytest.raises(DatabaseUnavailable) as raised:
            LadybugStore(path)
        assert f"process {holder.pid} has it open" in str(raised.value)
        assert raised.value.url == f"ladybug://{path}"
        holder.communicate()
    LadybugStore(path).close()


def test_a_file_that_is_no_database_is_said_so_in_one_line(tmp_path: Path) -> None:
    path, content = tmp_path / "graphs.ladybug", b"not a database" * 1000
    path.write_bytes(content)
    with pytest.raises(DatabaseUnavailable) as raised:
        LadybugStore(path)
    assert "\n" not in str(raised.value)
    assert path.read_bytes() == content


def test_an_empty_file_becomes_a_database(tmp_path: Path) -> None:
    path = tmp_path / "graphs.ladybug"
    path.touch()
    with LadybugStore(path) as store:
        store.load(some_graph("one"))
    with LadybugStore(path) as store:
        assert [record.id for record in store.graphs()] == ["one"]


class Failing:
    """The engine's class of databases, whose first files fail to open, or to be read from, as beside a checkpoint."""

    def __init__(self, n_times: int, monkeypatch: pytest.MonkeyPatch) -> None:
        self.left = n_times
        monkeypatch.setattr(ladybug, "Database", partial(self.open, ladybug.Database))

    def open(self, real: type[ladybug.Database], *arguments: Any, **options: Any) -> ladybug.Database:
        self.check()
        return real(*arguments, **options)

    def check(self) -> None:
        if self.left:
            self.left -= 1
            raise RuntimeError("Runtime exception: Corrupted wal file. Read out invalid WAL record type.")


def test_a_file_that_a_checkpoint_disturbs_is_opened_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "graphs.ladybug"
    with LadybugStore(path) as store:
        store.load(some_graph("one"))
    failing = Failing(3, monkeypatch)
    with LadybugStore(path, read_only=True) as store:
        assert [record.id for record in store.graphs()] == ["one"]
    assert failing.left == 0
    Failing(1, monkeypatch)
    with pytest.raises(DatabaseUnavailable):
        LadybugStore(path)  # a writer waits for nobody


def test_a_first_read_that_a_checkpoint_disturbs_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, left = tmp_path / "graphs.ladybug", [3]
    with LadybugStore(path) as store:
        store.load(some_graph("one"))

    def disturbed(connection: ladybug.Connection, *asked: Any) -> Any:
        if left[0]:
            left[0] -= 1
            raise RuntimeError("Runtime exception: Reading past the end of the file")
        return read_records(connection, *asked)

    monkeypatch.setattr("queries.store.ladybug.store.read_records", disturbed)
    with LadybugStore(path, read_only=True) as store:
        assert [record.id for record in store.graphs()] == ["one"]
        assert left == [0]
        left[0] = 10**9
        monkeypatch.setattr("queries.store.ladybug.store.OPEN_TIMEOUT", LIMIT)
        with pytest.raises(DatabaseUnavailable, match="Reading past the end"):
            store.graphs()
        assert left[0] < 10**9 - 1


def test_a_file_is_opened_anew_after_another_s_checkpoint(tmp_path: Path) -> None:
    """What was opened before it has the old tables of pages that are now others."""
    path = tmp_path / "graphs.ladybug"
    with LadybugStore(path) as store:
        store.load(some_graph("one"))
    with LadybugStore(path, read_only=True) as reader:
        assert len(reader.graphs()) == 1
        with LadybugStore(path) as store:
            store.load(some_graph("two"))
        assert {record.id for record in reader.graphs()} == {"one", "two"}


LOAD_AT_TIMES = (
    LOAD_FOR_EVER.replace("import sys\n", "import sys, time\n").replace(
        "        store.load", "        began = time.monotonic()\n        store.load"
    )
    + "        time.sleep(max(0.5, 5 * (time.monotonic() - began)))\n"
)
"""With pauses as long as the machine is slow: its readers are slow as well."""

READ_FOR_LONG = """
import sys
from pathlib import Path
from queries.store.ladybug.store import LadybugStore
for _ in range(int(sys.argv[2])):
    with LadybugStore(Path(sys.argv[1]), read_only=True) as store:
        graphs = store.graphs()
        assert len(store.read(graphs[0].id).edges) == 120
        assert len(store.read(graphs[-1].id).edges) == 120
"""


@pytest.mark.slow
def test_a_storm_of_readers_beside_a_writer_sees_whole_graphs_only(tmp_path: Path) -> None:
    """The writer commits and checkpoints again and again; each reader opens the file anew for every read."""
    path, environment = tmp_path / "graphs.ladybug", {"PYTHONPATH": str(ROOT)}
    with LadybugStore(path) as store:
        store.load(some_graph("first"))
    with subprocess.Popen(
        [sys.executable, "-c", LOAD_AT_TIMES, str(path)], stdout=subprocess.DEVNULL, env=environment
    ) as writer:
        try:
            readers = [
                subprocess.Popen(
                    [sys.executable, "-c", READ_FOR_LONG, str(path), "40"],
                    stderr=subprocess.PIPE,
                    text=True,
                    env=environment,
                )
                for _ in range(3)
            ]
            said = [reader.communicate(timeout=4 * PATIENCE)[1] for reader in readers]
            assert writer.poll() is None
        finally:
            writer.kill()
    assert said == [""] * 3


def test_somebody_else_s_database_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "graphs.ladybug"
    ladybug.Database(path).close()
    with pytest.raises(DatabaseUnavailable, match="not one of Circuit Explorer's"):
        LadybugStore(path, read_only=True)
    with pytest.raises(DatabaseUnavailable, match="no such file"):
        LadybugStore(tmp_path / "nowhere", read_only=True)


def test_a_folder_that_cannot_be_made_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DatabaseUnavailable):
        LadybugStore(tmp_path / "file" / "graphs.ladybug")


def test_a_newer_schema_is_refused_and_left_alone(tmp_path: Path) -> None:
    path, newer = tmp_path / "graphs.ladybug", schema.SCHEMA_VERSION + 1
    with LadybugStore(path) as store:
        store.load(some_graph("one"))
        with store._connection() as connection:
            connection.execute("MATCH (s:Schema) SET s.version = $version", {"version": newer})
    with pytest.raises(UnsupportedSchema) as raised:
        LadybugStore(path)
    assert (raised.value.found, raised.value.supported) == (newer, schema.SCHEMA_VERSION)
    # The refusal let go of the file.
    with pytest.raises(UnsupportedSchema):
        LadybugStore(path)


def count(store: LadybugStore, label: str) -> int:
    with store._connection() as connection:
        (row,) = run_rows(connection, f"MATCH (n:{label}) RETURN count(*) AS n")
    return int(row["n"])


@pytest.mark.slow
def test_a_killed_loader_leaves_only_whole_graphs(tmp_path: Path) -> None:
    path, seen = tmp_path / "graphs.ladybug", 0
    for after in (0.0, 0.05, 0.15):
        with subprocess.Popen(
            [sys.executable, "-c", LOAD_FOR_EVER, str(path)],
            stdout=subprocess.PIPE,
            env={"PYTHONPATH": str(ROOT)},
        ) as loader:
            assert loader.stdout is not None
            for _ in range(2):
                assert loader.stdout.readline()
            time.sleep(after)
            loader.kill()
        with LadybugStore(path) as store:
            visible = store.graphs()
            assert len(visible) > seen  # the second line said that the first graph is stored
            seen = len(visible)
            for record in visible:
                graph = store.read(record.id)
                assert (len(graph.nodes), len(graph.edges)) == (N_FEATURES + 2, 2 * N_FEATURES)
            assert count(store, "AttributionGraph") == seen
            assert count(store, "FeatureNode") == N_FEATURES * seen
            assert count(store, "LogitNode") == seen


@pytest.mark.slow
@pytest.mark.parametrize("room", [2_000_000, 2_001_152, 2_003_000])
def test_a_full_disk_is_said_so_loses_nothing_and_passes(tmp_path: Path, room: int) -> None:
    """After a write that had room for a part only, the engine's sentence names another error, or none."""
    subprocess.run(
        [sys.executable, "-c", FILL, str(tmp_path / "graphs.ladybug"), str(room)],
        check=True,
        env={"PYTHONPATH": str(ROOT)},
        timeout=4 * PATIENCE,
    )


@pytest.mark.parametrize("n_reads", [3, 4, 5])
def test_the_page_cache_is_emptied_once_nobody_uses_the_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, n_reads: int
) -> None:
    """Whichever connection it is at whose end the cache should have been looked at."""
    monkeypatch.setattr("queries.store.ladybug.store.LOOKS", 3)
    monkeypatch.setattr("queries.store.ladybug.store.PAGES_KEPT", 0)
    with LadybugStore(tmp_path / "graphs.lbug") as store:
        store.load(some_graph("one"))
        before = store._database
        with store._connection() as connection:
            store.load(some_graph("two"))
            for _ in range(n_reads):
                store.graphs()
            assert store._database is before, "somebody uses it"
            assert len(run_rows(connection, "MATCH (g:AttributionGraph) RETURN g.id")) == 2
        assert store._database is not None and store._database is not before
        assert len(store.read("one").edges) == len(store.read("two").edges) == 120
        store.load(some_graph("three"))
        assert {graph.id for graph in store.graphs()} == {"one", "two", "three"}


def test_a_process_that_rests_empties_the_page_cache_which_nobody_uses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("queries.store.ladybug.store.PAGES_KEPT", 0)
    with LadybugStore(tmp_path / "graphs.lbug") as store:
        store.load(some_graph("one"))
        before = store._database
        with store._connection():
            store.rest()
            assert store._database is before, "somebody uses it"
        store.rest()
        assert store._database is not None and store._database is not before
        assert len(store.read("one").edges) == 120


@pytest.mark.parametrize(
    ("empty", "refused"),
    [(True, "Cannot replay shadow file"), (False, "is missing with no pinned-checkpoint marker")],
    ids=["emptied", "removed"],
)
@pytest.mark.parametrize("n_records", [1, 2])
def test_a_writer_that_was_killed_at_the_end_of_a_checkpoint_left_all_of_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, n_records: int, empty: bool, refused: str
) -> None:
    """The shadow file is emptied, or removed already, and the log not yet, as `make soak` found both, with the
    checkpoint's record once or twice: the engine does not open it."""
    path = tmp_path / "graphs.ladybug"
    log, shadow = (path.with_name(path.name + ending) for ending in (".wal", ".shadow"))
    with LadybugStore(path) as store:
        store.load(some_graph("one"))
        store.collections.make("cities")
        head = log.read_bytes()[:LOG_HEAD]
    assert not log.exists()
    log.write_bytes(head + n_records * CHECKPOINT)
    if empty:
        shadow.touch()
    with pytest.raises(RuntimeError, match=refused):
        ladybug.Database(path)
    with LadybugStore(path) as store:
        assert [record.id for record in store.graphs()] == ["one"]
        assert [one.name for one in store.collections.all()] == ["cities"]
        store.load(some_graph("two"))
    assert "killed at the end of a checkpoint" in caplog.text
    with LadybugStore(path) as store:
        assert {record.id for record in store.graphs()} == {"one", "two"}


@pytest.mark.parametrize("empty", [True, False], ids=["emptied", "removed"])
def test_a_log_with_a_transaction_is_not_given_up(tmp_path: Path, empty: bool) -> None:
    path = tmp_path / "graphs.ladybug"
    log, shadow = (path.with_name(path.name + ending) for ending in (".wal", ".shadow"))
    with LadybugStore(path) as store:
        store.load(some_graph("one"))
        store.collections.make("cities")
        whole = log.read_bytes()
    written = whole + CHECKPOINT
    log.write_bytes(written)
    if empty:
        shadow.touch()
    with pytest.raises(DatabaseUnavailable, match="shadow file"):
        LadybugStore(path)
    assert log.read_bytes() == written
