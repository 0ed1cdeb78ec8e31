"""`circuit-explorer search`."""

import json
from pathlib import Path

from tests.support import processes
from tests.support.api import write_pair


def test_what_has_all_words_is_found(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert processes.run("import", *write_pair(tmp_path), "--collection", "in Dallas", data=data).status == 0
    done = processes.run("search", "dallas", data=data)
    assert (done.status, done.err) == (0, "")
    rows = [line.split() for line in done.out.splitlines()]
    assert rows[0] == ["kind", "what", "where"]
    assert [row[0] for row in rows[1:]] == ["collection", "graph"]
    assert rows[1][-2:] == ["2", "graphs"] and rows[2][-1] == "first"
    feature = processes.run("search", "L0", "#2", data=data).out.splitlines()[1]
    assert feature.startswith("feature") and "L0/2 of a/b, google/tiny, 2 nodes" in feature
    told = json.loads(processes.run("search", "texas", "--json", data=data).out)
    assert [one["label"] for one in told["features"]] == ["Texas"]
    assert processes.run("search", "zzzz", data=data).out == "Nothing has all of these words.\n"
    assert processes.run("search", data=data).status == 2
