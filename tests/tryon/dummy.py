"""A tailor's dummy: a body of flat shapes whose landmarks, outline and labels are known exactly."""

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon import LABELS, Body

HEIGHT, WIDTH = 640, 400
SKIN, HAIR, SHOE = (214, 160, 130), (60, 40, 30), (30, 30, 34)
JOINTS = {
    0: (200, 88), 2: (212, 76), 5: (188, 76), 7: (230, 82), 8: (170, 82), 9: (209, 104), 10: (191, 104),
    11: (250, 150), 12: (150, 150), 13: (292, 222), 14: (108, 222), 15: (322, 292), 16: (78, 292),
    17: (330, 312), 18: (70, 312), 19: (328, 318), 20: (72, 318), 21: (318, 308), 22: (82, 308),
    23: (232, 318), 24: (168, 318), 25: (238, 434), 26: (162, 434), 27: (242, 548), 28: (158, 548),
    29: (240, 562), 30: (160, 562), 31: (254, 580), 32: (146, 580),
}  # fmt: skip


def dummy(
    *,
    sleeve: float = 0.5,
    leg: float = 2.0,
    upper: tuple[int, int, int] = (60, 90, 160),
    lower: tuple[int, int, int] = (60, 60, 70),
    skin: tuple[int, int, int] = SKIN,
    ground: tuple[int, int, int] = (226, 226, 222),
) -> tuple[Body, NDArray[np.uint8]]:
    """A body seen from the front, and its labels (H, W) uint8.

    sleeve: how far down each arm cloth reaches: 0 none, 1 to the elbow, 2 to the wrist; leg likewise.
    """
    labels = np.zeros((HEIGHT, WIDTH), np.uint8)
    for limb, wide, reach, bare, cloth in (
        ((23, 25, 27), (46, 36, 26), leg, "leg", "lower"), ((24, 26, 28), (46, 36, 26), leg, "leg", "lower"),
        ((11, 13, 15), (34, 28, 20), sleeve, "arm", "upper"), ((12, 14, 16), (34, 28, 20), sleeve, "arm", "upper"),
    ):  # fmt: skip
        _limb(labels, [JOINTS[i] for i in limb], wide, 2.0, LABELS.index(bare))
        _limb(labels, [JOINTS[i] for i in limb], tuple(width + 8 for width in wide), reach, LABELS.index(cloth))
    cv2.rectangle(labels, (184, 100), (216, 160), LABELS.index("neck"), -1)
    trunk = np.array(
        [
            (182, 136),
            (218, 136),
            (256, 146),
            (264, 170),
            (250, 240),
            (256, 330),
            (144, 330),
            (150, 240),
            (136, 170),
            (144, 146),
        ]
    )
    cv2.fillPoly(labels, [trunk], LABELS.index("upper"))
    for wrist, tip in ((15, 19), (16, 20)):
        cv2.line(labels, JOINTS[wrist], JOINTS[tip], LABELS.index("hand"), 22)
    for heel, toe in ((29, 31), (30, 32)):
        cv2.line(labels, JOINTS[heel], JOINTS[toe], LABELS.index("shoe"), 24)
    cv2.ellipse(labels, (200, 74), (38, 48), 0, 0, 360, LABELS.index("hair"), -1)
    cv2.ellipse(labels, (200, 86), (30, 40), 0, 0, 360, LABELS.index("face"), -1)
    tones = dict.fromkeys(LABELS, skin) | {
        "background": ground, "hair": HAIR, "upper": upper, "lower": lower, "shoe": SHOE,
    }  # fmt: skip
    picture = np.array([tones[name] for name in LABELS], np.float32)[labels]
    # Light from the left, and a sensor's grain.
    light = 1.06 - 0.12 * np.arange(WIDTH, dtype=np.float32) / WIDTH
    grain = np.random.default_rng(0).normal(0, 2.5, (HEIGHT, WIDTH, 1))
    pixels = np.clip(cv2.GaussianBlur(picture, (0, 0), 0.8) * light[None, :, None] + grain, 0, 255).astype(np.uint8)
    points = np.zeros((33, 3), np.float32)
    for index, place in JOINTS.items():
        points[index, :2] = place
    for index, (base, shift) in {1: (2, -4), 3: (2, 4), 4: (5, 4), 6: (5, -4)}.items():
        points[index, :2] = np.add(JOINTS[base], (shift, 0))
    world = (points - points[[23, 24]].mean(axis=0)) / 300
    person = cv2.GaussianBlur((labels > 0).astype(np.float32), (0, 0), 1.5)
    ys, xs = np.nonzero(labels)
    box = (float(xs.min()), float(ys.min()), float(xs.max() + 1), float(ys.max() + 1))
    visibility = np.ones(33, np.float32)
    body = Body(
        pixels=pixels, box=box, points=points, visibility=visibility, world=world, person=person, turn=0.0
    )  # fmt: skip
    return body, labels


def _limb(
    canvas: NDArray[np.uint8], joints: list[tuple[int, int]], wide: tuple[int, ...], reach: float, label: int
) -> None:
    """A tapering limb from the first joint, as far down as reach (in bones)."""
    stops = np.linspace(0, reach, max(int(reach * 40), 1))
    for t in stops:
        bone = min(int(t), 1)
        place = np.array(joints[bone]) * (1 - t + bone) + np.array(joints[bone + 1]) * (t - bone)
        width = wide[bone] * (1 - t + bone) + wide[bone + 1] * (t - bone)
        if reach > 0:
            cv2.circle(canvas, tuple(np.rint(place).astype(int).tolist()), round(width / 2), label, -1)
