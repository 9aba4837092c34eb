"""A pose network that knows only photos finds the drawn people where they are."""

import numpy as np
import pytest

from core.settings import load_settings
from core.weights import Weights
from sample import person
from vision.pose import Pose

JOINTS = [11, 12, 13, 14, 15, 16, 23, 24, 25, 26, 27, 28]


def test_mediapipe_agrees_with_the_truth_to_three_hundredths_of_the_height() -> None:
    bundle = Weights(load_settings().models_dir).path("pose_landmarker_full")
    if not bundle.is_file():
        pytest.skip("needs the pose bundle: shopglass models pull")
    errors = []
    with Pose(bundle) as pose:
        for seed, name, turn in ((20, "arms down", 0), (21, "akimbo", 30), (22, "one raised", -30)):
            picture = person(seed, name, turn=turn, size=(384, 512), quality=1)
            found = pose.landmarks(picture.pixels)
            assert found is not None
            height = float(np.ptp(np.nonzero(picture.person > 0.5)[0]))
            errors.append(np.hypot(*(found.points[:, :2] * (384, 512) - picture.points[:, :2])[JOINTS].T) / height)
    assert np.mean(errors) < 0.03
