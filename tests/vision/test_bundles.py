"""MediaPipe bundles put together here are the ones on record, and MediaPipe takes them."""

import hashlib

import numpy
import pytest

from core import Weights, load_settings
from core.errors import ModelMissing
from vision.bundles import pose_landmarker


@pytest.fixture(params=["full", "lite", "heavy"])
def entry(request):
    weights, name = Weights(load_settings().models_dir), f"pose_landmarker_{request.param}"
    try:
        return weights.entries[name], [weights.path(need) for need in weights.entries[name].needs]
    except ModelMissing as missing:
        pytest.skip(f"needs a model file: {missing}")


def test_a_pose_bundle_has_the_bytes_on_record(entry, tmp_path):
    recorded, sources = entry
    for name in ("one.task", "two.task"):
        pose_landmarker(sources, tmp_path / name)
        assert hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() == recorded.sha256


def test_mediapipe_reads_a_pose_bundle_and_sees_nobody_in_an_empty_picture(entry, tmp_path):
    import mediapipe
    from mediapipe.tasks.python import BaseOptions, vision

    _, sources = entry
    pose_landmarker(sources, tmp_path / "pose.task")
    options = vision.PoseLandmarkerOptions(base_options=BaseOptions(model_asset_path=str(tmp_path / "pose.task")))
    with vision.PoseLandmarker.create_from_options(options) as landmarker:
        picture = mediapipe.Image(
            image_format=mediapipe.ImageFormat.SRGB, data=numpy.full((256, 256, 3), 255, numpy.uint8)
        )
        assert landmarker.detect(picture).pose_landmarks == []
