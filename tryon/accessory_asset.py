"""What a live client needs to put an accessory on a face: geometry and material as plain numbers."""

from typing import Final

import cv2
import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from core.errors import AccessoryUnusable
from tryon.accessories.accessory import Accessory, AccessoryKind, Surface
from tryon.accessories.on_head import LOBE, RIM
from tryon.accessories.on_nose import EAR_TOP, REST

HALF: Final = 7.46
"""Half the canonical head's width before the ears."""

_SITS: Final[dict[AccessoryKind, tuple[tuple[float, float, float], ...]]] = {
    "glasses": (REST,),
    "hat": ((RIM[0], RIM[1] + 2.2, RIM[2]),),  # a live client does not tilt it
    "earrings": ((HALF + LOBE[0], *LOBE[1:]), (-HALF - LOBE[0], *LOBE[1:])),
    "necklace": ((0.0, -13.0, -4.5),),
}
"""Where the origins of accessories come to lie on the canonical face."""


class AccessoryPiece(Struct, frozen=True, kw_only=True):
    """A part of one material, n vertices and m triangles.

    positions: (3 n) centimetres in the canonical face's space: origin within the head, x to the wearer's left, y up, z
    forward. normals: (3 n). triangles: (3 m) numbers of vertices. uv: (2 n), y down, or empty. colour: linear red, green,
    blue in [0, 1], times the texture. metallic, roughness, opacity: in [0, 1]. texture: the address of a picture, or None.
    """

    positions: list[float]
    normals: list[float]
    triangles: list[int]
    uv: list[float]
    colour: tuple[float, float, float]
    metallic: float
    roughness: float
    opacity: float
    texture: str | None = None


class AccessoryAsset(Struct, frozen=True, kw_only=True, tag="accessory"):
    """An accessory on the canonical face.

    hinge, ear: z from where to where temples are bent apart for wider heads than ``half``, half the width of this one.
    """

    kind: AccessoryKind
    pieces: list[AccessoryPiece]
    half: float = HALF
    hinge: float = REST[2] - 1
    ear: float = EAR_TOP[1]


def accessory_asset(accessory: Accessory, address: str) -> AccessoryAsset:
    """The document of an accessory whose textures are found at ``address?surface=NUMBER``.

    Raises AccessoryUnusable, "not-live", for what is worn on hands.
    """
    if accessory.kind not in _SITS:
        raise AccessoryUnusable(
            f"A {accessory.kind} is not worn live yet.", reason="not-live", remedy="Try it on in a photo."
        )
    pieces = []
    for x, y, z in _SITS[accessory.kind]:
        mirror = np.diag([np.sign(x) or 1.0, 1.0, 1.0, 1.0])
        moved = accessory.moved(mirror)
        for number, surface in enumerate(_temples(moved) if accessory.kind == "glasses" else moved.surfaces):
            pieces.append(_piece(surface, np.array([x, y, z]), f"{address}?surface={number}"))
    return AccessoryAsset(kind=accessory.kind, pieces=pieces)


def accessory_texture(accessory: Accessory, number: int) -> bytes | None:
    """The picture of a surface as a WebP file; None where it has none."""
    texture = accessory.surfaces[number].material.texture if number < len(accessory.surfaces) else None
    if texture is None:
        return None
    _, data = cv2.imencode(".webp", texture[..., [2, 1, 0, 3]], [cv2.IMWRITE_WEBP_QUALITY, 88])
    return data.tobytes()


def _temples(glasses: Accessory) -> tuple[Surface, ...]:
    """The surfaces with the temples bent to where the ears of the canonical head are."""
    every = glasses.vertices() + REST
    ends = every[every[:, 2] < EAR_TOP[1] + 1]
    if not len(ends):
        return glasses.surfaces
    splay = HALF + 0.25 - float(np.abs(ends[:, 0]).max())
    rise = float(np.clip(EAR_TOP[0] + 0.35 - ends[:, 1].max(), -1.5, 1.5))
    bent = []
    for surface in glasses.surfaces:
        points = surface.vertices.copy()
        back = np.clip((REST[2] - 1 - (points[:, 2] + REST[2])) / (REST[2] - 1 - EAR_TOP[1]), 0, 1.3)
        points[:, 0] += np.sign(points[:, 0]) * splay * back
        points[:, 1] += rise * back
        bent.append(msgspec.structs.replace(surface, vertices=points))
    return tuple(bent)


def _piece(surface: Surface, shift: NDArray[np.float64], texture: str) -> AccessoryPiece:
    material = surface.material
    uv = surface.uv if material.texture is not None else None
    return AccessoryPiece(
        positions=_numbers((surface.vertices + shift).ravel()),
        normals=_numbers(surface.normals.ravel()),
        triangles=surface.triangles.ravel().tolist(),
        uv=[] if uv is None else _numbers((uv * (1, -1) + (0, 1)).ravel()),
        colour=material.colour,
        metallic=material.metallic,
        roughness=material.roughness,
        opacity=material.opacity,
        texture=texture if material.texture is not None else None,
    )


def _numbers(values: NDArray[np.floating]) -> list[float]:
    return [round(float(value), 3) for value in values]
