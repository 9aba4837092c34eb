"""What light a surface sends to the camera: glTF's metallic-roughness model.

GGX: Walter et al., "Microfacet Models for Refraction", EGSR 2007; its mean over broad light: Karis, "Physically Based
Shading on Mobile", 2014.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon.accessories.accessory import Material
from tryon.accessories.surround import Surround, linear

Plane = NDArray[np.float32]


def shade(
    material: Material, normals: Plane, view: Plane, uv: Plane | None, around: Surround, open_: Plane
) -> tuple[Plane, Plane]:
    """Linear colour (n, 3) and opacity (n,) float32 of surface points.

    normals, view: (n, 3) float32 unit vectors, view towards the camera. uv: (n, 2). open_: (n,) in [0, 1], how much of
    the key light reaches a point.
    """
    colour, opacity = _coloured(material, uv, len(normals))
    facing = np.abs((normals * view).sum(axis=1))
    normals = np.where(((normals * view).sum(axis=1) < 0)[:, None], -normals, normals)
    rough = np.full(len(normals), max(material.roughness, 0.08), np.float32)
    specular = 0.04 * (1 - material.metallic) + colour * material.metallic
    matt = colour * (1 - material.metallic)
    mirrored = 2 * (normals * view).sum(axis=1, keepdims=True) * normals - view
    tint = around.tint.astype(np.float32)
    r, bent = 1 - rough, np.exp2(-9.28 * facing)
    a004 = np.minimum(r * r, bent) * r + (0.0425 - 0.0275 * rough)
    scale, bias = (-1.04 * a004 + (1.04 - 0.572 * rough))[:, None], (1.04 * a004 + 0.022 * rough - 0.04)[:, None]
    seen = around.seen(mirrored, rough) * (0.35 + 0.65 * open_)
    light = matt * (around.on(normals) * (0.5 + 0.5 * open_))[:, None]
    light = light + seen[:, None] * (specular * scale + np.maximum(bias, 0))
    light += (_highlight(normals, view, around.key.astype(np.float32), rough) * open_)[:, None] * specular
    glancing = 0.04 + 0.96 * (1 - facing) ** 5
    solid = opacity + (1 - opacity) * np.clip(glancing * seen, 0, 1) if material.opacity < 1 else opacity
    return np.asarray(light * tint, np.float32), np.asarray(solid, np.float32)


def _coloured(material: Material, uv: Plane | None, count: int) -> tuple[Plane, Plane]:
    colour = np.tile(np.array(material.colour, np.float32), (count, 1))
    opacity = np.full(count, material.opacity, np.float32)
    if material.texture is not None and uv is not None and count:
        height, width = material.texture.shape[:2]
        place = uv - np.floor(uv)
        place = np.where((uv == 1), 1, place)  # the far edge is not the near one
        x = np.asarray(place[:, 0] * width - 0.5, np.float32)
        y = np.asarray((1 - place[:, 1]) * height - 0.5, np.float32)
        texel = _sampled(material.texture, x, y)
        colour *= linear(texel[:, :3]).astype(np.float32)
        opacity *= texel[:, 3].astype(np.float32) / 255
    return colour, opacity


def _sampled(texture: NDArray[np.uint8], x: Plane, y: Plane) -> NDArray[np.uint8]:
    """Texels between their neighbours, in rows of at most 16,384, which is as far as OpenCV goes."""
    rows = -(-len(x) // 16_384)
    padded = np.zeros((2, rows * 16_384), np.float32)
    padded[0, : len(x)], padded[1, : len(x)] = x, y
    maps = padded.reshape(2, rows, 16_384)
    texels = cv2.remap(texture, maps[0], maps[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(texels.reshape(-1, 4)[: len(x)], np.uint8)


def _highlight(normals: Plane, view: Plane, key: Plane, rough: Plane) -> Plane:
    """The key light's lobe, kept from a point's burning brightness by its breadth."""
    half = view + key
    half /= np.maximum(np.linalg.norm(half, axis=1, keepdims=True), 1e-6)
    alpha = np.maximum(rough * rough, 0.03)
    cosine = np.maximum((normals * half).sum(axis=1), 0)
    lit = np.maximum(normals @ key, 0)
    density = alpha**2 / (np.pi * (cosine**2 * (alpha**2 - 1) + 1) ** 2)
    return np.asarray(np.minimum(density * lit * 0.5, 8.0), np.float32)
