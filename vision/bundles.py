"""MediaPipe Tasks bundles, put together from the model files of MediaPipe's own older packages.

MediaPipe's Tasks API comes without models. A bundle is a stored zip of a detector and a landmark network, and the
landmark network must say in its metadata how pixels become its input. Same inputs, same bytes.
"""

import json
import zipfile
from collections.abc import Sequence
from pathlib import Path

from vision.face_network import with_merged_landmarks
from vision.tflite import with_unit_range

GEOMETRY = "geometry_pipeline_metadata_landmarks.binarypb"


def pose_landmarker(sources: Sequence[Path], target: Path) -> None:
    """Write the pose bundle. sources: the detector's and the landmark network's ``.tflite`` files."""
    detector, landmarks = (source.read_bytes() for source in sources)
    _bundle(
        target, {"pose_detector.tflite": detector, "pose_landmarks_detector.tflite": with_unit_range(landmarks, "pose")}
    )


def hand_landmarker(sources: Sequence[Path], target: Path) -> None:
    """Write the hand bundle. sources: the palm detector's and the landmark network's ``.tflite`` files."""
    detector, landmarks = (source.read_bytes() for source in sources)
    _bundle(target, {"hand_detector.tflite": detector, "hand_landmarks_detector.tflite": landmarks})


def face_landmarker(sources: Sequence[Path], target: Path) -> None:
    """Write the face bundle. sources: ``.tflite`` files of the detector and of the landmark network with attention;
    and the geometry metadata, if the landmarker is to give the face's matrix."""
    detector, landmarks, *geometry = (source.read_bytes() for source in sources)
    network = with_unit_range(with_merged_landmarks(landmarks), "face")
    files = {"face_detector.tflite": detector, "face_landmarks_detector.tflite": network}
    _bundle(target, files | dict(zip([GEOMETRY], geometry, strict=False)))


def face_geometry(sources: Sequence[Path], target: Path) -> None:
    """Write the geometry metadata. sources: files packed end to end, and the script that lists their offsets as JSON."""
    packed, script = sources
    text = script.read_text(encoding="utf-8")
    listed, _ = json.JSONDecoder().raw_decode(text, text.index('{"files"'))
    (place,) = (file for file in listed["files"] if file["filename"].endswith("/" + GEOMETRY))
    target.write_bytes(packed.read_bytes()[place["start"] : place["end"]])


def _bundle(target: Path, files: dict[str, bytes]) -> None:
    with zipfile.ZipFile(target, "w") as bundle:
        for name, content in files.items():  # ZipInfo: stored, and of a fixed date
            bundle.writestr(zipfile.ZipInfo(name), content)
