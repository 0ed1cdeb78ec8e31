"""The file of a prompt's internals comes back whole, or is said to be damaged."""

import io
import json
import random
import zipfile
from pathlib import Path

import numpy as np
import pytest

from ingest.internals.file import FORMAT, RECORD, InternalsFile, write_internals
from queries.errors import InvalidGraph
from tests.ingest.internals.samples import ARRAYS, FINDINGS, record_of, written


def opened(content: bytes) -> InternalsFile:
    return InternalsFile("one.internals", io.BytesIO(content))


def test_it_comes_back_whole(tmp_path: Path) -> None:
    with opened(written(tmp_path).read_bytes()) as file:
        assert (file.record, file.findings) == (record_of("one"), FINDINGS)
        assert file.names == set(ARRAYS)
        for name, array in ARRAYS.items():
            found = file.array(name)
            assert found.dtype == array.dtype
            np.testing.assert_array_equal(found, array)
            assert not found.flags.writeable
        with pytest.raises(KeyError):
            file.array("flow_norm")


def test_an_array_is_one_range_of_the_file(tmp_path: Path) -> None:
    """What is read for one array is little more than the array."""
    large = {"small": np.zeros(4), "large": np.zeros(1_000_000)}
    path = tmp_path / "one.internals"
    write_internals(path, record_of("one"), FINDINGS, large)

    class Counting(io.BytesIO):
        n_read = 0

        def read(self, size: int | None = -1, /) -> bytes:
            content = super().read(size)
            self.n_read += len(content)
            return content

    counting = Counting(path.read_bytes())
    with InternalsFile("one", counting) as file:
        counting.n_read = 0
        file.array("small")
        assert counting.n_read < 2000


def test_a_damaged_byte_is_noticed(tmp_path: Path) -> None:
    """Wherever it is: what is read is what was written, or an error that names the file."""
    content, draw = written(tmp_path).read_bytes(), random.Random(0)
    said = []
    for _ in range(200):
        at = draw.randrange(len(content))
        damaged = bytearray(content)
        damaged[at] ^= 1 << draw.randrange(8)
        try:
            with opened(bytes(damaged)) as file:
                for name in ARRAYS:
                    if name in file.names:
                        np.testing.assert_array_equal(file.array(name), ARRAYS[name])
        except InvalidGraph as error:
            said.append(str(error))
    assert len(said) > 100
    assert all(each.startswith("one.internals: the internals cannot be read: ") for each in said)


@pytest.mark.parametrize("left", [0, 1, 100])
def test_a_file_that_is_cut_off_is_refused(tmp_path: Path, left: int) -> None:
    with pytest.raises(InvalidGraph, match="cannot be read"):
        opened(written(tmp_path).read_bytes()[:left])


def test_a_newer_file_is_refused(tmp_path: Path) -> None:
    newer = tmp_path / "newer"
    with zipfile.ZipFile(newer, "w") as archive:
        archive.writestr(RECORD, json.dumps({"format": FORMAT + 1}))
    with pytest.raises(
        InvalidGraph, match=f"it has format {FORMAT + 1}, and this program reads format {FORMAT}"
    ):
        opened(newer.read_bytes())


def test_it_is_written_completely_or_not_at_all(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="Object arrays"):
        write_internals(tmp_path / "one", record_of("one"), FINDINGS, {"a": np.array([object()])})
    assert list(tmp_path.iterdir()) == []
