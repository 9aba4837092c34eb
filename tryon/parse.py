"""Which pixel of a person's photo shows what: hair, skin, what is worn above and below."""

from typing import Any, Final

import cv2
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tryon.bodies import LABELS, Body
from tryon.matter import BACKGROUND, HAIR, LOWER, OTHER, SHOE, SKIN, UPPER, Belief, believe, grid
from tryon.zones import Figure, zones

SIZE: Final = 384
"""Pixels of the longer side of the person's surroundings when they are looked at."""


class Parsed(Struct, frozen=True):
    """A person's photo, parsed.

    labels: (H, W) uint8, indices into LABELS. sure: in [0, 1], how clearly colours and places told things apart.
    skin: (3,) float32, the colour of the face: L in [0, 255], a and b around 0. alike: in [0, 1], how alike the colours
    worn above and below are; where they are, nothing but usual places tells where the one ends.
    """

    labels: NDArray[np.uint8]
    sure: float
    skin: NDArray[np.float32]
    alike: float = 0.0

    def of(self, *names: str) -> NDArray[np.bool_]:
        """(H, W) bool: where any of these labels is."""
        wanted = np.zeros(len(LABELS), np.bool_)
        wanted[[LABELS.index(name) for name in names]] = True
        return wanted[self.labels]


def parse(body: Body) -> Parsed:
    """Label each pixel of a body's photo.

    Places that the landmarks give to head, neck, limbs and trunk, times colours that the photo itself gives to skin,
    hair and cloth, in turns. A garment must hang together; a sleeve covers its arm down to one place only.
    """
    (x0, y0, x1, y1), scale = _window(body)
    photo = body.pixels[y0:y1, x0:x1]
    small, person = _shrunk(photo, scale), _shrunk(body.person[y0:y1, x0:x1], scale)
    figure = Figure.of(body, scale, x0, y0)
    places = zones(figure, person.shape)
    found = believe(cv2.cvtColor(small, cv2.COLOR_RGB2LAB), person, figure, places)
    share = _cleaned(found, places)
    if found.alike > 0.6 and _is_dress(share, figure, places):
        share[..., UPPER] += share[..., LOWER]
        share[..., LOWER] = 0
    labels = np.zeros(body.person.shape, np.uint8)
    labels[y0:y1, x0:x1] = _enlarged(share, _skin_parts(figure, places), small, photo)
    _joined(labels[y0:y1, x0:x1], Figure.of(body, 1.0, x0, y0))
    _collar(labels[y0:y1, x0:x1], body.person[y0:y1, x0:x1], Figure.of(body, 1.0, x0, y0))
    inside = person > 0.5
    sure = float(found.share.max(axis=2)[inside].mean()) if inside.any() else 0.0
    return Parsed(labels, sure, found.skin, found.alike)


def _window(body: Body) -> tuple[tuple[int, int, int, int], float]:
    """The part of the photo to look at: the person with some background around; and the scale to look at it."""
    height, width = body.person.shape
    x0, y0, x1, y1 = body.box
    rim = 0.08 * max(x1 - x0, y1 - y0)
    window = (
        max(int(x0 - rim), 0), max(int(y0 - rim), 0), min(int(x1 + rim) + 1, width), min(int(y1 + rim) + 1, height),
    )  # fmt: skip
    return window, min(SIZE / max(window[2] - window[0], window[3] - window[1]), 1.0)


def _shrunk(picture: NDArray[Any], scale: float) -> NDArray[Any]:
    if scale == 1.0:
        return picture
    height, width = picture.shape[:2]
    size = (max(round(width * scale), 8), max(round(height * scale), 8))
    found: NDArray[Any] = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    return found


def _cleaned(found: Belief, places: dict[str, NDArray[np.float32]]) -> NDArray[np.float32]:
    """The shares (h, w, 7) without patches too small or at a place where such matter cannot be."""
    share = found.share.copy()
    bare = np.maximum.reduce(
        [places[name] for name in ("face", "neck", "upper_arm", "forearm", "hand", "thigh", "shin")]
    )
    anchors = {
        HAIR: places["head"], SKIN: np.maximum(bare, places["foot"]), UPPER: places["trunk"],
        LOWER: np.maximum(places["skirt"], places["thigh"]), SHOE: places["foot"],
        BACKGROUND: np.ones_like(bare), OTHER: np.ones_like(bare),
    }  # fmt: skip
    for matter, anchor in anchors.items():
        best = (share.argmax(axis=2) == matter).astype(np.uint8)
        count, patches, stats, _ = cv2.connectedComponentsWithStats(best, connectivity=8)
        area = stats[:, cv2.CC_STAT_AREA]
        anchored = np.bincount(patches[anchor > 0.5].ravel(), minlength=count) > 0
        keep = (area >= (24 if matter in (BACKGROUND, OTHER) else max(0.02 * area[1:].sum(), 12))) & anchored
        if matter == SKIN:  # a bare midriff lies apart from all other skin
            keep |= area > 0.01 * float(best.size)
        keep[0] = True
        # Their soft rims go with them, or they come back at the photo's size.
        gone = cv2.dilate((~keep[patches]).astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
        share[gone & ((best == 0) | ~keep[patches]), matter] = 0
    return share


def _is_dress(share: NDArray[np.float32], figure: Figure, places: dict[str, NDArray[np.float32]]) -> bool:
    """Whether cloth of one colour from shoulder to thigh is one piece: it ends above the ankles, and spans the legs."""
    height = share.shape[0]
    knees = figure.points[[25, 26], 1]
    if knees.mean() > height - 0.1 * figure.unit:
        return False
    best = share.argmax(axis=2)
    lower = (best == LOWER) | (best == UPPER)
    shins = places["shin"] > 0.5
    person = best != BACKGROUND
    if lower[shins & person].mean() > 0.6:
        return False
    hem = np.nonzero((lower & (places["skirt"] > 0.5)).any(axis=1))[0].max(initial=0)
    between = (places["skirt"] > 0.5) & (places["thigh"] < 0.2)
    between[hem:] = False
    return bool(between.sum() < 20 or person[between].mean() > 0.5)


def _skin_parts(figure: Figure, places: dict[str, NDArray[np.float32]]) -> NDArray[np.uint8]:
    """(h, w) uint8: which of LABELS bare skin is at each place."""
    above = figure.trunk(*grid(places["neck"].shape))[0] < -0.08
    parts = {
        "face": np.maximum(places["face"] * 3, places["head"] * 0.9), "neck": places["neck"] * above * 1.5,
        "hand": places["hand"] * 1.6, "arm": np.maximum(places["upper_arm"], places["forearm"]) * 1.3,
        "leg": np.maximum.reduce([places["thigh"], places["shin"], places["foot"]]) * 1.2, "torso": places["trunk"] + 0.05,
    }  # fmt: skip
    codes = np.array([LABELS.index(name) for name in parts], np.uint8)
    found: NDArray[np.uint8] = codes[np.stack(list(parts.values())).argmax(axis=0)]
    return found


def _joined(labels: NDArray[np.uint8], figure: Figure) -> None:
    """Give small patches of one garment within the other to that, and such around a hand to the hand.

    A print's dots have colours of their own, and gloves may have those of trousers.
    """
    x, y = grid((labels.shape[0], labels.shape[1]))
    hands = np.minimum(*(figure.hand(side).distance(x, y) for side in (0, 1))) < 1.7
    names = LABELS.index("upper"), LABELS.index("lower")
    for own, other in (names, names[::-1]):
        count, patches, stats, _ = cv2.connectedComponentsWithStats((labels == own).view(np.uint8), connectivity=8)
        area = stats[:, cv2.CC_STAT_AREA]
        around = cv2.dilate((labels == other).view(np.uint8), np.ones((5, 5), np.uint8)) > 0
        touching = np.bincount(patches[around].ravel(), minlength=count)
        small = (area < 0.02 * area[1:].sum()) & (touching > 0.25 * np.sqrt(area))
        inside = np.bincount(patches[hands].ravel(), minlength=count)
        glove = (inside > 0.7 * area) & (area < 0.1 * area[1:].sum())
        small[0] = glove[0] = False
        labels[small[patches]] = other
        labels[glove[patches]] = LABELS.index("hand")


def _collar(labels: NDArray[np.uint8], person: NDArray[np.float32], figure: Figure) -> None:
    """Label as worn above what beside the neck is hardly in the person's mask but hangs together with the top.

    Masks leave out collars that stand off. Ground that is taken for one is filled with ground again: no harm is done.
    """
    down, across = figure.trunk(*grid((labels.shape[0], labels.shape[1])))
    beside = (labels == 0) & (person > 0.1) & (down > -0.25) & (down < 0.15) & (np.abs(across) < 0.7)
    upper, hair = ((labels == LABELS.index(name)).view(np.uint8) for name in ("upper", "hair"))
    far, close = (np.ones((2 * max(round(share * figure.unit), 1) + 1,) * 2, np.uint8) for share in (0.12, 0.03))
    beside &= (cv2.dilate(upper, far) > 0) & (cv2.dilate(hair, close) == 0)
    labels[beside] = LABELS.index("upper")
    cloth = (labels == LABELS.index("upper")).view(np.uint8)
    closed = cv2.morphologyEx(cloth, cv2.MORPH_CLOSE, far) > 0
    labels[closed & (labels == 0) & (down > -0.25) & (down < 0.15) & (np.abs(across) < 0.7)] = LABELS.index("upper")


def _enlarged(
    share: NDArray[np.float32], skin_parts: NDArray[np.uint8], small: NDArray[np.uint8], photo: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    """Labels at the photo's size: the shares follow its edges by a guided filter whose coefficients are enlarged.

    He and Sun, "Fast Guided Filter", 2015.
    """
    size = (photo.shape[1], photo.shape[0])
    guide = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    light = cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    window = (5, 5)
    mean = cv2.blur(guide, window)
    variance = cv2.blur(guide * guide, window) - mean * mean + 1e-3
    best = np.full(light.shape, -1, np.float32)
    matter = np.zeros(light.shape, np.uint8)
    for kind in range(share.shape[2]):
        own = np.ascontiguousarray(share[..., kind])
        if own.max() < 0.3:
            continue
        mean_own = cv2.blur(own, window)
        slope = (cv2.blur(guide * own, window) - mean * mean_own) / variance
        offset = mean_own - slope * mean
        both = cv2.resize(cv2.merge([slope, offset]), size, interpolation=cv2.INTER_LINEAR)
        value = both[..., 0] * light + both[..., 1]
        higher = value > best
        best[higher] = value[higher]
        matter[higher] = kind
    names = {BACKGROUND: "background", HAIR: "hair", UPPER: "upper", LOWER: "lower", SHOE: "shoe", OTHER: "other"}
    table = np.array([LABELS.index(names.get(kind, "torso")) for kind in range(share.shape[2])], np.uint8)
    labels: NDArray[np.uint8] = table[matter]
    parts = cv2.resize(skin_parts, size, interpolation=cv2.INTER_NEAREST)
    return np.where(matter == SKIN, parts, labels).astype(np.uint8)
