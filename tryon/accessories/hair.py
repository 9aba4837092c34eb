"""Where hair lies over what is worn at the sides of a head: read from the photo's colours around the face."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon.accessories.camera import Camera
from tryon.accessories.head import SKULL, Head
from tryon.bodies import Body

Plane = NDArray[np.float32]

_CHEEKS: Final = [50, 280, 205, 425, 117, 346, 101, 330, 151, 9, 108, 337, 36, 266]


def hair_over_sides(body: Body, head: Head, camera: Camera) -> Plane:
    """How much of each pixel is hair that hides what is at the ears: (H, W) float32 in [0, 1].

    A side where the ear shows counts as bare: hair is short there, or behind the ear, and temples go over it.
    """
    hidden = np.zeros(body.person.shape, np.float32)
    lab = cv2.cvtColor(body.pixels, cv2.COLOR_RGB2Lab).astype(np.float32)
    skin = _colours(lab, head.face[_CHEEKS], camera)
    around = np.array([[side * head.half * w, y, -2.5] for side in (-1, 1) for w, y in ((0.5, 11), (0.9, 8), (1, 6.5))])
    crown = np.concatenate([around, [[0, 12.2, 0], [2.5, 11.5, 1], [-2.5, 11.5, 1]]])
    hair = _colours(lab, head.placed(crown), camera)
    if len(skin) < 4 or len(hair) < 2:
        return hidden
    skin_middle, hair_middle = np.median(skin, axis=0), np.median(hair, axis=0)
    weights = np.array([0.6, 1.5, 1.2], np.float32)
    if np.linalg.norm((skin_middle - hair_middle) * weights) < 14:  # bald, or as good as of one colour
        return hidden
    for side in (-1, 1):
        places = [[side * (head.half + 0.5), y, z] for y in (2.5, 1.5, 0.5, -0.5) for z in (-3.2, -4.4)]
        ear = head.placed(np.array(places))
        own = _colours(lab, ear, camera)
        if len(own) < 4 or _on_person(body, ear, camera) < 0.7:
            continue
        like_hair = np.linalg.norm((own - hair_middle) * weights, axis=1)
        if np.median(np.linalg.norm((own - skin_middle) * weights, axis=1) - like_hair) < 0:
            continue
        middle = np.median(np.concatenate([own, hair]), axis=0)
        to_skin = np.linalg.norm((lab - skin_middle) * weights, axis=2)
        to_hair = np.minimum(
            np.linalg.norm((lab - middle) * weights, axis=2), np.linalg.norm((lab - hair_middle) * weights, axis=2)
        )
        share = np.clip(0.5 + (to_skin - to_hair) / 16, 0, 1)
        middle_x = camera.project(head.placed(np.array([[0.0, SKULL[1], 0.0]])))[0, 0]
        columns = np.arange(share.shape[1])
        share *= (columns > middle_x) if (camera.project(ear)[0, 0] > middle_x) else (columns <= middle_x)
        hidden = np.maximum(hidden, share)
    return np.asarray(cv2.GaussianBlur(hidden * (body.person > 0.5), (0, 0), 1.0), np.float32)


def _inside(points: NDArray[np.floating], shape: tuple[int, ...], camera: Camera) -> NDArray[np.int64]:
    seen = camera.project(points).astype(int)
    return seen[((seen >= 0) & (seen < (shape[1], shape[0]))).all(axis=1)]


def _colours(lab: Plane, points: NDArray[np.floating], camera: Camera) -> Plane:
    x, y = _inside(points, lab.shape[:2], camera).T
    return np.asarray(lab[y, x], np.float32)


def _on_person(body: Body, points: NDArray[np.floating], camera: Camera) -> float:
    x, y = _inside(points, body.person.shape, camera).T
    return float((body.person[y, x] > 0.5).mean()) if len(x) else 0.0
