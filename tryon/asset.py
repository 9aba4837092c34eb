"""What a live client needs to dress a camera's frames by itself, as one document and one texture."""

from typing import Final

import cv2
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tryon.fit import fit
from tryon.garments import PARTS, Category, Garment
from tryon.pattern import Pattern
from tryon.skeleton import BONES, RAISED, Bone, figure, weights
from tryon.warp import part_texture

LONGEST: Final = 768
"""Longest side in pixels that a garment has in its texture."""
INSIDE: Final = "inside"
"""The back's inner side lies behind the neck: a live client, which leaves that as it is, has no place for it."""
GAP: Final = 4
"""Pixels between parts in the texture."""


class Piece(Struct, frozen=True):
    """A part of a garment as a mesh, for n vertices and m triangles.

    uv: (2 n) in [0, 1], x to the right and y down in the texture. triangles: (3 m) numbers of vertices. bones: indices
    into ``GarmentAsset.bones``, with ``weights`` (n for each of them, one bone after the other). shapes: for each rest
    figure, (2 n) where the vertices lie on it, x and y.
    """

    part: str
    uv: list[float]
    triangles: list[int]
    bones: list[int]
    weights: list[float]
    shapes: list[list[float]]


class GarmentAsset(Struct, frozen=True, kw_only=True, tag="garment"):
    """A garment bound to figures at rest.

    A vertex lies where the weighted sum of its bones takes it: each carries along the place that the vertex has in the
    bone's frame on the figure at rest; between figures, places are mixed by how far the nearer arm is raised. On the
    figures, y points down and the shoulders are 1 apart. pieces: from back to front. points: key points in [0, 1] of
    the garment's own picture. raised: degrees of the arms of each figure. rest: for each figure, (2 × 33) landmarks.
    """

    category: Category
    texture: str
    bones: tuple[Bone, ...]
    raised: tuple[float, ...]
    rest: list[list[float]]
    pieces: list[Piece]
    points: dict[str, tuple[float, float]]


def garment_asset(garment: Garment, address: str) -> GarmentAsset:
    """The document of a garment whose texture is found at ``address``."""
    pattern, raised = Pattern.of(garment), RAISED if "armpit_left" in garment.points else RAISED[:1]
    figures = [figure(degrees) for degrees in raised]
    fitted = [fit(pattern, body) for body in figures]
    _, places = _sheet(garment)
    unit = float(np.linalg.norm(figures[0].points[11, :2] - figures[0].points[12, :2]))
    middle = figures[0].points[[11, 12], :2].mean(0)
    pieces = []
    for meshes in zip(*fitted, strict=True):
        first, part = meshes[0], meshes[0].part
        if part == INSIDE:
            continue
        ratio, move = places[part]
        uv = first.source * ratio + move
        shares = weights(part, first.target.astype(float), figures[0])
        used = {name: share for name, share in shares.items() if share.max() > 0.001}
        pieces.append(
            Piece(
                part=part,
                uv=_numbers(uv),
                triangles=first.triangles.ravel().tolist(),
                bones=[index for index, bone in enumerate(BONES) if bone.name in used],
                weights=_numbers(np.stack([used[bone.name] for bone in BONES if bone.name in used])),
                shapes=[_numbers((mesh.target - middle) / unit) for mesh in meshes],
            )
        )
    height, width = garment.parts.shape
    return GarmentAsset(
        category=garment.category,
        texture=address,
        bones=BONES,
        raised=raised,
        rest=[_numbers((body.points[:, :2] - middle) / unit) for body in figures],
        pieces=pieces,
        points={name: (x / width, y / height) for name, (x, y) in garment.points.items()},
    )


def garment_texture(garment: Garment) -> bytes:
    """The parts of a garment side by side, as a WebP file with alpha."""
    sheet, _ = _sheet(garment)
    _, data = cv2.imencode(".webp", sheet[..., [2, 1, 0, 3]], [cv2.IMWRITE_WEBP_QUALITY, 88])
    return data.tobytes()


def _sheet(garment: Garment) -> tuple[NDArray[np.uint8], dict[str, NDArray[np.float64]]]:
    """The parts side by side (h, w, 4) uint8 in straight alpha; by part, (2, 2): by what its pixels in the garment are
    multiplied, x and y, and what is then added, for [0, 1] of the sheet."""
    scale = min(1.0, LONGEST / max(garment.parts.shape))
    pictures, places, left = [], {}, 0
    for part in PARTS[1:]:
        if part == INSIDE or not garment.part(part).any():
            continue
        pixels, corner = part_texture(garment, part)
        h, w = pixels.shape[:2]
        size = (max(1, round(w * scale)), max(1, round(h * scale)))
        pictures.append((left, cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)))
        ratio = np.array(size) / (w, h)
        places[part] = np.array([ratio, (left, 0) - ratio * corner])
        left += size[0] + GAP
    sheet = np.zeros((max(len(picture) for _, picture in pictures), left, 4), np.uint8)
    for at, picture in pictures:
        h, w = picture.shape[:2]
        sheet[:h, at : at + w] = picture
    alpha = sheet[..., 3:].astype(np.uint16)
    sheet[..., :3] = np.minimum((sheet[..., :3] * np.uint16(255) + alpha // 2) // np.maximum(alpha, 1), 255)
    whole = np.array(sheet.shape[1::-1])
    return sheet, {part: place / whole for part, place in places.items()}


def _numbers(values: NDArray[np.floating]) -> list[float]:
    return [round(float(value), 4) for value in values.ravel()]
