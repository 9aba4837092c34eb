"""How much of each pixel is hair, skin or cloth: expectations by place, corrected by the photo's own colours."""

from typing import Final

import cv2
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tryon.colours import codes, densities, shaded, tone
from tryon.zones import ARMS, LEGS, Figure, drop

BACKGROUND, HAIR, SKIN, UPPER, LOWER, SHOE, OTHER = range(7)
KINDS: Final = 7
ROUNDS: Final = 3
_TRUST: Final = 0.8
"""Neighbours are alike, so that colours count for less than independent pixels would."""
_SKIN_LIKE: Final = 0.1
"""Of the likeliest colour of the face's skin under some light: at least so probable, it may be skin."""

# What is expected in each zone before any colour is looked at, and how strongly the zone says so.
_EXPECTED: Final = {
    #            hair  skin  upper lower shoe  other
    "head":      (0.62, 0.22, 0.00, 0.00, 0.00, 0.16, 1.0),
    "face":      (0.04, 0.93, 0.00, 0.00, 0.00, 0.03, 6.0),
    "neck":      (0.10, 0.62, 0.24, 0.00, 0.00, 0.04, 1.2),
    "shawl":     (0.25, 0.10, 0.50, 0.00, 0.00, 0.05, 0.25),
    "upper_arm": (0.00, 0.38, 0.60, 0.00, 0.00, 0.02, 1.0),
    "forearm":   (0.00, 0.50, 0.46, 0.00, 0.00, 0.04, 1.4),
    "hand":      (0.00, 0.84, 0.10, 0.00, 0.00, 0.06, 1.6),
    "trunk":     (0.01, 0.06, 0.90, 0.00, 0.00, 0.03, 1.0),
    "thigh":     (0.00, 0.14, 0.08, 0.76, 0.00, 0.02, 1.2),
    "shin":      (0.00, 0.34, 0.03, 0.60, 0.02, 0.01, 1.2),
    "foot":      (0.00, 0.18, 0.00, 0.06, 0.76, 0.00, 2.0),
    "skirt":     (0.00, 0.06, 0.14, 0.77, 0.00, 0.03, 0.6),
}  # fmt: skip
_ANYWHERE: Final = np.array((0.0005, 0.002, 0.009, 0.0075, 0.0006, 0.010), np.float32)


class Belief(Struct, frozen=True):
    """share: (h, w, 7) float32, how probable each kind of matter is; sums to 1. skin: (3,) float32, its colour.

    alike: in [0, 1], how alike the colours of what is worn above and below are.
    """

    share: NDArray[np.float32]
    skin: NDArray[np.float32]
    alike: float


def believe(
    lab: NDArray[np.uint8], person: NDArray[np.float32], figure: Figure, places: dict[str, NDArray[np.float32]]
) -> Belief:
    """What each pixel is of, in a few rounds of expectation and maximisation with edge-preserving smoothing.

    lab: (h, w, 3) uint8, OpenCV's Lab. person: (h, w) float32. places: of ``zones`` at this size.
    """
    prior = _prior(places, figure, person)
    face = places["face"] * prior[..., SKIN]
    skin = tone(lab, _lit(lab, np.where(face > 0.6, face, 0).astype(np.float32)))
    # The rounds that find out the colours need no fine detail; the last one does.
    coarse_lab = np.ascontiguousarray(lab[::2, ::2])
    log_prior = _log(prior + 1e-4)
    coarse_prior = np.ascontiguousarray(log_prior[::2, ::2])
    x, y = grid(person.shape)
    bins = codes(coarse_lab)
    density = np.full((len(matt := shaded(skin)), KINDS), 1 / 3000, np.float32)
    density[:, SKIN] = matt + 1e-7
    belief = _softmax(coarse_prior + _TRUST * _log(density)[bins])
    seeds = _seeds(belief) * _certain(figure, prior)[::2, ::2]
    # What may be a bare leg teaches nothing of trousers, at first.
    seeds[..., LOWER] *= np.where(matt[bins] > _SKIN_LIKE * matt.max(), np.float32(0.05), np.float32(1))
    hems = np.zeros((), np.float32)
    for turn in range(ROUNDS):
        density = densities(bins, seeds)
        density[:, SKIN] = 0.6 * density[:, SKIN] + 0.4 * matt
        alike = _made_alike(density)
        score = _TRUST * _log(density)
        belief = _smooth(coarse_lab, _softmax(coarse_prior + score[bins]), 3)
        if turn == 1:
            hems = _hems(belief, figure, x[::2, ::2], y[::2, ::2])
            coarse_prior = coarse_prior + hems
        seeds = _seeds(belief)
    fine = cv2.resize(hems, (lab.shape[1], lab.shape[0]), interpolation=cv2.INTER_LINEAR)
    share = _smooth(lab, _softmax(log_prior + fine + score[codes(lab)]), 5)
    return Belief(share, skin, alike)


def _lit(lab: NDArray[np.uint8], face: NDArray[np.float32]) -> NDArray[np.float32]:
    """The weights (h, w) of a face without what is dark or grey beside most of it: glasses, a hat's brim, a beard."""
    there = face > 0
    if there.sum() < 20:
        return face
    light, colour = lab[..., 0].astype(np.float32), np.hypot(*(lab[..., k].astype(np.float32) - 128 for k in (1, 2)))
    kept = (light >= np.percentile(light[there], 40)) & (colour >= 0.5 * np.percentile(colour[there], 80))
    return np.where(kept, face, 0).astype(np.float32)


def grid(shape: tuple[int, int]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """x and y of the pixels' centres, each (h, w) float32."""
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32) + np.float32(0.5)
    return x, y


def _prior(places: dict[str, NDArray[np.float32]], figure: Figure, person: NDArray[np.float32]) -> NDArray[np.float32]:
    """(h, w, 7) float32: how probable each kind of matter is by place alone; sums to 1."""
    h, w = person.shape
    x, y = grid(person.shape)
    down, across = figure.trunk(x, y)
    table = np.array([[share * weight for share in expected] for *expected, weight in _EXPECTED.values()], np.float32)
    stack = np.stack([places[name].ravel() for name in _EXPECTED], axis=1)
    found = np.zeros((h, w, KINDS), np.float32)
    found[..., 1:] = (stack @ table + _ANYWHERE).reshape(h, w, KINDS - 1)
    # An open collar shows skin.
    found[..., SKIN] += 0.8 * places["trunk"] * np.clip(1 - np.hypot(across / 0.7, (down + 0.08) / 0.3), 0, 1)
    # Tops end near the hips or anywhere below: a step there, where colours do not tell otherwise, on a long slope.
    past = drop(figure, x, y) - 0.97
    below = 1 / (
        1 + np.exp(np.clip(-0.6 * np.tanh(past / 0.06) - np.where(past < 0, 3, 1.2) * past - 2.5 * past**3, -9, 9))
    )
    cloth = found[..., UPPER] + found[..., LOWER]
    on = np.maximum.reduce([places["trunk"], places["skirt"], places["thigh"]])
    below *= on
    found[..., LOWER] = np.where(on > 0.3, cloth * below, found[..., LOWER])
    found[..., UPPER] = np.where(on > 0.3, cloth * (1 - below), found[..., UPPER])
    found[..., [UPPER, LOWER]] *= 1 - places["crown"][..., None]
    # Masks run soft at collars and shoulders; well inside one there is no ground, whatever the colours.
    likely = person + 0.4 * np.maximum(places["neck"], places["trunk"]) * np.clip(person * 5 - 0.75, 0, 1)
    deep = cv2.erode((person > 0.8).astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    # Far from all limbs it is somebody else.
    near = np.maximum.reduce(list(places.values())).astype(np.float32)
    near = np.clip(3 * cv2.GaussianBlur(near, (0, 0), 0.25 * figure.unit), 0, 1)
    here = np.where(deep, 0.999, np.clip(likely, 0.02, 0.98)) * near
    here = np.clip(here, 0.005, 1)
    found[..., 1:] *= (here / found[..., 1:].sum(axis=2))[..., None]
    found[..., BACKGROUND] = 1 - here
    return found


def _seeds(belief: NDArray[np.float32]) -> NDArray[np.float32]:
    """How much each pixel teaches about the colours of each kind of matter."""
    found: NDArray[np.float32] = np.square(np.square(belief)) * (belief > 0.5)
    return found


def _certain(figure: Figure, prior: NDArray[np.float32]) -> NDArray[np.float32]:
    """(h, w, 7) float32: less than 1 where a long top may hang over what is worn below."""
    down = drop(figure, *grid(prior.shape[:2]))
    reach = np.clip(down[prior[..., BACKGROUND] < 0.5].max(initial=1.3), 1.3, 1.75)
    found = np.ones_like(prior)
    found[..., UPPER] = np.square(np.clip((1.1 - down) / 0.4, 0.05, 1))
    found[..., LOWER] = np.square(np.clip((down - 1.0) / (reach - 1.0), 0.05, 1))
    return found


def _made_alike(density: NDArray[np.float32]) -> float:
    """How alike the colours worn above and below are, in [0, 1]; very alike ones are made one: place must decide."""
    alike = float(np.sqrt(density[:, UPPER] * density[:, LOWER]).sum())
    share = float(np.clip((alike - 0.7) / 0.15, 0, 1)) / 2
    above, below = density[:, UPPER].copy(), density[:, LOWER].copy()
    density[:, UPPER] += share * (below - above)
    density[:, LOWER] += share * (above - below)
    return alike


def _hems(
    belief: NDArray[np.float32], figure: Figure, x: NDArray[np.float32], y: NDArray[np.float32]
) -> NDArray[np.float32]:
    """(h, w, 7) float32 to add to the logarithm of the prior: cloth covers a limb down to one place only.

    For each limb that place is the one that parts cloth from skin best.
    """
    found = np.zeros_like(belief)
    cloth = belief[..., UPPER] + belief[..., LOWER]
    odds = np.log(cloth + 0.02) - np.log(belief[..., SKIN] + 0.02)
    for limbs, wide in ((ARMS, (0.17, 0.15, 0.12)), (LEGS, (0.26, 0.2, 0.15))):
        for a, b, c in limbs:
            first, second = figure.bone(a, b, wide[0], wide[1]), figure.bone(b, c, wide[1], wide[2])
            near, far = first.distance(x, y), second.distance(x, y)
            along = np.where(near < far, np.clip(first.along(x, y), 0, 1), 1 + np.clip(second.along(x, y), 0, 1))
            on = (np.minimum(near, far) < 1.1) & (belief[..., BACKGROUND] < 0.5)
            steps = np.bincount((along[on] * 20).astype(int).clip(0, 39), odds[on], 40)
            cut = np.concatenate([[0], np.cumsum(steps)]).argmax() / 20
            firm = 1.5 * np.clip(np.abs(along - cut) / 0.08 - 0.5, 0, 1) * on
            found[..., SKIN] -= np.where(along < cut, firm, 0)
            found[..., [UPPER, LOWER]] -= np.where(along > cut, firm, 0)[..., None]
    return found


def _smooth(lab: NDArray[np.uint8], belief: NDArray[np.float32], radius: int) -> NDArray[np.float32]:
    """He, Sun, Tang, "Guided Image Filtering", PAMI 2013; shares again afterwards."""
    found = np.clip(cv2.ximgproc.guidedFilter(lab, belief, radius, 120.0), 1e-6, 1)
    smooth: NDArray[np.float32] = found / found.sum(axis=2, keepdims=True)
    return smooth


def _log(value: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.log(value).astype(np.float32, copy=False)


def _softmax(score: NDArray[np.float32]) -> NDArray[np.float32]:
    found = np.exp(score - score.max(axis=2, keepdims=True))
    shares: NDArray[np.float32] = found / found.sum(axis=2, keepdims=True)
    return shares
