"""glTF 2.0 files, from anywhere: read within caps that are checked before anything is built."""

import base64
import binascii
import io
import struct
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
import numpy as np
from msgspec import Meta, Struct
from numpy.typing import NDArray
from PIL import Image

from core.errors import AccessoryUnusable
from tryon.accessories.accessory import Material, Surface

MOST_BYTES: Final = 32_000_000
MOST_VERTICES: Final = 300_000
MOST_TRIANGLES: Final = 400_000
MOST_NODES: Final = 2_000
MOST_TEXTURES: Final = 16
MOST_TEXELS: Final = 4096 * 4096
SIDE: Final = 1024
"""Pixels of the longest side that a texture is kept at."""

_GLB, _JSON, _BIN = 0x46546C67, 0x4E4F534A, 0x004E4942
_TYPES: Final = {5120: "i1", 5121: "u1", 5122: "<i2", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
_WIDTHS: Final = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}
_KNOWN: Final = {"KHR_materials_unlit", "KHR_texture_transform", "KHR_materials_transmission", "KHR_mesh_quantization"}

Index = Annotated[int, Meta(ge=0, le=1_000_000)]
Size = Annotated[int, Meta(ge=0, le=MOST_BYTES)]


class _Buffer(Struct):
    byteLength: Size  # noqa: N815
    uri: str | None = None


class _View(Struct):
    buffer: Index
    byteLength: Size  # noqa: N815
    byteOffset: Size = 0  # noqa: N815
    byteStride: Annotated[int, Meta(ge=0, le=252)] = 0  # noqa: N815


class _Accessor(Struct):
    componentType: int  # noqa: N815
    count: Annotated[int, Meta(ge=1, le=3 * MOST_TRIANGLES)]
    type: str
    bufferView: Index | None = None  # noqa: N815
    byteOffset: Size = 0  # noqa: N815
    normalized: bool = False
    sparse: dict[str, Any] | None = None


class _Image(Struct):
    uri: str | None = None
    bufferView: Index | None = None  # noqa: N815


class _Texture(Struct):
    source: Index | None = None


class _TextureRef(Struct):
    index: Index
    texCoord: Index = 0  # noqa: N815


class _Pbr(Struct):
    baseColorFactor: tuple[float, float, float, float] = (1, 1, 1, 1)  # noqa: N815
    metallicFactor: float = 1.0  # noqa: N815
    roughnessFactor: float = 1.0  # noqa: N815
    baseColorTexture: _TextureRef | None = None  # noqa: N815
    metallicRoughnessTexture: _TextureRef | None = None  # noqa: N815


class _Material(Struct):
    pbrMetallicRoughness: _Pbr = msgspec.field(default_factory=_Pbr)  # noqa: N815
    alphaMode: str = "OPAQUE"  # noqa: N815
    extensions: dict[str, Any] = {}


class _Primitive(Struct):
    attributes: dict[str, Index]
    indices: Index | None = None
    material: Index | None = None
    mode: int = 4


class _Mesh(Struct):
    primitives: list[_Primitive]


class _Node(Struct):
    children: list[Index] = []
    mesh: Index | None = None
    matrix: list[float] | None = None
    translation: tuple[float, float, float] = (0, 0, 0)
    rotation: tuple[float, float, float, float] = (0, 0, 0, 1)
    scale: tuple[float, float, float] = (1, 1, 1)


class _Scene(Struct):
    nodes: list[Index] = []


class _Asset(Struct):
    version: str


class _Document(Struct):
    asset: _Asset
    buffers: list[_Buffer] = []
    bufferViews: list[_View] = []  # noqa: N815
    accessors: list[_Accessor] = []
    images: list[_Image] = []
    textures: list[_Texture] = []
    materials: list[_Material] = []
    meshes: list[_Mesh] = []
    nodes: list[_Node] = []
    scenes: list[_Scene] = []
    scene: Index = 0
    extensionsRequired: list[str] = []  # noqa: N815


def read_gltf(data: bytes, folder: Path | None = None) -> tuple[Surface, ...]:
    """The triangles of a glTF 2.0 file (GLB or JSON) in its own units and axes.

    folder: where files that it names may lie, directly or below; none are read if it is None, as for all that came
    over a network. Textures keep SIDE pixels; of what maps hold of metal and roughness the mean is kept.
    Raises AccessoryUnusable: "damaged", "too-large", "unsupported", "file-outside", "empty".
    """
    if len(data) > MOST_BYTES:
        raise _too_large(f"{len(data):,} bytes", f"{MOST_BYTES:,}")
    try:
        surfaces = _Reader(*_split(data), folder).surfaces()
    except (msgspec.MsgspecError, ValueError, IndexError, KeyError, TypeError, OverflowError, struct.error) as error:
        raise AccessoryUnusable("The glTF file is damaged.", reason="damaged") from error
    if not surfaces:
        raise AccessoryUnusable("The glTF file shows nothing.", reason="empty")
    return surfaces


def _split(data: bytes) -> tuple[_Document, bytes | None]:
    """The document, and the binary chunk of a GLB."""
    if data[:4] != b"glTF":
        return msgspec.json.decode(data, type=_Document), None
    _, version, _ = struct.unpack_from("<III", data)
    if version != 2:
        raise AccessoryUnusable(f"The file is of glTF version {version}; version 2 is read.", reason="unsupported")
    chunks: dict[int, bytes] = {}
    place = 12
    while place + 8 <= len(data):
        length, kind = struct.unpack_from("<II", data, place)
        chunks.setdefault(kind, data[place + 8 : place + 8 + length])
        place += 8 + length
    return msgspec.json.decode(chunks[_JSON], type=_Document), chunks.get(_BIN)


class _Reader:
    def __init__(self, document: _Document, chunk: bytes | None, folder: Path | None) -> None:
        self._document, self._chunk, self._folder = document, chunk, folder
        self._buffers: dict[int, bytes] = {}
        self._materials: dict[int | None, Material] = {}
        self._vertices = self._triangles = 0
        unknown = set(document.extensionsRequired) - _KNOWN
        if unknown:
            raise AccessoryUnusable(
                f"The glTF file needs extensions that are not read: {', '.join(sorted(unknown))[:200]}.",
                reason="unsupported",
                remedy="Export it without compression and with plain PNG or JPEG textures.",
            )
        if len(document.nodes) > MOST_NODES:
            raise _too_large(f"{len(document.nodes):,} nodes", f"{MOST_NODES:,}")
        if len(document.images) > MOST_TEXTURES:
            raise _too_large(f"{len(document.images):,} textures", str(MOST_TEXTURES))

    def surfaces(self) -> tuple[Surface, ...]:
        document = self._document
        roots = document.scenes[document.scene].nodes if document.scenes else range(len(document.nodes))
        found: list[Surface] = []
        waiting = [(root, np.eye(4)) for root in roots]
        visited = 0
        while waiting:
            visited += 1
            if visited > MOST_NODES:  # a node has one parent: more visits than nodes mean a ring
                raise _too_large("nodes that hold one another", f"{MOST_NODES:,}")
            index, above = waiting.pop()
            node = document.nodes[index]
            matrix = above @ _matrix(node)
            waiting += [(child, matrix) for child in node.children]
            if node.mesh is not None:
                for primitive in document.meshes[node.mesh].primitives:
                    surface = self._surface(primitive)
                    if surface is not None and abs(np.linalg.det(matrix[:3, :3])) > 1e-30:
                        found.append(surface.moved(matrix))
        return tuple(found)

    def _surface(self, primitive: _Primitive) -> Surface | None:
        if primitive.mode != 4:  # points and lines have no surface; strips and fans are rare
            return None
        vertices = np.asarray(self._array(primitive.attributes["POSITION"], 3), np.float32)
        if primitive.indices is None:
            triangles = np.arange(len(vertices) // 3 * 3).reshape(-1, 3)
        else:
            triangles = self._array(primitive.indices, 1).astype(np.int64).reshape(-1, 3)
        self._vertices += len(vertices)
        self._triangles += len(triangles)
        if self._vertices > MOST_VERTICES or self._triangles > MOST_TRIANGLES:
            raise _too_large("more triangles", f"{MOST_VERTICES:,} vertices and {MOST_TRIANGLES:,} triangles")
        if not len(triangles) or triangles.max() >= len(vertices) or not np.isfinite(vertices).all():
            raise ValueError("triangles of vertices that are not there")
        faces = np.asarray(triangles, np.int32)
        normal, texture = primitive.attributes.get("NORMAL"), primitive.attributes.get("TEXCOORD_0")
        normals = smooth_normals(vertices, faces) if normal is None else np.asarray(self._array(normal, 3), np.float32)
        uv = None if texture is None else np.asarray(self._array(texture, 2), np.float32)
        if len(normals) != len(vertices) or (uv is not None and len(uv) != len(vertices)):
            raise ValueError("attributes of different lengths")
        if uv is not None:
            uv = np.asarray(np.nan_to_num(uv) * (1, -1) + (0, 1), np.float32)
        return Surface(
            vertices=vertices,
            triangles=faces,
            normals=np.nan_to_num(normals),
            uv=uv,
            material=self._material(primitive.material),
        )

    def _array(self, index: int, width: int) -> NDArray[Any]:
        accessor = self._document.accessors[index]
        if accessor.sparse is not None or accessor.bufferView is None or _WIDTHS[accessor.type] != width:
            raise ValueError("an accessor of a kind that is not read")
        view = self._document.bufferViews[accessor.bufferView]
        kind = np.dtype(_TYPES[accessor.componentType])
        stride = view.byteStride or kind.itemsize * width
        start = view.byteOffset + accessor.byteOffset
        data = self._bytes(view.buffer)[start : view.byteOffset + view.byteLength]
        if len(data) < (accessor.count - 1) * stride + kind.itemsize * width:
            raise ValueError("an accessor beyond its buffer")
        values = np.ndarray((accessor.count, width), kind, data, strides=(stride, kind.itemsize))
        if accessor.normalized and kind.kind in "iu":
            return np.maximum(values.astype(np.float32) / np.iinfo(kind).max, -1)
        return values

    def _bytes(self, index: int) -> bytes:
        if index not in self._buffers:
            buffer = self._document.buffers[index]
            if buffer.uri is None:
                if self._chunk is None or index:
                    raise ValueError("a buffer without bytes")
                self._buffers[index] = self._chunk
            else:
                self._buffers[index] = self._named(buffer.uri)
            if len(self._buffers[index]) < buffer.byteLength:
                raise ValueError("a buffer shorter than it says")
        return self._buffers[index]

    def _named(self, uri: str) -> bytes:
        if uri.startswith("data:"):
            try:
                return base64.b64decode(uri.partition(",")[2], validate=True)
            except binascii.Error as error:
                raise ValueError("data that is no base64") from error
        outside = AccessoryUnusable(
            "The glTF file names a file outside its own folder.",
            reason="file-outside",
            remedy="Give one GLB file that holds everything.",
        )
        if self._folder is None or ":" in uri or "\\" in uri or "\0" in uri:
            raise outside
        from urllib.parse import unquote

        folder = self._folder.resolve()
        path = (folder / unquote(uri)).resolve()
        if not path.is_relative_to(folder) or not path.is_file():
            raise outside
        if path.stat().st_size > MOST_BYTES:
            raise _too_large(f"a file of {path.stat().st_size:,} bytes", f"{MOST_BYTES:,}")
        return path.read_bytes()

    def _material(self, index: int | None) -> Material:
        if index not in self._materials:
            self._materials[index] = self._read_material(
                _Material() if index is None else self._document.materials[index]
            )
        return self._materials[index]

    def _read_material(self, given: _Material) -> Material:
        pbr = given.pbrMetallicRoughness
        *colour, opacity = (float(np.clip(value, 0, 1)) for value in np.nan_to_num(pbr.baseColorFactor))
        metallic, roughness = (float(np.clip(value, 0, 1)) for value in (pbr.metallicFactor, pbr.roughnessFactor))
        if given.alphaMode == "OPAQUE":
            opacity = 1.0
        transmission = given.extensions.get("KHR_materials_transmission")
        if isinstance(transmission, dict):
            through = float(transmission.get("transmissionFactor", 0))
            opacity *= 1 - 0.9 * min(max(through, 0), 1)
        texture = self._texture(pbr.baseColorTexture)
        if texture is not None and given.alphaMode == "OPAQUE":
            texture = np.dstack([texture[..., :3], np.full(texture.shape[:2], 255, np.uint8)])
        mapped = self._texture(pbr.metallicRoughnessTexture)
        if mapped is not None:
            roughness *= float(mapped[..., 1].mean()) / 255
            metallic *= float(mapped[..., 2].mean()) / 255
        return Material(
            colour=(colour[0], colour[1], colour[2]),
            opacity=opacity,
            metallic=metallic,
            roughness=roughness,
            texture=texture,
        )

    def _texture(self, ref: _TextureRef | None) -> NDArray[np.uint8] | None:
        if ref is None or ref.texCoord:
            return None
        source = self._document.textures[ref.index].source
        if source is None:
            return None
        image = self._document.images[source]
        if image.bufferView is not None:
            view = self._document.bufferViews[image.bufferView]
            data = self._bytes(view.buffer)[view.byteOffset : view.byteOffset + view.byteLength]
        elif image.uri is not None:
            data = self._named(image.uri)
        else:
            return None
        return _decoded(data)


def smooth_normals(vertices: NDArray[np.float32], triangles: NDArray[np.int32]) -> NDArray[np.float32]:
    """Unit normals (n, 3) float32 of vertices (n, 3), each triangle counting by its area."""
    a, b, c = (vertices[triangles[:, corner]] for corner in range(3))
    own = np.cross(b - a, c - a)
    normals = np.zeros_like(vertices)
    for corner in range(3):
        np.add.at(normals, triangles[:, corner], own)
    return np.asarray(normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12), np.float32)


def _decoded(data: bytes) -> NDArray[np.uint8]:
    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "WEBP")) as image:
            if image.width * image.height > MOST_TEXELS:
                raise _too_large(f"a texture of {image.width} × {image.height}", f"{MOST_TEXELS:,} texels")
            image.draft("RGB", (SIDE, SIDE))
            image.thumbnail((SIDE, SIDE))
            return np.asarray(image.convert("RGBA"))
    except (OSError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ValueError("a texture that cannot be decoded") from error


def _matrix(node: _Node) -> NDArray[np.float64]:
    if node.matrix is not None:
        return np.array(node.matrix, np.float64).reshape(4, 4).T
    x, y, z, w = np.array(node.rotation) / max(float(np.linalg.norm(node.rotation)), 1e-12)
    matrix = np.eye(4)
    matrix[:3, :3] = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ]
    matrix[:3, :3] *= node.scale
    matrix[:3, 3] = node.translation
    return matrix


def _too_large(what: str, most: str) -> AccessoryUnusable:
    return AccessoryUnusable(f"The glTF file has {what}; {most} are allowed.", reason="too-large")
