"""How far cloth that was laid on a body lies from where it truly is, and how much of its print is there."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.report import Figure
from bench.tryon_people import POSES, TURNS, Dressed, body_of, dressed, products
from tryon import Garment, Layer, Mesh
from tryon.fit import fit
from tryon.garments import PARTS
from tryon.stack import cover_of
from tryon.warp import STEP, backward, warp

Mask = NDArray[np.bool_]

OUTFITS: Final = (
    ("graphic T-shirt", "straight-leg jeans"),
    ("polo shirt", "chino shorts"),
    ("crew-neck T-shirt", "A-line skirt"),
    ("tea dress",),
)
LONG_SLEEVES: Final = (("flannel shirt", "tailored trousers"), ("crew-neck sweater", "pencil skirt"))
"""Worn with arms down only: the drawn people's cloth is pinched where long sleeves are raised."""

SIZE: Final = (384, 512)
CELLS: Final = 48
"""Cells along a garment's longest side between which prints are compared: a centimetre or two of cloth."""


@cache
def mannequins(seed: int = 40) -> tuple[Dressed, ...]:
    """Every outfit in every pose and turn it is for, each on another person, with the bare person beside."""
    return tuple(
        one
        for outfits, poses in ((OUTFITS, POSES), (LONG_SLEEVES, POSES[:1]))
        for i, outfit in enumerate(outfits)
        for j, pose in enumerate(poses)
        for turn in TURNS
        for one in dressed(
            seed + 10 * i + j, pose, turn,
            tuple((style, _drawing(style), products()[style][0].category) for style in outfit),  # type: ignore[misc]
            bare=True, size=SIZE, quality=1,
        )
    )  # fmt: skip


@cache
def _drawing(style: str) -> Any:
    return products()[style][0].render(320)


def point_errors(case: Dressed, meshes: Sequence[Mesh]) -> dict[str, float]:
    """Distances of the garment's visible key points from their true places, as shares of the body's height."""
    found = {
        name: carried(meshes, case.garment.points[name]) for name in case.garment.points if name in case.worn.visible
    }
    return {
        name: float(np.hypot(*np.subtract(case.worn.points[name], place)) / case.height)
        for name, place in found.items()
    }


def carried(meshes: Sequence[Mesh], point: tuple[float, float]) -> NDArray[np.float64]:
    """Where a point of the garment lies in the photo: moved by the triangle nearest to it, of the last mesh where equal."""
    best, place = np.inf, np.zeros(2)
    for mesh in meshes:
        a, b, c = (mesh.source[mesh.triangles[:, i]].astype(float) for i in range(3))
        across = np.stack([b - a, c - a], 2)
        shares = np.linalg.solve(across, (np.array(point) - a)[..., None])[..., 0]
        weights = np.column_stack([1 - shares.sum(1), shares])
        inside = np.clip(weights, 0, None)
        inside /= inside.sum(1, keepdims=True)
        away = np.linalg.norm(inside[:, :1] * a + inside[:, 1:2] * b + inside[:, 2:] * c - point, axis=1)
        i = int(away.argmin())
        if away[i] <= best:
            best, place = float(away[i]), weights[i] @ mesh.target[mesh.triangles[i]].astype(float)
    return place


def cloth_error(case: Dressed, meshes: Sequence[Mesh]) -> float:
    """Mean distance of all visible cloth from its true place, as a share of the body's height.

    Measured on every STEP-th pixel, in the garment's pixels and from them by the scale at which its part is laid.
    Cloth that the meshes lay nowhere near is left out; the masks' overlap tells of that.
    """
    h, w = case.worn.mask.shape
    nodes = np.array([w // STEP, h // STEP])
    ys, xs = np.mgrid[: nodes[1], : nodes[0]] * STEP + STEP // 2
    true = case.source[ys, xs]
    seen = np.isfinite(true[..., 0])
    at = np.where(seen[..., None], true, 0).astype(int)
    part = case.garment.parts[at[..., 1].clip(0, case.garment.parts.shape[0] - 1), at[..., 0].clip(0, case.garment.parts.shape[1] - 1)]  # fmt: skip
    errors = []
    for mesh in meshes:
        place, known = backward(mesh, np.zeros(2, np.int64), nodes)
        here = seen & known & (part == PARTS.index(mesh.part))
        scale = np.sqrt(np.ptp(mesh.target, axis=0).prod() / max(np.ptp(mesh.source, axis=0).prod(), 1.0))
        errors.append(np.linalg.norm(place[here] - true[here], axis=1) * scale)
    every = np.concatenate(errors)
    return float(every.mean() / case.height) if len(every) else 1.0


def overlap(found: Mask, true: Mask, among: Mask | None = None) -> float:
    """Intersection over union of two masks (H, W), of the pixels ``among`` alone if given."""
    if among is not None:
        found, true = found & among, true & among
    return float((found & true).sum() / max((found | true).sum(), 1))


def unhidden(case: Dressed) -> Mask:
    """(H, W): where neither a garment put on later nor hands, hair or face of the person are, which may hide cloth."""
    names = case.picture.label_names
    hidden = np.isin(case.picture.labels, [names.index(name) for name in ("hand", "hair", "face")])
    for other in case.picture.worn[::-1]:
        if other is case.worn:
            break
        hidden |= other.mask
    return np.asarray(~hidden)


def cover(layers: Iterable[Layer], shape: tuple[int, ...]) -> Mask:
    """Where a garment's layers show more than half of themselves."""
    return np.asarray(cover_of(layers, shape) > 0.5)


def laid_source(case: Dressed, meshes: Sequence[Mesh], shown: Mask) -> NDArray[np.float32]:
    """(H, W, 2): the garment's place that the meshes lay in each pixel where it is shown, NaN elsewhere."""
    h, w = shown.shape
    source = np.full((h, w, 2), np.nan, np.float32)
    nodes = -(-np.array([w, h]) // STEP)
    for mesh in meshes:
        if mesh.part == "inside":
            continue
        place, known = (
            cv2.resize(np.ascontiguousarray(grid, np.float32), tuple(int(n) for n in nodes * STEP))[:h, :w]
            for grid in backward(mesh, np.zeros(2, np.int64), nodes)
        )
        at = np.clip(place.astype(int), 0, np.array(case.garment.parts.shape[::-1]) - 1)
        own = case.garment.parts[at[..., 1], at[..., 0]] == PARTS.index(mesh.part)
        here = shown & (known > 0.99) & own
        source[here] = place[here]
    return source


def print_correlation(picture: NDArray[np.uint8], garment: Garment, source: NDArray[np.float32]) -> float:
    """How well the picture's colours, brought back to the flat garment, agree with the garment's own.

    picture: (H, W, 3) uint8. source: (H, W, 2), the garment's place in each pixel, NaN off it: where it truly is, or where a
    result's meshes have it. Colours in CIELAB, averaged over cells of the flat garment (CELLS along its longest side), less
    their means; correlated over all three channels. In [-1, 1]; 0 for a flat colour or for nothing seen.
    """
    seen, flat = unwarped(picture, garment, source)
    if len(seen) < CELLS:
        return 0.0
    seen, flat = seen - seen.mean(0), flat - flat.mean(0)
    return float((seen * flat).sum() / max(np.sqrt((seen**2).sum() * (flat**2).sum()), 1e-6))


def unwarped(
    picture: NDArray[np.uint8], garment: Garment, source: NDArray[np.float32]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The picture's colours in the flat garment's cells (n, 3), CIELAB, and the garment's own in the same cells."""
    known = np.isfinite(source[..., 0])
    h, w = garment.parts.shape
    size = max(h, w) / CELLS
    at = source[known]
    cell = (at[:, 1] // size).astype(int) * (CELLS + 1) + (at[:, 0] // size).astype(int)
    own = cv2.GaussianBlur(_lab(garment.pixels[..., :3]), (0, 0), size / 3)
    places = np.clip(at.astype(int), 0, (w - 1, h - 1))
    flat, seen = own[places[:, 1], places[:, 0]], _lab(picture)[known]
    cells, index, count = np.unique(cell, return_inverse=True, return_counts=True)
    enough = count >= 3
    means = [
        np.stack([np.bincount(index, values[:, k], len(cells)) / np.maximum(count, 1) for k in range(3)], 1)
        for values in (seen, flat)
    ]
    return means[0][enough], means[1][enough]


def _lab(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    lab: NDArray[np.float32] = cv2.cvtColor(np.ascontiguousarray(pixels).astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    return lab


def flipped(meshes: Iterable[Mesh]) -> int:
    """How many triangles are not wound clockwise, y being down, in the garment or in the photo."""
    count = 0
    for mesh in meshes:
        for at in (mesh.source, mesh.target):
            a, b, c = (at[mesh.triangles[:, i]].astype(float) for i in range(3))
            count += int(np.sum((b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0] <= 0))
    return count


def laid(case: Dressed) -> tuple[tuple[Mesh, ...], float, float, float]:
    """A garment laid on the bare person of known pose who truly wears it: meshes, and key-point error, cloth error and
    mask IoU."""
    body = body_of(case.picture, bare=True)
    meshes = fit(case.garment, body)
    errors = point_errors(case, meshes)
    shown = cover(warp(case.garment, meshes, case.worn.mask.shape), case.worn.mask.shape)
    return (
        meshes,
        float(np.mean(list(errors.values()))) if errors else float("nan"),
        cloth_error(case, meshes),
        overlap(shown, case.worn.mask, unhidden(case)),
    )


def figures() -> list[Figure]:
    """Sample garments on drawn people of known pose."""
    cases = mannequins()
    rows = [(case, *laid(case)[1:]) for case in cases]
    every = [points for _, points, _, _ in rows if np.isfinite(points)]

    def mean(column: int, keep: Any) -> float:
        return float(np.nanmean([row[column] for row in rows if keep(row[0])]))

    return [
        Figure("key points on mannequins, mean error", 100 * float(np.mean(every)), "% of body height", 4.0, "lower",
               note=f"{len(cases)} garments worn"),
        *(
            Figure(f"key points, {pose}, turned {turn:+.0f}°",
                   100 * mean(1, lambda case, p=pose, t=turn: case.pose == p and case.turn == t), "%", 4.0, "lower")
            for pose in POSES for turn in TURNS
        ),
        *(
            Figure(f"key points, {name}", 100 * mean(1, lambda case, n=name: case.name == n), "%", better="lower")
            for name in dict.fromkeys(case.name for case in cases)
        ),
        Figure("all cloth, mean error", 100 * mean(2, lambda _: True), "%", better="lower"),
        Figure("garment mask IoU, known pose", mean(3, lambda _: True)),
    ]  # fmt: skip
