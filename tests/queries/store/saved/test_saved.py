"""Saved queries: the promises that every engine keeps, and a data set, which has none."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Thread

import pytest

from queries.errors import InvalidRequest, ReadOnlyDataSet, SavedQueryExists, SavedQueryNotFound
from queries.store.copying import copy_saved_queries
from queries.store.open import open_store
from queries.store.parquet import write_data_set
from queries.store.parquet_store import ParquetStore
from queries.store.saved import kept
from queries.store.store import GraphStore
from queries.words import MAX_NAME
from tests.support.engines import Engine, ladybug_engine
from tests.support.graphs import make_graph
from tests.support.patience import PATIENCE

CHANGED = datetime(2026, 1, 2, 3, 4, 5, 678901, UTC)
TEXT = "MATCH (g) // 'a' \"b\" `c` \\ $d {e}\n\tRETURN g.name AS `🦜 Ада`"


@pytest.fixture
def store(engine: Engine) -> Iterator[GraphStore]:
    with open_store(engine.url) as opened:
        yield opened


def names(store: GraphStore) -> list[str]:
    return [one.name for one in store.saved_queries.all()]


def test_a_query_is_saved_and_told_as_it_was_given(store: GraphStore, engine: Engine) -> None:
    assert store.saved_queries.all() == []
    before = datetime.now(UTC)
    made = store.saved_queries.put("cities, it's", TEXT, "what\n'they' say")
    assert (made.name, made.cypher, made.notes) == ("cities, it's", TEXT, "what\n'they' say")
    assert before - timedelta(milliseconds=1) <= made.changed_at <= datetime.now(UTC)
    assert store.saved_queries.one("cities, it's") == made
    store.saved_queries.put("b", "RETURN 1", changed_at=CHANGED)
    first, second = store.saved_queries.all()
    assert (first.name, first.notes, first.changed_at) == ("b", "", CHANGED)
    assert second.model_dump() == made.model_dump(exclude={"cypher"})
    assert engine.count()["SavedQuery"] == 2


def test_it_is_written_over(store: GraphStore, engine: Engine) -> None:
    store.saved_queries.put("q", "RETURN 1", "one", CHANGED)
    assert store.saved_queries.put("q", "RETURN 2").changed_at > CHANGED
    again = store.saved_queries.one("q")
    assert (again.cypher, again.notes) == ("RETURN 2", "")
    assert engine.count()["SavedQuery"] == 1


def test_it_is_renamed_with_its_text(store: GraphStore) -> None:
    made = store.saved_queries.put("q", TEXT, "notes", CHANGED)
    store.saved_queries.put("other", "RETURN 1")
    assert store.saved_queries.rename("q", "r") == made.model_copy(update={"name": "r"})
    assert store.saved_queries.rename("r", "r").name == "r" and names(store) == ["other", "r"]
    with pytest.raises(SavedQueryExists, match="'other' already"):
        store.saved_queries.rename("r", "other")
    assert store.saved_queries.one("r").cypher == TEXT


def test_what_is_not_there_is_not_found(store: GraphStore) -> None:
    for missing in (
        lambda: store.saved_queries.one("none"),
        lambda: store.saved_queries.rename("none", "other"),
        lambda: store.saved_queries.delete("none"),
    ):
        with pytest.raises(SavedQueryNotFound, match="no saved query 'none'"):
            missing()
    store.saved_queries.put("q", "RETURN 1")
    store.saved_queries.delete("q")
    assert names(store) == []


@pytest.mark.parametrize("name", ["", " ", " a", "a\n", "x" * (MAX_NAME + 1), "a/b", "..", "a\u200b"])
def test_what_cannot_be_a_name_is_refused(store: GraphStore, name: str) -> None:
    store.saved_queries.put("there", "RETURN 1")
    with pytest.raises(InvalidRequest, match="cannot be a name"):
        store.saved_queries.put(name, "RETURN 1")
    with pytest.raises(InvalidRequest, match="cannot be a name"):
        store.saved_queries.rename("there", name)
    assert names(store) == ["there"]


def test_an_empty_text_and_one_too_many_are_refused(
    store: GraphStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InvalidRequest, match="is empty"):
        store.saved_queries.put("q", " \n")
    monkeypatch.setattr(kept, "MAX_SAVED_QUERIES", 2)
    for name in ("a", "b"):
        store.saved_queries.put(name, "RETURN 1")
    with pytest.raises(InvalidRequest, match="2 queries are saved already"):
        store.saved_queries.put("c", "RETURN 1")
    assert store.saved_queries.put("b", "RETURN 2").cypher == "RETURN 2"
    assert store.saved_queries.rename("b", "c").name == "c"


def test_it_is_there_after_opening_again(store: GraphStore, engine: Engine) -> None:
    made = store.saved_queries.put("q", TEXT)
    store.close()
    with open_store(engine.url, read_only=True) as again:
        assert again.saved_queries.one("q") == made


def test_those_who_save_one_name_at_once_make_one_query(store: GraphStore, engine: Engine) -> None:
    failures: list[Exception] = []

    def put(number: int) -> None:
        try:
            for _ in range(5):
                store.saved_queries.put("q", f"RETURN {number}")
        except Exception as error:
            failures.append(error)

    writers = [Thread(target=put, args=(number,)) for number in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(PATIENCE)
        assert not writer.is_alive()
    assert failures == [] and engine.count()["SavedQuery"] == 1


def test_they_are_copied_and_the_target_keeps_its_own(engine: Engine, tmp_path: Path) -> None:
    with open_store(engine.url) as store, open_store(ladybug_engine(tmp_path / "other").url) as other:
        made = [store.saved_queries.put(name, f"RETURN '{name}'", "notes", CHANGED) for name in ("a", "b")]
        other.saved_queries.put("b", "RETURN 1")
        assert copy_saved_queries(store, other) == 1
        assert copy_saved_queries(store, other) == 0
        assert other.saved_queries.one("a") == made[0]
        assert other.saved_queries.one("b").cypher == "RETURN 1"
        assert copy_saved_queries(other, store) == 0


def test_a_data_set_has_none_and_takes_none(tmp_path: Path) -> None:
    write_data_set(tmp_path / "set", [make_graph("EL", {}, id="a")])
    url = f"parquet://{tmp_path}/set"
    with ParquetStore(tmp_path / "set") as tables, open_store(url, data_sets=tmp_path / "loaded") as opened:
        for one in (tables, opened):
            assert one.saved_queries.all() == []
            with pytest.raises(SavedQueryNotFound):
                one.saved_queries.one("q")
            for change in (
                partial(one.saved_queries.put, "q", "RETURN 1"),
                partial(one.saved_queries.rename, "q", "r"),
                partial(one.saved_queries.delete, "q"),
            ):
                with pytest.raises(ReadOnlyDataSet):
                    change()
