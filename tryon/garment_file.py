"""A prepared garment as one file: pictures as PNG and facts as JSON in a safetensors container, nothing executable."""

from pathlib import Path
from typing import Any, Final

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from core import replacing
from core.errors import GarmentUnusable
from tryon.garments import PARTS, POINTS_OF, Category, Garment

LARGEST: Final = 2048
"""Longest side in pixels that a file may hold; prepared garments are smaller."""


class Facts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    category: Category
    points: dict[str, tuple[float, float]]
    confidence: dict[str, float]
    guessed: bool
    tag: str


def to_bytes(garment: Garment) -> bytes:
    """The content of a file that :func:`from_bytes` reads."""
    from safetensors.numpy import save

    facts = Facts(garment.category, garment.points, garment.confidence, garment.guessed, garment.tag)
    pictures = {"pixels": _encoded(garment.pixels[..., [2, 1, 0, 3]]), "parts": _encoded(garment.parts)}
    return save(pictures, metadata={"garment": msgspec.json.encode(facts).decode()})


def from_bytes(content: bytes) -> Garment:
    """The garment that :func:`to_bytes` wrote. Raises GarmentUnusable, reason "damaged-file", for anything else."""
    try:
        return _read(content)
    except (ValueError, KeyError, cv2.error) as error:
        raise GarmentUnusable(
            "The file holds no prepared garment.", reason="damaged-file", remedy="Prepare it anew from its photo."
        ) from error


def save(garment: Garment, file: Path) -> None:
    """Write a garment to a file, which appears whole or not at all."""
    with replacing(file) as part:
        part.write_bytes(to_bytes(garment))


def load(file: Path) -> Garment:
    """Read what :func:`save` wrote. Raises GarmentUnusable, reason "damaged-file", for anything else."""
    return from_bytes(file.read_bytes())


def _read(content: bytes) -> Garment:
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        tensors = load(content)
    except SafetensorError as error:
        raise ValueError("no safetensors") from error
    header = content[8 : 8 + int.from_bytes(content[:8], "little")]
    metadata = msgspec.json.decode(header, type=dict[str, Any])["__metadata__"]
    facts = msgspec.json.decode(metadata["garment"], type=Facts)
    pixels, parts = _decoded(tensors["pixels"], (4,)), _decoded(tensors["parts"], ())
    if (
        pixels.shape[:2] != parts.shape
        or not ((parts == 0) == (pixels[..., 3] < 128)).all()
        or parts.max() >= len(PARTS)
    ):
        raise ValueError("pictures that do not belong together")
    if not facts.points.keys() == facts.confidence.keys() <= set(POINTS_OF[facts.category]):
        raise ValueError("key points of something else")
    if not np.isfinite([*facts.points.values(), (0, 0)]).all():
        raise ValueError("key points nowhere")
    return Garment(pixels=pixels[..., [2, 1, 0, 3]], parts=parts, **msgspec.structs.asdict(facts))


def _encoded(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    _, data = cv2.imencode(".png", picture)
    return np.asarray(data, np.uint8).ravel()


def _decoded(data: NDArray[Any], channels: tuple[int, ...]) -> NDArray[np.uint8]:
    """A picture (h, w, *channels) from PNG bytes, whose size is looked at before anything is unpacked."""
    head = data[:24].tobytes()
    size = (int.from_bytes(head[20:24], "big"), int.from_bytes(head[16:20], "big"))
    if data.dtype != np.uint8 or data.ndim != 1 or head[:8] != b"\x89PNG\r\n\x1a\n" or not 0 < max(size) <= LARGEST:
        raise ValueError("no PNG of a garment's size")
    picture = cv2.imdecode(data, cv2.IMREAD_UNCHANGED)
    if picture is None or picture.shape != (*size, *channels) or picture.dtype != np.uint8:
        raise ValueError("a PNG of another kind")
    return np.asarray(picture)
