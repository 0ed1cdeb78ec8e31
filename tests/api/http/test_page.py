"""The page's files on the wire: compressed once, kept by browsers as long as they stay the same."""

import gzip
import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.http import page
from queries.words import MAX_NAME, MAX_NOTES

SCRIPT = "export const words = 'one and the same';\n" * 2000
INDEX = "<!doctype html><title>Circuit Explorer</title>"


@pytest.fixture
def build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A build of the page with one script, which the application serves."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "index-abc.js").write_text(SCRIPT)
    (tmp_path / "index.html").write_text(INDEX)
    monkeypatch.setattr(page, "BUILD", tmp_path)
    return tmp_path


@pytest.mark.usefixtures("build")
def test_a_script_is_compressed_once(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    compress, seen = gzip.compress, []

    def counted(content: bytes, **others: int) -> bytes:
        seen.append(content)
        return compress(content, **others)

    monkeypatch.setattr(gzip, "compress", counted)
    page._compressed.cache_clear()
    sent = set()
    for _ in range(3):
        with client.stream("GET", "/assets/index-abc.js") as answer:
            sent.add(b"".join(answer.iter_raw()))
    assert [gzip.decompress(each) for each in sent] == seen == [SCRIPT.encode()]


@pytest.mark.usefixtures("build")
def test_it_is_sent_as_the_browser_can_read_it(client: TestClient) -> None:
    address = "/assets/index-abc.js"
    compressed = client.get(address)
    plain = client.get(address, headers={"Accept-Encoding": "identity"})
    assert compressed.text == plain.text == SCRIPT
    assert compressed.headers["Content-Encoding"] == "gzip"
    assert int(compressed.headers["Content-Length"]) < 0.1 * len(SCRIPT)
    assert "Content-Encoding" not in plain.headers
    assert int(plain.headers["Content-Length"]) == len(SCRIPT)
    assert plain.headers["ETag"] != compressed.headers["ETag"], "they are other bytes"
    for answer in (compressed, plain):
        assert answer.headers["Content-Type"].startswith("text/javascript")
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    part = client.get(address, headers={"Range": "bytes=0-5"})
    assert (part.status_code, part.text) == (206, SCRIPT[:6])
    assert "Content-Encoding" not in part.headers
    head = client.head(address)
    assert head.headers["Content-Length"] == compressed.headers["Content-Length"]


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_the_page_is_sent_again_only_where_it_has_changed(
    client: TestClient, build: Path, encoding: str
) -> None:
    first = client.get("/graphs/some", headers={"Accept-Encoding": encoding})
    assert (first.text, first.headers["Cache-Control"]) == (INDEX, "no-cache")
    known = {"Accept-Encoding": encoding, "If-None-Match": f'"other", W/{first.headers["ETag"]}'}
    again = client.get("/", headers=known)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    (build / "index.html").write_text(INDEX + "<p>newer")
    assert client.get("/", headers=known).text == INDEX + "<p>newer"


def test_names_and_notes_are_as_long_in_the_page_as_in_the_server() -> None:
    limits = (page.BUILD.parent / "src" / "shared" / "limits.ts").read_text()
    found = {name: int(number.replace("_", "")) for name, number in re.findall(r"(\w+) = ([\d_]+);", limits)}
    assert found == {"MOST_OF_NAME": MAX_NAME, "MOST_OF_NOTES": MAX_NOTES}
