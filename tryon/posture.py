"""How a person stands before the camera, and what can be tried on them so."""

from typing import Final, Literal, get_args

import cv2
import numpy as np
from numpy.typing import NDArray

from core.errors import PersonUnusable
from tryon.bodies import Body
from tryon.layers import Remark

Part = Literal["head", "upper", "lower", "feet"]
"""Of a body, where garments go: upper from the shoulders to the hips, lower from the hips to the ankles."""

SEEN: Final = 0.5
"""Visibility from which a landmark counts as seen, and share from which a pixel counts as the person's."""

SHOULDERS, ELBOWS, WRISTS, HIPS, KNEES, ANKLES = ([k, k + 1] for k in (11, 13, 15, 23, 25, 27))
_HEAD, _FEET = [0, 2, 5], [27, 28, 31, 32]

BACK, SIDE, TURNED = 110.0, 60.0, 35.0
"""Degrees of turn from which a body shows its back or its side, or garments begin to look wrong. The turn of 18 drawn
people was 4° off in the mean, 19° at most."""

_SITTING = (
    54.0  # degrees between trunk and thighs: 1 to 17 in 15 drawn people who stand, 63 to 72 in 3 who sit; a lunge 45
)
_LEAST = 0.5  # share of the trunk's or the legs' length that must be in the picture
_WHOLE = 0.95
_DARK = 40  # mean luminance of the person
_SURE = 0.8

_OUT_OF_VIEW: Final[dict[Part, tuple[str, str]]] = {
    "head": ("head-out-of-view", "The head is not in the picture."),
    "upper": ("torso-out-of-view", "The upper body is not in the picture from the shoulders to the hips."),
    "lower": ("legs-out-of-view", "The legs are not in the picture from the hips to below the knees."),
    "feet": ("feet-out-of-view", "The feet are not in the picture."),
}


def turn_of(world: NDArray[np.float32]) -> float:
    """Degrees that the shoulders are turned from facing the camera, by the pose's world landmarks (33, 3).

    Positive when the left shoulder is farther away; beyond ±90 the back is seen.
    """
    x, _, z = world[11] - world[12]
    return float(np.degrees(np.arctan2(z, x)))


def in_view(body: Body) -> frozenset[Part]:
    """What is enough in the picture, and not hidden, to be dressed."""
    return frozenset(part for part in get_args(Part) if _shown(body, part) >= _LEAST)


def sits(body: Body) -> bool:
    """Whether the thighs, taken together, point away from the trunk's direction; apart they also do in a lunge."""
    trunk = body.world[HIPS].mean(axis=0) - body.world[SHOULDERS].mean(axis=0)
    thighs = (body.world[KNEES] - body.world[HIPS]).mean(axis=0)
    cosine = trunk @ thighs / max(float(np.linalg.norm(trunk) * np.linalg.norm(thighs)), 1e-6)
    return bool(cosine < np.cos(np.radians(_SITTING)) and body.visibility[KNEES].min() >= SEEN)


def require(body: Body, wanted: frozenset[Part]) -> None:
    """Raises PersonUnusable when garments on these parts cannot be shown on the body as it stands.

    Reasons: "head-out-of-view", "torso-out-of-view", "legs-out-of-view", "feet-out-of-view"; for garments on upper or
    lower also "back-view" and "side-view"; "sitting" for those on lower.
    """
    for part in sorted(wanted - in_view(body)):
        reason, text = _OUT_OF_VIEW[part]
        raise PersonUnusable(text, reason=reason, remedy="Take a photo from farther away, with nothing in front.")
    if not wanted & {"upper", "lower"}:
        return
    front = "Take a photo of the person from the front."
    if abs(body.turn) > BACK and body.face is None:
        raise PersonUnusable("The person is seen from the back.", reason="back-view", remedy=front)
    if abs(body.turn) > SIDE:
        raise PersonUnusable("The person is seen from the side.", reason="side-view", remedy=front)
    if "lower" in wanted and sits(body):
        raise PersonUnusable("The person sits.", reason="sitting", remedy="Take a photo of the person standing.")


def remarks(body: Body, wanted: frozenset[Part]) -> tuple[Remark, ...]:
    """What may spoil a picture with garments on these parts, although it can be made."""
    found = []
    if any(_shown(body, part) < _WHOLE for part in wanted):
        found.append(Remark("part_out_of_view", "Some of the body that the garment covers is out of the picture."))
    if wanted & {"upper", "lower"} and abs(body.turn) > TURNED:
        found.append(Remark("turned", f"The person is turned by {abs(body.turn):.0f}° from the camera."))
    if "upper" in wanted and _arm_over_torso(body):
        found.append(Remark("arm_over_torso", "An arm lies over the torso."))
    if sits(body) or _sureness(body, wanted) < _SURE:
        found.append(Remark("pose_uncertain", "The person's pose is not clear."))
    if _luminance(body) < _DARK:
        found.append(Remark("low_light", "The person is dark in the photo."))
    return tuple(found)


def _shown(body: Body, part: Part) -> float:
    """How much of a part is in the picture and not hidden, in [0, 1]."""
    height, width = body.person.shape
    if part in ("head", "feet"):
        points = body.points[_HEAD if part == "head" else _FEET, :2]
        inside = ((points >= 0) & (points <= (width, height))).all(axis=1)
        return float((inside & (body.visibility[_HEAD if part == "head" else _FEET] >= SEEN)).mean())
    first, last = (SHOULDERS, HIPS) if part == "upper" else (HIPS, ANKLES)
    if body.visibility[first].min() < SEEN:
        return 0.0
    along = np.linspace(0, 1, 21)[:, None, None]
    sides = body.points[first, :2] * (1 - along) + body.points[last, :2] * along
    return float(((sides >= 0) & (sides <= (width, height))).all(axis=2).mean())


def _arm_over_torso(body: Body) -> bool:
    outline = body.points[[11, 12, 24, 23], :2].astype(np.float32)
    inner = outline.mean(axis=0) + 0.8 * (outline - outline.mean(axis=0))
    forearms = (
        body.points[elbow, :2] + share * (body.points[wrist, :2] - body.points[elbow, :2])
        for elbow, wrist in zip(ELBOWS, WRISTS, strict=True)
        if body.visibility[wrist] >= SEEN
        for share in (0.5, 0.75, 1.0)
    )
    return any(cv2.pointPolygonTest(inner, (float(x), float(y)), False) >= 0 for x, y in forearms)


def _sureness(body: Body, wanted: frozenset[Part]) -> float:
    """The mean visibility of the joints that garments on these parts follow."""
    joints = [*(SHOULDERS + ELBOWS if "upper" in wanted else []), *(HIPS + KNEES if "lower" in wanted else [])]
    height, width = body.person.shape
    inside = [k for k in joints if 0 <= body.points[k, 0] <= width and 0 <= body.points[k, 1] <= height]
    return float(body.visibility[inside].mean()) if inside else 1.0


def _luminance(body: Body) -> float:
    """The mean luma of the person's pixels, in [0, 255]."""
    return float(cv2.mean(cv2.cvtColor(body.pixels, cv2.COLOR_RGB2GRAY), (body.person > SEEN).astype(np.uint8))[0])
