"""An accessory from a file: glTF."""

from pathlib import Path

from tryon.accessories.accessory import Accessory, AccessoryKind
from tryon.accessories.gltf import read_gltf
from tryon.accessories.sizing import accessory


def read_accessory(
    data: bytes, kind: AccessoryKind, *, size: float | None = None, folder: Path | None = None
) -> Accessory:
    """An accessory from the bytes of a glTF 2.0 file, GLB or JSON.

    size: centimetres, as SIZES means them; a usual one by default. folder: where files that a JSON one names may lie;
    none are read if it is None. Raises AccessoryUnusable with a reason.
    """
    return accessory(read_gltf(data, folder), kind, size)
