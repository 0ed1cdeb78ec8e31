"""The tiny model, loaded once for all tests of attribution."""

from pathlib import Path

import pytest

from ingest.attribution.attribution import LoadedModel, load_model
from ingest.models import ModelEntry, TranscoderEntry


@pytest.fixture(scope="package")
def loaded(tiny: Path) -> LoadedModel:
    transcoders = TranscoderEntry(name="tiny-transcoders", source=str(tiny / "transcoders"))
    entry = ModelEntry(name="tiny", source=str(tiny / "model"), device="cpu", transcoders=[transcoders])
    return load_model(entry, transcoders)
