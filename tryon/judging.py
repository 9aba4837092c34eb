"""What can be tried on, how sure the result is, and what there is to say about it."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from core.errors import GarmentUnusable, PersonUnusable
from tryon.answer import Confidence
from tryon.bodies import LABELS, Body
from tryon.garments import Garment
from tryon.layers import Mesh, Remark
from tryon.order import LOWER, Fronts, arms_crossed

Plane = NDArray[np.float32]

_NEEDS: Final = {"upper": (11, 12, 23, 24), "lower": (23, 24, 25, 26)}
_ARMS: Final = (13, 14, 15, 16)
_POSE: Final = 0.6
_POINTS: Final = 0.5
_SURE: Final = 0.5
_LOST: Final = 0.2  # mean confidence of key points under which a garment hangs on guesses
_INVENTED: Final = 0.3  # of the person; of 136 try-ons looked at, the two beyond it were the worst
_TURN: Final = 25.0  # degrees
_PAIRS: Final = ("neckline", "shoulder", "armpit", "waist", "hip", "hem", "hem_outer")


class Seen(Struct, frozen=True, kw_only=True):
    """What a try-on is judged by. cover: (H, W) in [0, 1], of the new garments; left, invented: (H, W) bool, of what
    was worn and still shows, and of what shows though it was never photographed; sure: of the parsing, in [0, 1]."""

    body: Body
    labels: NDArray[np.uint8]
    sure: float
    garments: Sequence[Garment]
    meshes: Sequence[Sequence[Mesh]]
    front: Fronts
    cover: Plane
    left: NDArray[np.bool_]
    invented: NDArray[np.bool_]


def check_garment(garment: Garment) -> None:
    """Raise GarmentUnusable (points-uncertain, asymmetric) for a garment whose key points cannot be right."""
    confidence = list(garment.confidence.values())
    if not confidence or float(np.mean(confidence)) < _LOST:
        raise GarmentUnusable(
            "The garment's neck, shoulders, waist and hem cannot be made out.",
            reason="points-uncertain",
            remedy="Use a photo of the garment alone, from the front, spread out on a plain ground.",
        )
    if _skew(garment) > 0.22:
        raise GarmentUnusable(
            "The garment's left and right half do not match: it lies folded or aslant.",
            reason="asymmetric",
            remedy="Use a photo of the garment alone, from the front, spread out on a plain ground.",
        )


def check_person(body: Body, garments: Sequence[Garment]) -> None:
    """Raise PersonUnusable: part-out-of-view where what a garment covers is not in the photo, arms-crossed where both
    forearms hide what a top covers."""
    height = body.pixels.shape[0]
    if any(garment.category not in LOWER for garment in garments) and arms_crossed(body):
        raise PersonUnusable(
            "The person's arms are crossed before the chest.",
            reason="arms-crossed",
            remedy="Use a photo with the arms beside the body.",
        )
    for garment in garments:
        if garment.category in LOWER:
            hips, knees = body.points[[23, 24]], body.points[[25, 26]]
            if hips[:, 1].max() > height or knees[:, 1].min() > 1.1 * height:
                raise PersonUnusable(
                    "The photo ends above the legs.",
                    reason="part-out-of-view",
                    remedy="Use a photo that shows the person down to the feet.",
                )


def check_seen(seen: Seen) -> None:
    """Raise PersonUnusable (too-much-hidden) where so much would have to be invented that nobody would believe it."""
    person = max(int(np.count_nonzero(seen.body.person > 0.5)), 1)
    share = np.count_nonzero(seen.invented) / person
    if share > _INVENTED:
        raise PersonUnusable(
            f"{share:.0%} of the person would have to be invented: the worn clothes hide it and the new ones do not.",
            reason="too-much-hidden",
            remedy="Use a photo in shorter or closer clothes, or try something on that covers as much.",
        )


def confidence_of(seen: Seen) -> Confidence:
    """The parts of the confidence and their geometric mean."""
    worn = np.isin(seen.labels, [LABELS.index("upper"), LABELS.index("lower")])
    person = max(int(np.count_nonzero(seen.body.person > 0.5)), 1)
    points = [float(np.mean(list(garment.confidence.values()))) for garment in seen.garments if garment.confidence]
    parts = {
        "pose": _pose(seen.body, seen.garments),
        "parsing": seen.sure,
        "points": min(points, default=0.0),
        "coverage": 1 - np.count_nonzero(seen.left) / max(int(np.count_nonzero(worn)), 1),
        "seen": 1 - min(1.0, 2 * np.count_nonzero(seen.invented) / person),
    }
    clear = {name: round(float(np.clip(value, 0, 1)), 3) for name, value in parts.items()}
    return Confidence(**clear, total=round(float(np.prod(list(clear.values())) ** (1 / len(clear))), 3))


def remarks_on(seen: Seen, dim: bool) -> Iterator[Remark]:
    """What the caller should know, in a fixed order. dim: the photo was taken in little light."""
    body = seen.body
    if _pose(body, seen.garments) < _POSE:
        yield Remark("pose_uncertain", "Parts of the body that the garment hangs on are hidden or cannot be made out.")
    if abs(body.turn) > _TURN:
        yield Remark(
            "turned", f"The shoulders are turned by {abs(body.turn):.0f}°: the garment is drawn from its front."
        )
    if seen.sure < _SURE:
        yield Remark("parsing_uncertain", "Skin, hair and worn clothes cannot be told apart everywhere.")
    if any(garment.guessed for garment in seen.garments):
        kinds = ", ".join(garment.category for garment in seen.garments if garment.guessed)
        yield Remark("category_guessed", f"The kind of garment was not given and taken to be: {kinds}.")
    if any(np.mean(list(garment.confidence.values())) < _POINTS for garment in seen.garments if garment.confidence):
        yield Remark("points_uncertain", "Some of the garment's key points are guesses: its fit may be off.")
    if _beyond(seen) > 0.15:
        yield Remark("part_out_of_view", "A part of the garment lies outside the photo.")
    if seen.front.crossing:
        sides = " and the ".join(seen.front.crossing)
        yield Remark("arm_over_torso", f"The {sides} forearm lies over the torso; the garment is drawn behind it.")
    if _share(seen.front.hair * seen.cover, seen.cover) > 0.01:
        yield Remark("hair_over_garment", "Hair falls over the garment; its edge is estimated.")
    if dim:
        yield Remark("low_light", "The photo is dark: colours of the garment are drawn darker than they are.")
    if int(np.count_nonzero(seen.invented)) > 0.02 * max(int(np.count_nonzero(body.person > 0.5)), 1):
        yield Remark(
            "region_invented", "Where the worn clothes showed beside the new ones, skin or background is invented."
        )


def _pose(body: Body, garments: Sequence[Garment]) -> float:
    needed: set[int] = set()
    for garment in garments:
        needed.update(_NEEDS["lower" if garment.category in LOWER else "upper"])
        if garment.part("sleeve_left", "sleeve_right").any():
            needed.update(_ARMS)
    return float(body.visibility[sorted(needed)].mean()) if needed else 0.0


def _beyond(seen: Seen) -> float:
    """The share of mesh points outside the photo."""
    h, w = seen.body.pixels.shape[:2]
    points = [mesh.target for meshes in seen.meshes for mesh in meshes if len(mesh.target)]
    if not points:
        return 0.0
    x, y = np.concatenate(points).T
    return float(((x < 0) | (y < 0) | (x > w) | (y > h)).mean())


def _share(part: Plane, whole: Plane) -> float:
    return float(part.sum() / max(float(whole.sum()), 1.0))


def _skew(garment: Garment) -> float:
    """How far pairs of points are from mirroring each other, mean, as a share of the widest pair."""
    pairs = [
        (garment.points[f"{name}_left"], garment.points[f"{name}_right"])
        for name in _PAIRS
        if f"{name}_left" in garment.points and f"{name}_right" in garment.points
    ]
    if len(pairs) < 3:
        return 0.0
    left, right = (np.array(side, np.float64) for side in zip(*pairs, strict=True))
    middle, across = (left + right) / 2, left - right
    axis = across.sum(axis=0)
    axis /= max(float(np.linalg.norm(axis)), 1e-6)
    tilted = np.abs(across @ np.array([-axis[1], axis[0]])) / 2  # one higher than the other
    beside = np.abs((middle - middle.mean(axis=0)) @ axis)  # off the middle line
    return float((tilted + beside).mean() / max(float(np.abs(across @ axis).max()), 1e-6))
