"""MediaPipe bundles put together here are the ones on record, and MediaPipe takes them."""

import hashlib

import pytest

from core import Weights, load_settings
from core.errors import ModelMissing
from vision import bundles
from vision.tflite import packed, table

BUNDLES = [
    "pose_landmarker_full",
    "pose_landmarker_lite",
    "pose_landmarker_heavy",
    "face_landmarker",
    "hand_landmarker",
    "face_geometry",
    "face_landmarker_live",
]


@pytest.mark.parametrize("name", BUNDLES)
def test_a_bundle_has_the_bytes_on_record_each_time_it_is_made(name, tmp_path):
    weights = Weights(load_settings().models_dir)
    recorded = weights.entries[name]
    try:
        sources = [weights.path(need) for need in recorded.needs]
    except ModelMissing as missing:
        pytest.skip(f"needs a model file: {missing}")
    make = getattr(bundles, recorded.maker.partition(":")[2])
    for target in (tmp_path / "one", tmp_path / "two"):
        make(sources, target)
        assert target.stat().st_size == recorded.size
        assert hashlib.sha256(target.read_bytes()).hexdigest() == recorded.sha256


def test_what_the_server_needs_comes_without_npm():
    entries = Weights(load_settings().models_dir).entries
    for name, entry in entries.items():
        if not entry.optional:
            assert entry.scheme != "npm", name
            assert not any(entries[need].optional for need in entry.needs), name


def test_a_field_that_a_table_has_not_is_refused():
    from mediapipe.tasks.metadata import schema_py_generated as tflite

    with pytest.raises(AttributeError, match="nonsense"):
        table(tflite.BufferT, nonsense=1)
    assert packed(table(tflite.ModelT, version=3), b"TFL3")[4:8] == b"TFL3"
