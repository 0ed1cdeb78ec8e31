"""`circuit-explorer describe`: a graph's name and notes."""

import json
from pathlib import Path

from tests.support import processes
from tests.support.processes import sentence, write_graph


def test_a_graph_is_renamed_and_written_about(tmp_path: Path) -> None:
    data, file = tmp_path / "data", write_graph(tmp_path / "a.json", "a-slug")
    assert processes.run("import", file, data=data).status == 0
    done = processes.run("describe", "a-slug", "--name", "Dallas, again", "--notes", "See fig. 2.", data=data)
    assert (done.status, done.err) == (0, "") and done.out.splitlines()[-1] == "See fig. 2."
    assert processes.run("import", file, data=data).status == 0  # its file leaves both
    record = json.loads(processes.run("describe", "Dallas, again", "--json", data=data).out)
    assert (record["name"], record["notes"]) == ("Dallas, again", "See fig. 2.")
    assert processes.run("describe", record["id"][:8], "--notes", "", data=data).status == 0
    assert json.loads(processes.run("describe", record["id"], "--json", data=data).out)["notes"] == ""
    refused = processes.run("describe", "Dallas, again", "--name", " ", data=data)
    assert "cannot be a name" in sentence(refused)
