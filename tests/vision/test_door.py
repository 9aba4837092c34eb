"""The names that other rooms may use, and what it costs to ask for them."""

import subprocess
import sys

import vision

SLOW = ("cv2", "mediapipe", "onnxruntime", "open_clip", "openvino", "pydantic", "timm", "torch", "ultralytics")


def test_the_door_shows_these_names() -> None:
    assert sorted(vision.__all__) == [
        "Encoder",
        "Picture",
        "Regions",
        "Vision",
        "create_encoder",
        "crop",
        "decode",
        "list_encoders",
    ]
    assert all(hasattr(vision, name) for name in vision.__all__)


def test_opening_the_door_loads_nothing_slow() -> None:
    script = f"import sys, vision; print(*[name for name in {SLOW!r} if name in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == ""
