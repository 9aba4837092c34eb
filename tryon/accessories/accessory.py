"""An accessory as triangles with materials, in centimetres."""

from typing import Final, Literal, get_args

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

AccessoryKind = Literal["glasses", "hat", "earrings", "necklace", "watch", "ring", "bracelet"]
ACCESSORY_KINDS: Final[tuple[AccessoryKind, ...]] = get_args(AccessoryKind)


class Material(Struct, frozen=True, kw_only=True):
    """How a surface takes light: glTF's metallic-roughness model.

    colour: (3,) linear, in [0, 1], of what is reflected; texture: (h, w, 4) uint8 sRGB that it is multiplied by.
    opacity, metallic, roughness: in [0, 1].
    """

    colour: tuple[float, float, float] = (0.8, 0.8, 0.8)
    opacity: float = 1.0
    metallic: float = 0.0
    roughness: float = 0.5
    texture: NDArray[np.uint8] | None = None


class Surface(Struct, frozen=True, kw_only=True):
    """Triangles of one material. vertices, normals: (n, 3) float32; uv: (n, 2) float32, the origin at the lower left,
    or None; triangles: (m, 3) int32."""

    vertices: NDArray[np.float32]
    triangles: NDArray[np.int32]
    normals: NDArray[np.float32]
    material: Material
    uv: NDArray[np.float32] | None = None

    def moved(self, matrix: NDArray[np.floating]) -> "Surface":
        """Under a matrix (4, 4) that turns, mirrors, scales and shifts."""
        linear = np.asarray(matrix[:3, :3], np.float64)
        normals = self.normals @ np.linalg.inv(linear)
        normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
        mirrored = np.linalg.det(linear) < 0
        return msgspec.structs.replace(
            self,
            vertices=np.asarray(self.vertices @ linear.T + matrix[:3, 3], np.float32),
            normals=np.asarray(normals, np.float32),
            triangles=np.ascontiguousarray(self.triangles[:, ::-1]) if mirrored else self.triangles,
        )


class Accessory(Struct, frozen=True, kw_only=True):
    """An accessory in its own frame: centimetres, x to the wearer's left, y up, z forward.

    The origin is, for glasses, the back of the bridge; a hat: the middle of the head's opening at the rim; earrings: the
    hook of the one that is drawn, worn at both ears; a necklace: the middle of the neck's ring; watch, bracelet and
    ring: the middle of the band, whose axis is y, the dial or stone at +z.
    """

    kind: AccessoryKind
    surfaces: tuple[Surface, ...]

    def vertices(self) -> NDArray[np.float32]:
        """All vertices: (n, 3) float32."""
        return np.concatenate([surface.vertices for surface in self.surfaces])

    def moved(self, matrix: NDArray[np.floating]) -> "Accessory":
        """Under a matrix (4, 4)."""
        return msgspec.structs.replace(self, surfaces=tuple(surface.moved(matrix) for surface in self.surfaces))
