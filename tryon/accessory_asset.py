"""What a live client needs to put an accessory on a face: geometry and material as plain numbers."""

from typing import Literal

from msgspec import Struct


class AccessoryPiece(Struct, frozen=True, kw_only=True):
    """A part of one material, n vertices and m triangles.

    positions: (3 n) centimetres in the canonical face's space: origin within the head, x to the wearer's left, y up, z
    forward. triangles: (3 m) numbers of vertices. normals: (3 n), or empty for smooth ones. uv: (2 n), y down, or empty.
    colour: linear red, green, blue in [0, 1], times the texture, if there is one. metallic, roughness, opacity: in [0, 1].
    texture: the address of a picture, or None.
    """

    positions: list[float]
    triangles: list[int]
    colour: tuple[float, float, float]
    metallic: float = 0.0
    roughness: float = 0.5
    opacity: float = 1.0
    normals: list[float] = []
    uv: list[float] = []
    texture: str | None = None


class AccessoryAsset(Struct, frozen=True, kw_only=True, tag="accessory"):
    """An accessory as it sits on the canonical face. kind: what it is."""

    kind: Literal["glasses", "hat", "earrings", "necklace"]
    pieces: list[AccessoryPiece]
