"""Bundles that MediaPipe takes, the same bytes every time."""

import hashlib
import zipfile
from pathlib import Path

from core.weights import Weights
from vision.bundles import pose_landmarker


def test_a_pose_bundle_is_made_with_the_bytes_on_record(weights: Weights, tmp_path: Path) -> None:
    sources = [weights.path(name) for name in weights.entries["pose_landmarker_full"].needs]
    pose_landmarker(sources, tmp_path / "made.task")
    assert hashlib.sha256((tmp_path / "made.task").read_bytes()).hexdigest() == (
        weights.entries["pose_landmarker_full"].sha256
    )


def test_its_members_lie_uncompressed_so_that_they_can_be_mapped(weights: Weights) -> None:
    with zipfile.ZipFile(weights.path("pose_landmarker_full")) as bundle:
        members = {member.filename: member for member in bundle.infolist()}
    assert set(members) == {"pose_detector.tflite", "pose_landmarks_detector.tflite"}
    assert all(member.compress_type == zipfile.ZIP_STORED for member in members.values())
