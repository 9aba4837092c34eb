"""A garment's pixels, moved to where a mesh says."""

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon.garments import Garment
from tryon.hidden import continued, hidden
from tryon.layers import Layer, Mesh

STEP = 4
"""The map is found on every fourth pixel and interpolated between: it is linear over cells larger than that."""
SEAM = 0.006
"""By how much parts go under one another at their seams, as a share of the garment's longest side."""


def warp(garment: Garment, meshes: tuple[Mesh, ...], shape: tuple[int, int]) -> tuple[Layer, ...]:
    """Resample each mesh's part onto a photo of this shape (H, W); layers in the order of the meshes, cropped close.

    Alpha is premultiplied while interpolating, and the garment is brought to the photo's scale first, so that edges
    and fine patterns are antialiased. A part wholly outside the photo has no layer.
    """
    seams = _seams(garment)
    layers = (_layer(mesh, *_texture(garment, mesh.part, seams), shape) for mesh in meshes)
    return tuple(layer for layer in layers if layer is not None)


def part_texture(garment: Garment, part: str) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """(h, w, 4) premultiplied: one part as :func:`warp` lays it; and x, y of its corner in the garment."""
    return _texture(garment, part, _seams(garment))


def _texture(garment: Garment, part: str, seams: NDArray[np.bool_]) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """(h, w, 4) premultiplied: a part, with the cloth just across its seams; and x, y of its corner in the garment."""
    mask, source = garment.part(part), garment.pixels
    if part == "body":
        under = hidden(garment)
        if under.any():
            source, mask = continued(source, mask, under), mask | under
    size = max(2, round(SEAM * max(mask.shape)))
    x, y, w, h = cv2.boundingRect(mask.view(np.uint8))
    x, y, right, low = max(x - size, 0), max(y - size, 0), x + w + size, y + h + size
    mask, parts = mask[y:low, x:right], garment.parts[y:low, x:right]
    wide = cv2.dilate(mask.view(np.uint8), np.ones((2 * size + 1, 2 * size + 1), np.uint8)).view(bool)
    if part != "inside":
        wide &= (parts == 0) | mask | seams[y:low, x:right]
    pixels = source[y:low, x:right]
    alpha = np.where(wide, pixels[..., 3], np.uint8(0))
    colours = cv2.multiply(np.ascontiguousarray(pixels[..., :3]), cv2.merge([alpha] * 3), scale=1 / 255)
    return np.dstack([colours, alpha]), np.array([x, y], np.float32)


def _seams(garment: Garment) -> NDArray[np.bool_]:
    """Around the armholes, the rise of trousers and their waistband: where parts are sewn together, not just touch."""
    zone = np.zeros(garment.parts.shape, np.uint8)
    points = garment.points
    for side in ("left", "right"):
        if f"cuff_outer_{side}" in points:
            one, other = (np.array(points[f"{name}_{side}"]) for name in ("shoulder", "armpit"))
            reach = int(0.5 * np.linalg.norm(one - other))
            cv2.line(zone, tuple(int(v) for v in one), tuple(int(v) for v in other), 1, max(reach, 3))
    if "crotch" in points:
        zone[: int(points["crotch"][1])] = 1
    return zone.view(bool)


def _layer(mesh: Mesh, texture: NDArray[np.uint8], corner: NDArray[np.float32], shape: tuple[int, int]) -> Layer | None:
    """One part at its place."""
    used = mesh.target[mesh.triangles.ravel()]
    if not len(used):
        return None
    low = np.floor(np.maximum(used.min(0), 0)).astype(int)
    high = np.ceil(np.minimum(used.max(0), shape[::-1])).astype(int)
    if (high <= low).any():
        return None
    scale = float(np.sqrt(_area(mesh.target, mesh.triangles) / _area(mesh.source, mesh.triangles)))
    small = texture
    if scale < 0.9:
        h, w = texture.shape[:2]
        small = cv2.resize(texture, (max(1, round(w * scale)), max(1, round(h * scale))), interpolation=cv2.INTER_AREA)
    factor = np.array(small.shape[1::-1], np.float32) / np.array(texture.shape[1::-1], np.float32)
    (w, h), nodes = high - low, -(-(high - low) // STEP) + 2
    found, known = backward(mesh, low - STEP, nodes)
    full = cv2.resize((found - corner) * factor - 0.5, tuple(nodes * STEP), interpolation=cv2.INTER_LINEAR)
    sure = cv2.resize(known.astype(np.float32), tuple(nodes * STEP), interpolation=cv2.INTER_LINEAR)
    full, sure = (picture[STEP : STEP + h, STEP : STEP + w] for picture in (full, sure))
    full[sure < 0.999] = -9e3
    moved = cv2.remap(small, full, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    x, y, w, h = cv2.boundingRect((moved[..., 3] > 0).view(np.uint8))
    if w == 0:
        return None
    moved = moved[y : y + h, x : x + w]
    soft = (moved[..., 3] > 0) & (moved[..., 3] < 255)
    edge = moved[soft].astype(np.uint16)
    moved[soft, :3] = np.minimum((edge[:, :3] * 255 + edge[:, 3:] // 2) // edge[:, 3:], 255)
    return Layer(name=mesh.part, pixels=moved, x=int(low[0] + x), y=int(low[1] + y))


def _area(points: NDArray[np.float32], triangles: NDArray[np.int32]) -> float:
    a, b, c = (points[triangles[:, i]].astype(float) for i in range(3))
    return float(
        np.abs((b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])).sum() / 2
    )


def backward(
    mesh: Mesh, low: NDArray[np.int64], size: NDArray[np.int64]
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Where in the garment each node of a coarse grid comes from.

    low: x, y of the grid's corner in the photo; size: nodes across and down; node i stands (i + .5) STEP from the corner.
    Returns garment pixels (rows, columns, 2) and which nodes are known: those in the mesh, and those up to 1.5 nodes
    outside, where its nearest triangle is carried on.
    """
    corners = (mesh.target[mesh.triangles].astype(np.float64) - low) / STEP - 0.5
    source = mesh.source[mesh.triangles].astype(np.float64)
    # x and y of the garment as linear functions of the node's position, and the distance to each edge likewise.
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    twice = _cross(b - a, c - a)
    keep = np.abs(twice) > 1e-9
    corners, source, twice = corners[keep], source[keep], twice[keep]
    first = np.clip(np.ceil(corners.min(1) - 1.5).astype(int), 0, size - 1)
    last = np.clip(np.floor(corners.max(1) + 1.5).astype(int), 0, size - 1)
    across, down = (last - first + 1).T
    count = across * down
    owner = np.repeat(np.arange(len(count)), count)
    place = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    x, y = first[owner, 0] + place % across[owner], first[owner, 1] + place // across[owner]
    gradients, offsets = [], []
    for i in range(3):
        one, other = corners[:, (i + 1) % 3], corners[:, (i + 2) % 3]
        way = (other - one) / twice[:, None]
        gradient = np.stack([-way[:, 1], way[:, 0]], 1)
        gradients.append(gradient)
        offsets.append(-(gradient * one).sum(1))
    weights, nearness = [], np.full(len(owner), np.inf)
    for gradient, offset in zip(gradients, offsets, strict=True):
        weight = gradient[owner, 0] * x + gradient[owner, 1] * y + offset[owner]
        weights.append(weight)
        nearness = np.minimum(nearness, weight / np.linalg.norm(gradient, axis=1)[owner])
    near = nearness > -1.5
    order = np.argsort(nearness[near], kind="stable")
    chosen = np.flatnonzero(near)[order]
    found = np.full((size[1], size[0], 2), -9.0, np.float32)
    known = np.zeros((size[1], size[0]), bool)
    value = sum(weight[chosen, None] * source[owner[chosen], i] for i, weight in enumerate(weights))
    found[y[chosen], x[chosen]] = value
    known[y[chosen], x[chosen]] = True
    return found, known


def _cross(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0])
